"""A blog with a history, made fast: its rows are written by SQL, with the indexes left for last.

Of either size all is alike but how much there is of it, so that a page has the same on it and what
it costs can be compared. Beneath the newest post is a long thread, of branches of all sizes and one
that is very deep; every other reply is spread over all the posts.
"""

import asyncio
import hashlib
import itertools
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fediblog.domain.plaintext import plain_text
from fediblog.domain.search_words import composed, find_words
from fediblog.store.embedded import sqlite_path
from fediblog.store.pooled import postgres_connection

#: A session of the author, as the browser holds it.
SESSION_TOKEN = "a-session-of-the-benchmarks"  # noqa: S105
SESSION_CSRF = "a-token-for-forms-of-the-benchmarks"
#: In every tenth text, and in every second title; in more texts of a small blog, so that a search
#: for it compares as many as it ever does.
COMMON_WORD = "quagga"
RARE_TAG, COMMON_TAG = "rare", "common"
_DAY = 86_400_000
#: The replies of one branch of a wide thread, by the number of the one each answers; -1: the post.
_BRANCHES = ((-1,), (-1, 0, 1, 1, 0), (-1, 0, 1, 2, 3, 4, 0, 0, 0, 0), (-1, 0, 0, 0))
_TEXTS = 500
_WORDS_IN_A_TEXT = 25
_FIRST_ACTOR = 1000
_REPLIES_ON_A_PAGE = 100
#: How much of what is found a search compares.
_COMPARED = 500
#: There is more of everything than the longest page of the admin lists of it, in a small blog too.
_ON_A_LIST = 60
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. thread: replies in the longest thread; deep: how deep it goes."""

    replies: int
    thread: int
    deep: int
    actors: int
    posts: int

    def divided(self, by: int) -> "Size":
        """The same, with so many times less of everything; the deep branch stays a part of it."""
        thread = self.thread // by
        deep = min(self.deep, thread // 5)
        return Size(self.replies // by, thread, deep, self.actors // by, self.posts // by)


BIG = Size(replies=1_000_000, thread=100_000, deep=1000, actors=50_000, posts=20_000)
SMALL = Size(replies=1000, thread=700, deep=100, actors=200, posts=60)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made. thread: the path of the post with the long thread; page_of_thread: the path of
    one of its pages, by its number from 1."""

    size: Size
    thread: str
    tops: Sequence[tuple[int, int]]

    def page_of_thread(self, number: int) -> str:
        """The path of a page, by the number of replies on those before it."""
        if number == 1:
            return self.thread
        before = (number - 1) * _REPLIES_ON_A_PAGE
        rank, row = next(top for top in self.tops if top[1] >= before)
        return f"{self.thread}?after={rank}.{row}"

    @property
    def last_wide_page(self) -> int:
        """The number of the last page before that of the deep branch."""
        return (self.size.thread - self.size.deep) // _REPLIES_ON_A_PAGE - 1


