"""What readers find: the index of words, and what has yet to be written into it.

Whatever changes a text, or who may read it, calls `mark`: in the same transaction its words leave
the index, and it becomes due to be read again. So no way of changing a text can forget the index,
nothing private is in it for a moment, and the first fill is only that everything is due.

The index is a virtual table of FTS5 on SQLite, and a table with a tsvector on PostgreSQL. Both get
words that are ready, and take them as they are: letters, digits, marks and signs, of which none
means anything to either.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fediblog.store.database import Database, Queries, Transaction, places

Target = tuple[str, int]
"""What can be found: ("post", "page" or "reply", row number)."""

#: Where the numbers of each kind begin in the index. Of what is found by far too many words, posts
#: are looked at first, then pages, then replies, each the newest first.
_FIRST = {"reply": 0, "page": 2**60, "post": 2**61}
_POST, _PAGE = _FIRST["post"], _FIRST["page"]
#: A word of the title counts as much as so many of the text, and one of the tags.
_TITLE, _BESIDE, _TEXT = 10.0, 4.0, 1.0
#: A post before a reply that says the same.
_NOT_A_REPLY = 2.0
#: PostgreSQL numbers words up to 16383, and FTS5 columns are never one row of words.
_GAP = 2
#: Seconds. What takes longer was made to, or has only words that nearly every text has.
_LONGEST_SEARCH = 0.5
MOST_TITLE_WORDS, MOST_WORDS_BESIDE, MOST_WORDS = 300, 1000, 15_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written into the index: the words of the title, of the text, and of what stands
    beside it, such as tags. plain: the text, to show pieces of."""

    title: Sequence[str]
    text: Sequence[str]
    beside: Sequence[str]
    plain: str


class Term(Protocol):
    """Words that stand in a row; see domain/search_queries.py."""

    @property
    def words(self) -> Sequence[str]:
        """At least one."""

    @property
    def beginning(self) -> bool:
        """The last word may be the beginning of a longer one."""

    @property
    def excluded(self) -> bool:
        """What has these words is not looked for."""


@dataclass(frozen=True, slots=True)
class PostSource:
    """What of a published post can be found."""

    id: int
    title: str
    html: str
    excerpt: str
    category: str
    source_line: str
    lead_alt: str
    lead_caption: str
    warning: str
    tags: Sequence[str]


@dataclass(frozen=True, slots=True)
class PageSource:
    """What of a published page can be found, and where."""

    id: int
    slug: str
    title: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class ReplySource:
    """What of a shown reply can be found; attachments and poll as they are stored."""

    id: int
    html: str
    warning: str
    attachments: str
    poll: str


async def mark(tx: Transaction, kind: str, number: int) -> None:
    """A text, or who may read it, has changed: it is not found until it has been read again.

    To be called after the change, in its transaction. The row that says so is locked from here on,
    also if it was there: whoever is to read the text waits for the end of the transaction.
    """
    await mark_new(tx, kind, number)
    await _remove(tx, _FIRST[kind] + number)


async def mark_new(tx: Transaction, kind: str, number: int) -> None:
    """As `mark`, for a text that nobody could find so far."""
    await tx.execute(
        "INSERT INTO search_due (entry) VALUES ($1) "
        "ON CONFLICT (entry) DO UPDATE SET entry = excluded.entry",
        _FIRST[kind] + number,
    )


async def mark_thread(tx: Transaction, post_id: int) -> None:
    """Have every shown reply beneath a post read again: it is there once more."""
    await tx.execute(
        f"INSERT INTO search_due (entry) SELECT id + {_FIRST['reply']} FROM reply "
        "WHERE post_id = $1 AND state = 'shown' ON CONFLICT (entry) DO NOTHING",
        post_id,
    )


async def mark_everything(tx: Transaction) -> None:
    """Empty the index, and have everything read again that may be found."""
    if not tx.sqlite:
        # Whoever changes a text now ends first: else each might wait for a row of the other's.
        await tx.execute("LOCK TABLE search_due IN EXCLUSIVE MODE")
    for kind, shown in (
        ("post", "SELECT id FROM post WHERE state = 'published'"),
        ("page", "SELECT id FROM page WHERE state = 'published'"),
        ("reply", "SELECT id FROM reply WHERE state = 'shown'"),
    ):
        await tx.execute(
            f"INSERT INTO search_due (entry) SELECT id + {_FIRST[kind]} FROM ({shown}) s "
            "WHERE true ON CONFLICT (entry) DO NOTHING"
        )
    await tx.execute("DELETE FROM search_index")


