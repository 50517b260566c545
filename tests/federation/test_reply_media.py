"""Pictures, emoji, polls and warnings of replies, on the page and from here (I4-I7, K18, K22)."""

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import cycle

import httpx
import pytest
from PIL import Image
from starlette.responses import Response

from fediblog.actions.blocking import set_blocked
from fediblog.actions.moderate import hide_reply, show_reply
from fediblog.actions.picture_files import redrawn, square, within
from fediblog.demo.cast import CAST, Character
from fediblog.demo.emojis import custom_emoji, emojis_in
from fediblog.demo.notes import Attachment, Extras, Poll
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.domain.pictures import ADDRESS, picture_name
from fediblog.keyring import load_keys
from fediblog.protocol.keys import PrivateKey
from fediblog.store.pictures import ATTACHMENT, EMOJI, claim_pictures
from fediblog.store.posts import Post, get_post
from fediblog.worker.housekeeping import keep_house
from tests.bench import RunningBlog, until
from tests.federation.records import stored

BLURHASH = "L94r1CktfQktpMflfQflfQfQfQfQ"


def address(blog: RunningBlog, url: str, kind: str = ATTACHMENT) -> str:
    """Where a picture of somebody else is served from."""
    return ADDRESS + picture_name(blog.blog.keys.picture_secret, url, kind)


def view(town: DemoServer, name: str = "hills") -> Attachment:
    """A picture to attach."""
    return Attachment(f"{town.origin}/views/{name}.jpg", "image/jpeg", f"The {name}", BLURHASH)


async def page(blog: RunningBlog, post: Post) -> str:
    return (await blog.page(f"/articles/{post.key}")).text


async def is_served(blog: RunningBlog, path: str) -> bool:
    return (await blog.http.get(path)).status_code == 200


async def comes(blog: RunningBlog, *paths: str) -> None:
    """Wait until pictures are served."""

    async def all_here() -> bool:
        return all([await is_served(blog, path) for path in paths])

    await until(all_here)


async def never_asked(town: DemoServer, blog: RunningBlog, url: str) -> bool:
    """Whether a picture is not fetched although there is time for it: another one is."""
    post = await blog.publish("Another")
    other = view(town, "marker")
    await town.reply("alice", blog.article(post), "<p>x</p>", extras=Extras(attachments=(other,)))
    await comes(blog, address(blog, other.url))
    return all(asked.path != httpx.URL(url).path for asked in town.requests)


async def version(blog: RunningBlog, post: Post) -> int:
    found = await get_post(blog.blog.db, post.key)
    assert found is not None
    return found.version


