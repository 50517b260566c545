"""Every step of a reader is walked in every window: one blog and one browser serve a module, and no
test leaves behind what harms another."""

from collections.abc import AsyncIterator
from itertools import cycle

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from fediblog.demo.cast import CAST, Character
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.bench import Bench, RunningBlog
from tests.browser.steps.windows import EVERY, Kind
from tests.browser.window import Window, window
from tests.federation.shared_blog import blog as blog
from tests.provision.browser import LAUNCH_ARGUMENTS, chromium_path

#: One for each window, so that it can be told who came from which.
_READERS = tuple(Character(kind.name, f"Reader {kind}", "<p>Reads.</p>") for kind in EVERY)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Starts the blog of a module, on SQLite: browsers see no difference."""
    folder = tmp_path_factory.mktemp("steps")
    return Bench(folder, f"sqlite://{folder}/data/fediblog.sqlite")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(people_keys: tuple[PrivateKey, ...]) -> AsyncIterator[DemoServer]:
    """A second fediverse server, on which readers have their accounts, too."""
    keys = cycle(people_keys)
    async with running(cast=[*CAST, *_READERS], new_key=lambda: next(keys)) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium that calls nobody of its own accord."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=LAUNCH_ARGUMENTS
        )
        yield browser
        await browser.close()


@pytest.fixture(params=EVERY, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of window in turn."""
    found: Kind = request.param
    return found


@pytest_asyncio.fixture(loop_scope="module")
async def view(chromium: Browser, blog: RunningBlog, kind: Kind) -> AsyncIterator[Window]:
    """A new window of that kind. What it shows in the end fits into it."""
    async with window(
        chromium, blog.origin, width=kind.width, scheme=kind.scheme, scripts=kind.scripts
    ) as opened:
        yield opened
        assert await opened.overflow() == 0
        dark = await opened.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        assert dark == (kind.scheme == "dark")
