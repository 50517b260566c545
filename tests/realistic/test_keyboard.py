"""The page of a post with the keyboard alone.

Proves of the craft: keyboard-only walk-through, visible focus, and an order of focus which is that
of the page.
"""

import pytest
from playwright.async_api import Page

from tests.browser.scene import BLOG, TITLE
from tests.browser.window import DESK, PHONE, Scheme, window
from tests.realistic.world import World

pytestmark = pytest.mark.browser

#: Far into the thread; each branch after that is like those before it.
_STEPS = 70
_NEXT = """() => {
  const here = document.activeElement;
  const last = window.walked;
  window.walked = here;
  const style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    name: here.localName + " " + (here.textContent || here.ariaLabel || "").trim().slice(0, 40),
    inOrder: !last || Boolean(last.compareDocumentPosition(here) & 4),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight
      && Boolean(middle) && (here.contains(middle) || middle.contains(here)),
  };
}"""


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
async def test_one_can_walk_through_a_post_by_keyboard(
    world: World, width: int, scheme: Scheme
) -> None:
    path = (await world.paths())[TITLE]
    async with (
        world.browser() as browser,
        window(browser, BLOG, width=width, scheme=scheme) as opened,
    ):
        page = opened.page
        await opened.open(path)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.evaluate(_NEXT)
        names = [await _step(page) for _ in range(_STEPS)]
        assert len(set(names)) > 10

        await opened.open(path)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('main') !== null")

        await _folds_open(page)
        opened.assert_quiet()


async def _step(page: Page) -> str:
    """Go on to the next place; what it is."""
    await page.keyboard.press("Tab")
    place = await page.evaluate(_NEXT)
    assert place["inOrder"], f"{place['name']} is out of order"
    assert place["outlined"], f"{place['name']} shows no focus"
    assert place["seen"], f"{place['name']} has the focus, and is not in view"
    return str(place["name"])


async def _folds_open(page: Page) -> None:
    """A content warning is opened and closed by keyboard."""
    fold = page.locator("details.warning").first
    await fold.locator("summary").focus()
    await page.keyboard.press("Enter")
    assert await fold.get_attribute("open") is not None
    await page.keyboard.press("Space")
    assert await fold.get_attribute("open") is None