async def list_due(db: Database, limit: int) -> Sequence[Target]:
    """Up to so many texts that are due and not being changed right now."""
    rows = await db.rows(
        "SELECT entry FROM search_due "
        f"ORDER BY entry DESC LIMIT $1 {_skipping_locked(db, 'search_due')}",
        limit,
    )
    return [target_of(int(row["entry"])) for row in rows]


async def claim_due(tx: Transaction, due: Sequence[Target]) -> Sequence[Target]:
    """Take those of these texts that are still due; they are due again if the transaction fails.

    Until it ends, nobody else can change them. Texts that are being changed are left for the next
    time, so this never waits.
    """
    rows = await tx.rows(
        "DELETE FROM search_due WHERE entry IN (SELECT entry FROM search_due "
        f"WHERE entry IN ({places(len(due))}) {_skipping_locked(tx, 'search_due')}) "
        "RETURNING entry",
        *(_FIRST[kind] + number for kind, number in due),
    )
    return [target_of(int(row["entry"])) for row in rows]


async def count_due(db: Queries) -> int:
    """How many texts are due."""
    return int((await db.rows("SELECT count(*) AS n FROM search_due"))[0]["n"])


async def count_entries(db: Queries) -> int:
    """How many texts can be found."""
    return int((await db.rows("SELECT count(*) AS n FROM search_index"))[0]["n"])


async def list_posts(db: Queries, numbers: Sequence[int]) -> Sequence[PostSource]:
    """Those of these posts that everybody may read."""
    if not numbers:
        return []
    tags = await db.rows(
        f"SELECT post_id, name FROM post_tag WHERE post_id IN ({places(len(numbers))}) ORDER BY id",
        *numbers,
    )
    rows = await db.rows(
        "SELECT id, title, html, excerpt, category, source_line, lead_alt, lead_caption, warning "
        "FROM post "
        f"WHERE state = 'published' AND id IN ({places(len(numbers))})",
        *numbers,
    )
    return [
        PostSource(**row, tags=[tag["name"] for tag in tags if tag["post_id"] == row["id"]])
        for row in rows
    ]


async def list_pages(db: Queries, numbers: Sequence[int]) -> Sequence[PageSource]:
    """Those of these pages that everybody may read."""
    if not numbers:
        return []
    rows = await db.rows(
        "SELECT id, slug, title, html, language FROM page "
        f"WHERE state = 'published' AND id IN ({places(len(numbers))})",
        *numbers,
    )
    return [PageSource(**row) for row in rows]


async def list_replies(db: Queries, numbers: Sequence[int]) -> Sequence[ReplySource]:
    """Those of these replies that everybody may read."""
    if not numbers:
        return []
    rows = await db.rows(
        "SELECT r.id, r.html, r.warning, r.attachments, r.poll "
        "FROM reply r JOIN post p ON p.id = r.post_id "
        "WHERE r.state = 'shown' AND p.state = 'published' "
        f"AND r.id IN ({places(len(numbers))})",
        *numbers,
    )
    return [ReplySource(**row) for row in rows]


async def set_entry(tx: Transaction, kind: str, number: int, entry: Entry) -> None:
    """Write a text into the index."""
    row = _FIRST[kind] + number
    await _remove(tx, row)
    title, beside, text = (
        entry.title[:MOST_TITLE_WORDS],
        entry.beside[:MOST_WORDS_BESIDE],
        entry.text[:MOST_WORDS],
    )
    if tx.sqlite:
        await tx.execute(
            "INSERT INTO search_index (rowid, title, beside, text, plain) "
            "VALUES ($1, $2, $3, $4, $5)",
            row,
            *(" ".join(words) for words in (title, beside, text)),
            entry.plain,
        )
        return
    # In a thread, as it takes a tenth of a second for words that are all different.
    vector = await asyncio.to_thread(_vector, (("A", title), ("B", beside), ("D", text)))
    await tx.execute(
        "INSERT INTO search_index (id, vector, plain) VALUES ($1, CAST(CAST($2 AS text) AS "
        "tsvector), $3)",
        row,
        vector,
        entry.plain,
    )


async def remove_thread(tx: Transaction, post_id: int) -> None:
    """Take the replies to a post that is gone out of the index, but those that are being changed:
    they leave it by that."""
    key = "rowid" if tx.sqlite else "id"
    await tx.execute(
        f"DELETE FROM search_index WHERE {key} IN (SELECT s.{key} FROM search_index s "
        f"JOIN reply r ON r.id = s.{key} WHERE r.post_id = $1 {_skipping_locked(tx, 's')})",
        post_id,
    )


