"""The ways through the blog: archive, years, months, tags, categories, and what they say of
themselves."""

import json
import re

from fediblog.actions.delete_post import delete_post
from tests.bench import RunningBlog
from tests.site.writing import publish_on, put_into


def titles(page: str) -> list[str]:
    """The titles in a list, in its order."""
    main = page.partition("<main")[2]
    return re.findall(r'class="u-url(?: p-name)?" href="[^"]*"[^>]*>([^<]*)<', main)


def crumbs(page: str) -> list[tuple[str, str]]:
    """Where a page says that it stands, in JSON-LD: (name, path)."""
    for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S):
        data = json.loads(text)
        if data.get("@type") == "BreadcrumbList":
            return [
                (item["name"], "/" + item["item"].split("/", 3)[3])
                for item in data["itemListElement"]
            ]
    return []


async def _past(blog: RunningBlog) -> None:
    walk = await publish_on(blog, "2023-12-31", "A walk", tags="Weather")
    rain = await publish_on(blog, "2024-01-01", "Rain", tags="weather, West Coast")
    fog = await publish_on(blog, "2024-05-18", "Fog", tags="weather")
    wind = await publish_on(blog, "2024-05-19", "Wind & sails", tags="C++")
    draft = await publish_on(blog, "2022-03-01", "Gone", tags="gone")
    await put_into(blog, "Field trips", "field-trips", [walk, fog, draft])
    await put_into(blog, "日誌", "日誌", [rain, wind])
    await delete_post(blog.blog, draft.key)


async def test_the_archive_counts_by_month_and_leads_to_every_post(blog: RunningBlog) -> None:
    assert "Nothing is published here yet." in (await blog.page("/archive")).text
    await publish_on(blog, "2023-12-30", "Before all that")
    alone = (await blog.page("/archive")).text
    assert "1 post<" in alone.replace("\n", "") and '<a href="/categories">' not in alone
    await _past(blog)
    archive = (await blog.page("/archive")).text
    assert "5 posts" in archive and '<a href="/categories">' in archive
    listed = re.findall(r'<a href="(/\d{4}/\d\d)">(\w+)</a> <span class="count">(\d+)', archive)
    assert listed == [
        ("/2024/05", "May", "2"),
        ("/2024/01", "January", "1"),
        ("/2023/12", "December", "2"),
    ]
    assert re.findall(r'<a href="/(\d{4})">', archive) == ["2024", "2023"]

    year = (await blog.page("/2024")).text
    assert titles(year) == ["Wind &amp; sails", "Fog", "Rain"]
    assert 'href="/2023"' in year
    assert crumbs(year) == [("Archive", "/archive"), ("2024", "/2024")]

    month = (await blog.page("/2024/05")).text
    assert titles(month) == ["Wind &amp; sails", "Fog"]
    assert re.findall(r'rel="next" href="([^"]*)"', month) == ["/2024/01"]
    assert 'rel="prev"' not in month
    assert crumbs(month)[1:] == [("2024", "/2024"), ("May", "/2024/05")]
    assert re.findall(r'rel="prev" href="([^"]*)"', (await blog.page("/2023/12")).text) == [
        "/2024/01"
    ]


async def test_tags_and_categories_are_counted_and_listed(blog: RunningBlog) -> None:
    assert "No post has a tag yet." in (await blog.page("/tags")).text
    assert "No post is in a category yet." in (await blog.page("/categories")).text
    await _past(blog)
    count = r'<a href="[^"]*?(/[^/"]*/[^/"]*)" rel="tag"[^>]*>([^<]*)</a> <span class="count">(\d+)'
    assert re.findall(count, (await blog.page("/tags")).text) == [
        ("/tags/cpp", "C++", "1"),
        ("/tags/weather", "weather", "3"),
        ("/tags/west-coast", "West Coast", "1"),
    ]
    assert re.findall(count, (await blog.page("/categories")).text) == [
        ("/categories/field-trips", "Field trips", "2"),
        ("/categories/%E6%97%A5%E8%AA%8C", "日誌", "2"),
    ]
    assert titles((await blog.page("/tags/weather")).text) == ["Fog", "Rain", "A walk"]
    category = (await blog.page("/categories/field-trips")).text
    assert titles(category) == ["Fog", "A walk"]
    assert crumbs(category) == [
        ("Categories", "/categories"),
        ("Field trips", "/categories/field-trips"),
    ]
    assert titles((await blog.page("/categories/日誌")).text) == ["Wind &amp; sails", "Rain"]


async def test_where_nothing_is_a_page_says_so(blog: RunningBlog) -> None:
    await _past(blog)
    for path in (
        "/1999", "/0000", "/9999", "/2024/02", "/2024/13", "/0000/01", "/tags/none", "/tags/gone",
        "/categories/none", "/pages/none", "/nothing", "/20240", "/feed.xml",
        "/tags/none/feed.atom", "/2024/05/none/responses.atom", "/sitemaps/7.xml",
    ):  # fmt: skip
        response = await blog.page(path)
        assert response.status_code == 404, path
        assert "Nothing here" in response.text
        assert "All posts of" in response.text


async def test_a_long_list_goes_on_and_only_its_beginning_is_for_search_engines(
    blog: RunningBlog,
) -> None:
    for day in range(1, 13):
        await publish_on(blog, f"2024-05-{day:02}", f"Day {day}", tags="days")
    for path in ("/", "/tags/days", "/2024/05"):
        first = (await blog.page(path)).text
        assert titles(first) == [f"Day {day}" for day in range(12, 2, -1)]
        assert 'name="robots"' not in first
        assert f'<link rel="canonical" href="{blog.origin}{path}">' in first
        older = re.findall(r'<link rel="next" href="([^"]*)">', first)
        second = (await blog.page(older[0])).text
        assert titles(second) == ["Day 2", "Day 1"]
        assert '<meta name="robots" content="noindex, follow">' in second
        assert f'<link rel="canonical" href="{blog.origin}{older[0]}">' in second
        assert f'<link rel="prev" href="{path}">' in second
        assert '<link rel="next"' not in second
    # A page that begins outside of its month shows nothing of another one.
    await publish_on(blog, "2024-06-01", "June")
    assert "June</a>" not in titles((await blog.page(f"/2024/05?before={2**60}.1")).text)


async def test_lists_say_what_they_are(blog: RunningBlog) -> None:
    await _past(blog)
    home = (await blog.page("/")).text
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', home)[0])
    assert [each["@type"] for each in data["@graph"]] == ["WebSite", "Blog"]
    search = data["@graph"][0]["potentialAction"]["target"]["urlTemplate"]
    found = await blog.page(search.replace("{words}", "rain").removeprefix(blog.origin))
    assert 'value="rain"' in found.text
    for path in (
        "/archive",
        "/2024",
        "/2024/05",
        "/tags",
        "/tags/weather",
        "/categories",
        "/feeds",
    ):
        page = (await blog.page(path)).text
        assert f'<meta property="og:url" content="{blog.origin}{path}">' in page
        assert '<meta name="description" content="' in page
        assert page.count("<h1") == 1
        assert len(re.findall(r"<title>[^<]+ – [^<]+</title>", page)) == 1
    assert 'aria-current="page">Archive' in (await blog.page("/archive")).text
