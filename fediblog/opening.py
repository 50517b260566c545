"""Open a blog: the one place where its parts meet."""

import logging
from asyncio import CancelledError, Task, create_task
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from fediblog import __version__
from fediblog.actions.profile import settle_profile
from fediblog.actions.site import current_key, prepare_site
from fediblog.blog import Blog
from fediblog.clock import Clock
from fediblog.errors import StoreError, Unavailable
from fediblog.keyring import Keyring, load_keys, make_keys, make_proof_key
from fediblog.known_keys import KnownKeys
from fediblog.protocol.addresses import Addresses
from fediblog.protocol.signatures import Scheme
from fediblog.remote.client import RemoteClient
from fediblog.remote.connector import Connector
from fediblog.remote.knocking import MOST_REMEMBERED, Knocking
from fediblog.settings import Settings
from fediblog.signals import Signals
from fediblog.store.arrival_log import ArrivalLog
from fediblog.store.database import Database, open_database
from fediblog.store.embedded import sqlite_path
from fediblog.store.hosts import list_with_scheme, set_scheme
from fediblog.store.locking import Held, database_lock
from fediblog.store.migrating import migrate
from fediblog.store.site import PROOF_KEY, get_value, get_values

log = logging.getLogger("fediblog.store")


@asynccontextmanager
async def open_blog(
    settings: Settings, clock: Clock, connector: Connector, *, adopt_origin: bool = False
) -> AsyncIterator[Blog]:
    """The blog, with its database up to date and its keys made if this is its first start.

    adopt_origin: take the origin from the database if it has one, for commands that were not told
    where the blog is. Raises StoreError, KeysError, or Held when another process has the embedded
    database.
    """
    async with AsyncExitStack() as stack:
        if settings.embedded:
            stack.enter_context(database_lock(sqlite_path(settings.database_url)))
        _make_data_folder(settings.data)
        await migrate(settings.database_url)
        db = await open_database(settings.database_url)
        stack.push_async_callback(db.close)
        if adopt_origin:
            settings = await _with_stored_origin(settings, db)
        blog = await _assemble(settings, clock, connector, db)
        stack.push_async_callback(blog.remote.aclose)
        await prepare_site(blog)
        writing, telling = create_task(blog.arrivals.run()), create_task(_tell_others(db))
        try:
            yield blog
        finally:
            await _end(writing, telling)
            await _tell(db, db.others.take_later())


@asynccontextmanager
async def open_for_service(
    settings: Settings, clock: Clock, connector: Connector
) -> AsyncIterator[Blog]:
    """The blog for a process that stays. Raises StoreError when another one is there already."""
    try:
        async with open_blog(settings, clock, connector) as blog:
            await settle_profile(blog)
            hearing = create_task(_hear_others(blog))
            try:
                yield blog
            finally:
                await _end(hearing)
    except Held as error:
        raise StoreError(
            f"Another fediblog is using {settings.data}. An embedded database has one server; "
            "for several processes use PostgreSQL (FEDIBLOG_DATABASE_URL)."
        ) from error


async def _hear_others(blog: Blog) -> None:
    """Listen to what other processes do, until cancelled; on SQLite there are none."""
    if not blog.settings.embedded:
        from fediblog.store.hearing import hear_others

        await hear_others(blog.db.others, blog.settings.database_url)


async def _tell_others(db: Database) -> None:
    """Send wake-ups until cancelled, gathered."""
    while True:
        await _tell(db, await db.others.gathered())


async def _tell(db: Database, names: Collection[str]) -> None:
    if names:
        try:
            await db.tell_others(names)
        except Unavailable as error:
            log.warning("other processes could not be woken, and look for themselves: %s", error)


async def _end(*tasks: Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(CancelledError):
            await task


def _make_data_folder(folder: Path) -> None:
    """For the media, wherever the database is."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"{folder} cannot be used: {error.strerror}.") from error


async def _assemble(settings: Settings, clock: Clock, connector: Connector, db: Database) -> Blog:
    signals, known_keys = Signals(db.others.tell_later), KnownKeys()
    db.others.listen(signals.hear)
    db.others.listen(known_keys.hear)
    return Blog(
        settings=settings,
        addresses=Addresses(settings.origin, settings.username, settings.handle_domain),
        db=db,
        remote=RemoteClient(
            connector,
            development=settings.development,
            user_agent=f"fediblog/{__version__} (+{settings.origin}/)",
            now=clock,
            knocking=await _knocking(db),
        ),
        keys=await _keys(settings, db),
        clock=clock,
        arrivals=ArrivalLog(db),
        signals=signals,
        known_keys=known_keys,
    )


async def _knocking(db: Database) -> Knocking:
    """The memory of how other servers want requests to be signed, kept in the database."""

    async def remember(authority: str, scheme: Scheme) -> None:
        async with db.transaction() as tx:
            await set_scheme(tx, authority, scheme.value)

    known = await list_with_scheme(db, Scheme.RFC_9421.value, limit=MOST_REMEMBERED)
    return Knocking(reversed(known), remember)


async def _keys(settings: Settings, db: Database) -> Keyring:
    """Keys are made once: a blog that has been in use must find the ones that it had. One that is
    older than proofs gets its key for these now, and must find it from then on."""
    values = await get_values(db)
    if "origin" not in values:
        make_keys(settings.keys)
    elif PROOF_KEY not in values:
        make_proof_key(settings.keys)
    return load_keys(settings.keys, current_key(values))


async def _with_stored_origin(settings: Settings, db: Database) -> Settings:
    stored = await get_value(db, "origin")
    if stored is None:
        return settings
    return replace(
        settings,
        origin=stored,
        handle_domain=settings.handle_domain or await get_value(db, "handle_domain") or "",
        development=urlsplit(stored).scheme == "http",
    )
