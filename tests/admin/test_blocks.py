"""Blocks at the desk: seen before they are set, taken back, in lists; and reports that are sent."""

from urllib.parse import urlencode

import httpx

from fediblog.actions.answer import answer_reply
from fediblog.demo.server import DemoServer
from fediblog.store.rules import list_in_force
from tests.admin.desk import Desk, reply_to
from tests.admin.page import read
from tests.federation.records import stored


async def test_a_block_is_seen_before_it_is_set_and_taken_back(
    desk: Desk, town: DemoServer
) -> None:
    post = await desk.blog.publish("The post")
    await town.follow("alice", desk.blog.actor)
    note, _ = await reply_to(desk.blog, town, post, "<p>From there.</p>")
    server = town.origin.partition("://")[2]
    form = {"kind": "server", "value": server.upper(), "action": "reject", "note": "No, thanks."}

    looked = await desk.submit("/admin/blocks/look", **form)
    assert looked.status_code == 200
    for words in ("1 reply", "1 follower", "From there."):
        assert words in looked.text, words
    assert (await stored(desk.blog, note.id)).state == "shown", "nothing is done yet"

    done = await desk.submit("/admin/blocks/look", deed="set", **form)
    assert done.headers["location"] == "/admin/blocks?notice=block_set"
    assert (await stored(desk.blog, note.id)).state == "hidden"
    page = await desk.page("/admin/blocks")
    assert server in page.text and "No, thanks." in page.text and page.inline == []

    end = next(link for link in page.links if link.endswith("/end"))
    assert "1 reply" in (await desk.page(end)).text
    assert (await desk.submit(end)).status_code == 303
    assert (await stored(desk.blog, note.id)).state == "shown"
    assert (await desk.get(end)).status_code == 404
    assert (await desk.submit(end)).status_code == 404


async def test_a_person_is_blocked_from_wherever_they_are_seen(
    desk: Desk, town: DemoServer
) -> None:
    await town.follow("alice", desk.blog.actor)
    post = await desk.blog.publish("The post")
    note, number = await reply_to(desk.blog, town, post, "<p>From there.</p>")
    await town.report(desk.blog.actor, [note.id], "rude")
    await answer_reply(desk.blog.blog, number, "Thank you.")
    await desk.blog.settled()
    handle = f"@{town.person('alice').handle.removeprefix('@')}"
    form = f"/admin/blocks?{urlencode({'kind': 'person', 'value': handle})}"
    for path in (f"/admin/posts/{post.key}/thread", "/admin/replies", "/admin/notifications",
                 "/admin/followers", "/admin/reports"):  # fmt: skip
        links = (await desk.page(path)).links
        found = [link for link in links if link.startswith("/admin/blocks?")]
        assert found == [form], (path, "the author's answer has none")
    assert (await desk.page(form)).values["value"] == handle
    wanted = {"kind": "person", "value": handle, "action": "reject"}
    looked = await desk.submit("/admin/blocks/look", **wanted)
    assert "From there." in looked.text and "None" not in read(looked).text


async def test_what_cannot_be_blocked_is_refused_beside_its_field(desk: Desk) -> None:
    own = desk.blog.origin.partition("://")[2]
    for kind, value, sentence in (
        ("server", "no server", "is no server"),
        ("server", own, "own server"),
        ("server", "", "Write 1 to"),
        ("person", "nobody", "Write a handle"),
        ("person", desk.blog.actor, "the blog itself"),
        ("words", "*", "at least one letter"),
    ):
        form = {"kind": kind, "value": value, "action": "silence"}
        refused = await desk.submit("/admin/blocks/look", **form)
        assert refused.status_code == 422, value
        assert sentence in refused.text, value
        assert f'value="{value}"' in refused.text
    for form in (
        {"kind": "cats", "value": "x", "action": "silence"},
        {"kind": "words", "value": "x", "action": "burn"},
    ):
        assert (await desk.submit("/admin/blocks/look", **form)).status_code == 422
    assert await list_in_force(desk.blog.blog.db) == []


async def _import(desk: Desk, text: str) -> httpx.Response:
    return await desk.http.post(
        "/admin/blocks/import",
        data={"csrf": desk.csrf},
        files={"file": ("list.csv", text.encode(), "text/csv")},
        headers={"Origin": desk.blog.origin, "Sec-Fetch-Site": "same-origin"},
    )


async def test_lists_go_in_and_out_as_mastodon_has_them(desk: Desk) -> None:
    domains = (
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
        "bad.example,suspend,true,true,spam,false\n"
        "loud.example,silence,false,false,,false\n"
    )
    noop = "fine.example,noop,false,false,,false\n"
    assert (await _import(desk, domains + noop)).status_code == 303
    assert (await _import(desk, "mean@other.example\n")).status_code == 303
    mutes = "Account address,Hide notifications\ndull@other.example,true\n"
    assert (await _import(desk, mutes)).status_code == 303
    exported = await desk.get("/admin/blocks/export/domains.csv")
    assert exported.text == domains
    assert exported.headers["content-type"].startswith("text/csv")
    assert (await desk.get("/admin/blocks/export/accounts.csv")).text == "mean@other.example\n"
    assert (await desk.get("/admin/blocks/export/mutes.csv")).text == mutes
    assert (await desk.get("/admin/blocks/export/else.csv")).status_code == 404

    mixed = await _import(desk, "good.example\nno server at all\n")
    assert mixed.status_code == 422 and "1 blocks are set, 1 not understood" in mixed.text
    assert "no server at all" in mixed.text
    for wrong in ("", "\x00", "x\n" * 6000):
        assert (await _import(desk, wrong)).status_code in {400, 422}, wrong[:5]


