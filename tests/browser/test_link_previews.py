"""A link that stands alone, as readers see where it leads, in every window."""

import re
from html import escape
from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import Browser, expect
from starlette.responses import Response

from fediblog.demo.server import DemoServer
from fediblog.store.posts import Post
from tests.bench import RunningBlog, until
from tests.browser.window import Scheme, window
from tests.checkers.accessibility import violations

pytestmark = pytest.mark.browser


def _page(title: str, language: str, **said: str) -> Response:
    metas = "".join(
        f'<meta property="og:{name}" content="{escape(value)}">' for name, value in said.items()
    )
    head = f'<html lang="{language}"><head><title>{escape(title)}</title>{metas}</head>'
    return Response(head, media_type="text/html")


def _picture(width: int, height: int) -> Response:
    file = BytesIO()
    Image.new("RGB", (width, height), "#446").save(file, "PNG")
    return Response(file.getvalue(), media_type="image/png")


async def _published(blog: RunningBlog, town: DemoServer) -> Post:
    """A post with a wide picture, a tall one, and none, all here."""
    town.responses |= {
        "/wide.png": _picture(1200, 630),
        "/tall.png": _picture(400, 900),
        "/roof": _page(
            "The roof, the cup and the window: six years of one photograph",
            "en",
            description="Same window, same hour, same cup on the sill. " * 3,
            image="/wide.png",
            site_name="Photographs",
        ),
        "/lemons": _page(
            "عن الكتب والقهوة", "ar", description="وعن شجرة ليمون.", image="/tall.png"
        ),
    }
    links = [f"{town.origin}/roof", f"{town.origin}/lemons", f"{town.origin}/{'long' * 30}"]
    own = await blog.publish("An earlier post", "It began.")
    post = await blog.publish("Links", "\n\n".join(["Text.", *links, blog.article(own)]))

    async def are_here() -> bool:
        page = (await blog.page(f"/articles/{post.key}")).text
        return page.count("/media/pictures/") == 2 and page.count('class="preview"') == 3

    await until(are_here)
    return post


async def test_a_preview_fits_every_window_and_leads_there(
    blog: RunningBlog, town: DemoServer, chromium: Browser
) -> None:
    post = await _published(blog, town)
    schemes: tuple[Scheme, Scheme] = ("light", "dark")
    for width in (360, 1280):
        for scheme in schemes:
            async with window(chromium, blog.origin, width=width, scheme=scheme) as reader:
                await reader.open(f"/articles/{post.key}")
                assert await reader.overflow() == 0
                assert await violations(reader.page) == []
                cards = reader.page.locator(".preview")
                for card in await cards.all():
                    box, text = await card.bounding_box(), await card.inner_text()
                    assert box and 40 < box["height"] < 420, text
                picture = await cards.first.locator("img").bounding_box()
                assert picture and (picture["width"] > 250) == (width == 360)
                await cards.last.click(position={"x": 5, "y": 5})
                await expect(reader.page).to_have_title(re.compile("^An earlier post"))
                reader.assert_quiet()
    async with window(chromium, blog.origin, scripts=False) as reader:
        await reader.open(f"/articles/{post.key}")
        await reader.page.locator(".preview").first.click(position={"x": 5, "y": 5})
        await expect(reader.page).to_have_url(f"{town.origin}/roof")
