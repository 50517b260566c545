"""The blog as others see it, through whatever stands in front of it."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from urllib.parse import urlsplit

from fediblog.actions.documents import permalink
from fediblog.actions.health.finding import Finding, failure, skipped, warning, well
from fediblog.blog import Blog
from fediblog.errors import AddressRefused, RemoteError, RemoteInvalid
from fediblog.protocol.negotiation import is_activitypub
from fediblog.protocol.outgoing import ACTIVITY_JSON
from fediblog.protocol.signatures import Scheme
from fediblog.remote.looking import Seen
from fediblog.remote.signing import Headers
from fediblog.store import posts

_HTML = "text/html"
_DAYS_LEFT = 14
_BIG = 900_000
#: Headers by which caches tell that an answer is theirs.
_CACHES = ("age", "x-cache", "cf-cache-status", "x-varnish", "x-cache-status")


async def check_name(blog: Blog) -> Finding:
    """The blog's name leads to an address on the public internet."""
    host, port = _host_and_port(blog)
    try:
        addresses = await blog.remote.addresses(host, port)
    except AddressRefused as error:
        return warning(
            f"From here {host} leads to an address that is not public ({error}).",
            "If it does so only inside of your network, others are well, but this page cannot look "
            "at the blog from outside. Else correct its A and AAAA records.",
        )
    except RemoteError as error:
        return failure(
            f"{error}.", "Make A and AAAA records for this name that lead to this machine."
        )
    return well(f"{host} leads to {', '.join(addresses)}.")


async def check_certificate(blog: Blog) -> Finding:
    """The certificate is believed, and holds for a while."""
    if not _is_https(blog):
        return skipped("In development mode the blog has no certificate.")
    host, port = _host_and_port(blog)
    try:
        end = await blog.remote.certificate_end(host, port)
    except RemoteInvalid as error:
        return failure(
            f"The certificate is not believed: {error}.",
            "Other servers refuse to talk to the blog. See why your proxy could not get a "
            "certificate, and whether it sends the whole chain.",
        )
    left = (end - blog.clock()).days
    said = f"The certificate holds until {end.day} {end:%B %Y}, {left} days from now."
    if left < _DAYS_LEFT:
        return warning(said, "It should have been renewed by now: see the log of your proxy.")
    return well(said)


async def check_redirect(blog: Blog) -> Finding:
    """http leads to https."""
    if not _is_https(blog):
        return skipped("In development mode the blog is read by http.")
    host, _ = _host_and_port(blog)
    advice = "Let your proxy answer on port 80 with a redirect to https."
    try:
        seen = await blog.remote.look(f"http://{host}/", accept=_HTML, plain=True)
    except RemoteError as error:
        return warning(f"Nothing answers by http ({error}).", advice)
    if 300 <= seen.status < 400 and seen.headers.get("location", "").startswith("https://"):
        return well("Who asks by http is led to https.")
    return warning(f"By http the answer is {seen.status}, not a redirect to https.", advice)


async def check_webfinger(blog: Blog) -> Finding:
    """Both handles lead to the blog's actor."""
    addresses = blog.addresses
    handles = {addresses.handle: addresses.handle.partition("@")[2]}
    handles[f"{addresses.username}@{addresses.authority}"] = addresses.authority
    for handle, host in handles.items():
        asked = f"https://{host}/.well-known/webfinger?resource=acct:{handle}"
        try:
            found = await blog.remote.webfinger(f"acct:{handle}", host)
        except RemoteError as error:
            return failure(
                f"Nobody finds @{handle}: {error}.",
                f"{asked} must answer. Let {host} send this address on to the blog, with its "
                "query (docs/settings.md, FEDIBLOG_HANDLE_DOMAIN).",
            )
        links = found.get("links")
        named = {
            link.get("href")
            for link in (links if isinstance(links, list) else [])
            if isinstance(link, dict) and link.get("rel") == "self"
        }
        if addresses.actor not in named:
            return failure(
                f"@{handle} leads to somebody else than this blog.",
                f"Something else answers at {asked}: let {host} ask the blog.",
            )
    return well(" and ".join(f"@{handle}" for handle in handles) + " can be found.")


async def check_actor(blog: Blog) -> Finding:
    """The actor is there, with the key that signs."""
    try:
        found = await blog.remote.get_document(blog.addresses.actor, sign=None)
    except RemoteError as error:
        return failure(
            f"The blog's profile cannot be fetched: {error}.",
            f"{blog.addresses.actor} must answer other servers. See whether your proxy, or what "
            "protects it from robots, turns away who is no browser.",
        )
    key = found.document.get("publicKey")
    pem = key.get("publicKeyPem") if isinstance(key, dict) else None
    number = blog.addresses.actor_key_number(str(key.get("id"))) if isinstance(key, dict) else None
    if number is None or not blog.keys.has_blog(number):
        return failure("The profile shows no key of this blog.", _OTHER_BLOG)
    if pem != blog.keys.blog(number).public_key().pem():
        return failure("The profile shows another key than the blog signs with.", _OTHER_BLOG)
    return well("The profile is there, with the blog's own key.")


