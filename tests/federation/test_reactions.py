"""Likes, boosts and emoji: on the page, in the totals, and gone after every Undo (G6-G8)."""

import re
from html.parser import HTMLParser

from fediblog.actions.answer import answer_post
from fediblog.demo.emojis import CustomEmoji
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post, get_post
from tests.bench import RunningBlog
from tests.federation.records import fates, stored

CAT = ":blobcat:"
_INITIAL = re.compile(r'<span class="avatar initial[^>]*>[^<]*</span>')


class _Summary(HTMLParser):
    """What the first element of a class says, with pictures as their alt text."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self._name = name
        self._depth = 0
        self._done = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if self._depth or (not self._done and self._name in (values.get("class") or "").split()):
            if tag == "img":
                self.text += values.get("alt") or ""
            else:
                self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self._depth:
            self._depth -= 1
            self._done = not self._depth

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.text += data


def said(page: str, name: str) -> str:
    """The words in the first element of this class; empty when there is none."""
    reader = _Summary(name)
    reader.feed(page)
    return " ".join(reader.text.split())


async def row(blog: RunningBlog, post: Post) -> str:
    """The reactions under a post, as its page has them in a row, people included; without the
    initials that stand there until their pictures have come."""
    page = (await blog.page(f"/articles/{post.key}")).text
    return said(_INITIAL.sub("", page), "reactions")


async def totals(blog: RunningBlog, path: str) -> tuple[int, int]:
    """(likes, shares) as the collections beneath an object have them."""
    both = [(await blog.document(f"{path}/{name}")).json() for name in ("likes", "shares")]
    return both[0]["totalItems"], both[1]["totalItems"]


async def version(blog: RunningBlog, post: Post) -> int:
    found = await get_post(blog.blog.db, post.key)
    assert found is not None
    return found.version


async def test_everything_that_people_do_stands_under_the_post(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    article = blog.article(post)
    assert await row(blog, post) == ""
    cat = CustomEmoji(CAT, f"{town.origin}/emoji/cat.png")
    await town.like("alice", article)
    # What comes together is processed side by side, and the last of them stands first.
    await blog.settled()
    await town.like("bob", article)
    await town.announce("bob", article)
    await blog.settled()
    await town.react("chiyo", article, "🎉")
    await blog.settled()
    await town.react("chiyo", article, cat)
    await blog.settled()
    await town.react("dana", article, "🎉", misskey=True)
    await blog.settled()

    assert await row(blog, post) == (
        "Reactions: 2 likes 1 boost 🎉 2 :blobcat: 1 دانة 🎉 千代 🎉:blobcat: "
        "Bob 🚲 likes itboosted it Alice Okafor likes it"
    )
    assert await totals(blog, f"/articles/{post.key}") == (4, 1)
    document = (await blog.document(f"/articles/{post.key}")).json()
    assert (document["likes"]["totalItems"], document["shares"]["totalItems"]) == (4, 1)


async def test_each_is_taken_back_by_the_whole_activity_and_by_its_id(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    article = blog.article(post)
    cat = CustomEmoji(CAT, f"{town.origin}/emoji/cat.png")
    for by_id in (False, True):
        done = [
            ("alice", await town.like("alice", article)),
            ("bob", await town.announce("bob", article)),
            ("chiyo", await town.react("chiyo", article, "🎉")),
            ("chiyo", await town.react("chiyo", article, cat)),
            ("dana", await town.react("dana", article, cat, misskey=True)),
        ]
        await blog.settled()
        assert await totals(blog, f"/articles/{post.key}") == (3, 1)
        seen = [await row(blog, post)]
        for name, activity in done:
            before = await version(blog, post)
            await town.take_back(name, activity, by_id=by_id)
            await blog.settled()
            assert await version(blog, post) > before
            seen.append(await row(blog, post))
        assert "1 like" in seen[0] and "like" not in seen[1]
        assert "1 boost" in seen[1] and "boost" not in seen[2]
        assert ":blobcat: 2 🎉 1" in seen[2] and "🎉" not in seen[3]
        assert ":blobcat: 2" in seen[3] and ":blobcat: 1" in seen[4]
        assert seen[5] == ""
        assert await totals(blog, f"/articles/{post.key}") == (0, 0)


async def test_an_undo_that_only_describes_what_it_undoes(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Ids of likes may be made up anew; then actor, kind, emoji and target tell (G6)."""
    post = await blog.publish()
    article = blog.article(post)
    party = await town.react("chiyo", article, "🎉")
    await town.react("chiyo", article, "🌱")
    await town.take_back("chiyo", party | {"id": f"{party['id']}-again"})
    await blog.settled()
    assert await row(blog, post) == "Reactions: 🌱 1 千代 🌱"


