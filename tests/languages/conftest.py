"""A signed-in browser for every test of the admin's pages."""

from collections.abc import AsyncIterator

import pytest

from tests.admin.desk import Desk, desk_of
from tests.bench import RunningBlog


@pytest.fixture
async def desk(blog: RunningBlog) -> AsyncIterator[Desk]:
    """A browser at which the admin is signed in."""
    async with desk_of(blog) as signed_in:
        yield signed_in