async def check_negotiation(blog: Blog) -> Finding:
    """At the same address browsers get a page and servers a document, whoever asked before."""
    newest = await posts.list_published(blog.db, before=None, limit=1)
    if not newest:
        return skipped("There is no post yet at which it could be seen.")
    url = permalink(blog, newest[0])
    seen = []
    # In both orders, and each twice: a cache has then had the chance to mix them up.
    for accept in (_HTML, ACTIVITY_JSON, _HTML, ACTIVITY_JSON):
        try:
            seen.append((accept, await blog.remote.look(url, accept=accept)))
        except RemoteError as error:
            return failure(
                f"A post cannot be fetched: {error}.", "See whether its page opens in a browser."
            )
    return _judge_negotiation(seen)


def _judge_negotiation(seen: Sequence[tuple[str, Seen]]) -> Finding:
    told = sorted(
        {
            f"{name}: {answer.headers[name][:40]}"
            for _, answer in seen
            for name in _CACHES
            if name in answer.headers
        }
    )
    caches = f" A cache answers ({', '.join(told)})." if told else ""
    for accept, answer in seen:
        given = answer.headers.get("content-type", "")
        if answer.status != 200:
            return failure(
                f"A post answers {answer.status} to who asks for {accept}.{caches}",
                "See whether your proxy, or what protects it from robots, turns others away.",
            )
        if is_activitypub(given) != (accept == ACTIVITY_JSON):
            return failure(
                f"Who asks for {accept} gets {given.partition(';')[0]}.{caches}",
                "A cache between the blog and the world mixes up pages and documents: let it heed "
                "Vary, or let it keep nothing of the blog but /static/ and /media/.",
            )
        if "accept" not in answer.headers.get("vary", "").lower().replace("accept-encoding", ""):
            return warning(
                f"The answer to {accept} came without Vary: Accept.{caches}",
                "Your proxy takes the header away. A cache further on will mix up pages and "
                "documents: let it pass on Vary as it is.",
            )
    return well(f"Browsers get pages and servers get documents, in every order.{caches}")


async def check_signatures(blog: Blog) -> Finding:
    """What the blog signs for itself arrives as it was signed, in either way of signing: which one
    other servers use is theirs to decide."""
    for scheme in Scheme:
        what = f"What is signed as {_SCHEMES[scheme]} has it"
        found = await _ask_itself(blog, "", what, _HEADERS_STAY, scheme)
        if found.state != "well":
            return found
    return well("What the blog signs arrives at its own inbox, and holds, in both ways of signing.")


async def check_big_bodies(blog: Blog) -> Finding:
    """A long post from elsewhere gets through."""
    return await _ask_itself(
        blog,
        "x" * _BIG,
        f"A delivery of {_BIG // 1000} kB",
        "Long posts of others and pictures do not get through: let your proxy take bodies of up "
        "to 13 MB (client_max_body_size in nginx).",
    )


async def _ask_itself(
    blog: Blog, filling: str, what: str, advice: str, scheme: Scheme = Scheme.CAVAGE
) -> Finding:
    """Deliver something to our own inbox that means nothing, as the instance actor."""
    sign = blog.sign_as_instance()

    def sign_so(
        method: str, url: str, body: bytes | None, content_type: str | None, _: Scheme
    ) -> Awaitable[Headers] | Headers:
        # The second knock, in the other way, would hide that this one does not arrive.
        return sign(method, url, body, content_type, scheme)

    actor = blog.addresses.instance_actor
    body = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{actor}#health",
        "type": "View",
        "actor": actor,
        "object": actor,
        "content": filling,
    }
    try:
        answer = await blog.remote.post(
            f"{blog.addresses.origin}/inbox",
            json.dumps(body).encode(),
            sign=sign_so,
            deadline=15,
        )
    except RemoteError as error:
        return failure(f"{what} does not get to the blog's inbox: {error}.", advice)
    if answer.status != 202:
        said = f"{what} is refused by the blog's inbox: {answer.status} {answer.excerpt}".strip()
        return failure(f"{said}.", advice)
    return well(f"{what} arrives at the blog's inbox, and holds.")


def _host_and_port(blog: Blog) -> tuple[str, int]:
    parts = urlsplit(blog.addresses.origin)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_https(blog: Blog) -> bool:
    return blog.addresses.origin.startswith("https://")


_SCHEMES: Mapping[Scheme, str] = {
    Scheme.CAVAGE: "draft-cavage",
    Scheme.RFC_9421: "RFC 9421",
}
_OTHER_BLOG = (
    "Another blog, or an older copy with other keys, answers at this address: see where your proxy "
    "leads to, and put the keys folder of this blog back if it was lost."
)
_HEADERS_STAY = (
    "Your proxy changes something that is signed: let it pass on Host, Date, Digest, "
    "Content-Digest, Signature and Signature-Input, the path and the body as they are "
    "(proxy_set_header Host $host in nginx)."
)