async def test_lists_come_in_and_go_out_without_formulas(desk: Desk) -> None:
    formula = "=cmd|' /C calc'!A0@x.example"
    long = f"{'x' * 90}@{'y.' * 120}example"
    own = desk.blog.blog.addresses.handle
    lines = [formula, "=HYPERLINK(1)@x.example", long, own, "-dash@x.example", "@Fine@x.example"]
    refused = await _import(desk, "\n".join(lines) + "\n")
    assert refused.status_code == 422
    assert "2 blocks are set, 4 not understood: =cmd|" in refused.text
    exported = (await desk.get("/admin/blocks/export/accounts.csv")).text
    assert exported == "'-dash@x.example\nfine@x.example\n"
    assert (await _import(desk, exported)).status_code == 303, "it comes in as it went out"
    assert (await desk.get("/admin/blocks/export/accounts.csv")).text == exported

    note = '"=HYPERLINK(""https://evil.example"")"'
    assert (
        await _import(desk, f"#domain,#severity,#public_comment\nbad.example,suspend,{note}\n")
    ).status_code == 303
    domains = (await desk.get("/admin/blocks/export/domains.csv")).text
    assert domains.splitlines()[1] == (
        'bad.example,suspend,true,true,"\'=HYPERLINK(""https://evil.example"")",false'
    )


async def test_a_reply_is_reported_to_its_server_once(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    note, number = await reply_to(desk.blog, town, post, "<p>Something rude.</p>")
    path = f"/admin/replies/{number}/report"
    assert "Something rude." in (await desk.page(path)).text
    long = await desk.submit(path, words="x" * 1001)
    assert long.status_code == 422 and "x" * 1001 in long.text
    assert (await desk.submit(path, words="It is <rude>.")).status_code == 303
    await desk.blog.delivered()
    sent = town.received[-1]
    assert sent.activity["type"] == "Flag"
    assert sent.activity["actor"] == f"{desk.blog.origin}/actor"
    assert sent.activity["object"] == [town.person("alice").id, note.id]
    assert sent.activity["content"] == "It is <rude>."
    assert sent.key_id == f"{desk.blog.origin}/actor#main-key"
    assert "to" not in sent.activity and "proof" not in sent.activity
    key = sent.activity["id"].rpartition("/")[2]
    assert (await desk.blog.document(f"/activities/{key}")).status_code == 404
    assert "You have reported this" in (await desk.page(path)).text
    assert (await desk.submit(path, words="Again.")).status_code == 409


async def test_a_report_is_closed_with_a_note(desk: Desk, town: DemoServer) -> None:
    await town.report(desk.blog.actor, [], "Spam.")
    await desk.blog.settled()
    page = await desk.page("/admin/reports")
    close = next(link for link in page.links if link.endswith("/close"))
    assert (await desk.submit(close, note="Talked to them.")).status_code == 303
    assert "Talked to them." in (await desk.page("/admin/reports?state=closed")).text


async def test_reactions_are_switched_off_by_kind(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    await town.like("bob", desk.blog.article(post))
    await desk.blog.settled()
    form = {"comment_policy": "open", "take_boosts": "on", "take_emoji": "on"}
    assert (await desk.submit("/admin/settings/moderation", **form)).status_code == 303
    await town.like("alice", desk.blog.article(post))
    await town.announce("alice", desk.blog.article(post))
    await desk.blog.settled()
    rows = await desk.blog.blog.db.rows("SELECT kind FROM reaction ORDER BY id")
    assert [row["kind"] for row in rows] == ["like", "announce"]
    article = (await desk.blog.document(f"/articles/{post.key}")).json()
    assert (article["likes"]["totalItems"], article["shares"]["totalItems"]) == (0, 1)
    page = (await desk.blog.page(f"/articles/{post.key}")).text
    assert "Alice Okafor" in page and "Bob" not in page, "what is here is not shown any more"
    await desk.submit("/admin/settings/moderation", take_likes="on", **form)
    assert "Bob" in (await desk.blog.page(f"/articles/{post.key}")).text


async def test_what_looks_like_spam_is_held_with_the_reason(desk: Desk, town: DemoServer) -> None:
    post = await desk.blog.publish()
    links = " ".join(f'<a href="https://s.example/{each}">here</a>' for each in range(6))
    note, _ = await reply_to(desk.blog, town, post, f"<p>{links}</p>")
    reply = await stored(desk.blog, note.id)
    assert (reply.state, reply.reason) == ("held", "It has 6 links of a stranger.")
    dressed = links.replace("<a ", '<a class="u-url mention hashtag" ')
    disguised, _ = await reply_to(desk.blog, town, post, f"<p>{dressed} in disguise</p>")
    assert (await stored(desk.blog, disguised.id)).reason == "It has 6 links of a stranger."
    form = {"comment_policy": "open"}
    await desk.submit("/admin/settings/moderation", **form)
    other, _ = await reply_to(desk.blog, town, post, f"<p>{links}</p>")
    assert (await stored(desk.blog, other.id)).state == "shown", "every check is off"
    assert (await stored(desk.blog, note.id)).state == "held"
