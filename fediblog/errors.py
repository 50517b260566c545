"""Every error that fediblog raises on purpose, in one tree.

FediblogError                     status 500
├── SettingsError                 a setting is wrong; the start stops with its sentence
├── KeysError                     a private key is missing, unreadable or unsafe
├── StoreError                    the database cannot be used as it is
├── RequestError                  what was asked for cannot be done; the asker is told why
│   ├── Malformed          400    the bytes are not what the address takes
│   ├── Unauthenticated    401    no signature, or one that does not hold
│   ├── Forbidden          403    known, and not welcome
│   │   └── NotScoped             a program's token is not good for it
│   ├── NotFound           404
│   ├── Gone               410
│   ├── Conflict           409
│   │   └── Overtaken             it was changed since the asker has looked at it
│   ├── TooLarge           413
│   ├── UnsupportedType    415
│   ├── Invalid            422    a form or a command with a value that does not fit
│   ├── TooManyRequests    429
│   └── Unavailable        503    try again later
│       ├── TooSlow               it takes longer than it may
│       └── BeingDeleted          a post whose deletion can still be taken back
└── RemoteError                   another server could not be asked
    ├── AddressRefused            the guard does not let us go there
    ├── RemoteUnreachable         no connection, no answer, or no end of it
    ├── RemoteRefused             it answered with a status that is no success
    │   └── RemoteGone            404 or 410: what we asked for is not there (any more)
    └── RemoteInvalid             it answered with something that must not be believed

`public` is a sentence that is safe to show; the exception's own text may say more, for the log. A
sentence with something in it that varies has placeholders, %(host)s, and `values` for them, so that
it can be looked up in the reader's language; every `public` of a class here is in the catalogs.
"""

from collections.abc import Mapping, Sequence


class FediblogError(Exception):
    """Root of the tree; `status` is the HTTP status an escaped error is answered with.

    sentence and values: what `public` is made of.
    """

    status = 500
    public = "Something went wrong on our side."

    def __init__(
        self,
        public: str | None = None,
        *,
        values: Mapping[str, str] | None = None,
        detail: str | None = None,
    ) -> None:
        self.sentence = public or type(self).public
        self.values = values
        self.public = self.sentence % values if values else self.sentence
        super().__init__(detail or self.public)


class SettingsError(FediblogError):
    """A setting has a value that cannot be used."""


class KeysError(FediblogError):
    """A private key is missing, unreadable or unsafe to use."""


class StoreError(FediblogError):
    """The database cannot be used as it is."""


class RequestError(FediblogError):
    """What was asked for cannot be done."""

    status = 400
    public = "This request cannot be understood."


class Malformed(RequestError):
    """The bytes are not what the address takes."""


class Unauthenticated(RequestError):
    """There is no signature, or one that does not hold."""

    status = 401
    public = "This request must be signed, and the signature must hold."


class Forbidden(RequestError):
    """The asker is known, and not welcome."""

    status = 403
    public = "You may not do this."


class NotScoped(Forbidden):
    """A program's token is not good for this; `scope` would be."""

    def __init__(self, public: str, scope: str) -> None:
        super().__init__(public)
        self.scope = scope


class NotFound(RequestError):
    """Nothing lives at this address."""

    status = 404
    public = "There is nothing at this address."


class Conflict(RequestError):
    """It contradicts what is already there."""

    status = 409
    public = "This contradicts what is already there."


class Overtaken(Conflict):
    """What was edited says something else by now."""


class Gone(RequestError):
    """It was here and has been deleted."""

    status = 410
    public = "What was at this address has been deleted."


class TooLarge(RequestError):
    """More bytes than we take."""

    status = 413
    public = "This is larger than we take."


class UnsupportedType(RequestError):
    """The content type is not one that the address takes."""

    status = 415
    public = "This content type is not taken here."


class Invalid(RequestError):
    """A form or a command has a value that does not fit; `field` names it."""

    status = 422
    public = "A value does not fit."

    def __init__(
        self,
        public: str | None = None,
        *,
        field: str = "",
        values: Mapping[str, str] | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(public, values=values, detail=detail)
        self.field = field
        self.problems: Mapping[str, str] = {field: self.public}

    @classmethod
    def several(cls, found: Sequence["Invalid"]) -> "Invalid":
        """One error for several; of two for the same field the first counts."""
        if len(found) == 1:
            return found[0]
        problems: dict[str, str] = {}
        for error in found:
            for field, sentence in error.problems.items():
                problems.setdefault(field, sentence)
        together = cls(" ".join(problems.values()), field=next(iter(problems)))
        together.problems = problems
        return together


class TooManyRequests(RequestError):
    """Too often; `retry_after` says in how many seconds it may be tried again."""

    status = 429
    public = "Too many tries. Please wait a little."

    def __init__(self, public: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(public)
        self.retry_after = retry_after


class Unavailable(RequestError):
    """It cannot be done now; `retry_after` says in how many seconds it may."""

    status = 503
    public = "This cannot be done right now. Please try again later."

    def __init__(
        self, public: str | None = None, *, retry_after: int = 30, detail: str | None = None
    ) -> None:
        super().__init__(public, detail=detail)
        self.retry_after = retry_after


class TooSlow(Unavailable):
    """What was asked for takes longer than it may."""


class BeingDeleted(Unavailable):
    """A post is not to be seen, and may be again: a server that is told 404 or 410 deletes its copy
    (requirement A11). People find nothing there."""


class RemoteError(FediblogError):
    """Another server could not be asked."""

    status = 502
    public = "The other server could not be asked."


class AddressRefused(RemoteError):
    """The address guard does not let us connect there (requirement K8)."""


class RemoteUnreachable(RemoteError):
    """No connection, no answer in time, or an answer without end."""


class RemoteRefused(RemoteError):
    """It answered `answer_status`, which is no success."""

    def __init__(self, answer_status: int, *, retry_after: int | None = None) -> None:
        super().__init__(detail=f"the other server answered {answer_status}")
        self.answer_status = answer_status
        self.retry_after = retry_after


class RemoteGone(RemoteRefused):
    """It answered 404 or 410: what we asked for is not there."""


class RemoteInvalid(RemoteError):
    """It answered with something that must not be believed."""
