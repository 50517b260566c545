"""Moving the blog from the command line, while the server runs."""

from dataclasses import replace

from fediblog.demo.server import DemoServer
from tests.commands.answers import refused
from tests.processes import Installation


async def test_the_blog_moves_and_comes_back(place: Installation, town: DemoServer) -> None:
    async with place.serving() as server:
        actor = f"{server.origin}/users/blog"
        alice = town.person("alice")
        said = refused(await place.run("move", f"@{alice.handle}"))
        assert "does not name" in said
        town.people["alice"] = replace(alice, also_known_as=(actor,))
        done = await place.run("move", f"@{alice.handle}")
        assert (done.code, alice.id in done.output) == (0, True)
        assert "has moved to" in await server.page(f"{server.origin}/")
        assert (await place.run("move", "--cancel")).code == 0
        assert "has moved to" not in await server.page(f"{server.origin}/")
        for wrong in (("move",), ("move", "@a@b.example", "--cancel")):
            assert (await place.run(*wrong)).code == 2
