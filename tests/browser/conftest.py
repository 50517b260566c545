"""A headless Chromium for the tests that look at pages."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.provision.browser import LAUNCH_ARGUMENTS, chromium_path


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A Chromium that calls nobody of its own accord."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=LAUNCH_ARGUMENTS
        )
        yield browser
        await browser.close()
