"""Templates of the operator's own: in place of ours, and never in the way of a page."""

import logging
from pathlib import Path

import pytest

from scripts.template_docs import DOCUMENT, described
from tests.admin.desk import Desk
from tests.bench import RunningBlog

TAG = '{% extends "site/base.html" %}\n{% block main %}\n<h1>All about {{ name }}</h1>\n'


def _write(blog: RunningBlog, name: str, text: str) -> Path:
    path = blog.blog.settings.data / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


async def test_a_template_stands_in_for_ours_until_it_is_gone(blog: RunningBlog) -> None:
    await blog.publish(tags="one")
    ours = (await blog.page("/tags/one")).text
    path = _write(blog, "site/list.html", TAG + "{% endblock %}")
    for language in ("en", "de"):
        page = await blog.http.get("/tags/one", headers={"Accept-Language": language})
        assert "<h1>All about one</h1>" in page.text
        assert f'<html lang="{language}"' in page.text
    path.write_text(TAG + "<p>Changed.</p>{% endblock %}")
    assert "<p>Changed.</p>" in (await blog.page("/tags/one")).text
    path.unlink()
    assert (await blog.page("/tags/one")).text == ours


async def test_a_template_can_keep_most_of_ours(blog: RunningBlog) -> None:
    post = await blog.publish("A post")
    _write(blog, "site/_mine.html", "<p>{{ post.title }}, by me</p>")
    _write(
        blog,
        "site/post.html",
        '{% extends "bundled/site/post.html" %}'
        '{% block main %}{{ super() }}{% include "site/_mine.html" %}{% endblock %}',
    )
    page = (await blog.page(f"/articles/{post.key}")).text
    assert "<p>A post, by me</p>" in page
    assert 'id="responses"' in page


@pytest.mark.parametrize(
    ("name", "text", "place", "message"),
    [
        ("list.html", TAG, "list.html, line 3", "Unexpected end of template"),
        ("list.html", TAG + "{{ nmae }}{% endblock %}", "list.html, line 4", "nmae"),
        ("list.html", TAG + "{{ 1 // 0 }}{% endblock %}", "list.html, line 4", "zero"),
        ("list.html", TAG + '{% include "none" %}{% endblock %}', "list.html, line 4", "none"),
        ("_macros.html", "{% macro a() %}{% endmacro %}", "bundled/site/", "no attribute"),
        ("_macros.html", "{% macro a() %}\n{% endmacr %}", "_macros.html, line 2", "endmacr"),
    ],
)
async def test_a_mistake_takes_no_page_down_and_is_named(
    desk: Desk, caplog: pytest.LogCaptureFixture, name: str, text: str, place: str, message: str
) -> None:
    await desk.blog.publish(tags="one")
    ours = (await desk.get("/tags/one")).text
    path = _write(desk.blog, f"site/{name}", text)
    with caplog.at_level(logging.ERROR, "fediblog.web"):
        for _ in range(2):
            shown = await desk.get("/tags/one")
            assert (shown.status_code, shown.text) == (200, ours)
    [logged] = [each for each in caplog.messages if "site/list.html is shown" in each]
    page = (await desk.page("/admin/appearance")).text
    for told in (logged, page):
        assert place in told and message in told
    path.unlink()
    await desk.get("/tags/one")
    assert message not in (await desk.page("/admin/appearance")).text


async def test_a_changed_macro_shows_wherever_it_is_used(blog: RunningBlog) -> None:
    await blog.publish(tags="one")
    _write(blog, "site/_mine.html", "{% macro word() %}First{% endmacro %}")
    macro = "{% macro word() %}{{ mine.word() }}{% endmacro %}"
    _write(blog, "site/_between.html", '{% import "site/_mine.html" as mine %}' + macro)
    page = '{% import "site/_between.html" as between %}{{ between.word() }}'
    _write(blog, "site/list.html", page)
    assert (await blog.page("/tags/one")).text == "First"
    _write(blog, "site/_mine.html", "{% macro word() %}Second{% endmacro %}")
    assert (await blog.page("/tags/one")).text == "Second"


async def test_nothing_of_a_broken_macro_stays_when_it_is_gone(blog: RunningBlog) -> None:
    """Pieces of ours that import it have had it, also beneath a template that stays."""
    post = await blog.publish(tags="one")
    paths = ("/", f"/articles/{post.key}")
    ours = [(await blog.page(path)).text for path in paths]
    macros = _write(blog, "site/_macros.html", "{% macro a() %}{% endmacro %}")
    mine = '{% extends "bundled/site/list.html" %}{% block title %}Mine{% endblock %}'
    _write(blog, "site/list.html", mine)
    for path in (*paths, "/tags/one"):
        assert "<title>Mine" not in (await blog.page(path)).text
    macros.unlink()
    assert [(await blog.page(path)).text for path in paths] == ours
    assert "<title>Mine" in (await blog.page("/tags/one")).text


async def test_the_admin_never_uses_them(desk: Desk) -> None:
    _write(desk.blog, "admin/base.html", "Mine")
    _write(desk.blog, "site/_macros.html", "{% broken")
    _write(desk.blog, "site/base.html", "Mine {{ nothing }}")
    assert "Mine" not in (await desk.get("/admin/")).text
    assert (await desk.get("/")).status_code == 200
    assert (await desk.get("/nowhere")).status_code == 404


def test_every_template_is_described() -> None:
    """If not: scripts/template-docs."""
    assert DOCUMENT.read_text("utf-8") == described()