async def find(db: Database, terms: Iterable[Term], *, limit: int) -> Sequence[Target]:
    """What has all terms but those that are excluded, best first; the newest of the equally good.

    terms: one at least is not excluded. limit: how many of what has them are compared. What the
    index knows and nobody may read is left out (K18), should that ever happen. Raises TooSlow.
    """
    rows = await db.rows_within(
        _LONGEST_SEARCH, find_sql(db.sqlite), expression(db.sqlite, terms), limit
    )
    return [target_of(int(row["entry"])) for row in rows]


def find_sql(sqlite: bool) -> str:
    """How it is found: $1 is the expression, $2 the limit."""
    found = _FOUND_BY_SQLITE if sqlite else _FOUND_BY_POSTGRES
    return (
        f"WITH found AS ({found}) SELECT f.entry FROM found f "
        f"LEFT JOIN post p ON p.id = f.entry - {_POST} "
        f"LEFT JOIN page g ON g.id = f.entry - {_PAGE} "
        "LEFT JOIN reply r ON r.id = f.entry LEFT JOIN post t ON t.id = r.post_id "
        "WHERE p.state = 'published' OR g.state = 'published' "
        "OR (r.state = 'shown' AND t.state = 'published') "
        f"ORDER BY f.score * CASE WHEN r.id IS NULL THEN {_NOT_A_REPLY} ELSE 1.0 END DESC, "
        "coalesce(p.published_at, g.updated_at, r.published_at) DESC, f.entry DESC"
    )


def expression(sqlite: bool, terms: Iterable[Term]) -> str:
    """The terms in the words of either database."""
    return _match(terms) if sqlite else _tsquery(terms)


async def get_plain_texts(db: Database, targets: Sequence[Target]) -> Mapping[Target, str]:
    """The texts of what was found, as plain text."""
    if not targets:
        return {}
    key = "rowid" if db.sqlite else "id"
    rows = await db.rows(
        f"SELECT {key} AS entry, plain FROM search_index WHERE {key} IN ({places(len(targets))})",
        *(_FIRST[kind] + number for kind, number in targets),
    )
    return {target_of(int(row["entry"])): str(row["plain"]) for row in rows}


def target_of(entry: int) -> Target:
    """What a number in the index stands for."""
    kind = "post" if entry >= _POST else "page" if entry >= _PAGE else "reply"
    return kind, entry - _FIRST[kind]


#: The best of the newest: FTS5 reads a list of rows from its end and stops at the limit.
_FOUND_BY_SQLITE = (
    f"SELECT rowid AS entry, -bm25(search_index, {_TITLE}, {_BESIDE}, {_TEXT}) AS score "
    "FROM search_index WHERE search_index MATCH $1 ORDER BY rowid DESC LIMIT $2"
)
#: Materialized, for else PostgreSQL may walk through all texts from the newest to the oldest.
_FOUND_BY_POSTGRES = (
    "WITH matched AS MATERIALIZED (SELECT id FROM search_index WHERE vector @@ "
    "CAST(CAST($1 AS text) AS tsquery)), newest AS MATERIALIZED (SELECT id FROM matched "
    "ORDER BY id DESC LIMIT $2) SELECT i.id AS entry, ts_rank("
    f"'{{{_TEXT / _TITLE}, 0, {_BESIDE / _TITLE}, 1}}', i.vector, "
    "CAST(CAST($1 AS text) AS tsquery), 1) AS score "
    "FROM newest JOIN search_index i ON i.id = newest.id"
)


async def _remove(tx: Transaction, entry: int) -> None:
    key = "rowid" if tx.sqlite else "id"
    await tx.execute(f"DELETE FROM search_index WHERE {key} = $1", entry)


def _skipping_locked(db: Database | Transaction, table: str) -> str:
    return "" if db.sqlite else f"FOR UPDATE OF {table} SKIP LOCKED"


def _match(terms: Iterable[Term]) -> str:
    """The terms as FTS5 takes them."""
    wanted: list[str] = []
    excluded: list[str] = []
    for term in terms:
        row = f'"{" ".join(term.words)}"' + (" *" if term.beginning else "")
        (excluded if term.excluded else wanted).append(row)
    without = f" NOT ({' OR '.join(excluded)})" if excluded else ""
    return f"({' AND '.join(wanted)}){without}"


def _tsquery(terms: Iterable[Term]) -> str:
    """The terms as PostgreSQL takes them."""
    return " & ".join(
        ("!" if term.excluded else "")
        + "("
        + " <-> ".join(f"'{word}'" for word in term.words)
        + (":*)" if term.beginning else ")")
        for term in terms
    )


def _vector(parts: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Words with their places and weights, as PostgreSQL takes them."""
    places_of: dict[str, list[str]] = {}
    place = 1
    for weight, words in parts:
        for word in words:
            places_of.setdefault(word, []).append(f"{place}{weight}")
            place += 1
        place += _GAP
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places_of.items())
