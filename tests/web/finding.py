"""What a search finds, once everything has been read into the index."""

import re
from urllib.parse import quote

from fediblog.actions.index_search import index_due
from fediblog.domain.plaintext import plain_text
from fediblog.store.database import Database
from fediblog.store.search import Entry, count_due, set_entry
from tests.bench import RunningBlog


async def is_indexed(blog: RunningBlog) -> None:
    """Have everything read that is due, without waiting for the loop's next turn."""
    while await count_due(blog.blog.db):
        await index_due(blog.blog)


async def search_page(blog: RunningBlog, typed: str) -> str:
    """The page that a reader gets."""
    await is_indexed(blog)
    answer = await blog.page(f"/search?q={quote(typed)}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def find(blog: RunningBlog, typed: str) -> list[str]:
    """The headings of the results of the first page."""
    return headings(await search_page(blog, typed))


def headings(page: str) -> list[str]:
    """The headings of the results on a page."""
    return [plain_text(html) for html in re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)]


def excerpts(page: str) -> list[str]:
    """The excerpts on a page, with what was found in brackets."""
    found = re.findall(r'<p class="excerpt"[^>]*>(.*?)</p>', page, re.DOTALL)
    return [plain_text(re.sub(r"<mark>(.*?)</mark>", r"[\1]", html)) for html in found]


async def write_dear_texts(db: Database) -> str:
    """Write texts into the index that make a search take seconds; what has to be typed for that.

    FTS5 counts all rows of words that were found. PostgreSQL knows few places of each word, but
    compares each of them with those of all others.
    """
    if db.sqlite:
        words, typed = ["a"] * 15_000, " ".join(f'"{"a " * length}"' for length in range(1, 6))
    else:
        words, typed = list("abcdefghijkl" * 260), "a b c d e f g h i j k l"
    async with db.transaction() as tx:
        for number in range(1, 150):
            await set_entry(tx, "reply", number, Entry([], words, [], "plain"))
    return typed
