"""Carries the checks out, side by side, and keeps what they found for whoever looks."""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from fediblog.actions.health.checks import CHECKS
from fediblog.actions.health.finding import Check, Finding, State, failure
from fediblog.actions.notify import note_ill_health
from fediblog.blog import Blog
from fediblog.store import site

log = logging.getLogger("fediblog.health")

_NAME = "health"
_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found. name: its section in docs/health.md."""

    name: str
    title: str
    state: State
    said: str
    advice: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What all of them found, and when (ms)."""

    at: int
    results: Sequence[Result]

    @property
    def failures(self) -> Sequence[Result]:
        """What does not work."""
        return [each for each in self.results if each.state == "failure"]

    @property
    def warnings(self) -> Sequence[Result]:
        """What works, but not for long or not for everybody."""
        return [each for each in self.results if each.state == "warning"]


async def examine(blog: Blog, checks: Sequence[Check] = CHECKS) -> Examination:
    """Look at everything now. What fails that did not fail the last time is told to the author."""
    results = await asyncio.gather(*(_look(blog, check) for check in checks))
    found = Examination(blog.now_ms(), results)
    before = await last_examination(blog)
    known = {each.name for each in before.failures} if before else set()
    async with blog.db.transaction() as tx:
        await site.set_value(tx, _NAME, json.dumps(asdict(found)))
        for each in found.failures:
            if each.name not in known:
                await note_ill_health(blog, tx, each.name, f"{each.title}: {each.said}")
    return found


async def last_examination(blog: Blog) -> Examination | None:
    """What was found the last time, None before the first time."""
    kept = await site.get_value(blog.db, _NAME)
    if kept is None:
        return None
    values = json.loads(kept)
    return Examination(values["at"], [Result(**each) for each in values["results"]])


async def _look(blog: Blog, check: Check) -> Result:
    """One check, which may fail in any way and takes none of the others with it."""
    try:
        async with asyncio.timeout(_SECONDS):
            found = await check.run(blog)
    except TimeoutError:
        found = failure("It took too long.", "The machine or its network is too slow.")
    except Exception:
        log.exception("the check of %s failed", check.name)
        found = failure("It could not be looked at.", "See the log of the server.")
    return _result(check, found)


def _result(check: Check, found: Finding) -> Result:
    return Result(check.name, check.title, found.state, found.said, found.advice)
