"""The conversation: folded, sorted, loaded on, and live; by plain links where no scripts run."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from fediblog.actions.documents import permalink
from fediblog.actions.moderate import hide_reply
from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.browser.steps.windows import Kind
from tests.browser.window import Window
from tests.federation.records import stored
from tests.threads import grow, like_reply

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

#: Fifteen replies, each beneath the one before it.
_CHAIN = (None, *range(14))
#: 120 branches, and then one of 151 replies that no page holds.
_BUSH = (*[None] * 120, None, *[120 + number // 2 for number in range(150)])

Talk = tuple[Post, list[int]]


async def _talk(blog: RunningBlog, town: DemoServer, more: Sequence[int | None]) -> Talk:
    """A post with two replies by people, one beneath the other, and more beside them; the row
    numbers of these."""
    post = await blog.publish("What we talk about")
    first = await town.reply("alice", blog.article(post), "<p>The first one.</p>")
    await town.reply("bob", first.id, "<p>The second one.</p>")
    await blog.settled()
    return post, await grow(blog, post, (await stored(blog, first.id)).id, more)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chain(blog: RunningBlog, town: DemoServer) -> Talk:
    """A long branch."""
    return await _talk(blog, town, _CHAIN)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bush(blog: RunningBlog, town: DemoServer) -> Talk:
    """More than three pages; somebody likes one in the middle."""
    post, numbers = await _talk(blog, town, _BUSH)
    rows = await blog.blog.db.rows("SELECT uri FROM reply WHERE id = $1", numbers[60])
    await like_reply(blog, town, "chiyo", str(rows[0]["uri"]))
    await blog.settled()
    return post, numbers


def _path(blog: RunningBlog, post: Post) -> str:
    return urlsplit(permalink(blog.blog, post)).path


async def test_branches_fold_and_a_permalink_opens_and_marks_its_reply(
    view: Window, blog: RunningBlog, chain: Talk
) -> None:
    page, (post, numbers) = view.page, chain
    last = page.locator(f"#reply-{numbers[-1]}")
    await view.open(_path(blog, post))
    await expect(last).to_be_hidden()
    await page.get_by_text("9 replies").click()
    await page.get_by_text("4 replies", exact=True).click()
    await expect(last).to_be_visible()
    assert await view.overflow() == 0
    await page.get_by_text("14 replies").click()
    await expect(page.locator(f"#reply-{numbers[1]}")).to_be_hidden()

    await view.open(f"/replies/{numbers[-1]}")
    assert page.url == f"{blog.origin}{_path(blog, post)}#reply-{numbers[-1]}"
    marked = page.locator(f"#reply-{numbers[-1]}:target")
    await expect(marked).to_be_visible()
    await expect(marked).to_be_in_viewport()
    border = "each => getComputedStyle(each, '::before').borderTopWidth"
    assert await marked.evaluate(border) == "2px"
    assert await page.evaluate("scrollY") > 0
    view.assert_quiet()


async def test_branches_are_sorted(view: Window, blog: RunningBlog, bush: Talk) -> None:
    page, (post, numbers) = view.page, bush
    first = page.locator(".thread > li > .reply").first
    await view.open(_path(blog, post))
    await expect(first).to_contain_text("The first one.")
    await page.get_by_role("link", name="Newest").click()
    await expect(page.locator("[aria-current]", has_text="Newest")).to_be_visible()
    await expect(first).to_have_attribute("id", f"reply-{numbers[120]}")
    await page.get_by_role("link", name="Most liked").click()
    await expect(page.locator("[aria-current]", has_text="Most liked")).to_be_visible()
    await expect(first).to_have_attribute("id", f"reply-{numbers[60]}")
    await page.get_by_role("link", name="Oldest").click()
    await expect(page.locator("[aria-current]", has_text="Oldest")).to_be_visible()
    await expect(first).to_contain_text("The first one.")
    view.assert_quiet()


async def test_the_rest_is_one_link_away_in_place_where_scripts_run(
    view: Window, kind: Kind, blog: RunningBlog, bush: Talk
) -> None:
    page, (post, numbers) = view.page, bush
    path = _path(blog, post)
    await view.open(path)
    seen = set[str]()
    for name in ("More responses", "More responses", "Continue this thread"):
        seen |= await _numbers(page)
        await page.get_by_role("link", name=name).click()
        if kind.scripts:
            await page.wait_for_function(
                "(count) => document.querySelectorAll('article.reply').length > count",
                arg=len(seen),
            )
            focused = await page.evaluate("document.activeElement.id")
            assert focused.startswith("reply-") and focused not in seen
            assert page.url == f"{blog.origin}{path}"
        else:
            await page.get_by_text("This page has a part of").wait_for()
    seen |= await _numbers(page)
    rows = await blog.blog.db.rows("SELECT id FROM reply WHERE post_id = $1", post.id)
    assert seen == {f"reply-{row['id']}" for row in rows} and len(seen) == len(numbers) + 2
    await expect(page.get_by_role("link", name="More responses")).to_have_count(0)
    view.assert_quiet()


async def test_a_page_of_a_part_leads_to_the_beginning(
    view: Window, blog: RunningBlog, bush: Talk
) -> None:
    page, (_, numbers) = view.page, bush
    await view.open(f"/replies/{numbers[-1]}")
    await expect(page.locator(f"#reply-{numbers[-1]}:target")).to_be_in_viewport()
    await page.get_by_role("link", name="To its beginning").click()
    await expect(page.locator(f"#reply-{numbers[120]}")).to_be_visible()
    view.assert_quiet()


async def test_what_is_new_and_what_has_changed_is_seen(
    view: Window, kind: Kind, blog: RunningBlog, town: DemoServer
) -> None:
    """By itself where scripts run; by loading the page again where they do not."""
    page, (post, _) = view.page, await _talk(blog, town, [])
    query = "SELECT id, uri FROM reply WHERE post_id = $1 AND parent_id IS NOT NULL"
    [second] = await blog.blog.db.rows(query, post.id)
    await view.open(_path(blog, post))
    heading = page.locator("#responses-title")
    await expect(heading).to_have_text("2 responses")

    async def look_again() -> None:
        await blog.settled()
        if not kind.scripts:
            await page.reload()

    answer = await town.reply("chiyo", str(second["uri"]), "<p>The third one.</p>")
    await town.reply("dana", blog.article(post), "<p>Beside them.</p>")
    await look_again()
    await expect(heading).to_have_text("4 responses")
    if kind.scripts:
        button = page.get_by_role("status").get_by_role("button", name="Show 2 new replies")
        await expect(button).to_be_visible()
        await expect(page.get_by_text("The third one.")).to_have_count(0)
        await button.click()
        assert await page.evaluate("document.activeElement.closest('article.reply') !== null")
    number = (await stored(blog, answer.id)).id
    inside = page.locator(f"li:has(> #reply-{second['id']}) .branch > li > #reply-{number}")
    await expect(inside).to_contain_text("The third one.")
    await expect(page.locator(".thread > li")).to_have_count(2)

    await town.edit(answer, "<p>The third one, edited.</p>")
    await look_again()
    await expect(inside).to_contain_text("The third one, edited.")
    await hide_reply(blog.blog, int(second["id"]))
    await look_again()
    await expect(page.get_by_text("A reply that is not shown")).to_be_visible()
    await expect(heading).to_contain_text("1 more not public or held back")
    assert await view.overflow() == 0
    await town.delete(answer)
    await look_again()
    await expect(page.locator(f"#reply-{number}")).to_have_count(0)
    await expect(page.get_by_text("A reply that is not shown")).to_have_count(0)
    view.assert_quiet()


async def _numbers(page: Page) -> set[str]:
    return set(await page.locator("article.reply").evaluate_all("(all) => all.map((e) => e.id)"))