def image_bytes(side: int, kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGB", (side, side), "#336699").save(file, kind)
    return file.getvalue()


async def test_a_picture_is_shown_from_here_and_its_colours_until_then(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    picture = Attachment(
        f"{town.origin}/views/lake.jpg", "image/jpeg", "A <lake>", BLURHASH, 1600, 1200
    )
    blog.clock.fixed = datetime.now(UTC)
    town.responses["/views/lake.jpg"] = Response("not now", 503)
    extras = Extras(attachments=(picture,))
    await town.reply("alice", blog.article(post), "<p>Look:</p>", extras=extras)
    await blog.settled()
    text = await page(blog, post)
    assert 'viewBox="0 0 1600 1200"' in text and text.count("<rect") == 24
    assert 'aria-label="A &lt;lake&gt;"' in text and f'href="{picture.url}"' in text
    assert 'dir="auto">A &lt;lake&gt;</figcaption>' in text
    here = address(blog, picture.url)
    assert here not in text and not await is_served(blog, here)

    await until(lambda: _asked(town, "/views/lake.jpg"))
    before = await version(blog, post)
    del town.responses["/views/lake.jpg"]

    async def comes_in_time() -> bool:
        """The first attempt may end, and choose the time of the next one, while time goes by."""
        await blog.later(timedelta(minutes=11))
        return await is_served(blog, address(blog, picture.url))

    await until(comes_in_time)
    assert await version(blog, post) > before
    text = await page(blog, post)
    assert f'src="{address(blog, picture.url)}" alt="A &lt;lake&gt;"' in text
    assert 'width="1280" height="960"' in text and "<rect" not in text
    assert "style=" not in text and "data:" not in text

    answer = await blog.http.get(address(blog, picture.url))
    assert answer.headers["content-type"] == "image/webp"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert Image.open(BytesIO(answer.content)).size == (1280, 960)


async def test_four_pictures_are_shown_and_the_rest_is_linked(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    pictures = tuple(view(town, f"hill{number}") for number in range(5))
    sound = Attachment(f"{town.origin}/sound.ogg", "audio/ogg", "A blackbird")
    drawing = Attachment(f"{town.origin}/drawing.svg", "image/svg+xml")
    extras = Extras(attachments=(sound, *pictures, drawing))
    await town.reply("alice", blog.article(post), "<p>All of it</p>", extras=extras)
    await blog.settled()
    await comes(blog, *(address(blog, picture.url) for picture in pictures[:4]))

    text = await page(blog, post)
    assert [address(blog, picture.url) in text for picture in pictures] == [True] * 4 + [False]
    files = re.findall(r'<p class="files">(.*?)</p>', text, re.S)
    links = re.findall(r'<a href="([^"]+)" rel="nofollow noopener ugc">(.*?)</a>', files[0], re.S)
    assert [(url, re.sub(r"<[^>]+>", "", label)) for url, label in links] == [
        (sound.url, "Audio: A blackbird (audio/ogg)"),
        (pictures[4].url, "Picture: The hill4 (image/jpeg)"),
        (drawing.url, "Picture (image/svg+xml)"),
    ]


async def test_what_may_disturb_is_folded(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    picture = view(town)
    await town.reply(
        "alice",
        blog.article(post),
        "<p>Careful</p>",
        extras=Extras(sensitive=True, attachments=(picture,)),
    )
    await town.reply(
        "bob",
        blog.article(post),
        "<p>Spiders</p>",
        extras=Extras(
            warning="Animals :leaf:",
            emojis=(custom_emoji(town.origin, "leaf"),),
            attachments=(picture,),
        ),
    )
    await blog.settled()
    await comes(blog, address(blog, picture.url))
    text = await page(blog, post)
    (sensitive,) = re.findall(r'<details class="sensitive">(.*?)</details>', text, re.S)
    assert "Sensitive picture" in sensitive and "<rect" in sensitive.partition("</summary>")[0]
    assert address(blog, picture.url) in sensitive.partition("</summary>")[2]
    (warned,) = re.findall(r'<details class="warning">(.*?)</details>', text, re.S)
    head, _, body = warned.partition("</summary>")
    leaf = address(blog, f"{town.origin}/emoji/leaf.png", EMOJI)
    assert f'Animals <img class="emoji" src="{leaf}" alt=":leaf:"' in head
    assert "Spiders" in body and address(blog, picture.url) in body and "sensitive" not in body


async def test_emoji_stand_in_texts_and_names(blog: RunningBlog, town: DemoServer) -> None:
    """In text only: not in code, nor in links, nor where no tag has a picture."""
    post = await blog.publish()
    await town.reply(
        "alice",
        blog.article(post),
        '<p>A :leaf: and :stone: <code>:leaf:</code> <a href="https://x.test/:leaf:">:leaf:</a>'
        ' <span class="x:leaf:">:leaf::leaf:</span></p>',
        extras=Extras(emojis=(custom_emoji(town.origin, "leaf"),)),
    )
    await blog.settled()
    leaf = address(blog, f"{town.origin}/emoji/leaf.png", EMOJI)
    await comes(blog, leaf)
    html = (await stored(blog, f"{town.origin}{_note_path(town)}")).html
    picture = re.findall(r"<img [^>]*>", html)
    assert len(picture) == 3 and len(set(picture)) == 1
    assert f'src="{leaf}" alt=":leaf:"' in picture[0]
    rest = html.replace(picture[0], "*")
    assert rest.startswith('<p>A * and :stone: <code>:leaf:</code> <a href="https://x.test/:leaf:')
    assert ">:leaf:</a> <span>**</span></p>" in rest


async def test_emoji_stand_in_names(blog: RunningBlog, people_town: DemoServer) -> None:
    post = await blog.publish()
    await people_town.reply("eve", blog.article(post), "<p>Hello</p>")
    await people_town.like("eve", blog.article(post))
    await blog.settled()
    (star,) = emojis_in(people_town.origin, ":star:")
    await comes(blog, address(blog, star.url, EMOJI))
    text = await page(blog, post)
    assert text.count(f'src="{address(blog, star.url, EMOJI)}" alt=":star:"') == 2
    assert 'aria-label="Eve :star:' in text
    assert re.search(r"<bdi>Eve <img [^>]*> &lt;3</bdi>", text)


async def test_k22_the_name_of_somebody_who_is_seen_nowhere_has_nothing_fetched(
    blog: RunningBlog, people_town: DemoServer
) -> None:
    """Somebody is known as soon as their key was asked for, whatever came of it."""
    eve = people_town.person("eve")
    view = {"id": f"{eve.id}#1", "type": "View", "actor": eve.id, "object": blog.actor}
    answer = await people_town.post("eve", blog.blog.addresses.shared_inbox, view)
    assert answer.status_code == 202
    await blog.settled()
    now = blog.blog.now_ms()
    claimed = await claim_pictures(blog.blog.db, now=now, again_at=now, limit=9)
    (star,) = emojis_in(people_town.origin, ":star:")
    assert claimed == []
    assert all(asked.path != httpx.URL(star.url).path for asked in people_town.requests)


@pytest.mark.parametrize(("side", "progressive"), [(4100, True), (9000, False)])
def test_k15_what_would_take_too_much_memory_is_not_opened(side: int, progressive: bool) -> None:
    file = BytesIO()
    Image.new("L", (side, side)).save(file, "JPEG", progressive=progressive)
    with pytest.raises(ValueError, match="too large"):
        redrawn(file.getvalue(), square(96), draft=(96, 96))


def test_a_large_photograph_is_made_small_on_the_way() -> None:
    file = BytesIO()
    Image.new("L", (6000, 4000)).save(file, "JPEG")
    assert redrawn(file.getvalue(), within(1280, 1280), draft=(1280, 1280))[1] == (1280, 853)


async def test_a_poll_has_its_totals_and_they_change(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    closes = datetime.now(UTC) + timedelta(hours=1)
    poll = Poll(("Tea :leaf:", "Coffee & <b>"), (1, 2), closes=closes)
    extras = Extras(poll=poll, emojis=(custom_emoji(town.origin, "leaf"),))
    note = await town.reply("alice", blog.article(post), "<p>Which?</p>", extras=extras)
    await blog.settled()
    text = _poll(await page(blog, post))
    assert "33 %" in text and "67 %" in text and "Coffee &amp; &lt;b&gt;" in text
    assert "3 people have voted." in text and "is open until" in text
    assert '<img class="emoji"' in text and text.count("<meter") == 2

    fetched = len(town.requests)
    before = await version(blog, post)
    await town.recount(note, (9, 0))
    await blog.settled()
    text = _poll(await page(blog, post))
    assert "100 %" in text and "0 %" in text and "9 people have voted." in text
    assert await version(blog, post) > before
    assert (await stored(blog, note.id)).updated_at is None
    assert not [asked for asked in town.requests[fetched:] if asked.path.endswith(note.url)]

    await blog.later(timedelta(hours=2))
    assert "The poll ended on" in _poll(await page(blog, post))


async def test_new_counts_under_a_new_time_are_no_edit_either(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    extras = Extras(poll=Poll(("Tea", "Coffee"), (1, 0)))
    note = await town.reply("alice", blog.article(post), "<p>Which?</p>", extras=extras)
    counted = replace(note, extras=Extras(poll=Poll(("Tea", "Coffee"), (1, 3))))
    town.notes[note.id] = counted
    await town.edit(counted, counted.html)
    await blog.settled()
    assert "75 %" in _poll(await page(blog, post))
    assert (await stored(blog, note.id)).updated_at is None

    renamed = replace(counted, extras=Extras(poll=Poll(("Tea", "Cocoa"), (1, 3))))
    town.notes[note.id] = renamed
    await town.edit(renamed, counted.html)
    await blog.settled()
    assert "Cocoa" in _poll(await page(blog, post))
    assert (await stored(blog, note.id)).updated_at is not None


async def test_a_poll_of_several_choices_counts_people(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    poll = Poll(("A", "B"), (3, 4), several=True, voters=4)
    await town.reply("alice", blog.article(post), "<p>?</p>", extras=Extras(poll=poll))
    await blog.settled()
    text = _poll(await page(blog, post))
    assert "75 %" in text and "100 %" in text
    assert "4 people have voted." in text and "more than one" in text and "is open." in text


async def test_pictures_of_private_replies_are_neither_fetched_nor_served(
    blog: RunningBlog, town: DemoServer
) -> None:
    """K18: not of one that was never public, nor of one that no longer is."""
    post = await blog.publish()
    secret, once = view(town, "secret"), view(town, "once")
    await town.reply(
        "alice",
        blog.article(post),
        "<p>For you :leaf:</p>",
        to="direct",
        extras=Extras(attachments=(secret,), emojis=(custom_emoji(town.origin, "leaf"),)),
    )
    note = await town.reply(
        "bob", blog.article(post), "<p>For all</p>", extras=Extras(attachments=(once,))
    )
    await blog.settled()
    await comes(blog, address(blog, once.url))
    assert await never_asked(town, blog, secret.url)
    assert await never_asked(town, blog, f"{town.origin}/emoji/leaf.png")

    # Hidden by the author of the blog, and shown again.
    number = (await stored(blog, note.id)).id
    await hide_reply(blog.blog, number)
    assert not await is_served(blog, address(blog, once.url))
    await show_reply(blog.blog, number)
    assert await is_served(blog, address(blog, once.url))

    await _make_private(town, note.id)
    await blog.settled()
    assert (await stored(blog, note.id)).state == "private"
    assert not await is_served(blog, address(blog, once.url))


async def test_k22_only_what_something_names_is_served(blog: RunningBlog, town: DemoServer) -> None:
    """K22: nobody can have pictures fetched through us by asking for them."""
    for path in (
        address(blog, f"{town.origin}/views/any.jpg"),
        f"{ADDRESS}../avatars/x.webp",
        f"{ADDRESS}{town.origin}/views/any.jpg",
        f"{ADDRESS}x.webp?url={town.origin}/views/any.jpg",
    ):
        assert (await blog.http.get(path)).status_code == 404
    assert await never_asked(town, blog, f"{town.origin}/views/any.jpg")


async def test_k22_nobody_else_makes_the_name_of_a_picture(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    picture = view(town)
    extras = Extras(attachments=(picture,))
    await town.reply("alice", blog.article(post), "<p>Look:</p>", extras=extras)
    await comes(blog, address(blog, picture.url))
    asked = [each.path for each in town.requests]
    keys = blog.blog.keys
    plain = hashlib.sha256(f"{ATTACHMENT} {picture.url}".encode()).hexdigest()[:32]
    guesses = [
        f"{plain}.webp",
        picture_name(b"", picture.url, ATTACHMENT),
        picture_name(keys.proof.public_key().multibase().encode(), picture.url, ATTACHMENT),
        picture_name(b"", f"{town.origin}/views/never.jpg", ATTACHMENT),
    ]
    for name in guesses:
        assert (await blog.http.get(ADDRESS + name)).status_code == 404
    assert [each.path for each in town.requests] == asked

    again = load_keys(keys.folder, 1)
    assert again.picture_secret == keys.picture_secret
    assert "picture_secret" not in repr(again)


async def test_pictures_go_when_nothing_names_them(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    picture, both = view(town), view(town, "both")
    note = await town.reply(
        "alice", blog.article(post), "<p>x</p>", extras=Extras(attachments=(picture, both))
    )
    await town.reply("bob", blog.article(post), "<p>x</p>", extras=Extras(attachments=(both,)))
    cat = custom_emoji(town.origin, "cat")
    reaction = await town.react("bob", blog.article(post), cat)
    await blog.settled()
    paths = [address(blog, picture.url), address(blog, both.url), address(blog, cat.url, EMOJI)]
    await comes(blog, *paths)
    await keep_house(blog.blog)
    assert _files(blog) == {path.removeprefix(ADDRESS) for path in paths}

    await town.delete(note)
    await town.take_back("bob", reaction)
    await blog.settled()
    assert [await is_served(blog, path) for path in paths] == [False, True, False]
    await keep_house(blog.blog)
    assert _files(blog) == {address(blog, both.url).removeprefix(ADDRESS)}
    rows = await blog.blog.db.rows("SELECT count(*) AS n FROM picture")
    uses = await blog.blog.db.rows("SELECT count(*) AS n FROM picture_use")
    assert (rows[0]["n"], uses[0]["n"]) == (1, 1)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<html>no picture</html>", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (image_bytes(4100), "image/png"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "image/png"),
    ],
    ids=["html", "svg", "too many pixels", "broken"],
)
async def test_what_is_no_picture_is_not_asked_for_again(
    blog: RunningBlog, town: DemoServer, body: bytes, media_type: str
) -> None:
    post = await blog.publish()
    picture = view(town, "odd")
    town.responses["/views/odd.jpg"] = Response(body, media_type=media_type)
    extras = Extras(attachments=(picture,))
    await town.reply("alice", blog.article(post), "<p>x</p>", extras=extras)
    await blog.settled()
    query = "SELECT width, fetch_at FROM picture"
    await until(lambda: _given_up(blog, query))
    assert not await is_served(blog, address(blog, picture.url))
    assert 'aria-label="The odd"' in await page(blog, post)


async def test_k17_blocked_servers_are_not_asked_for_pictures(
    blog: RunningBlog, town: DemoServer
) -> None:
    """K17, also if somebody else names their pictures."""
    post = await blog.publish()
    elsewhere = town.origin.replace("127.0.0.1", "localhost")
    await set_blocked(blog.blog, elsewhere.removeprefix("http://"), True)
    blocked = Attachment(f"{elsewhere}/views/blocked.jpg", "image/jpeg")
    extras = Extras(attachments=(blocked,))
    await town.reply("alice", blog.article(post), "<p>x</p>", extras=extras)
    await blog.settled()
    assert await never_asked(town, blog, blocked.url)
    assert not await is_served(blog, address(blog, blocked.url))


async def test_pictures_wait_with_their_reply(blog: RunningBlog, town: DemoServer) -> None:
    """A reply whose parent is not here is not shown; once it is, its pictures come at once."""
    post = await blog.publish()
    parent = await town.reply("alice", blog.article(post), "<p>First</p>", deliver=False)
    town.responses[parent.id.removeprefix(town.origin)] = Response("not now", 503)
    picture = view(town)
    await town.reply(
        "bob",
        parent.id,
        "<p>Second</p>",
        recipients=[blog.actor],
        extras=Extras(attachments=(picture,)),
    )
    await blog.settled()
    assert await never_asked(town, blog, picture.url)
    await town.deliver(parent)
    await blog.settled()
    await comes(blog, address(blog, picture.url))


@pytest.fixture
async def people_town(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """The second server, where Eve lives as well."""
    keys = cycle(people_keys)
    eve = Character("eve", "Eve :star: <3", "")
    async with running(new_key=lambda: next(keys), cast=(*CAST, eve)) as server:
        yield server


async def _asked(town: DemoServer, path: str) -> bool:
    return any(asked.path == path for asked in town.requests)


async def _given_up(blog: RunningBlog, query: str) -> bool:
    rows = await blog.blog.db.rows(query)
    return [tuple(row.values()) for row in rows] == [(None, None)]


def _note_path(town: DemoServer) -> str:
    return next(iter(town.notes)).removeprefix(town.origin)


def _poll(text: str) -> str:
    (found,) = re.findall(r'<div class="poll">(.*?)</div>', text, re.S)
    return str(found)


def _files(blog: RunningBlog) -> set[str]:
    return {path.name for path in (blog.blog.settings.data / "media" / "pictures").iterdir()}


async def _make_private(town: DemoServer, note_id: str) -> None:
    """Edit a note so that only its followers may read it."""
    note = replace(town.notes[note_id], to="followers")
    town.notes[note_id] = note
    await town.edit(note, "<p>Between us</p>")
