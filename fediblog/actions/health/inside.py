"""The blog as it sees itself: its clock, its queues, its disk, its database, its loops."""

import asyncio
import os
import shutil
from pathlib import Path

from fediblog.actions.health.finding import Finding, failure, skipped, warning, well
from fediblog.actions.keep_backups import backup_plan, list_backups
from fediblog.actions.mail_notifications import mail_state
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.backups import EVERY_DAYS
from fediblog.errors import RemoteError, TooSlow, Unavailable
from fediblog.store import checkup, pulses
from fediblog.store.day_counts import DAY_MS

_MINUTE_MS = 60_000
_OFF_A_LITTLE, _OFF_TOO_MUCH = 30, 300
_LATE_MS, _STUCK_MS = 5 * _MINUTE_MS, 30 * _MINUTE_MS
_SILENT_MS = 5 * _MINUTE_MS
_CHECK_SECONDS = 10.0
_MB = 1_000_000
_WEEK_MS = 7 * DAY_MS


async def check_clock(blog: Blog) -> Finding:
    """Our clock goes as those of others do."""
    ahead, servers = blog.remote.skews.middle(but=blog.addresses.authority.partition(":")[0])
    if not servers:
        return skipped("No other server has answered lately whose clock could be compared.")
    seconds = round(abs(ahead))
    said = (
        f"The clock is {seconds} seconds {'ahead of' if ahead > 0 else 'behind'} those of "
        f"{servers} other servers."
    )
    advice = "Set it by NTP (timedatectl set-ntp true): signatures hold for a few minutes only."
    if seconds > _OFF_TOO_MUCH:
        return failure(said, advice)
    if seconds > _OFF_A_LITTLE:
        return warning(said, advice)
    return well("The clock goes as those of other servers do.")


async def check_arrivals(blog: Blog) -> Finding:
    """What comes in is dealt with."""
    oldest = await checkup.oldest_arrival(blog.db)
    return _judge_queue(blog, oldest, "came in", "/admin/incoming")


async def check_deliveries(blog: Blog) -> Finding:
    """What goes out goes out: to servers that are well, for the others are waited for."""
    try:
        oldest = await checkup.oldest_delivery(blog.db, blog.now_ms() - _LATE_MS)
    except TooSlow:
        return warning("There is too much to deliver to count it.", "See /admin/deliveries.")
    return _judge_queue(blog, oldest, "is to go out", "/admin/deliveries")


def _judge_queue(blog: Blog, oldest: int | None, what: str, page: str) -> Finding:
    late = blog.now_ms() - oldest if oldest is not None else 0
    if late < _LATE_MS:
        return well(f"What {what} is dealt with at once.")
    said = f"Something that {what} has been due for {late // _MINUTE_MS} minutes."
    if late < _STUCK_MS:
        return warning(said, f"If this goes on, the machine is too slow; {page} shows what it is.")
    return failure(said, f"Look at {page} and into the log, and start the blog again.")


async def check_loops(blog: Blog) -> Finding:
    """Every loop has been seen at work a moment ago."""
    seen = await pulses.get_pulses(blog.db)
    if not seen:
        return failure("Nothing has ever been seen at work.", _NO_LOOPS)
    silent = {name: at for name, at in seen.items() if blog.now_ms() - at > _SILENT_MS}
    if not silent:
        return well(f"All {len(seen)} loops are at work.")
    minutes = (blog.now_ms() - min(silent.values())) // _MINUTE_MS
    names = ", ".join(sorted(silent))
    return failure(f"Not seen at work for {minutes} minutes: {names}.", _NO_LOOPS)


async def check_disk(blog: Blog) -> Finding:
    """There is room on the disk, in bytes and in files."""
    return await asyncio.to_thread(look_at_disk, blog.settings.data)


def look_at_disk(folder: Path) -> Finding:
    """Whether there is room where a folder lies."""
    usage, system = shutil.disk_usage(folder), os.statvfs(folder)
    return judge_disk(usage.free, usage.total, system.f_favail, system.f_files)


def judge_disk(free: int, total: int, files_free: int, files: int) -> Finding:
    """free and total: bytes; files: how many there can be, 0 where that is not limited."""
    said = f"{free // _MB} MB of {total // _MB} MB are free."
    if free < 100 * _MB or free < total // 100:
        return failure(said, "Make room now: when the disk is full nothing can be written.")
    if files and files_free < files // 100:
        return failure(
            "The disk has hardly any room for further files (inodes).",
            "Remove many small files: when there are no inodes left nothing can be written.",
        )
    if free < 500 * _MB or free < total // 20:
        return warning(said, "Make room, or give the data folder a larger disk.")
    return well(said)


async def check_database(blog: Blog) -> Finding:
    """The database answers, and its file is sound."""
    try:
        problem = await checkup.find_damage(blog.db, seconds=_CHECK_SECONDS)
    except TooSlow:
        return skipped(
            "The database is too large to be read through here in ten seconds; it answers."
        )
    except Unavailable as error:
        return failure(f"{error}.", _DAMAGED)
    if problem:
        return failure(f"The database is damaged: {problem}.", _DAMAGED)
    return well("The database answers, and is sound.")


async def check_backups(blog: Blog) -> Finding:
    """The last backup was made, and not too long ago. One that is made elsewhere is not seen."""
    plan, made = await backup_plan(blog), await list_backups(blog)
    if plan.failure:
        return failure(f"The last backup could not be made: {plan.failure}", "See /admin/backup.")
    if not made:
        age = blog.now_ms() - (await get_site(blog)).created_at
        if age < _WEEK_MS:
            return skipped("No backup has been made yet.")
        return warning(
            "No backup has been made here.",
            "Let the blog make them by itself (/admin/backup), and keep copies on another "
            "machine. If you make them in another way, all is well.",
        )
    days = (blog.now_ms() - max(each.made_at for each in made)) // DAY_MS
    said = f"The last backup was made {days} days ago." if days else "There is a backup of today."
    if days > 2 * (EVERY_DAYS[plan.every] or 30):
        return warning(said, "Make one (/admin/backup), and see in the log why none was made.")
    return well(said)


async def check_mail(blog: Blog) -> Finding:
    """The mail server lets us in."""
    if not blog.settings.smtp_url:
        return skipped("No mail server is set.")
    try:
        await blog.remote.try_mail(blog.settings.smtp_url)
    except RemoteError as error:
        return failure(
            f"The mail server does not let the blog in: {error}.",
            "Nothing is lost: what is to be mailed is tried again. See FEDIBLOG_SMTP_URL.",
        )
    state = await mail_state(blog)
    if state.failures:
        return warning(
            f"The last mail could not be handed over: {state.error}.",
            "It is tried again. See whether the server takes mail from FEDIBLOG_MAIL_FROM.",
        )
    return well("The mail server lets the blog in.")


_NO_LOOPS = (
    "Nothing is delivered and nothing that comes in is shown. See whether the server runs "
    "(systemctl status fediblog), look into its log, and start it again."
)
_DAMAGED = (
    "Stop the blog, copy the data folder away, and put back your last backup. Then see why: a full "
    "or failing disk, or a copy of the file that was made while it was written."
)
