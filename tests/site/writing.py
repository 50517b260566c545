"""A blog with a past: posts of several years, put there as the author's form does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fediblog.store.posts import Post
from tests.bench import RunningBlog


async def publish_on(blog: RunningBlog, day: str, title: str, **more: str) -> Post:
    """Publish a post on a day, such as 2024-05-18, at noon."""
    blog.clock.fixed = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    blog.clock.offset = timedelta()
    return await blog.publish(title, **more)


async def put_into(blog: RunningBlog, category: str, slug: str, posts: Sequence[Post]) -> None:
    """Give posts a category."""
    async with blog.blog.db.transaction() as tx:
        for post in posts:
            await tx.execute(
                "UPDATE post SET category = $1, category_slug = $2 WHERE id = $3",
                category,
                slug,
                post.id,
            )
