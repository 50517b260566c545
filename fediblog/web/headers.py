"""Headers on every response that keep browsers from doing what no page of ours wants."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Sounds and films that an author links to may lie elsewhere, as players load nothing before
#: somebody presses play; nothing else may.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "media-src 'self' https:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
SAFE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers would then say "null" where a form comes from.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
#: A year; not for subdomains, as what else runs beside the blog is not the blog's to decide.
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
#: Starlette's answer to an address of ours with a slash at its end, and to nothing else.
_SLASH_TOO_MANY = 307


def policy_with_forms(target: str) -> str:
    """The policy of a page whose form leads on to another place: browsers hold a form to it also
    where its answer sends them. target: a source, such as https://editor.example."""
    return _POLICY.replace("form-action 'self'", f"form-action 'self' {target}")


class SafeHeaders:
    """Adds the headers that a response does not have already. secure: the blog is at https, and
    browsers shall never ask for it by http again."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        headers = SAFE_HEADERS | (_HTTPS_ONLY if secure else {})
        self._headers = tuple(
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in headers.items()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pure ASGI: Starlette's BaseHTTPMiddleware costs five times a whole request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                has = {name.lower() for name, _ in message.setdefault("headers", [])}
                message["headers"] += [each for each in self._headers if each[0] not in has]
                if message["status"] == _SLASH_TOO_MANY:
                    headers = MutableHeaders(scope=message)
                    headers["Location"] = _on_this_host(headers["location"])
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _on_this_host(location: str) -> str:
    """An address without scheme and host: Starlette takes these from the request, where the one is
    that of a proxy's way to us, and the other whatever somebody has written."""
    return urlsplit(location)._replace(scheme="", netloc="").geturl()
