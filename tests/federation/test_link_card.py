"""The card that Mastodon shows for a post, right on first sight (A9)."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from fediblog.actions.change_site import change_site
from fediblog.actions.own_pictures import set_picture
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.protocol.outgoing import timestamp
from fediblog.store.moments import from_ms
from fediblog.store.posts import Post
from tests.admin.picture_files import picture_file
from tests.bench import RunningBlog
from tests.federation.mastodon import PICTURES, USER_AGENT, Card, link_card, read_head

SITE = {"title": "R&D <notes>", "author_name": "Zoë O'Neill", "language": "pt-BR"}
AWKWARD = 'A "title" with </script><b>, &quot; & \u2028 in it'


async def _page(blog: RunningBlog, post: Post) -> tuple[str, str]:
    """The page of a post as Mastodon gets it, and its address."""
    article = (await blog.document(f"/articles/{post.key}")).json()
    path = urlsplit(article["url"]).path
    headers = {"User-Agent": USER_AGENT, "Accept": "text/html"}
    answer = await blog.http.get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == "text/html"
    return answer.text, article["url"]


async def _card(blog: RunningBlog, post: Post) -> Card:
    return link_card(*await _page(blog, post))


async def test_a9_every_line_of_the_card(blog: RunningBlog) -> None:
    await change_site(blog.blog, SITE)
    post = await blog.publish("Weather, written down", "Text.", excerpt="One line a day.")
    card = await _card(blog, post)
    assert card.title == "Weather, written down"
    assert card.description == "One line a day."
    assert card.link_type == "article"
    assert card.provider_name == "R&D <notes>"
    assert (card.author_name, card.author_url) == ("Zoë O'Neill", f"{blog.origin}/")
    assert card.author_account == f"@{blog.blog.addresses.handle}"
    assert card.language == "pt-BR"
    assert card.published_at == timestamp(from_ms(post.published_at or 0))
    assert card.canonical_url == (await _page(blog, post))[1]
    assert card.image.startswith(f"{blog.origin}/media/cards/{post.key}-")


async def test_a9_texts_survive_json_html_and_mastodon(blog: RunningBlog) -> None:
    post = await blog.publish(AWKWARD, "Text.", excerpt=AWKWARD)
    page, _ = await _page(blog, post)
    card = await _card(blog, post)
    # Mastodon resolves what looks like a reference once more than anybody else.
    shown = " ".join(AWKWARD.replace("&quot;", '"').split())
    assert card.title == shown
    assert card.description == shown
    assert page.count("</script>") == page.count("<script ")


async def test_a9e_opengraph_alone_says_the_same(blog: RunningBlog) -> None:
    """For readers that know no JSON-LD."""
    await change_site(blog.blog, SITE)
    post = await blog.publish("A title", "![A roof](https://pictures.test/roof.png)", tags="a, b")
    page, url = await _page(blog, post)
    metas = read_head(page).metas
    assert metas["og:title"] == "A title"
    assert metas["og:type"] == "article"
    assert metas["og:url"] == url
    assert metas["og:site_name"] == "R&D <notes>"
    assert metas["og:locale"] == "pt_BR"
    assert metas["og:image"] == "https://pictures.test/roof.png"
    assert metas["og:image:alt"] == "A roof"
    assert metas["og:image:type"] == "image/png"
    assert metas["twitter:card"] == "summary_large_image"
    assert metas["article:published_time"].endswith("Z")
    assert "article:modified_time" not in metas
    assert metas["article:tag"] == "a"
    assert metas["author"] == "Zoë O'Neill"


async def test_a9_an_edit_is_dated(blog: RunningBlog) -> None:
    post = await blog.publish()
    edited = await edit_post(blog.blog, post.key, PostForm("A post", "Other text."))
    [data] = read_head((await _page(blog, post))[0]).data
    assert f'"dateModified":"{timestamp(from_ms(edited.updated_at or 0))}"' in data


_P = "https://p.test"
PICTURES_IN_POSTS = {
    "a photograph": ("![A roof](https://p.test/roof.JPG)", "https://p.test/roof.JPG", "image/jpeg"),
    "with a query": ("![](https://p.test/a.webp?w=9)", "https://p.test/a.webp?w=9", "image/webp"),
    "without an ending": ("![](https://p.test/photo/1)", "https://p.test/photo/1", ""),
    "a path of ours": ("![](/media/roof.png)", "{origin}/media/roof.png", "image/png"),
    "HTML": ('<img src="https://p.test/b.gif" alt="B">', "https://p.test/b.gif", "image/gif"),
    "the first of two": (f"![]({_P}/1.png)\n\n![]({_P}/2.png)", f"{_P}/1.png", "image/png"),
    "AVIF is passed over": (f"![]({_P}/1.avif) ![]({_P}/2.png)", f"{_P}/2.png", "image/png"),
    "SVG is passed over": (f"![]({_P}/1.svg) ![]({_P}/2.png)", f"{_P}/2.png", "image/png"),
    "only AVIF": ("![](https://p.test/1.avif)", "", ""),
    "in code": ("`![](https://p.test/1.png)`", "", ""),
    "none": ("Text.", "", ""),
}


@pytest.mark.parametrize("what", PICTURES_IN_POSTS)
async def test_0_7_and_a9e_the_lead_picture(blog: RunningBlog, what: str) -> None:
    """The card and the Article have the same one."""
    body, url, media_type = PICTURES_IN_POSTS[what]
    post = await blog.publish("A post", f"Words.\n\n{body}")
    url = url.replace("{origin}", blog.origin)
    page, _ = await _page(blog, post)
    metas = read_head(page).metas
    own = f"{blog.origin}/media/cards/{post.key}-"
    assert metas["og:image"] == url or (not url and metas["og:image"].startswith(own))
    assert metas.get("og:image:type", "") == (media_type if url else "image/png")
    assert media_type in {"", *PICTURES}
    assert metas["twitter:card"] == "summary_large_image"
    article: dict[str, Any] = (await blog.document(f"/articles/{post.key}")).json()
    if not url:
        assert "image" not in article
        return
    assert (article["image"]["type"], article["image"]["url"]) == ("Image", url)
    assert article["image"].get("mediaType", "") == media_type


async def test_a9_the_header_stands_for_a_post_without_a_picture(blog: RunningBlog) -> None:
    post = await blog.publish()
    await set_picture(blog.blog, "header", picture_file(900, 300))
    await _assert_own_picture(blog, post, "image", (900, 300), "summary_large_image")
    assert "image" not in (await blog.document(f"/articles/{post.key}")).json()
    home = read_head((await blog.page("/")).text).metas
    assert home["og:image:width"] == "900"


async def _assert_own_picture(
    blog: RunningBlog, post: Post, which: str, size: tuple[int, int], card: str
) -> None:
    metas = read_head((await _page(blog, post))[0]).metas
    actor = (await blog.document("/users/blog")).json()
    assert metas["og:image"] == actor[which]["url"]
    assert metas["og:image:type"] == "image/jpeg"
    assert (metas["og:image:width"], metas["og:image:height"]) == tuple(map(str, size))
    assert metas["twitter:card"] == card


async def test_a9a_the_head_ends_early(blog: RunningBlog) -> None:
    """Mastodon reads no more than a megabyte, and less is better."""
    post = await blog.publish("A post", "Many words. " * 10_000)
    page, _ = await _page(blog, post)
    assert page.index("</head>") < 6_000


async def test_a9b_an_excerpt_full_of_addresses_links_nowhere(blog: RunningBlog) -> None:
    """A reader that links addresses by itself would take the first one for the card."""
    excerpt = "See https://other.test/page, HTTP://else.test and gemini://x.test/ (ftp://f.test)."
    post = await blog.publish("A post", "Text.", excerpt=excerpt)
    article = (await blog.document(f"/articles/{post.key}")).json()
    told = "See other.test/page, else.test and x.test/ (f.test)."
    assert article["summary"] == article["summaryMap"]["en"] == f"<p>{told}</p>"
    assert told in article["preview"]["content"]
    assert "://" not in article["preview"]["content"]
    # Where nothing is linked, the excerpt stays as it was written.
    assert (await _card(blog, post)).description == excerpt


async def test_a9b_an_address_in_the_text_is_not_in_the_summary(blog: RunningBlog) -> None:
    post = await blog.publish("A post", "See <https://other.test/> and [this](https://this.test).")
    article = (await blog.document(f"/articles/{post.key}")).json()
    assert article["summary"] == "<p>See and this.</p>"


async def test_a9g_the_author_of_the_card_is_the_blog(blog: RunningBlog) -> None:
    """Mastodon compares the card's host, and the domains above it, with those the actor names."""
    post = await blog.publish()
    card = await _card(blog, post)
    actor = (await blog.document("/users/blog")).json()
    assert card.author_account == f"@{actor['webfinger']}"
    host = urlsplit(card.canonical_url).netloc
    assert host in actor["attributionDomains"]
