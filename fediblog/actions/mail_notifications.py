"""Notifications by e-mail: several in one mail, as often as the author wants it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from fediblog.actions.notices import Notice, describe
from fediblog.actions.notify import KINDS
from fediblog.actions.site import get_site
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line, shortened
from fediblog.errors import Conflict, Invalid, RemoteUnreachable
from fediblog.store import notifications, site
from fediblog.store.moments import to_ms

#: How often there may be a mail, by the word in the form.
RHYTHMS: Mapping[str, timedelta] = {
    "at_once": timedelta(minutes=1),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
}
_USUAL_KINDS = tuple(kind for kind in KINDS if kind not in {"follow", "reaction"})
_MOST_IN_ONE = 40
#: What is older was not worth a mail, or nobody could be reached for so long.
_YOUNGER_THAN = timedelta(days=7)
#: Longer than handing over a mail can take: until then nobody else tries.
_LEASE = timedelta(minutes=3)
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 10, 30, 120, 360))


@dataclass(frozen=True, slots=True)
class MailChoice:
    """What the author wants mailed, and how often: one of RHYTHMS."""

    kinds: Sequence[str]
    rhythm: str


@dataclass(frozen=True, slots=True)
class MailState:
    """How mailing goes. next_at: not before then (ms); failures: in a row, error: what was said
    last, empty when all is well."""

    next_at: int = 0
    failures: int = 0
    error: str = ""
    sent_at: int = 0


async def mail_choice(blog: Blog) -> MailChoice:
    """What the author has chosen."""
    kept = await site.get_value(blog.db, "mail_choice")
    if kept is None:
        return MailChoice(_USUAL_KINDS, "hourly")
    values = json.loads(kept)
    return MailChoice(tuple(values["kinds"]), values["rhythm"])


async def choose_mail(blog: Blog, kinds: Sequence[str], rhythm: str) -> None:
    """The author chooses. Raises Invalid."""
    if rhythm not in RHYTHMS:
        raise Invalid("Choose how often.", field="rhythm")
    wanted = [kind for kind in KINDS if kind in kinds]
    async with blog.db.transaction() as tx:
        value = json.dumps({"kinds": wanted, "rhythm": rhythm})
        await site.set_value(tx, "mail_choice", value)
        state = await site.get_value(tx, "mail_state")
        if state is not None:
            # What was chosen before does not hold up what is chosen now.
            await site.set_value(tx, "mail_state", _written(MailState(**json.loads(state)), 0))


async def mail_state(blog: Blog) -> MailState:
    """How mailing goes."""
    kept = await site.get_value(blog.db, "mail_state")
    return MailState(**json.loads(kept)) if kept else MailState()


async def send_test(blog: Blog) -> None:
    """Send a mail now that says that mails arrive. Raises RemoteUnreachable, or Conflict where no
    mail server is set."""
    if not blog.settings.smtp_url:
        raise Conflict("No mail server is set.")
    name = (await get_site(blog)).title
    message = _message(blog, f"A test from {name}", "Mails from your blog arrive.\n")
    await blog.remote.send_mail(blog.settings.smtp_url, message)


async def mail_what_happened(blog: Blog) -> None:
    """Send what there is to be told, if it is time. What cannot be handed over stays, and is tried
    again after longer and longer pauses; whoever is killed in between may send it twice."""
    if not blog.settings.smtp_url:
        return
    state, choice, now = await mail_state(blog), await mail_choice(blog), blog.now_ms()
    if now < state.next_at:
        return
    since = to_ms(blog.clock() - _YOUNGER_THAN)
    found = await notifications.list_unmailed(
        blog.db, choice.kinds, since=since, limit=_MOST_IN_ONE
    )
    if not found or not await _claim(blog, state):
        return
    notices = await describe(blog, found)
    try:
        await blog.remote.send_mail(blog.settings.smtp_url, await _digest(blog, notices))
    except RemoteUnreachable as error:
        wait = _WAITS[min(state.failures, len(_WAITS) - 1)]
        failed = MailState(0, state.failures + 1, str(error), state.sent_at)
        async with blog.db.transaction() as tx:
            await site.set_value(tx, "mail_state", _written(failed, to_ms(blog.clock() + wait)))
        return
    async with blog.db.transaction() as tx:
        await notifications.set_mailed(tx, found, blog.now_ms())
        sent = MailState(0, 0, "", blog.now_ms())
        next_at = to_ms(blog.clock() + RHYTHMS[choice.rhythm])
        await site.set_value(tx, "mail_state", _written(sent, next_at))


async def _claim(blog: Blog, state: MailState) -> bool:
    """Of several processes one sends: the one that moves the time of the next mail."""
    claimed = _written(state, to_ms(blog.clock() + _LEASE))
    async with blog.db.transaction() as tx:
        await site.add_value(tx, "mail_state", _written(MailState(), 0))
        return await site.change_value(tx, "mail_state", _written(state, state.next_at), claimed)


async def _digest(blog: Blog, notices: Sequence[Notice]) -> EmailMessage:
    title = (await get_site(blog)).title
    told = notices[0].title if len(notices) == 1 else f"{len(notices)} things happened"
    origin = blog.addresses.origin
    parts = []
    for notice in notices:
        lines = [notice.title]
        if notice.text:
            lines.append(f"  {notice.text}")
        lines.append(f"  {origin}{notice.path}")
        parts.append("\n".join(lines))
    parts.append(f"-- \nWhat is mailed, and how often: {origin}/admin/settings/notifications")
    return _message(blog, f"{title}: {told}", "\n\n".join(parts) + "\n")


def _message(blog: Blog, subject: str, text: str) -> EmailMessage:
    """A mail in plain text. Nothing that a stranger wrote can end a header and begin another."""
    message = EmailMessage()
    message["Subject"] = shortened(one_line(subject), 150)
    message["From"] = Address("fediblog", addr_spec=blog.settings.mail_from)
    message["To"] = Address(addr_spec=blog.settings.mail_to)
    message["Date"] = format_datetime(blog.clock())
    message["Message-ID"] = make_msgid(domain=blog.settings.mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _written(state: MailState, next_at: int) -> str:
    values = {
        "next_at": next_at,
        "failures": state.failures,
        "error": state.error,
        "sent_at": state.sent_at,
    }
    return json.dumps(values)
