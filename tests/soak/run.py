"""A soak: traffic, faults, and in the end the account."""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

import httpx

from bench.frame.processes import cpu_seconds
from fediblog.demo.running import running
from fediblog.demo.server import DemoServer
from fediblog.protocol.keys import PrivateKey
from tests.bench import until
from tests.durability.inboxes import add_followers
from tests.processes import Installation, Server
from tests.provision.postgres import PostgresServer
from tests.soak.account import Account, look_at_mailboxes, look_at_pages, look_at_tables
from tests.soak.author import Author, let_in
from tests.soak.invariants import broken
from tests.soak.ledger import Ledger
from tests.soak.mailboxes import Mailboxes, open_mailboxes
from tests.soak.senders import Senders

FOLLOWERS, SERVERS = 12, 4
_SETTLE_SECONDS = 60.0
_ROUNDS = 12
_KEYS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """seconds: how long there is traffic, kills: how many times the server is killed at least
    meanwhile, and least: how many activities are acknowledged. life: between which times (s) after
    its start something happens to it. gentle: of how many ends one is a SIGTERM. pace, author_pace:
    seconds between two deeds of a sender, and of the author. start: what a start may use of the
    processor, in seconds, until the first page is there."""

    seconds: float = 0.0
    kills: int = 0
    least: int = 0
    life: tuple[float, float] = (0.5, 3.0)
    gentle: int = 8
    pace: float = 0.0
    author_pace: float = 0.5
    seed: int = 0
    start: float = 3.0


