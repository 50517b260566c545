"""The conversation on a post's page: its pages in every order, its permalinks, what is folded."""

import re
from collections.abc import Sequence
from html import unescape

import pytest

from fediblog.actions.moderate import hide_reply
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import ACTIVITY_JSON, RunningBlog, reply_ids
from tests.federation.records import stored
from tests.threads import grow, like_reply

#: 40 branches of 1 to 8 replies, a chain of 15, and a branch of 130: three pages, the last one cut.
_CHAIN = [None, *range(15)]
_BUSH = [None, *[0] * 40, *[number // 2 for number in range(2, 91)]]


async def long_thread(blog: RunningBlog, town: DemoServer) -> tuple[Post, list[int]]:
    """A post with several hundred replies; the numbers of all."""
    post = await blog.publish("A long talk")
    first = await town.reply("alice", blog.article(post), "<p>First.</p>")
    await blog.settled()
    like = (await stored(blog, first.id)).id
    parents: list[int | None] = []
    for branch in range(40):
        start = len(parents)
        parents += [None, *[start + number // 2 for number in range(branch % 8)]]
    for shape in (_CHAIN, _BUSH):
        start = len(parents)
        parents += [None if parent is None else start + parent for parent in shape]
    return post, [like, *await grow(blog, post, like, parents)]


async def all_pages(blog: RunningBlog, path: str) -> list[str]:
    """A page of a thread and all that its links to the rest lead to."""
    pages, waiting, seen = [], [path], set()
    while waiting:
        address = waiting.pop(0)
        if address not in seen:
            seen.add(address)
            page = await blog.page(address)
            assert page.status_code == 200
            pages.append(page.text)
            links = re.findall(r'data-more[^>]* href="([^"#]+)', page.text)
            waiting += [unescape(link) for link in links]
    return pages


@pytest.mark.parametrize("order", ["oldest", "newest", "liked"])
async def test_every_reply_is_on_exactly_one_page_in_each_order(
    blog: RunningBlog, town: DemoServer, order: str
) -> None:
    post, numbers = await long_thread(blog, town)
    await like_reply(blog, town, "bob", (await _uris(blog, numbers[:1]))[0])
    await blog.settled()

    pages = await all_pages(blog, f"{await _address(blog, post)}?sort={order}")
    found = [[int(number) for number in reply_ids(page)] for page in pages]
    assert sorted(number for page in found for number in page) == sorted(numbers)
    assert all(len(page) <= 100 for page in found)
    tops = [number for page in pages for number in _tops(page) if "data-parent" not in number[1]]
    expected = await _expected_tops(blog, post, order)
    assert [number for number, _ in tops] == expected
    assert (expected[0] == numbers[0]) == (order != "newest")
    for page in pages[1:]:
        assert f'<link rel="canonical" href="{blog.origin}' in page
        assert '<meta name="robots" content="noindex">' in page


async def test_a_permalink_leads_to_the_page_that_has_the_reply(
    blog: RunningBlog, town: DemoServer
) -> None:
    _, numbers = await long_thread(blog, town)
    for number in (numbers[0], numbers[60], numbers[190], numbers[-130], numbers[-1]):
        moved = await blog.http.get(f"/replies/{number}", headers={"Accept": "text/html"})
        assert moved.status_code == 303
        assert moved.headers["location"].endswith(f"#reply-{number}")
        page = await blog.page(moved.headers["location"])
        assert str(number) in reply_ids(page.text)
    [uri] = await _uris(blog, numbers[:1])
    asked = await blog.http.get(f"/replies/{numbers[0]}", headers={"Accept": ACTIVITY_JSON})
    assert asked.headers["location"] == uri


async def test_a_permalink_of_what_nobody_may_read_says_so(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    hidden = await town.reply("alice", blog.article(post), "<p>Hidden</p>")
    private = await town.reply("alice", blog.article(post), "<p>For you</p>", to="direct")
    deleted = await town.reply("alice", blog.article(post), "<p>Gone</p>")
    await blog.settled()
    await hide_reply(blog.blog, (await stored(blog, hidden.id)).id)
    await town.delete(deleted)
    await blog.settled()
    for note, status, sentence in (
        (hidden, 404, "This reply is not public."),
        (private, 404, "This reply is not public."),
        (deleted, 410, "This reply has been deleted."),
    ):
        page = await blog.page(f"/replies/{(await stored(blog, note.id)).id}")
        assert page.status_code == status
        assert sentence in page.text
    missing = await blog.page("/replies/999999")
    assert missing.status_code == 404 and "There is no such reply here." in missing.text


async def test_what_is_not_shown_is_counted_beside_what_is(
    blog: RunningBlog, town: DemoServer
) -> None:
    post = await blog.publish()
    await town.reply("alice", blog.article(post), "<p>For everybody</p>")
    for number in range(2):
        await town.reply("bob", blog.article(post), f"<p>For you {number}</p>", to="direct")
    await blog.settled()
    page = (await blog.page(f"/articles/{post.key}")).text
    heading = page.partition('id="responses-title"')[2].partition("</h2>")[0]
    read_out = " ".join(re.sub("<[^>]*>", "", heading).split())
    assert read_out.endswith("1 response, 2 more not public or held back")


async def test_branches_fold_with_their_numbers(blog: RunningBlog, town: DemoServer) -> None:
    post = await blog.publish()
    first = await town.reply("alice", blog.article(post), "<p>First.</p>")
    await blog.settled()
    await grow(blog, post, (await stored(blog, first.id)).id, _CHAIN)
    page = (await blog.page(f"/articles/{post.key}")).text
    folds = re.findall(r'<details class="fold"( open)?><summary>([^<]+)</summary>', page)
    assert folds == [(" open", "15 replies"), ("", "10 replies"), ("", "5 replies")]


@pytest.mark.parametrize(
    "query",
    [
        "after=1",
        "after=x.y",
        "sort=best",
        "branch=77777",
        "branch=x",
        f"sort=liked&after={10**17}.1",
    ],
)
async def test_no_query_is_an_error(blog: RunningBlog, query: str) -> None:
    post = await blog.publish()
    assert (await blog.page(f"{await _address(blog, post)}?{query}")).status_code == 200


async def _address(blog: RunningBlog, post: Post) -> str:
    return str((await blog.page(f"/articles/{post.key}")).url)


def _tops(page: str) -> list[tuple[int, str]]:
    """The rows at the top of a page: their numbers, and the attributes of their items."""
    found, depth = [], 0
    tags = r'<ol class="(?:thread|branch)|</ol>|<li class="(?:reply|gone)([^>]*)>'
    for tag in re.finditer(tags, page):
        text = tag.group(0)
        if text.startswith("<ol"):
            depth += 1
        elif text == "</ol>" and depth:
            depth -= 1
        elif depth == 1:
            number = re.search(r'id="reply-(\d+)"', page[tag.end() :])
            assert number
            found.append((int(number.group(1)), tag.group(1)))
    return found


async def _expected_tops(blog: RunningBlog, post: Post, order: str) -> Sequence[int]:
    by = {"oldest": "published_at, id", "newest": "published_at DESC, id DESC"}
    rows = await blog.blog.db.rows(
        "SELECT id FROM reply WHERE post_id = $1 AND parent_id IS NULL "
        f"ORDER BY {by.get(order, 'likes DESC, id DESC')}",
        post.id,
    )
    return [int(row["id"]) for row in rows]


async def _uris(blog: RunningBlog, numbers: Sequence[int]) -> list[str]:
    rows = await blog.blog.db.rows("SELECT id, uri FROM reply")
    uris = {int(row["id"]): str(row["uri"]) for row in rows}
    return [uris[number] for number in numbers]
