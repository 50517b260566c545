"""What was read for an answer, and whether any of it has changed since: for what keeps answers.

Nobody has to think of it who writes or reads a row: each statement is looked at for the tables that
it names. A deed that happens all the time may say that it changes nothing but single threads, and
an answer that it shows but one of them; who says nothing changes everything, and shows everything,
in the tables that it names.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache

from fediblog.store.table_names import TABLES

#: Tables on which nothing depends that is kept in memory: queues, logs, the author's own things.
_UNTOLD = frozenset(
    "actor_key api_token arrival attempt collection crawl day_count delivery dropped_follower host "
    "notification passkey pulse recovery_code refusal report search_due search_index session "
    "ticket working_copy".split()
)
#: Stands for the versions of posts, which are written whenever something in their threads is.
_VERSIONS = "post.version"
_NAMED = TABLES | {_VERSIONS}
_THREADS = frozenset({"reply", "reply_revision", "reaction", _VERSIONS})
_ONLY_VERSION = re.compile(r"UPDATE post SET version = version \+ 1 WHERE ")
_WRITES = re.compile(r"\b(?:UPDATE|INTO|DELETE FROM) ([a-z_]+)")
_HARMLESS = re.compile(r"\s*(?:SELECT|SET LOCAL|SAVEPOINT|ROLLBACK TO SAVEPOINT)\b")
_WORD = re.compile(r"[a-z_]+")
#: Threads whose changes are known one by one; of more, all are taken for changed.
_MOST_THREADS = 10_000


@lru_cache(maxsize=1024)
def written_tables(sql: str) -> frozenset[str]:
    """The tables that a statement may write, but for those that nobody has to be told of; all if
    that cannot be seen."""
    if _ONLY_VERSION.match(sql):
        return frozenset({_VERSIONS})
    written = frozenset(_WRITES.findall(sql))
    if not written and not _HARMLESS.match(sql):
        return _NAMED - _UNTOLD
    return (written | {_VERSIONS} if "post" in written else written) - _UNTOLD


@lru_cache(maxsize=1024)
def read_tables(sql: str) -> frozenset[str]:
    """The tables that a query may look at, and perhaps more: every one whose name is a word in
    it."""
    read = TABLES.intersection(_WORD.findall(sql))
    return read | {_VERSIONS} if "post" in read else read


def named(written: Iterable[str], threads: Iterable[int] | None) -> frozenset[str]:
    """What has changed, as names. threads: the posts in whose threads alone replies, reactions and
    what else makes a thread have; None if they may have in any."""
    names: set[str] = set()
    for table in written:
        if threads is None or table not in _THREADS:
            names.add(table)
        else:
            names |= {f"{table}@{number}" for number in threads} or {f"{table}@0"}
    return frozenset(names)


@dataclass(slots=True)
class Reads:
    """What was read for one answer, since a moment of `Changes`.

    thread: the number of the only post of which anything in the thread is shown, 0 for no thread,
    None for any. until: when time alone makes it another answer (ms). whole: whether this is all.
    """

    since: int
    tables: set[str] = field(default_factory=set)
    thread: int | None = None
    until: int | None = None
    whole: bool = True


_reads: ContextVar[Reads | None] = ContextVar("reads", default=None)


def note_query(sql: str) -> None:
    """A query is asked for the answer that is being made, if there is one."""
    if (reads := _reads.get()) is not None:
        found = read_tables(sql)
        reads.tables |= found
        reads.whole = reads.whole and bool(found) and _UNTOLD.isdisjoint(found)


def note_known(table: str) -> None:
    """What is in a table is known without a query, by who is told when it changes."""
    if (reads := _reads.get()) is not None:
        reads.tables.add(table)


def note_unknown() -> None:
    """Something is read for the answer of which nobody tells when it changes."""
    if (reads := _reads.get()) is not None:
        reads.whole = False


def note_thread(post_id: int = 0) -> None:
    """Of what people say and do, the answer shows only what is in the thread of this post; without
    one, nothing."""
    if (reads := _reads.get()) is not None:
        reads.thread = post_id


def note_end(moment: int | None, now: int) -> None:
    """The answer says something that is no longer so at a moment (ms), if that is yet to come."""
    reads = _reads.get()
    if reads is not None and moment is not None and moment > now:
        reads.until = moment if reads.until is None else min(moment, reads.until)


def note_reads(reads: Reads) -> None:
    """The answer shows a piece that was kept, for which all this was read; nothing of threads."""
    if (outer := _reads.get()) is not None:
        outer.tables |= reads.tables
        outer.whole = outer.whole and reads.whole
        if reads.until is not None:
            outer.until = min(reads.until, outer.until or reads.until)


class Changes:
    """When each table, and each thread, was changed last, as numbers that only grow."""

    def __init__(self) -> None:
        self.now = 0
        self._tables: dict[str, int] = {}
        self._threads: dict[int, int] = {}
        #: What has changed in some thread or other, for answers that show several.
        self._any_thread: dict[str, int] = {}
        self._everything = 0

    def hear(self, names: Collection[str] | None) -> None:
        """These tables have changed, or what is of one thread in them (`named`): to be called after
        the commit. None: anything may have."""
        self.now += 1
        if names is None:
            self._everything = self.now
            self._threads.clear()
            return
        for name in names:
            table, _, thread = name.partition("@")
            if table not in _NAMED:
                continue
            if thread:
                self._any_thread[table] = self._threads[int(thread)] = self.now
            else:
                self._tables[table] = self.now
        if len(self._threads) > _MOST_THREADS:
            self.hear(None)

    def are_right(self, reads: Reads, now: int) -> bool:
        """Whether what was read says the same now (ms)."""
        over = reads.until is not None and reads.until <= now
        return not over and not self.spoilt(reads)

    def spoilt(self, reads: Reads) -> bool:
        """Whether anything that was read may have changed since."""
        since, of_table = reads.since, self._tables
        if self.now == since:
            return False
        if self._everything > since:
            return True
        if reads.thread and self._threads.get(reads.thread, 0) > since:
            return True
        for table in reads.tables:
            if of_table.get(table, 0) > since:
                return True
            if reads.thread is None and self._any_thread.get(table, 0) > since:
                return True
        return False

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Note what is read in the block, by this task and those that it starts."""
        reads = Reads(self.now)
        token = _reads.set(reads)
        try:
            yield reads
        finally:
            _reads.reset(token)
