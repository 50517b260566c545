"""What `serve --demo` shows: a post, and a second server whose people talk about it."""

import asyncio
import contextlib

from fediblog.actions.post_form import PostForm
from fediblog.actions.write_post import create_post
from fediblog.blog import Blog
from fediblog.demo.play import play
from fediblog.demo.running import running
from fediblog.errors import RemoteError, SettingsError
from fediblog.settings import Settings

_WELCOME = PostForm(
    title="A blog whose comments are the fediverse",
    body="""\
Welcome! This post went out as an ActivityPub *Article* when the blog started. Beneath it you can
watch what happens next: **four people on a second server** find it, follow the blog and reply.

Everything they do travels as it would between real servers[^signed]:

- Alice, Bob, Chiyo and Dana follow the blog,
- they answer the post, and one another, several levels deep,
- they like it and pass it on, one edits a reply, one deletes a reply that others have answered.

> Leave this page open for twenty seconds, and see the tree grow.

Then set your password with the link in the terminal, and answer them yourself.

[^signed]: As signed HTTP requests, from one server to another, over the loopback interface.
""",
    tags="fediverse, ActivityPub, hello world",
)


def check_demo(settings: Settings) -> None:
    """Raise SettingsError outside development mode: the second server lives on loopback."""
    if not settings.development:
        raise SettingsError("--demo needs development mode: leave FEDIBLOG_URL unset.")


async def show_demo(blog: Blog) -> None:
    """Play the story once; then keep the second server there, for as long as this one runs."""
    post = await create_post(blog, _WELCOME, publish=True)
    async with running(port=0) as server:
        with contextlib.suppress(RemoteError):
            await play(
                server,
                blog.addresses.origin,
                blog.addresses.actor,
                blog.addresses.article(post.key),
            )
        await asyncio.Event().wait()
