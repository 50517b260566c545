"""The way into the admin's pages, by hand."""

from playwright.async_api import Page

from fediblog.actions.sign_in import make_link
from tests.admin.desk import PASSWORD
from tests.bench import RunningBlog


async def go_in(page: Page, blog: RunningBlog) -> None:
    """Set a password by a one-time link, as after the first start, and be signed in."""
    await page.goto(await make_link(blog.blog))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("The same again").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password and go in").click()
    await page.wait_for_url("**/admin/")
