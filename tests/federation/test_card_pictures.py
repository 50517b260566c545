"""The picture that is drawn for links to a post that has none."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fediblog.actions.card_pictures import prune_cards
from fediblog.actions.delete_post import delete_post
from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import edit_post
from fediblog.store.posts import Post
from tests.bench import RunningBlog
from tests.federation.mastodon import read_head


async def _path(blog: RunningBlog, post: Post) -> str:
    page = (await blog.page(f"/articles/{post.key}")).text
    metas = read_head(page).metas
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1200", "630")
    assert metas["og:image:alt"] == post.title
    return metas["og:image"].removeprefix(blog.origin)


async def _card(blog: RunningBlog, path: str) -> Image.Image:
    answer = await blog.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert "sandbox" in answer.headers["content-security-policy"]
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (1200, 630)
    return picture.convert("L")


def _ink(picture: Image.Image) -> int:
    """Dark points of the middle, where the title is."""
    middle = picture.crop((0, 200, 1200, 600))
    return sum(middle.histogram()[:60])


def _files(blog: RunningBlog) -> list[Path]:
    return sorted((blog.blog.settings.data / "media" / "cards").glob("*"))


async def test_the_title_is_drawn_once_somebody_asks(blog: RunningBlog) -> None:
    post = await blog.publish("Größe, Ω и Чайковский " * 9, "Text.")
    path = await _path(blog, post)
    assert not _files(blog)
    assert _ink(await _card(blog, path)) > 4_000
    assert len(_files(blog)) == 1
    assert await _path(blog, post) == path


async def test_a_card_is_drawn_once_for_all_who_ask_at_once(
    blog: RunningBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await _path(blog, await blog.publish("A title", "Text."))
    drawn: list[str] = []
    save = Image.Image.save

    def counted(picture: Image.Image, *arguments: Any, **options: Any) -> None:
        drawn.append(arguments[1])
        save(picture, *arguments, **options)

    monkeypatch.setattr(Image.Image, "save", counted)
    await asyncio.gather(*(_card(blog, path) for _ in range(8)))
    assert drawn == ["PNG"]


async def test_a_title_that_cannot_be_drawn_is_left_out(blog: RunningBlog) -> None:
    for title in ("東京は夜の七時", "مرحبا بالعالم", "Half 東京"):
        post = await blog.publish(title, "Text.")
        assert _ink(await _card(blog, await _path(blog, post))) < 1_000, title


async def test_an_edit_has_another_card_and_a_deleted_post_none(blog: RunningBlog) -> None:
    post = await blog.publish("Before", "Text.")
    old = await _path(blog, post)
    await _card(blog, old)
    edited = await edit_post(blog.blog, post.key, PostForm("After", "Text."))
    new = await _path(blog, edited)
    assert new != old
    answer = await blog.http.get(old)
    assert answer.status_code == 302
    assert answer.headers["location"] == blog.origin + new
    await prune_cards(blog.blog)
    assert [file.name for file in _files(blog)] == [new.rpartition("/")[2]]

    await delete_post(blog.blog, post.key)
    assert (await blog.http.get(new)).status_code == 410
    await prune_cards(blog.blog)
    assert not _files(blog)
    for nothing in ("x.png", f"{'a' * 22}-b.png", "..%2f..%2fkeys", "-"):
        assert (await blog.http.get(f"/media/cards/{nothing}")).status_code == 404
