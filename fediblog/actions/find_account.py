"""Where the account is that a handle names, and why it cannot be found, in words for the author."""

from fediblog.blog import Blog
from fediblog.errors import (
    AddressRefused,
    RemoteError,
    RemoteGone,
    RemoteInvalid,
    RemoteRefused,
    RemoteUnreachable,
)
from fediblog.protocol.addresses import authority_of
from fediblog.protocol.discovery import subject_and_actor

_SECONDS = 5.0


async def account_address(blog: Blog, handle: str) -> str:
    """The actor's id that a handle's host gives for it. handle: user@host. Raises RemoteError."""
    host = handle.rpartition("@")[2]
    descriptor = await blog.remote.webfinger(f"acct:{handle}", host, deadline=_SECONDS)
    _, uri = subject_and_actor(descriptor)
    if not authority_of(uri):
        raise RemoteInvalid(detail=f"{host} names no actor for {handle}")
    return uri


def reason(error: RemoteError) -> str:
    """Why an account cannot be found, as the end of a sentence."""
    match error:
        case RemoteGone():
            return "that server knows nobody of this name"
        case RemoteUnreachable():
            return "that server does not answer"
        case RemoteRefused():
            return f"that server answers {error.answer_status}"
        case AddressRefused():
            return "that is no address that this blog may ask"
        case _:
            return "what that server answers cannot be used"
