"""The judges judge: each takes what is right, and finds what is wrong."""

import json
from pathlib import Path

import pytest

from tests.checkers.feeds import atom_errors, json_feed_errors, rss_errors, sitemap_errors
from tests.checkers.markup import html_errors

_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>https://a.example/</id>
<title>T</title><updated>2026-11-01T10:00:00Z</updated><author><name>A</name></author>
<link rel="self" type="application/atom+xml" href="https://a.example/feed"/>
<entry><title type="html">a</title><id>https://a.example/1</id>
<updated>2026-11-01T10:00:00Z</updated><content type="html">x</content></entry></feed>"""
_RSS = """<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>T</title>
<link>https://a.example/</link><description/><a:link rel="self" href="https://a.example/feed"/>
<item><title>a</title><guid isPermaLink="false">x</guid>
<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""
_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://a.example/</loc><lastmod>2026-11-01</lastmod></url></urlset>"""
_JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "T",
    "items": [{"id": "1", "content_html": "x", "date_published": "2026-11-01T10:00:00Z"}],
}


def test_feeds_and_site_maps() -> None:
    assert atom_errors(_ATOM.encode()) == []
    assert atom_errors(_ATOM.replace("<updated>2026-11-01T10:00:00Z</updated>", "").encode())
    assert atom_errors(_ATOM.replace("T10:00:00Z", "").encode())
    assert atom_errors(_ATOM.replace("<id>https://a.example/1</id>", "").encode())
    assert atom_errors(_ATOM.replace('type="html"', 'type="markdown"').encode())
    assert rss_errors(_RSS.encode()) == []
    assert rss_errors(_RSS.replace("<description/>", "").encode())
    assert rss_errors(_RSS.replace("Sun, 01 Nov 2026", "2026-11-01").encode())
    assert rss_errors(_RSS.replace('"false"', '"no"').encode())
    assert sitemap_errors(_SITEMAP.encode()) == []
    assert sitemap_errors(_SITEMAP.replace("2026-11-01", "yesterday").encode())
    assert json_feed_errors(json.dumps(_JSON).encode()) == []
    assert json_feed_errors(json.dumps({**_JSON, "items": [{"id": "1"}]}).encode())
    assert json_feed_errors(json.dumps({**_JSON, "posts": []}).encode())


def test_html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Java says that it has picked this up, where others write their errors.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Dfile.encoding=UTF-8")
    page = "<!doctype html><html lang=en><title>a title</title><h1>a</h1><p>b</p>"
    wrong = page.replace("<p>b</p>", "<p id=a><div id=a></div></p><img src=x>")
    errors = html_errors({"right": page, "wrong": wrong}, tmp_path / "pages, of two kinds")
    assert errors and all(each.startswith("wrong") for each in errors)


def test_a_judge_of_html_that_does_not_run_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:+NoSuchOption")
    with pytest.raises(RuntimeError, match="NoSuchOption"):
        html_errors({"a page": ""}, tmp_path / "pages")
