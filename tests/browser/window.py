"""A window of a headless Chromium which writes down whatever a page should not do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Error, Page, Request, Route

Scheme = Literal["light", "dark"]

PHONE, DESK = 390, 1280
#: A machine with much to do paints a page before all of it has come, and a line may move a little.
#: A picture without a place of its own moves ten times as much.
UNSEEN_SHIFT = 0.02
#: What was observed before is told after the next frame.
_SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    sum = list.getEntries().reduce((total, entry) => total + entry.value, sum);
  }).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum), 0)));
})"""


@dataclass  # without slots: Playwright keeps its own notes on whose methods it calls
class Window:
    """page: to be driven. complaints: what the console said. strangers: addresses asked for that
    are not of the blog."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Open a page of the blog."""
        response = await self.page.goto(self.origin + path)
        assert response is not None and response.ok, path

    async def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        wide = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return int(wide)

    async def shift(self) -> float:
        """By how much of the window the page has moved under its reader since it was opened, as
        browsers reckon it; no more than UNSEEN_SHIFT goes unseen."""
        return float(await self.page.evaluate(_SHIFT))

    def assert_quiet(self) -> None:
        """Nothing was complained of, and nobody else was asked for anything."""
        assert self.complaints == []
        assert self.strangers == []

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _on_request(self, request: Request) -> None:
        if _origin_of(request.url) != self.origin:
            self.strangers.append(request.url)

    def watch(self) -> None:
        """Begin to write down."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"thrown: {error}"))
        self.page.on("request", self._on_request)


@asynccontextmanager
async def window(
    browser: Browser,
    origin: str,
    *,
    address: str = "",
    width: int = DESK,
    scheme: Scheme = "light",
    scripts: bool = True,
) -> AsyncIterator[Window]:
    """A window in a context of its own, with nobody's cookies.

    address: where the blog listens, if that is not its origin; then this stands for the proxy in
    front of it.
    """
    context = await browser.new_context(
        viewport={"width": width, "height": 844 if width == PHONE else 800},
        color_scheme=scheme,
        java_script_enabled=scripts,
        reduced_motion="reduce",
        device_scale_factor=2 if width == PHONE else 1,
        locale="en-GB",
        # Where the tests speak https, the certificates are their own.
        ignore_https_errors=True,
    )
    try:
        opened = Window(await context.new_page(), origin)
        opened.page.set_default_timeout(30_000)
        opened.watch()
        if address:
            await context.route(f"{origin}/**", partial(_hand_on, origin, address))
        yield opened
    finally:
        await context.close()


async def _hand_on(origin: str, address: str, route: Route) -> None:
    """A stream of events is handed on once it is over, which it is not before the window closes."""
    url = address + route.request.url.removeprefix(origin)
    try:
        await route.fulfill(response=await route.fetch(url=url, max_redirects=0))
    except Error:
        if not urlsplit(url).path.endswith("/live"):
            raise


async def unfold(page: Page, *groups: str) -> None:
    """Open groups of fields in the form in which a post is written."""
    for group in groups:
        summaries = page.locator("details.group > summary")
        await summaries.filter(has=page.get_by_text(group, exact=True)).click()


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
