"""The pages speak the reader's language, and what people wrote keeps its own."""

import re
from datetime import UTC, datetime

import pytest

from fediblog.actions.change_site import change_site
from fediblog.demo.notes import Extras
from fediblog.demo.server import DemoServer
from fediblog.domain.languages import LANGUAGES, negotiate
from fediblog.web.languages import load_language
from tests.admin.desk import Desk
from tests.bench import RunningBlog

MOMENT = datetime(2026, 7, 5, 14, 5, tzinfo=UTC)


async def test_a_page_is_in_the_language_that_the_browser_wants(blog: RunningBlog) -> None:
    post = await blog.publish("Eine *Überschrift*", tags="first, second")
    path = (await blog.page(f"/articles/{post.key}")).url.path
    bodies = {}
    for wanted, lang, words in (
        ("en", "en", "Leave a reply"),
        ("de-AT,en;q=0.7", "de", "Antwort schreiben"),
        ("nl,sv;q=0.8", "en", "Leave a reply"),
    ):
        response = await blog.http.get(path, headers={"Accept-Language": wanted})
        assert f'<html lang="{lang}" dir="ltr">' in response.text, wanted
        assert words in response.text
        assert {"Accept", "Accept-Language"} <= set(response.headers["vary"].split(", "))
        assert '<h1 class="text p-name" lang="en"' in response.text
        bodies[lang] = response
    assert bodies["en"].headers["etag"] != bodies["de"].headers["etag"]
    german = {"Accept-Language": "de", "If-None-Match": bodies["de"].headers["etag"]}
    assert (await blog.http.get(path, headers=german)).status_code == 304
    english = german | {"Accept-Language": "en"}
    assert (await blog.http.get(path, headers=english)).status_code == 200


async def test_an_error_is_told_in_the_reader_s_language_and_to_programs_in_english(
    blog: RunningBlog,
) -> None:
    german = {"Accept": "text/html", "Accept-Language": "de"}
    page = await blog.http.get("/tags/none", headers=german)
    assert page.status_code == 404
    assert "Kein Beitrag hat dieses Schlagwort." in page.text
    program = await blog.http.get("/tags/none", headers=german | {"Accept": "application/json"})
    assert program.json() == {"error": "No post has this tag."}
    form = {"uri": blog.actor, "who": "nobody"}
    refused = await blog.http.post("/interact", data=form, headers=german)
    assert refused.status_code == 422
    assert "Schreiben Sie Ihr Konto als @name@ihr.server oder nur ihr.server." in refused.text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "de"),
        ("*", "de"),
        ("nl;q=1, fr;q=0.2, es;q=0.4", "es"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("de;q=x, ja", "ja"),
        ("PT-br", "pt"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("zh-TW", "de"),
        ("zh-Hant, zh;q=0.8", "zh-Hans"),
        (", ;q=, en-GB-oed", "en"),
        ("," * 5000 + "fr", "de"),
    ],
)
def test_the_best_language_that_is_here_is_chosen(header: str, language: str) -> None:
    assert negotiate(header, "de-CH") == language


def test_a_blog_in_a_language_that_is_not_here_falls_back_on_english() -> None:
    assert negotiate("", "nl") == "en"


@pytest.mark.parametrize(
    ("language", "moment", "brief", "number"),
    [
        ("en", "5 July 2026, 14:05 UTC", "5 Jul 2026, 14:05", "1,234"),
        ("de", "5. Juli 2026, 14:05 UTC", "05.07.2026, 14:05", "1.234"),
        ("fr", "5 juillet 2026, 14:05 UTC", "5 juil. 2026, 14:05", "1\u202f234"),
        ("ja", "2026年7月5日 14:05 UTC", "2026/07/05 14:05", "1,234"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_does(
    language: str, moment: str, brief: str, number: str
) -> None:
    found = load_language(language)
    assert found.moment(MOMENT) == moment
    assert found.brief(MOMENT) == brief
    assert found.number(1234) == number


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "6 July 2026, 01:30 CEST"),
        ("America/Sao_Paulo", "5 July 2026, 20:30 UTC-03"),
        ("Asia/Colombo", "6 July 2026, 05:00 UTC+0530"),
    ],
)
def test_times_are_those_of_a_time_zone(zone: str, said: str) -> None:
    late = datetime(2026, 7, 5, 23, 30, tzinfo=UTC)
    found = load_language("en", zone)
    assert found.moment(late) == said
    assert found.day(late) == said.partition(",")[0]
    assert found.day(late.date()) == "5 July 2026", "a day is the same day everywhere"
    assert found.month(datetime(2026, 7, 1, tzinfo=UTC)) == "July 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_used(language: str) -> None:
    found = load_language(language)
    assert found.tag == language
    assert found.direction == ("rtl" if language == "ar" else "ltr")
    assert re.search("2026", found.month(MOMENT))
    assert found.in_words(["<a>", "b"]).startswith("&lt;a&gt;")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "رد واحد"),
        (2, "ردّان"),
        (3, "3 ردود"),
        (10, "10 ردود"),
        (11, "11 ردًّا"),
        (99, "99 ردًّا"),
        (100, "100 رد"),
        (103, "103 ردود"),
    ],
)
def test_arabic_counts_in_its_six_forms(count: int, said: str) -> None:
    found = load_language("ar").words.ngettext("%(count)s response", "%(count)s responses", count)
    assert found % {"count": count} == said


