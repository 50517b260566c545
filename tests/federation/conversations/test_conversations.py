"""Whatever is said, sent, doubled and shuffled: the page ends as the tree of what is public."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from fediblog.actions.schedule_walk import walk_now
from fediblog.demo import activities
from fediblog.demo.notes import Note, note_document
from fediblog.demo.server import DemoServer
from fediblog.store.crawls import get_crawl
from fediblog.store.posts import Post
from tests.bench import RunningBlog, until
from tests.federation.conversations.said import (
    Conversation,
    Expectation,
    Letter,
    conversations,
    text_of,
)
from tests.federation.thread_page import Branch, read_thread
from tests.threads import branches_know

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: How long a page may take to become right. What is wrong stays wrong, and is waited for twice.
_PATIENCE = 30.0
#: Without the phase that looks for a smaller example: each try would wait as long, and the run
#: would be ended before it has said what it has found.
_EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_EXAMPLES
@given(conversation=conversations())
async def test_the_page_ends_as_the_exact_tree_of_what_is_public(
    blog: RunningBlog, servers: Sequence[DemoServer], conversation: Conversation
) -> None:
    post = await blog.publish()
    editions = await _write(blog, servers, post, conversation)

    for letter in conversation.letters:
        await _send(blog, servers, conversation, editions, letter)
    await blog.settled()

    await _ends_well(blog, post, conversation, Expectation(conversation))


async def _write(
    blog: RunningBlog, servers: Sequence[DemoServer], post: Post, conversation: Conversation
) -> list[list[Note]]:
    """Every note in all its editions, and at its server as it is in the end.

    A server knows what answers its people, also from elsewhere: they were told.
    """
    context = blog.blog.addresses.context(post.key)
    ends: list[Note] = []
    editions: list[list[Note]] = []
    for number, said in enumerate(conversation.notes):
        server = servers[said.server]
        parent = blog.article(post) if said.parent is None else ends[said.parent].id
        first = await server.reply(
            said.person,
            parent,
            f"<p>{text_of(number, 0)}</p>",
            to=said.to,
            mention=[],
            recipients=[],
            conversation=context,
            deliver=False,
        )
        editions.append([first, *(_edited(first, number, n) for n in range(1, said.edits + 1))])
        deleted = blog.clock() if said.gone else None
        ends.append(replace(editions[-1][-1], deleted=deleted))
        server.notes[first.id] = ends[-1]
        above = conversation.notes[said.parent] if said.parent is not None else None
        if above is not None and above.server != said.server and said.open:
            servers[above.server].known[first.id] = note_document(ends[-1])
    return editions


def _edited(first: Note, number: int, edition: int) -> Note:
    later = first.published + timedelta(seconds=edition)
    return replace(first, html=f"<p>{text_of(number, edition)}</p>", updated=later)


async def _send(
    blog: RunningBlog,
    servers: Sequence[DemoServer],
    conversation: Conversation,
    editions: Sequence[Sequence[Note]],
    letter: Letter,
) -> None:
    said, versions = conversation.notes[letter.note], editions[letter.note]
    activity: Mapping[str, Any] = {
        "Create": activities.create(versions[0]),
        "Update": activities.update(versions[letter.edition]),
        "Delete": activities.delete(replace(versions[-1], deleted=versions[0].published)),
    }[letter.kind]
    inbox = f"{blog.origin}/inbox"
    answer = await servers[said.server].post(said.person, inbox, dict(activity))
    assert answer.status_code == 202, answer.text


async def _ends_well(
    blog: RunningBlog, post: Post, conversation: Conversation, expected: Expectation
) -> None:
    """Walk through the thread until the page is right, and once more: it must stay so."""
    wrong = ["it was not looked at"]

    async def is_right() -> bool:
        nonlocal wrong
        await _walk(blog, post)
        page = (await blog.page(f"/articles/{post.key}")).text
        wrong = expected.faults(_places(read_thread(page), "top", conversation))
        return not wrong

    with suppress(TimeoutError):
        await until(is_right, seconds=_PATIENCE)
    assert wrong == []
    assert await is_right(), wrong
    await branches_know(blog)


async def _walk(blog: RunningBlog, post: Post) -> None:
    """Have the whole thread looked through, from its beginning to its end."""
    begun = blog.blog.now_ms()
    await walk_now(blog.blog, post.id)

    async def is_over() -> bool:
        crawl = await get_crawl(blog.blog.db, post.id)
        return crawl is not None and (crawl.finished_at or 0) >= begun and crawl.round_at is None

    await until(is_over)
    await blog.settled()


def _places(branches: Sequence[Branch], above: str, conversation: Conversation) -> dict[int, str]:
    """Where each note on the page stands. Each is there once, and as it was last written."""
    found: dict[int, str] = {}
    for branch in branches:
        here = "gone"
        if not branch.tombstone:
            number = int(branch.text.split()[1].rstrip(","))
            assert branch.text == text_of(number, conversation.notes[number].edits)
            assert number not in found
            found[number] = above
            here = str(number)
        below = _places(branch.children, here, conversation)
        assert not found.keys() & below.keys()
        found |= below
    return found