class _Target(Protocol):
    """A database that takes rows in bulk, while it has no indexes."""

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows. columns: their names, with commas."""

    def insert_words(self, rows: Iterable[tuple[int, Sequence[str], Sequence[str], str]]) -> None:
        """Write (entry, words of the title, words of the text, text) into the index of words."""


async def fill(url: str, size: Size, *, now: int) -> Filled:
    """Write so much into a blog that has been opened once and has nothing in it. now: ms."""
    if url.startswith("sqlite://"):
        return await asyncio.to_thread(_fill_sqlite, url, size, now)
    return await _fill_postgres(url, size, now)


def describe(size: Size, *, now: int) -> Filled:
    """What `fill` has made of it, for a database that is kept."""
    return Filled(size, _thread_path(now), [(row[16], row[0]) for row in _tops(size, now)])


def _fill_sqlite(url: str, size: Size, now: int) -> Filled:
    db = sqlite3.connect(sqlite_path(url), isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            db.execute(f"PRAGMA {pragma}")
        indexes = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        db.execute("BEGIN EXCLUSIVE")
        for name, _ in indexes:
            db.execute(f'DROP INDEX "{name}"')
        _write(_Sqlite(db), size, now)
        for _, sql in indexes:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode=WAL")
    finally:
        db.close()
    return describe(size, now=now)


class _Sqlite:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        marks = ", ".join("?" for _ in columns.split(","))
        self._db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)

    def insert_words(self, rows: Iterable[tuple[int, Sequence[str], Sequence[str], str]]) -> None:
        self._db.executemany(
            "INSERT INTO search_index (rowid, title, beside, text, plain) VALUES (?, ?, '', ?, ?)",
            ((entry, " ".join(title), " ".join(text), plain) for entry, title, text, plain in rows),
        )


async def _fill_postgres(url: str, size: Size, now: int) -> Filled:
    batches: list[tuple[str, str, Iterable[Sequence[Any]]]] = []
    _write(_Batches(batches), size, now)
    async with postgres_connection(url) as db:
        indexes = await db.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        for index in indexes:
            await db.execute(f'DROP INDEX "{index["indexname"]}"')
        for table, columns, rows in batches:
            await _copy(db, table, [each.strip() for each in columns.split(",")], rows)
        for index in indexes:
            await db.execute(index["indexdef"])
        for table, _, _ in batches:
            await _advance(db, table)
        await db.execute("VACUUM ANALYZE")
    return describe(size, now=now)


async def _advance(db: Any, table: str) -> None:
    """Have new rows numbered behind those that brought their numbers along."""
    if await db.fetchval(
        "SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = $1 AND column_name = 'id'",
        table,
    ):
        sequence = await db.fetchval("SELECT pg_get_serial_sequence($1, 'id')", table)
        if sequence:
            await db.execute(
                f"SELECT setval('{sequence}', (SELECT GREATEST(max(id), 1) FROM {table}))"
            )


async def _copy(db: Any, table: str, columns: list[str], rows: Iterable[Sequence[Any]]) -> None:
    if table != "search_index":
        await db.copy_records_to_table(table, columns=columns, records=rows)
        return
    taken = iter(rows)
    while some := list(itertools.islice(taken, _AT_ONCE)):
        await db.execute(
            "INSERT INTO search_index (id, vector, plain) SELECT id, CAST(vector AS tsvector), "
            "plain FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (id, vector, plain)",
            *(list(column) for column in zip(*some, strict=True)),
        )


class _Batches:
    """Remembers what to copy, as the connection is not asked from here."""

    def __init__(self, batches: list[tuple[str, str, Iterable[Sequence[Any]]]]) -> None:
        self._batches = batches

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        self._batches.append((table, columns, rows))

    def insert_words(self, rows: Iterable[tuple[int, Sequence[str], Sequence[str], str]]) -> None:
        vectors = ((entry, _vector(title, text), plain) for entry, title, text, plain in rows)
        self._batches.append(("search_index", "id, vector, plain", vectors))


def _vector(title: Sequence[str], text: Sequence[str]) -> str:
    weighted = [f"'{word}':{place}A" for place, word in enumerate(title, start=1)]
    start = len(title) + 3
    return " ".join(weighted + [f"'{word}':{place}D" for place, word in enumerate(text, start)])


def _thread_path(now: int) -> str:
    published = time.gmtime((now - _DAY) / 1000)
    return f"/{published.tm_year}/{published.tm_mon:02}/post-1"


def _write(target: _Target, size: Size, now: int) -> None:
    texts = list(_texts(max(2, min(10, size.replies // _COMPARED))))
    words = [[word.text for word in find_words(composed(plain_text(text)))] for text in texts]
    target.insert(
        "session",
        "token_hash, csrf, created_at, used_at, browser, address, confirmed_at",
        [(_hash(SESSION_TOKEN), SESSION_CSRF, now, now, "a benchmark", "127.0.0.1", now)],
    )
    _write_people(target, size, now)
    _write_posts(target, size, now, texts)
    _write_replies(target, size, now, texts)
    _write_log(target, size, now)
    titles = ("", COMMON_WORD)
    target.insert_words(
        (each, (), words[each % _TEXTS], plain_text(texts[each % _TEXTS]))
        for each in range(1, size.replies + 1)
    )
    target.insert_words(
        (
            2**61 + each,
            ["post", str(each), *titles[each % 2].split()],
            words[each % _TEXTS],
            plain_text(texts[each % _TEXTS]),
        )
        for each in range(1, size.posts + 1)
    )


def _texts(one_of: int) -> Iterator[str]:
    chance = random.Random(7)
    vocabulary = [f"{chance.choice('bdfgklmnprst')}{_syllables(chance)}" for _ in range(3000)]
    for number in range(_TEXTS):
        said = [vocabulary[int(3000 * chance.random() ** 3)] for _ in range(_WORDS_IN_A_TEXT)]
        if number % one_of == 0:
            said[5] = COMMON_WORD
        yield f"<p>{' '.join(said)}</p>"


def _syllables(chance: random.Random) -> str:
    return "".join(chance.choice("aeiou") + chance.choice("bdglmnrst") for _ in range(3))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _hosts(size: Size) -> int:
    return max(_ON_A_LIST, size.actors // 25)


def _write_people(target: _Target, size: Size, now: int) -> None:
    hosts = _hosts(size)

    def host(number: int) -> str:
        return f"server{number % hosts}.example"

    target.insert(
        "host",
        "authority, failures, not_before, last_ok, last_answer, scheme",
        ((host(each), int(each % 50 == 0), 0, now - each, "", "") for each in range(hosts)),
    )
    target.insert(
        "actor",
        "id, uri, authority, type, username, handle, handle_at, name, page_url, icon_url, avatar, "
        "inbox, shared_inbox, fetched_at, handle_key",
        (
            (
                _FIRST_ACTOR + each,
                _actor_uri(size, each),
                host(each),
                "Person",
                f"person{each}",
                f"person{each}@{host(each)}",
                now - _DAY,
                f"Person {each}",
                f"https://{host(each)}/@person{each}",
                "",
                "",
                f"https://{host(each)}/users/person{each}/inbox",
                f"https://{host(each)}/inbox",
                now - _DAY,
                f"person{each}@{host(each)}",
            )
            for each in range(size.actors)
        ),
    )
    target.insert(
        "actor_key",
        "key_id, actor_id, pem, fetched_at",
        (
            (f"{_actor_uri(size, each)}#main-key", _FIRST_ACTOR + each, "none", now - _DAY)
            for each in range(size.actors)
        ),
    )
    target.insert(
        "follower",
        "actor_id, follow_id, since",
        (
            (_FIRST_ACTOR + each, f"{_actor_uri(size, each)}/follow", now - each)
            for each in range(0, size.actors, 5)
        ),
    )


def _actor_uri(size: Size, number: int) -> str:
    return f"https://server{number % _hosts(size)}.example/users/person{number}"


def _write_posts(target: _Target, size: Size, now: int, texts: Sequence[str]) -> None:
    """Post 1 is the newest: the others go back to ten years ago."""

    def published(number: int) -> int:
        return now - _DAY - (number - 1) * (3600 * _DAY // size.posts)

    target.insert(
        "post",
        "id, key, slug, state, title, source, html, excerpt, language, created_at, published_at, "
        "version, category, category_slug, words",
        (
            (
                each,
                f"key-{each}",
                f"post-{each}",
                "published",
                f"Post {each} {COMMON_WORD if each % 2 else ''}",
                texts[each % _TEXTS] * 4,
                texts[each % _TEXTS] * 4,
                "An excerpt.",
                "en",
                published(each),
                published(each),
                2,
                f"Category {each % 7}",
                f"category-{each % 7}",
                100,
            )
            for each in range(1, size.posts + 1)
        ),
    )
    tags = (
        (each, slug, slug.capitalize(), published(each))
        for each in range(1, size.posts + 1)
        for slug in (
            f"tag-{each % 200}",
            *((COMMON_TAG,) if each % 2 else ()),
            *((RARE_TAG,) if each > size.posts - 30 else ()),
        )
    )
    target.insert("post_tag", "post_id, slug, name, published_at", tags)
    target.insert(
        "medium",
        "kind, name, ending, width, height, widths, blur, size, title, created_at",
        (
            ("file", f"medium{each}", "pdf", 0, 0, "[]", "", 1000, f"File {each}", now - each)
            for each in range(max(_ON_A_LIST, size.posts // 10))
        ),
    )


_REPLY = (
    "id, uri, post_id, parent_id, branch_id, depth, in_reply_to, actor_id, state, public, html, "
    "source, warning, language, page_url, mentions, published_at, received_at, version, shows, "
    "fingerprint, fetch_attempts, lease_until"
)


def _write_replies(target: _Target, size: Size, now: int, texts: Sequence[str]) -> None:
    target.insert("reply", _REPLY, _replies(size, now, texts))
    target.insert(
        "reaction",
        "actor_id, kind, target_uri, target_kind, target_id, activity_id, received_at",
        (
            (
                _FIRST_ACTOR + each % size.actors,
                "Announce" if each % 4 == 0 else "Like",
                "",
                "post",
                each // size.actors % size.posts + 1,
                f"https://reactions.example/{each}",
                now - each,
            )
            for each in range(size.replies // 5)
        ),
    )


def _replies(size: Size, now: int, texts: Sequence[str]) -> Iterator[Sequence[Any]]:
    """The long thread, then the others; of every hundred of these one is held and one hidden, and
    of a small blog's so many that they fill a page."""
    one_of = min(100, max(5, (size.replies - size.thread) // _ON_A_LIST))
    for number, post, parent, branch, depth in _nodes(size):
        state = "shown"
        if post > 1:
            state = {0: "held", 1: "hidden"}.get(number % one_of, "shown")
        yield (
            number,
            _note(number),
            post,
            parent,
            branch,
            depth,
            _note(parent) if parent else f"https://here.example/articles/key-{post}",
            _FIRST_ACTOR + number % size.actors,
            state,
            True,
            texts[number % _TEXTS],
            "",
            "",
            "en",
            _note(number),
            "[]",
            *_times(size, now, number),
            1,
            depth == 0 and state == "shown",
            str(number),
            0,
            0,
        )


def _times(size: Size, now: int, number: int) -> tuple[int, int]:
    moment = now - 400 * _DAY + number * (400 * _DAY // (size.replies + 1))
    return moment, moment


def _note(number: int) -> str:
    return f"https://notes.example/users/somebody/statuses/{10**17 + number}"


def _tops(size: Size, now: int) -> Iterator[Sequence[Any]]:
    """The tops of the branches of the long thread, as rows of replies."""
    texts = [""] * _TEXTS
    for row in itertools.islice(_replies(size, now, texts), size.thread):
        if row[5] == 0:
            yield row


def _nodes(size: Size) -> Iterator[tuple[int, int, int | None, int, int]]:
    """(number, post, number of what it answers, number of its branch's top, depth)."""
    number = 1
    shapes = itertools.cycle(_BRANCHES)
    while number <= size.thread - size.deep:
        for node in _branch(number, 1, next(shapes)):
            yield node
            number += 1
    deep = (-1, *range(size.thread - number))
    for node in _branch(number, 1, deep):
        yield node
        number += 1
    posts = itertools.cycle(range(2, size.posts + 1))
    while number <= size.replies:
        for node in itertools.islice(_branch(number, next(posts), next(shapes)), size.replies):
            if node[0] <= size.replies:
                yield node
            number += 1


def _branch(
    top: int, post: int, shape: Sequence[int]
) -> Iterator[tuple[int, int, int | None, int, int]]:
    depths: list[int] = []
    for place, parent in enumerate(shape):
        depths.append(0 if parent < 0 else depths[parent] + 1)
        yield top + place, post, None if parent < 0 else top + parent, top, depths[place]


def _write_log(target: _Target, size: Size, now: int) -> None:
    """What came and what went, in the last days; and what the author was told."""
    hosts = _hosts(size)
    target.insert(
        "arrival",
        "signature_hash, activity_id, type, actor_uri, authority, received_at, lane, state, "
        "reason, attempts, next_at, lease_until, object_id",
        (
            (
                _hash(str(each)),
                f"{_note(each)}/activity",
                "Create",
                _actor_uri(size, each % size.actors),
                f"server{each % size.actors % hosts}.example",
                now - _DAY + each,
                _hash(f"lane {each}"),
                _arrival_state(each),
                "a reply",
                1,
                0,
                0,
                _note(each),
            )
            for each in range(size.replies // 5)
        ),
    )
    target.insert(
        "activity",
        "id, key, type, object_uri, body, created_at",
        (
            (
                each,
                f"activity-{each}",
                "Create",
                f"https://here.example/articles/key-{each}",
                b"{}" * 500,
                now - each,
            )
            for each in range(1, size.posts + 1)
        ),
    )
    per_activity = max(1, size.replies // 5 // size.posts)
    target.insert(
        "delivery",
        "activity_id, inbox, authority, lane, state, attempts, next_at, lease_until, last_status, "
        "last_answer, created_at, finished_at",
        (
            (
                activity,
                f"https://server{each}.example/inbox",
                f"server{each}.example",
                _hash(f"{activity} {each}"),
                "failed" if (activity + each) % 100 == 0 else "done",
                1,
                0,
                0,
                202,
                "",
                now - activity,
                now - activity,
            )
            for activity in range(1, size.posts + 1)
            for each in range(per_activity)
        ),
    )
    target.insert(
        "notification",
        "kind, mark, about_id, actor_id, words, changed_at",
        (
            ("reply", f"reply:{each}", each, _FIRST_ACTOR + each % size.actors, "", now - each)
            for each in range(1, max(100, size.replies // 100) + 1)
        ),
    )


def _arrival_state(number: int) -> str:
    return {0: "failed", 1: "ignored", 2: "ignored"}.get(number % 100, "done")