async def test_a_reader_chooses_another_language_by_a_link(blog: RunningBlog) -> None:
    for title in ("One", "Two"):
        await blog.publish(title)
    headers = {"Accept": "text/html", "Accept-Language": "de"}
    page = await blog.http.get("/?before=9999999999999.9&lang=ja", headers=headers)
    assert '<html lang="ja" dir="ltr">' in page.text
    links = re.findall(r'<a href="(\?[^"]*)" lang="([^"]+)"', page.text)
    assert [tag for _, tag in links] == list(LANGUAGES)
    address = {tag: url for url, tag in links}["ar"]
    assert address == "?before=9999999999999.9&amp;lang=ar"
    arabic = await blog.http.get(f"/{address.replace('&amp;', '&')}", headers=headers)
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert f'<link rel="canonical" href="{blog.origin}/?before=9999999999999.9">' in arabic.text
    assert '<html lang="de"' in (await blog.http.get("/?lang=xx", headers=headers)).text
    assert '<html lang="de"' in (await blog.http.get("/nowhere", headers=headers)).text


async def test_the_author_can_choose_one_language_for_everybody(desk: Desk) -> None:
    blog = desk.blog
    form = {"title": "A blog", "author_name": "Ada", "language": "en"}
    refused = await desk.submit("/admin/settings", **form, interface_language="tlh")
    assert refused.status_code == 422
    assert "Choose one of these languages." in refused.text
    await desk.submit("/admin/settings", **form, interface_language="fr")
    assert (
        '<option value="fr" lang="fr" selected>Français</option>'
        in (await desk.http.get("/admin/settings")).text
    )
    for asked in ("/", "/?lang=ar"):
        page = await blog.http.get(asked, headers={"Accept-Language": "de"})
        assert '<html lang="fr" dir="ltr">' in page.text
        assert "Accept-Language" not in page.headers["vary"]
        assert "lang=de" not in page.text


async def test_the_admin_s_pages_are_english_for_everybody(desk: Desk) -> None:
    german = {"Accept": "text/html", "Accept-Language": "de"}
    for path in ("/admin/", "/admin/posts/none", "/admin/nowhere"):
        page = await desk.http.get(path, headers=german)
        assert '<html lang="en"' in page.text, path


async def test_what_people_wrote_keeps_its_own_language(
    blog: RunningBlog, town: DemoServer
) -> None:
    """Also where it is not known: it is not the page's."""
    await change_site(blog.blog, {"title": "Ein Blog", "author_name": "Ada", "language": "de"})
    post = await blog.publish("Ein Beitrag", tags="eins")
    uri = blog.article(post)
    known = await town.reply("chiyo", uri, "<p>ohayou</p>", extras=Extras(warning="secret"))
    await town.reply("bob", known.id, "<p>unknown</p>")
    await blog.settled()
    async with blog.blog.db.transaction() as tx:
        await tx.execute("UPDATE reply SET language = '' WHERE html LIKE $1", "%unknown%")
    page = (await blog.page(f"/articles/{post.key}")).text
    assert '<html lang="de"' in page
    french = {"Accept-Language": "fr"}
    path = (await blog.page(f"/articles/{post.key}")).url.path
    page = (await blog.http.get(path, headers=french)).text
    assert '<html lang="fr"' in page
    assert re.search(r'<h1 [^>]*lang="de"[^>]*>Ein Beitrag', page)
    assert re.search(r'<div class="text prose e-content" lang="de"', page)
    assert re.search(r'lang="ja" dir="auto"><p>ohayou', page)
    assert re.search(r'lang="" dir="auto"><p>unknown', page)
    assert re.search(r'<bdi lang="ja">secret</bdi>', page)
    await blog.publish("A title", language="en")
    home = (await blog.http.get("/", headers=french)).text
    assert re.search(r'<h3 [^>]*lang="en"[^>]*><a[^>]*>A title', home)
    assert re.search(r'<h3 [^>]*lang="de"[^>]*><a[^>]*>Ein Beitrag', home)
    assert re.search(r'rel="tag" href="[^"]*">eins', home)
