"""The pages speak the reader's language, and what people wrote keeps its own."""

import re
from datetime import UTC, datetime

import pytest

from fediblog.web.languages import LANGUAGES, load_language, negotiate
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
    ("language", "moment", "number"),
    [
        ("en", "5 July 2026, 14:05 UTC", "1,234"),
        ("de", "5. Juli 2026, 14:05 UTC", "1.234"),
        ("fr", "5 juillet 2026, 14:05 UTC", "1\u202f234"),
        ("ja", "2026年7月5日 14:05 UTC", "1,234"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_does(
    language: str, moment: str, number: str
) -> None:
    found = load_language(language)
    assert found.moment(MOMENT) == moment
    assert found.number(1234) == number


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_used(language: str) -> None:
    found = load_language(language)
    assert found.tag == language
    assert found.direction == ("rtl" if language == "ar" else "ltr")
    assert re.search("2026", found.month(MOMENT))
    assert found.in_words(["<a>", "b"]).startswith("&lt;a&gt;")
