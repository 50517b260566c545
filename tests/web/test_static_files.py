"""Static files: joined, small, and at addresses that change with them."""

import re
from pathlib import Path

from fediblog.web.static_files import PARTS, StaticFiles
from tests.bench import RunningBlog

STATIC = Path(__file__).resolve().parents[2] / "templates" / "static"


def test_every_part_of_the_style_sheets_is_served() -> None:
    for sheet, parts in PARTS.items():
        assert sorted(parts) == sorted(path.stem for path in (STATIC / sheet).iterdir())


def test_what_readers_load_stays_small() -> None:
    files = StaticFiles(STATIC)
    sizes = {
        name: len(files.named(name).body)
        for name in files.names()
        if not name.startswith(("admin", "vendor-"))
    }
    assert sum(size for name, size in sizes.items() if name.endswith(".css")) < 30_000
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) < 15_000


async def test_pages_name_files_that_are_there_for_ever(blog: RunningBlog) -> None:
    page = (await blog.page("/")).text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    types = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    assert {address.rpartition(".")[2] for address in addresses} == set(types)
    for address in addresses:
        response = await blog.http.get(address)
        assert response.status_code == 200
        kind, _, _ = response.headers["content-type"].partition(";")
        assert kind == types[address.rpartition(".")[2]]
        assert "immutable" in response.headers["cache-control"]
        assert b"/*" not in response.content
    assert (await blog.http.get("/static/site.css")).status_code == 404