@dataclass(slots=True)
class Lives:
    """What happened to the server. starts: CPU seconds and seconds of each start. troubles: from
    when to when it, or its database, was not there."""

    kills: int = 0
    stops: int = 0
    cuts: int = 0
    outages: int = 0
    starts: list[tuple[float, float]] = field(default_factory=list)
    troubles: list[tuple[float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """For the report."""
        used = [cpu for cpu, _ in self.starts]
        wall = [seconds for _, seconds in self.starts]
        return (
            f"{self.kills} kills, {self.stops} stops, {self.cuts} times all connections cut, "
            f"{self.outages} times without a database\nstarts used {statistics.median(used):.1f} s "
            f"of the processor ({max(used):.1f} at most), and took {statistics.median(wall):.1f} s "
            f"({max(wall):.1f} at most)"
        )


@dataclass(slots=True)
class Soak:
    """One run. postgres: the server of the database, None on SQLite."""

    place: Installation
    postgres: PostgresServer | None
    plan: Plan
    chance: random.Random
    mailboxes: Mailboxes
    inboxes: Sequence[str]
    ledger: Ledger = field(default_factory=Ledger)
    lives: Lives = field(default_factory=Lives)
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: float = field(default_factory=time.monotonic)

    @property
    def origin(self) -> str:
        """The blog's."""
        return f"http://127.0.0.1:{self.place.port}"

    async def run(self, towns: Sequence[DemoServer]) -> Account:
        """All of it."""
        author = Author(self.origin, self.ledger, self.chance, self.plan.author_pace)
        senders = Senders(
            f"{self.origin}/inbox",
            towns,
            author.answerable,
            self.ledger,
            self.chance,
            self.plan.pace,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(self._live())
            traffic = [
                group.create_task(author.run(self.ending)),
                group.create_task(senders.run(self.ending)),
                group.create_task(self._read()),
            ]
            await self.ending.wait()
            await asyncio.wait(traffic)
            self._quiet.set()
        return await self._settle()

    async def _live(self) -> None:
        """One life of the server after the other; the last one lasts until all is acknowledged."""
        while not self._over():
            async with self._started() as server:
                await self._suffer(server)
            await self._meanwhile()
        async with self._started() as server:
            self.ending.set()
            await self._quiet.wait()
            await self._stop(server)

    def _over(self) -> bool:
        long_enough = time.monotonic() - self._begun >= self.plan.seconds
        enough = self.ledger.acknowledged >= self.plan.least
        return long_enough and enough and self.lives.kills >= self.plan.kills

    @asynccontextmanager
    async def _started(self) -> AsyncIterator[Server]:
        begun = time.monotonic()
        async with self.place.serving() as server:
            used = cpu_seconds(server.process.pid)
            self.lives.starts.append((used, time.monotonic() - begun))
            yield server

    async def _suffer(self, server: Server) -> None:
        """What ends a life, and on PostgreSQL what happens before that."""
        await self._sleep()
        if self.postgres and self.chance.random() < 0.4:
            await self._take_database(self.postgres)
            await self._sleep()
        if self.chance.randrange(self.plan.gentle) == 0:
            await self._stop(server)
            return
        begun = time.monotonic()
        await server.kill()
        self.lives.kills += 1
        self.lives.troubles.append((begun, time.monotonic()))

    async def _sleep(self) -> None:
        await asyncio.sleep(self.chance.uniform(*self.plan.life))

    async def _stop(self, server: Server) -> None:
        """It ends well when it is told to; an attempt that is under way then is let go."""
        begun = time.monotonic()
        code = await server.stop()
        self.lives.stops += 1
        self.lives.troubles.append((begun, time.monotonic()))
        if code != 0:
            self.lives.wrong.append(f"a server that was told to stop ended with {code}")

    async def _take_database(self, postgres: PostgresServer) -> None:
        begun = time.monotonic()
        if self.chance.random() < 0.5:
            async with self.place.database() as db:
                await db.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                    "current_database() AND pid <> pg_backend_pid()"
                )
            self.lives.cuts += 1
        else:
            await asyncio.to_thread(postgres.stop)
            await asyncio.sleep(self.chance.uniform(0, 3))
            await asyncio.to_thread(postgres.start)
            self.lives.outages += 1
        self.lives.troubles.append((begun, time.monotonic()))

    async def _meanwhile(self) -> None:
        """Sometimes what is scheduled comes due while nothing runs, and some servers hang."""
        self.mailboxes.hanging = {0, 1} if self.chance.random() < 0.2 else set()
        if self.chance.random() < 0.3:
            await self._let_time_pass()

    async def _let_time_pass(self) -> None:
        """As if so much had passed that all is due that waits, and no lease lasts any more."""
        async with self.place.database() as db, db.transaction() as tx:
            await tx.execute("UPDATE post SET publish_at = 1 WHERE state = 'scheduled'")
            await tx.execute(
                "UPDATE delivery SET lease_until = 0, next_at = 0 WHERE state = 'queued'"
            )
            await tx.execute("UPDATE arrival SET lease_until = 0, next_at = 0 WHERE state = 'new'")
            await tx.execute(
                "UPDATE reply SET lease_until = 0, fetch_at = 0 WHERE state = 'waiting'"
            )
            await tx.execute("UPDATE host SET not_before = 0, failures = 0")

    async def _read(self) -> None:
        """A reader, who gets a page, or is told when to come back."""
        async with httpx.AsyncClient(
            base_url=self.origin, trust_env=False, timeout=30, follow_redirects=True
        ) as http:
            while not self.ending.is_set():
                posts = [post.url for post in self.ledger.posts if post.article]
                path = self.chance.choice(["/", "/feed.atom", "/archive", *posts[-5:]])
                try:
                    answer = await http.get(path, headers={"Accept": "text/html"})
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                    continue
                after = answer.headers.get("retry-after")
                self.ledger.note_answer(f"GET {path}", answer.status_code, after, answer.text)
                await asyncio.sleep(0.1)

    async def _settle(self) -> Account:
        """Let everything come to its end, and compare."""
        account = Account()
        self.mailboxes.failing, self.mailboxes.hanging = 0.0, set()
        for _ in range(_ROUNDS):
            await self._let_time_pass()
            async with self._started() as server:
                if settled := await self._settled():
                    await look_at_pages(account, server, self.ledger)
                await self._stop(server)
            if settled:
                break
        else:
            account.wrong.append(f"it does not come to rest: {await self._waiting()}")
        async with self.place.database() as db:
            await look_at_tables(account, db, self.ledger)
            await look_at_mailboxes(account, db, self.mailboxes, self.inboxes, self.lives.troubles)
            account.wrong += await broken(db)
        account.wrong += self.lives.wrong
        slow = [cpu for cpu, _ in self.lives.starts if cpu > self.plan.start]
        account.wrong += [f"a start used {cpu:.1f} s of the processor" for cpu in slow]
        return account

    async def _settled(self) -> bool:
        """Whether nothing waits any more, within a while."""

        async def nothing_waits() -> bool:
            return not any((await self._waiting()).values())

        try:
            await until(nothing_waits, seconds=_SETTLE_SECONDS)
        except TimeoutError:
            return False
        return True

    async def _waiting(self) -> dict[str, int]:
        """How much there is still to be done, of each kind."""
        kinds = {
            "arrival": "state = 'new'",
            "delivery": "state = 'queued'",
            "reply": "state = 'waiting'",
            "post": "state = 'scheduled'",
            "search_due": "true",
        }
        async with self.place.database() as db:
            return {
                table: (await db.rows(f"SELECT count(*) AS n FROM {table} WHERE {which}"))[0]["n"]
                for table, which in kinds.items()
            }


async def soak(
    place: Installation, postgres: PostgresServer | None, plan: Plan
) -> tuple[Account, Lives, Ledger]:
    """Run a plan on a blog that is not there yet; what became of it, and what happened."""
    chance = random.Random(plan.seed)
    keys = cycle([PrivateKey.generate() for _ in range(_KEYS)])
    async with AsyncExitStack() as stack:
        towns = [
            await stack.enter_async_context(running(new_key=lambda: next(keys))) for _ in range(2)
        ]
        mailboxes = await stack.enter_async_context(open_mailboxes(SERVERS, chance))
        inboxes = mailboxes.addresses(FOLLOWERS)
        # It tells of itself before it has followers.
        async with place.serving() as server:
            await server.stop()
        await add_followers(place, inboxes)
        await let_in(place)
        run = Soak(place, postgres, plan, chance, mailboxes, inboxes)
        account = await run.run(towns)
    return account, run.lives, run.ledger
