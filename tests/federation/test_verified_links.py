"""Links of the author's profile are looked at when they are saved, and marked if they link back."""

from starlette.responses import Response

from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk
from tests.federation.profile_forms import FORM, field_form

_MARK = '<span class="vh">Verified</span>'


def _page(body: str, *, kind: str = "text/html", status: int = 200) -> Response:
    return Response(body, status, media_type=kind)


async def test_links_are_verified_and_the_reason_is_told_if_not(
    desk: Desk, town: DemoServer
) -> None:
    back = f'<link rel="me" href="{desk.blog.blog.addresses.home}">'
    town.responses |= {
        "/mine": _page(f"<html>{back}<p>Hello"),
        "/silent": _page("<p>Hello"),
        "/json": _page(back, kind="application/json"),
        "/gone": _page(back, status=404),
    }
    links = [f"{town.origin}/{name}" for name in ("mine", "silent", "json", "gone")]
    links.append("http://127.0.0.1:9/")
    form = FORM | field_form(("Pronouns", "she"), *[("Web", link) for link in links])
    assert (await desk.submit("/admin/settings", **form)).status_code == 303

    shown = (await desk.get("/admin/settings")).text.partition('id="links"')[2]
    rows = [row.partition("</li>")[0] for row in shown.split('<li class="row">')[1:]]
    assert [link for link, row in zip(links, rows, strict=True) if link in row] == links
    told = ("✓ Verified", "no link to", "no HTML page", "answers 404", "does not answer")
    for reason, row in zip(told, rows, strict=True):
        assert reason in row
        assert ("Not verified" in row) == (reason != told[0])
    for path in ("/@blog", "/"):
        page = (await desk.blog.page(path)).text
        assert page.count(_MARK) == 1, path
        assert page.partition(_MARK)[0].rpartition("<dd")[2].count(links[0]) == 1

    town.responses["/mine"], town.responses["/silent"] = _page("<p>Bye"), _page(back)
    asked = [request.path for request in town.requests].count("/mine")
    assert (await desk.submit("/admin/settings", **form)).status_code == 303
    assert [request.path for request in town.requests].count("/mine") == asked
    page = (await desk.blog.page("/@blog")).text
    assert page.count(_MARK) == 2
    assert (await desk.submit("/admin/settings/links")).status_code == 303
    page = (await desk.blog.page("/@blog")).text
    assert page.count(_MARK) == 1
    assert links[1] in page.partition(_MARK)[0].rpartition("<dd")[2]


async def test_a_link_that_is_taken_out_is_forgotten(desk: Desk, town: DemoServer) -> None:
    town.responses["/mine"] = _page(f'<a rel="me" href="{desk.blog.blog.addresses.home}">')
    form = FORM | field_form(("Web", f"{town.origin}/mine"))
    await desk.submit("/admin/settings", **form)
    assert _MARK in (await desk.blog.page("/@blog")).text
    await desk.submit("/admin/settings", **FORM)
    assert 'id="links"' not in (await desk.get("/admin/settings")).text
    town.responses["/mine"] = _page("<p>Bye")
    await desk.submit("/admin/settings", **form)
    assert _MARK not in (await desk.blog.page("/@blog")).text
