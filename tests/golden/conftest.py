"""The documents are collected once: a blog lives through everything for them."""

import asyncio

import pytest

from tests.golden.collecting import collect, collect_public
from tests.golden.found import Found, Site

Library = tuple[tuple[Site, list[Found]], ...]


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """What a blog in development has served and sent, and what one on the internet serves."""

    async def both() -> Library:
        rich = await collect(tmp_path_factory.mktemp("rich"))
        return rich, await collect_public(tmp_path_factory.mktemp("public"))

    return asyncio.run(both())
