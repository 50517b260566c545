"""Find where a reader can answer or follow from an account that they have elsewhere (section J)."""

from dataclasses import dataclass

from fediblog.actions.rules import is_blocked
from fediblog.blog import Blog
from fediblog.errors import (
    AddressRefused,
    Invalid,
    RemoteError,
    RemoteGone,
    RemoteRefused,
    RemoteUnreachable,
)
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.discovery import subject_and_actor
from fediblog.protocol.intents import Intent, intent_address

_SECONDS = 8.0
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where it goes on. host: of the account as it was typed; leads_to: the server behind it."""

    address: str
    host: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class _Account:
    """Whom to ask about what. named: whether it is one person, and no server as such."""

    resource: str
    host: str
    named: bool

    def is_called(self, handle: str) -> bool:
        """Whether it is named by this handle."""
        return self.resource.lower() == f"acct:{handle.lower()}"


async def find_intent(blog: Blog, typed: str, intent: Intent, object_id: str) -> Elsewhere:
    """Ask a reader's server where it lets them do what they want. Raises Invalid with a sentence.

    typed: @user@host, a server's name, or the address of a profile. A server that knows nothing of
    such questions is taken for one that does as Mastodon does (J1).
    """
    account = _account(blog, typed)
    if account.host == blog.addresses.authority or account.is_called(blog.addresses.handle):
        raise _itself()
    if await is_blocked(blog, account.host):
        raise Invalid("This blog and that server do not talk to each other.", field="who")
    try:
        found = await blog.remote.webfinger(account.resource, account.host, deadline=_SECONDS)
    except RemoteGone as error:
        if account.named:
            raise _refusal(account, error) from error
        found = {}
    except RemoteRefused as error:
        if account.named or error.answer_status >= 500:
            raise _refusal(account, error) from error
        found = {}
    except RemoteError as error:
        raise _refusal(account, error) from error
    server = authority_of(subject_and_actor(found)[1]) or account.host
    if server == blog.addresses.authority:
        raise _itself()
    scheme = "http" if blog.settings.development and _is_local(server) else "https"
    address = intent_address(found, server, intent, object_id, scheme=scheme)
    return Elsewhere(address, account.host, authority_of(address))


def _account(blog: Blog, typed: str) -> _Account:
    text = typed.strip()
    if text.startswith(("https://", "http://")):
        host = authority_of(text)
        account = _Account(text, host, named=True)
    else:
        user, at, host = text.removeprefix("acct:").removeprefix("@").rpartition("@")
        host = authority_of(f"https://{host.lower().rstrip('/')}")
        resource = f"acct:{user}@{host}" if at else f"https://{host}/"
        account = _Account(resource, host, named=bool(at))
        if at and (not user or not user.isprintable() or set(user) & set("@/?# ")):
            host = ""
    known = "." in host or (blog.settings.development and _is_local(host))
    if not host or not known or len(text) > _LONGEST:
        raise Invalid("Write your account as @you@your.server, or just your.server.", field="who")
    return account


def _itself() -> Invalid:
    return Invalid(
        "That is this blog itself. Write the account that you have elsewhere.", field="who"
    )


def _is_local(host: str) -> bool:
    return host.startswith(("127.", "localhost", "["))


def _refusal(account: _Account, error: RemoteError) -> Invalid:
    host = {"host": account.host}
    match error:
        case RemoteGone():
            return Invalid(
                "%(host)s cannot be asked: that server knows nobody of this name.",
                values=host,
                field="who",
            )
        case RemoteUnreachable():
            return Invalid(
                "%(host)s cannot be asked: that server does not answer.", values=host, field="who"
            )
        case RemoteRefused():
            return Invalid(
                "%(host)s cannot be asked: that server answers %(status)s.",
                values=host | {"status": str(error.answer_status)},
                field="who",
            )
        case AddressRefused():
            return Invalid(
                "%(host)s cannot be asked: that is no address that this blog may ask.",
                values=host,
                field="who",
            )
        case _:
            return Invalid(
                "%(host)s cannot be asked: what that server answers cannot be used.",
                values=host,
                field="who",
            )
