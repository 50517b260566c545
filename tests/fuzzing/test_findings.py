"""What fuzzing has found: each was a failure of ours, and has an answer now."""

from collections.abc import AsyncIterator

import orjson
import pytest
import pytest_asyncio

from fediblog.domain.client_pages import read_client_page
from fediblog.domain.local_time import read_local
from fediblog.errors import AddressRefused, RemoteInvalid
from fediblog.protocol.block_lists import read_list
from fediblog.remote.client import RemoteClient
from fediblog.remote.connector import Connector
from fediblog.remote.guard import check_url
from tests.admin.desk import Desk, desk_of
from tests.api.program import program
from tests.bench import RunningBlog
from tests.remote.server import NO_TRUST, RawServer, known, running, typed

_together = pytest.mark.asyncio(loop_scope="module")

_ACTIVITY = "application/activity+json"
#: IDNA knows no name of which this is the spelling; the one after it stands for an emoji.
_NAMES = ("xn--a.example", "xn--ls8h.example")
_NO_DATE = "Mon, 99999999999999999999 Jan 2020 00:00:00 GMT"
_LONG_NUMBER = "9" * 5000


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[RawServer]:
    """A server that sends what it likes."""
    async with running() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def client() -> AsyncIterator[RemoteClient]:
    """What asks it."""
    connector = Connector(known({name: ["127.0.0.1"] for name in _NAMES}), ssl_context=NO_TRUST)
    remote = RemoteClient(connector, development=True, user_agent="fediblog-tests")
    yield remote
    await remote.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(blog: RunningBlog) -> AsyncIterator[Desk]:
    """The author at a browser."""
    async with desk_of(blog) as signed_in:
        yield signed_in


@pytest.mark.parametrize(
    "parameters", ["profile*=a; profile*0*=b", f"profile*{_LONG_NUMBER}*=a; profile*1*=b"]
)
@_together
async def test_k3_pieces_of_a_parameter_that_do_not_fit_are_another_type(
    client: RemoteClient, site: RawServer, parameters: str
) -> None:
    url = f"http://127.0.0.1:{site.port}/1"
    site.answers["/1"] = typed(f"application/ld+json; {parameters}", b"{}")
    with pytest.raises(RemoteInvalid, match="is served as"):
        await client.get_document(url, sign=None)


@pytest.mark.parametrize("name", _NAMES)
@_together
async def test_a_host_whose_name_is_no_word_is_asked_like_any_other(
    client: RemoteClient, site: RawServer, name: str
) -> None:
    url = f"http://{name}:{site.port}/1"
    site.answers["/1"] = typed(_ACTIVITY, orjson.dumps({"id": url}))
    assert (await client.get_document(url, sign=None)).url == url


def test_k8_a_user_name_before_such_a_host_is_refused() -> None:
    with pytest.raises(AddressRefused, match=r"xn--a\.example carries a user name"):
        check_url("https://user@xn--a.example/", development=False)


@_together
async def test_a_date_of_another_server_that_is_in_no_calendar_is_left_aside(
    client: RemoteClient, site: RawServer
) -> None:
    url = f"http://127.0.0.1:{site.port}/1"
    answer = typed(_ACTIVITY, orjson.dumps({"id": url}))
    site.answers["/1"] = answer.replace(b"\r\n", f"\r\nDate: {_NO_DATE}\r\n".encode(), 1)
    assert (await client.get_document(url, sign=None)).url == url


@_together
async def test_who_asks_for_what_is_newer_than_no_date_gets_it_all(blog: RunningBlog) -> None:
    await blog.publish()
    assert "last-modified" in (await blog.http.get("/feed.atom")).headers
    answer = await blog.http.get("/feed.atom", headers={"If-Modified-Since": _NO_DATE})
    assert answer.status_code == 200


def test_of_a_program_s_page_the_addresses_that_are_none_are_left_out() -> None:
    html = '<title>P</title><link rel="redirect_uri" href="http://[">' + (
        '<link rel="redirect_uri" href="/answer">'
    )
    read = read_client_page(html, "https://program.example/")
    assert read == ("P", ["https://program.example/answer"])


@pytest.mark.parametrize("text", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_the_ends_of_the_calendar_are_no_times(text: str) -> None:
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        with pytest.raises(ValueError, match="Write a date"):
            read_local(text, zone)


@pytest.mark.parametrize("published", ["9999-12-31T23:59:30Z", "9999-12-31T23:00:00-23:00"])
@_together
async def test_a_program_cannot_publish_after_the_calendar(
    blog: RunningBlog, published: str
) -> None:
    answer = await (await program(blog)).entry(content=["Text"], published=[published])
    assert answer.status_code == 400
    assert "published is a time" in answer.text


@pytest.mark.parametrize(
    ("path", "form", "field"),
    [
        ("/admin/backup", {"every": "day", "keep": _LONG_NUMBER}, "keep"),
        ("/admin/settings/moderation", {"close_after": "0" * 9 + _LONG_NUMBER}, "close_after"),
        ("/admin/settings/moderation", {"close_after": "0" * 9 + "99999"}, "close_after"),
    ],
)
@_together
async def test_a_number_that_only_begins_well_is_refused(
    desk: Desk, path: str, form: dict[str, str], field: str
) -> None:
    answer = await desk.submit(path, **form)
    assert answer.status_code == 422
    assert "Write a number" in answer.text


def test_a_line_of_a_list_that_ends_before_its_domain_blocks_nobody() -> None:
    listed = read_list("severity,#domain\nsuspend\nsilence,a.example\n")
    assert [(line.value, line.action) for line in listed] == [("a.example", "silence")]


@_together
async def test_before_the_first_text_of_a_post_there_is_none(desk: Desk) -> None:
    post = await desk.blog.publish()
    page = await desk.get(f"/admin/posts/{post.key}/revisions?before=1")
    assert page.status_code == 200
