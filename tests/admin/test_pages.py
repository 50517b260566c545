"""Pages that belong to no day: written in the admin, read by everybody, sent to nobody."""

import re

from fediblog.demo.server import DemoServer
from tests.admin.desk import Desk


async def test_a_page_is_written_read_edited_and_deleted(desk: Desk, town: DemoServer) -> None:
    await town.follow("alice", desk.blog.actor)
    await desk.blog.settled()
    assert "There are no pages yet." in (await desk.page("/admin/pages")).text
    typed = {"title": "About <me> & you", "body": "I *write*.[^1]\n\n[^1]: Here.", "place": "2"}
    response = await desk.submit("/admin/pages/new", action="publish", **typed)
    assert response.headers["location"] == "/admin/pages?notice=page_published"
    await desk.submit("/admin/pages/new", action="publish", title="First", body="x", place="1")
    await desk.submit("/admin/pages/new", action="publish", title="Apart", body="x")
    await desk.submit("/admin/pages/new", action="draft", title="Not yet", body="x", place="3")

    page = (await desk.blog.page("/pages/about-me-you")).text
    assert "<title>About &lt;me&gt; &amp; you – " in page
    assert "I <em>write</em>." in page
    assert f'<link rel="canonical" href="{desk.blog.origin}/pages/about-me-you">' in page
    assert '<meta name="description" content="I write.">' in page
    menu = page.partition('<nav class="menu"')[2].partition("</nav>")[0]
    assert re.findall(r'href="/pages/([^"]*)"', menu) == ["first", "about-me-you"]
    assert (await desk.blog.page("/pages/apart")).status_code == 200
    assert (await desk.blog.page("/pages/not-yet")).status_code == 404

    listed = (await desk.get("/admin/pages")).text
    assert re.findall(r'href="(/admin/pages/\d+)">([^<]*)<', listed) == [
        ("/admin/pages/2", "First"),
        ("/admin/pages/1", "About &lt;me&gt; &amp; you"),
        ("/admin/pages/4", "Not yet"),
        ("/admin/pages/3", "Apart"),
    ]
    form = (await desk.page("/admin/pages/1")).values
    assert form["body"] == typed["body"]
    assert (form["title"], form["slug"], form["place"]) == (typed["title"], "about-me-you", "2")

    edit = {"title": "About", "body": "New.", "slug": "who I am", "place": ""}
    response = await desk.submit("/admin/pages/1", action="save", **edit)
    assert response.headers["location"] == "/admin/pages?notice=saved"
    assert "New." in (await desk.blog.page("/pages/who-i-am")).text
    assert (await desk.blog.page("/pages/about-me-you")).status_code == 404
    assert "/pages/who-i-am" not in (await desk.blog.page("/")).text

    response = await desk.submit("/admin/pages/1", action="draft", **edit)
    assert response.headers["location"] == "/admin/pages?notice=draft"
    assert (await desk.blog.page("/pages/who-i-am")).status_code == 404
    await desk.submit("/admin/pages/1", action="publish", **edit)
    assert (await desk.blog.page("/pages/who-i-am")).status_code == 200

    assert "The page disappears from your blog" in (await desk.page("/admin/pages/1/delete")).text
    assert (await desk.blog.page("/pages/who-i-am")).status_code == 200
    response = await desk.submit("/admin/pages/1/delete")
    assert response.headers["location"] == "/admin/pages?notice=page_deleted"
    assert (await desk.blog.page("/pages/who-i-am")).status_code == 404
    assert (await desk.get("/admin/pages/1")).status_code == 404
    await desk.blog.delivered()
    assert [received.activity["type"] for received in town.received] == ["Accept"]


async def test_what_does_not_fit_is_said_beside_it_and_stays_typed(desk: Desk) -> None:
    await desk.submit("/admin/pages/new", action="publish", title="About", body="Text.")
    good = {"title": "Other", "body": "Text.", "slug": "", "place": ""}
    for field, typed, sentence in (
        ("title", " ", "A page needs a title."),
        ("title", "x" * 301, "A title can have at most 300 characters."),
        ("body", "\n", "A page needs some text."),
        ("body", "<div>" * 300, "at most 200 elements"),
        ("place", "first", "A place in the menu is a number from 0 to 999."),
        ("place", "²", "A place in the menu is a number from 0 to 999."),
        ("place", "1000", "A place in the menu is a number from 0 to 999."),
        ("language", "German!", "Write a language tag such as en, de or pt-BR."),
        ("slug", "About", "Another page has the slug"),
    ):
        form = good | {field: typed}
        response = await desk.submit("/admin/pages/new", action="publish", **form)
        assert response.status_code in {409, 422}, field
        page = (await desk.get("/admin/pages")).text
        assert page.count('class="row ') == 1
        shown = response.text
        assert sentence in shown
        assert f'id="field-{field}-error"' in shown
        assert "All that you typed is still here." in shown
        assert 'value="Other"' in shown or field == "title"
    await desk.submit("/admin/pages/new", action="publish", **good)
    taken = await desk.submit("/admin/pages/2", action="save", **(good | {"slug": "about"}))
    assert taken.status_code == 409
    # The same title again gets an address of its own.
    await desk.submit("/admin/pages/new", action="publish", title="About", body="Text.")
    assert (await desk.blog.page("/pages/about-2")).status_code == 200


async def test_a_page_has_a_language_of_its_own(desk: Desk) -> None:
    assert (await desk.page("/admin/pages/new")).values["language"] == "en"
    about = {"title": "Über mich", "body": "Ich.", "slug": "me", "place": "1"}
    await desk.submit("/admin/pages/new", action="publish", **about)
    assert (await desk.page("/admin/pages/1")).values["language"] == "en"
    await desk.submit("/admin/pages/1", action="save", language=" de ", **about)
    assert (await desk.page("/admin/pages/1")).values["language"] == "de"
    page = (await desk.blog.page("/pages/me")).text
    assert re.search(r'<h1[^>]* lang="de"[^>]*>Über mich', page)
    assert '"inLanguage":"de"' in page
    await desk.submit("/admin/pages/1", action="save", **about)
    assert (await desk.page("/admin/pages/1")).values["language"] == "de", "not typed, so it stays"
