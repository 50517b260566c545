"""The index of words is made anew, by the server that holds the database or without one."""

from tests.commands.answers import call, create
from tests.processes import Installation


async def test_everything_is_read_anew(place: Installation) -> None:
    async with place.serving():
        await create(place, "Kettle")
        await create(place, "A draft", "--draft")
        told = await call(place, "search", "rebuild")
    assert told.output == "Posts, pages and replies that can be found: 1\n", told.errors
    assert await call(place, "search", "rebuild") == told