async def test_k7_nobody_takes_back_what_somebody_else_did(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    like = await town.like("alice", blog.article(post))
    await town.take_back("bob", like, by_id=True)
    await town.take_back("bob", like)
    await town.take_back("bob", like | {"actor": town.people["bob"].id})
    await blog.settled()
    assert await totals(blog, f"/articles/{post.key}") == (1, 0)


async def test_what_is_no_emoji_is_a_like(blog: RunningBlog, town: DemoServer) -> None:
    """Also a heart in a Like, which is how Misskey spells one."""
    post = await blog.publish()
    article = blog.article(post)
    await town.react("alice", article, "❤", misskey=True)
    await town.react("bob", article, "not <b>an</b> emoji")
    await town.react("chiyo", article, ":nopicture:", misskey=True)
    await blog.settled()
    await town.react("dana", article, "🎉🎉")
    await blog.settled()
    assert (await row(blog, post)).startswith("Reactions: 4 likes د")


async def test_one_emoji_in_two_spellings_is_one(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    article = blog.article(post)
    await town.react("alice", article, "❤")
    await town.react("bob", article, "❤️")
    await town.react("bob", article, "❤️")
    await blog.settled()
    assert (await row(blog, post)).startswith("Reactions: ❤️ 2 ")
    assert await totals(blog, f"/articles/{post.key}") == (2, 0)


async def test_one_person_cannot_fill_the_page(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    for number in range(22):
        await town.react("alice", blog.article(post), chr(0x1F400 + number))
    await blog.settled()
    reasons = [reason for _, _, reason in await fates(blog)]
    assert reasons.count("more reactions than one person may have") == 2
    assert await totals(blog, f"/articles/{post.key}") == (1, 0)


async def test_replies_and_answers_have_small_counts(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    reply = await town.reply("alice", blog.article(post), "<p>Well said.</p>")
    await blog.settled()
    before = await version(blog, post)
    # Neighbours tell one another without a delivery, and the blog with one, if at all.
    reaction = await town.react("bob", reply.id, "🌱")
    assert (await town.post("bob", f"{blog.origin}/inbox", reaction)).status_code == 202
    await blog.settled()
    assert await version(blog, post) > before
    page = (await blog.page(f"/articles/{post.key}")).text
    assert said(page, "tallies") == "Reactions: 🌱 1"
    assert (await stored(blog, reply.id)).state == "shown"


async def test_answers_count_them_in_their_documents(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "So much for that.")
    await town.react("alice", answer.uri, "🎉")
    await town.like("alice", answer.uri)
    await town.react("bob", answer.uri, "🎉")
    await blog.settled()
    assert await totals(blog, f"/notes/{answer.key}") == (2, 0)
    note = (await blog.document(f"/notes/{answer.key}")).json()
    assert note["likes"]["totalItems"] == 2
    assert said((await blog.page(f"/articles/{post.key}")).text, "tallies") == (
        "Reactions: 1 like 🎉 2"
    )


async def test_a_deleted_account_takes_its_reactions_along(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    article = blog.article(post)
    await town.like("alice", article)
    await town.react("bob", article, "🎉")
    await blog.settled()
    before = await version(blog, post)
    await town.delete_person("bob", [blog.actor])
    await blog.settled()
    assert await version(blog, post) > before
    assert await row(blog, post) == "Reactions: 1 like Alice Okafor likes it"
    assert await totals(blog, f"/articles/{post.key}") == (1, 0)


async def test_many_people_have_pages_of_their_own(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    await town.like("alice", blog.article(post))
    await blog.settled()
    await _crowd(blog, post, 130)

    page = (await blog.page(f"/articles/{post.key}")).text
    assert said(page, "people").count("likes it") == 24
    assert "All 131 people" in page
    (address,) = re.findall(r'href="([^"]+/reactions)"', page)
    first = (await blog.page(address)).text
    assert said(first, "tallies") == "131 likes"
    assert said(first, "people").count("likes it") == 100
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = (await blog.page(older)).text
    assert said(second, "people").count("likes it") == 31
    assert "Alice Okafor" in second and 'rel="next"' not in second


async def test_the_page_of_reactions_is_only_where_the_post_is(blog: RunningBlog) -> None:
    post = await blog.publish("Here")
    at = blog.blog.clock()
    assert (await blog.http.get(f"/1999/01/{post.slug}/reactions")).status_code == 301
    page = await blog.page(f"/{at:%Y}/{at:%m}/{post.slug}/reactions")
    assert page.status_code == 200 and "Nobody has reacted yet." in page.text
    assert (await blog.page(f"/{at:%Y}/{at:%m}/nothing/reactions")).status_code == 404


async def _crowd(blog: RunningBlog, post: Post, count: int) -> None:
    """So many more people like a post; each of them would need a key and a delivery."""
    async with blog.blog.db.transaction() as tx:
        for number in range(count):
            rows = await tx.rows(
                "INSERT INTO actor (uri, authority, type, username, handle, name, page_url, "
                "icon_url, avatar, inbox, shared_inbox, fetched_at) VALUES ($1, 'x.test', 'Person',"
                " $2, '', '', $1, '', '', $1, '', 0) RETURNING id",
                f"https://x.test/{number}",
                f"user{number}",
            )
            await tx.execute(
                "INSERT INTO reaction (actor_id, kind, target_kind, target_id, target_uri, "
                "activity_id, received_at) VALUES ($1, 'like', 'post', $2, $3, $4, 0)",
                rows[0]["id"],
                post.id,
                blog.article(post),
                f"https://x.test/{number}#like",
            )


async def test_what_is_named_by_its_permalink_is_meant(blog: RunningBlog, town: DemoServer) -> None:
    """Of a post, or of what somebody says on its page."""
    post = await blog.publish()
    answer = await answer_post(blog.blog, post.key, "An answer.")
    address = str((await blog.page(f"/articles/{post.key}")).url)
    named = (("alice", address), ("alice", f"{address}#reply-{answer.id}"))
    for name, uri in (*named, ("bob", blog.blog.addresses.reply(answer.id))):
        like = {"id": f"{town.person(name).id}#{uri[-9:]}", "type": "Like", "object": uri}
        like |= {"actor": town.person(name).id}
        answered = await town.post(name, blog.blog.addresses.shared_inbox, like)
        assert answered.status_code == 202
    await blog.settled()
    assert await totals(blog, f"/articles/{post.key}") == (1, 0)
    assert await totals(blog, f"/notes/{answer.key}") == (2, 0)
