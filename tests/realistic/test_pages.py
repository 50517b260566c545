"""Every public page, in every window that a reader may have, on a blog that has been in use.

Proves of the craft: no violation of WCAG 2.2 AA by axe on any public page, landmarks and headings
in order, light and dark, phone and desktop, without JavaScript too; no request to anybody else, no
cookies, no layout shift, nothing that the policy forbids. And that HTML is valid in languages
of three scripts, and that none of all languages is too wide for a telephone.
"""

from itertools import pairwise, product
from pathlib import Path
from typing import get_args

import pytest

from fediblog.domain.languages import LANGUAGES
from fediblog.store.site import set_value
from tests.browser.scene import BLOG, TITLE
from tests.browser.window import DESK, UNSEEN_SHIFT, Scheme, Window, window
from tests.checkers.accessibility import violations
from tests.checkers.markup import html_errors
from tests.realistic.pages import Kind, kinds, unseen
from tests.realistic.world import World

#: Narrower than most telephones.
_NARROW = 360
_WINDOWS = [*product((_NARROW, DESK), get_args(Scheme))]
#: It would take a minute for all branches of a long thread, which are made alike.
_LATER_BRANCHES = ".thread > li:nth-child(n+6)"
_FIRST_BRANCHES = ".thread > li:nth-child(-n+5)"
_HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(
  (each) => Number(each.localName[1]))"""
_BROKEN_PICTURES = """() => [...document.images].filter(
  (each) => each.complete && each.naturalWidth === 0).map((each) => each.src)"""
_UNFOLD = """() => [...document.querySelectorAll("details")].map((each) => each.open = true)"""
#: What a post has that is to be judged once it is open.
_FOLDED = ("details.warning", "details.sensitive", "details.fold")
_CHECKED = ("en", "ar", "ja")


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_every_page_is_right_in_every_window(world: World, scripts: bool) -> None:
    found = [kind for kind in await kinds(world) if kind.is_page]
    async with world.browser() as browser:
        for width, scheme in _WINDOWS:
            async with window(browser, BLOG, width=width, scheme=scheme, scripts=scripts) as opened:
                for kind in found:
                    await _look_at(opened, kind)
                    wrong = await _wrong_with(opened, scripts=scripts)
                    if scripts:
                        wrong += await violations(opened.page, _LATER_BRANCHES)
                    assert wrong == [], f"{kind.path} at {width}, {scheme}"
                    assert await opened.overflow() == 0, f"{kind.path} at {width}"
                assert await opened.page.context.cookies() == []
                opened.assert_quiet()


@pytest.mark.browser
async def test_a_post_is_right_when_all_of_it_is_unfolded(world: World) -> None:
    """Nobody judges what is hidden: warnings, pictures, branches, menus."""
    path = (await world.paths())[TITLE]
    async with world.browser() as browser:
        for width, scheme in _WINDOWS:
            async with window(browser, BLOG, width=width, scheme=scheme) as opened:
                await opened.open(path)
                await opened.page.evaluate(_UNFOLD)
                for selector in _FOLDED:
                    folded = opened.page.locator(f"{_FIRST_BRANCHES} {selector}")
                    assert await folded.first.is_visible(), selector
                assert await violations(opened.page, _LATER_BRANCHES) == [], f"{width}, {scheme}"
                assert await opened.overflow() == 0, width
                opened.assert_quiet()


@pytest.mark.browser
async def test_no_language_is_too_wide_for_a_telephone(world: World) -> None:
    path = (await world.paths())[TITLE]
    async with world.browser() as browser, window(browser, BLOG, width=_NARROW) as opened:
        for address, language in product(("/", path), LANGUAGES):
            await opened.open(f"{address}?lang={language}")
            await opened.page.evaluate(_UNFOLD)
            assert await opened.page.locator(f"html[lang={language}]").count() == 1
            assert await opened.overflow() == 0, f"{address} in {language}"


@pytest.mark.browser
async def test_the_page_of_a_failure_is_right(world: World) -> None:
    await _break(world)
    async with world.browser() as browser:
        for width, scheme in _WINDOWS:
            async with window(browser, BLOG, width=width, scheme=scheme) as opened:
                await _look_at(opened, Kind("a failure", "/", 500, "text/html", ""))
                assert await _wrong_with(opened, scripts=True) == []
                assert await violations(opened.page) == [], f"{width}, {scheme}"
                assert await opened.overflow() == 0, width
                opened.assert_quiet()


async def _break(world: World) -> None:
    """From now on, not even the name of the blog is to be had."""
    async with world.blog.blog.db.transaction() as tx:
        await set_value(tx, "fields", "no JSON")


async def _look_at(opened: Window, kind: Kind) -> None:
    response = await opened.page.goto(BLOG + kind.path, wait_until="load")
    assert response is not None and response.status == kind.status, kind.path
    if kind.status >= 400:
        # The browser logs every such answer.
        opened.complaints = [each for each in opened.complaints if str(kind.status) not in each]


async def _wrong_with(opened: Window, *, scripts: bool) -> list[str]:
    """Everything that no page may have."""
    page = opened.page
    wrong = [*await page.evaluate(_BROKEN_PICTURES)]
    levels = await page.evaluate(_HEADINGS)
    if levels[:1] != [1] or levels.count(1) != 1:
        wrong.append(f"the headings are {levels}")
    wrong += [f"h{a} before h{b}" for a, b in pairwise(levels) if b > a + 1]
    # The observer is a script itself.
    if scripts:
        shift = await opened.shift()
        if shift > UNSEEN_SHIFT:
            wrong.append(f"the layout shifts by {shift}")
    return wrong


async def test_a_page_at_every_address_is_looked_at(world: World) -> None:
    assert unseen(world, await kinds(world)) == set()


async def test_the_html_of_every_page_is_valid(world: World, tmp_path: Path) -> None:
    pages = {}
    for kind in await kinds(world):
        if kind.is_page:
            for language in _CHECKED:
                headers = {"Accept": "text/html", "Accept-Language": language}
                response = await world.blog.http.get(kind.path, headers=headers)
                pages[f"{kind.path} in {language}"] = response.text
    await _break(world)
    for language in _CHECKED:
        headers = {"Accept": "text/html", "Accept-Language": language}
        response = await world.blog.http.get("/", headers=headers)
        assert response.status_code == 500
        pages[f"the page of a failure in {language}"] = response.text
    assert html_errors(pages, tmp_path / "pages") == []
