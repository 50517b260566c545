"""Accessibility by axe-core, the engine of most such checkers (Deque, MPL 2.0)."""

from functools import cache

from playwright.async_api import Page

from tests.checkers.packages import package

#: WCAG 2.2 at levels A and AA, and what axe's makers think good besides.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async ([tags, exclude]) => {
  const found = await axe.run({include: [["html"]], exclude: exclude.map((each) => [each])}, {
    runOnly: {type: "tag", values: tags},
    resultTypes: ["violations"],
    rules: {"target-size": {enabled: true}},
  });
  return found.violations.flatMap(({id, help, nodes}) => nodes.slice(0, 5).map(
    (node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.html.slice(0, 200)}: `
      + node.any.concat(node.all, node.none).map(({message}) => message).join("; ")));
}"""


async def violations(page: Page, *exclude: str) -> list[str]:
    """What axe has against a page as it stands in its window, up to five places for each rule.

    exclude: selectors of what is left out. It runs as the browser's tool, not as a script of the
    page, so the page's policy stays in force.
    """
    await page.evaluate(_source())
    return [str(each) for each in await page.evaluate(_RUN, [_TAGS, exclude])]


@cache
def _source() -> str:
    return (package("axe-core") / "axe.min.js").read_text(encoding="utf-8")
