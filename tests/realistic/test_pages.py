"""Every public page, in every window that a reader may have, on a blog that has been in use.

Proves of the craft: no violation of WCAG 2.2 AA by axe on any public page, landmarks and headings
in order, light and dark, phone and desktop, without JavaScript too; no request to anybody else, no
cookies, no layout shift, nothing that the policy forbids. And that HTML is valid in all languages.
"""

from itertools import pairwise, product
from pathlib import Path
from typing import get_args

import pytest
from playwright.async_api import Page

from tests.browser.scene import BLOG
from tests.browser.window import DESK, Scheme, Window, window
from tests.checkers.accessibility import violations
from tests.checkers.markup import html_errors
from tests.realistic.pages import Kind, kinds, unseen
from tests.realistic.world import World

#: Narrower than most telephones.
_NARROW = 360
#: Axe takes long; these have both widths and both schemes.
_JUDGED = {(_NARROW, "dark"), (DESK, "light")}
#: It would take a minute for all branches of a long thread, which are made alike.
_LATER_BRANCHES = ".thread > li:nth-child(n+6)"
#: A machine with much to do paints a page before all of it has come, and a line may move a little.
#: A picture without a place of its own moves ten times as much.
_UNSEEN_SHIFT = 0.02
_SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    sum = list.getEntries().reduce((total, entry) => total + entry.value, sum);
  }).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 0)));
})"""
_HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(
  (each) => Number(each.localName[1]))"""
_BROKEN_PICTURES = """() => [...document.images].filter(
  (each) => each.complete && each.naturalWidth === 0).map((each) => each.src)"""
_LANGUAGES = ("en", "ar", "ja")


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_every_page_is_right_in_every_window(world: World, scripts: bool) -> None:
    found = [kind for kind in await kinds(world) if kind.is_page]
    async with world.browser() as browser:
        for width, scheme in product((_NARROW, DESK), get_args(Scheme)):
            async with window(browser, BLOG, width=width, scheme=scheme, scripts=scripts) as opened:
                for kind in found:
                    await _look_at(opened, kind)
                    wrong = await _wrong_with(opened.page, scripts=scripts)
                    if scripts and (width, scheme) in _JUDGED:
                        wrong += await violations(opened.page, _LATER_BRANCHES)
                    assert wrong == [], f"{kind.path} at {width}, {scheme}"
                    assert await opened.overflow() == 0, f"{kind.path} at {width}"
                assert await opened.page.context.cookies() == []
                opened.assert_quiet()


async def _look_at(opened: Window, kind: Kind) -> None:
    response = await opened.page.goto(BLOG + kind.path, wait_until="load")
    assert response is not None and response.status == kind.status, kind.path
    if kind.status >= 400:
        # The browser logs every such answer.
        opened.complaints = [each for each in opened.complaints if str(kind.status) not in each]


async def _wrong_with(page: Page, *, scripts: bool) -> list[str]:
    """Everything that no page may have."""
    wrong = [*await page.evaluate(_BROKEN_PICTURES)]
    levels = await page.evaluate(_HEADINGS)
    if levels[:1] != [1] or levels.count(1) != 1:
        wrong.append(f"the headings are {levels}")
    wrong += [f"h{a} before h{b}" for a, b in pairwise(levels) if b > a + 1]
    # The observer is a script itself.
    if scripts:
        shift = await page.evaluate(_SHIFT)
        if shift > _UNSEEN_SHIFT:
            wrong.append(f"the layout shifts by {shift}")
    return wrong


async def test_a_page_at_every_address_is_looked_at(world: World) -> None:
    assert unseen(world, await kinds(world)) == set()


async def test_the_html_of_every_page_is_valid(world: World, tmp_path: Path) -> None:
    pages = {}
    for kind in await kinds(world):
        if kind.is_page:
            for language in _LANGUAGES:
                headers = {"Accept": "text/html", "Accept-Language": language}
                response = await world.blog.http.get(kind.path, headers=headers)
                pages[f"{kind.path} in {language}"] = response.text
    assert html_errors(pages, tmp_path / "pages") == []
