"""What fuzzing starts from: requests and documents of real servers, and what is known to be tricky.

`SEEDS` has for each target what its readers are made for; `WORDS` the pieces that others are put
together from.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fediblog.protocol.keys import PrivateKey, PublicKey
from fediblog.protocol.signatures import SignedRequest, sign_request
from fediblog.protocol.signatures.requests import Scheme
from tests.captures_reader import (
    GOTOSOCIAL_TARGET,
    gotosocial_actors,
    gotosocial_keys,
    gotosocial_requests,
    wordpress_actors,
    wordpress_requests,
)

ORIGIN: Final = GOTOSOCIAL_TARGET
NOW: Final = max(request.sent_at for request in gotosocial_requests())
assert NOW - min(request.sent_at for request in gotosocial_requests()) < timedelta(hours=1)

_KEY_ID: Final = "https://gts1.test/users/alice#ed25519-key"


def request_of(data: bytes) -> SignedRequest:
    """A request as bytes: "POST /inbox", a line for each header, an empty line, the body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, target = first.partition(" ")
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name.lower(), value.strip(" \t")) for name, _, value in pairs)
    return SignedRequest(method, target, headers, body)


def bytes_of(request: SignedRequest) -> bytes:
    """The bytes of which `request_of` makes the same request."""
    head = [f"{request.method} {request.target}", *(f"{n}: {v}" for n, v in request.headers)]
    return "\n".join(head).encode("latin-1") + b"\n\n" + request.body


def what_was_signed(request: SignedRequest) -> tuple[str, str, bytes]:
    """What a signature must have fixed: the method, the path, and the body if it has a meaning.

    In a signature of draft-cavage the method is in small letters, however it was written.
    """
    path = request.target.partition("?")[0]
    return request.method.upper(), path, request.body if request.has_body else b""


@lru_cache(maxsize=1)
def public_keys() -> Sequence[PublicKey]:
    """The keys that signed the requests among the seeds."""
    return (*map(PublicKey.from_pem, gotosocial_keys().values()), _own_key().public_key())


@lru_cache(maxsize=1)
def signed() -> frozenset[tuple[str, str, bytes]]:
    """What these keys signed."""
    return frozenset(map(what_was_signed, _requests()))


@lru_cache(maxsize=1)
def _requests() -> Sequence[SignedRequest]:
    return (*(request.signed() for request in gotosocial_requests()), *_newer_requests())


def _own_key() -> PrivateKey:
    """Always the same one, so that a run can be had again."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return PrivateKey.from_pem(pem, "Ed25519")


def _newer_requests() -> Iterator[SignedRequest]:
    """Two that are signed as RFC 9421 says, which the captured servers do not do yet."""
    for method, body in (("POST", b'{"type": "Create"}'), ("GET", None)):
        headers = sign_request(
            method=method,
            url=f"{ORIGIN}/inbox?page=1",
            key_id=_KEY_ID,
            private_key=_own_key(),
            date=NOW,
            body=body,
            scheme=Scheme.RFC_9421,
        )
        lines = tuple((name.lower(), value) for name, value in headers.items())
        yield SignedRequest(method, "/inbox?page=1", lines, body or b"")


def _documents() -> Iterator[bytes]:
    yield from (r.body for r in (*gotosocial_requests(), *wordpress_requests()) if r.body)
    yield from map(orjson.dumps, (*gotosocial_actors().values(), *wordpress_actors().values()))
    collection = {"type": "OrderedCollection", "orderedItems": ["https://a.example/1"], "next": "x"}
    links = [{"rel": "self", "type": "application/activity+json", "href": "https://a.example/1"}]
    for document in (
        collection,
        {"type": "Collection", "first": {"type": "CollectionPage", "items": [], "next": {}}},
        {"subject": "acct:a@b.example", "links": links},
        {"id": "https://a.example/1#k", "type": "Multikey", "publicKeyMultibase": "z6MkhaXgBZD"},
    ):
        yield orjson.dumps(document)


def _contents() -> Iterator[bytes]:
    """The HTML in the captured documents."""
    for body in _documents():
        inner = orjson.loads(body).get("object")
        if isinstance(inner, dict) and isinstance(inner.get("content"), str):
            yield inner["content"].encode()


def _key_texts() -> Iterator[bytes]:
    for key in public_keys():
        yield key.pem().encode()
    yield _own_key().public_key().multibase().encode()


_HEADERS: Final = (
    b'application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.8',
    b"de-AT,de;q=0.9,en;q=0.1",
    b"SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    b"sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    b'sig1=("@method" "@target-uri");created=1;keyid="https://a.example/#k", b=?1;q="\\""',
    b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    b"application/ld+json; profile*0*=utf-8'en'https%3A; profile*1=x",
)
_ADDRESSES: Final = (
    b"https://blog.example/articles/abc",
    b"https://user:password@h\xc3\xa4user.example:443/2026/11/slug?q=1#x",
    b"http://[2001:db8::1]:8080/",
    b"https://xn--hxajbheg2az3al.example./users/a",
    b"response_type=code&client_id=https://p.example/&redirect_uri=https://p.example/r"
    b"&state=x&code_challenge=" + b"a" * 43 + b"&code_challenge_method=S256&scope=create",
)
_HTML: Final = (
    b"<p>Hi <a href='https://a.example/' class='u-url mention'>@<span>a</span></a>!<br>x</p>",
    b"<ol start=3><li value=2>x<ul><li>y</ul></ol><pre><code>a &amp; b</code></pre>",
    b"<math display=block><annotation encoding='application/x-tex'>x^2</annotation></math>",
    b"<svg><style><!--</style><img title='--><img src onerror=alert(1)>'></svg>",
)
_PAGES: Final = (
    b"<!doctype html><html lang=de><meta charset=utf-8><title>T</title>"
    b"<meta property='og:title' content='A &amp; B'><meta property=og:image content='//a.example'>"
    b"<link rel='me redirect_uri' href='/r'><body class=h-app><b class=p-name>N</b>",
)
_MARKDOWN: Final = (
    b"# T\n\nHello *you* @a@b.example #tag [a](https://a.example/ 'b') ![p](/media/own/x.webp)\n",
    b"| a | b |\n|:--|--:|\n| 1 | `2` |\n\n- [x] done\n\nA[^1]\n\n[^1]: note\n\nTerm\n: what\n",
    b"```python\ndef f(): 1\n```\n\n> quote\n> > x\n\n<details><summary>s</summary>x</details>\n",
    b"https://a.example/x_y ~~gone~~ **a _b_ ``c``** &copy; <b onclick=x>y</b>\n***\n1. a\n   1. b",
)
_FORMS: Final = (
    b"h=entry&name=A&content=B&category[]=c&photo=https://a.example/p&mp-photo-alt=d&mp-slug=e",
    b'{"type":["h-entry"],"properties":{"content":[{"html":"<b>x</b>"}],"photo":[{"value":"x"}]}}',
    b'{"action":"update","url":"https://blog.example/x","replace":{"content":["y"]},"delete":["z"]}',
    b'{"client_id":"https://program.example/","client_name":"P","redirect_uris":["https://p.example/"]}',
    b"#domain,#severity,#reject_media\nspam.example,suspend,true\n'=x.example,silence,\n",
    b"2026-11-28T12:30",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\0\0\0\x20ftypisom\0\0\0\0mp42",
    b"free money*",
)
_STYLES: Final = (
    b":root{--accent:#234}a:hover{background:url(/media/own/x.webp)}@media print{p{color:red}}",
    b"@font-face{font-family:x;src:url('/a') format('woff2')}b{background:image-set('/x' 1x)}",
)
_SEARCHES: Final = (
    'hello "the world" -not\nHello, you and the World: caf\u00e9.'.encode(),
    "\u6771\u4eac don't example.com\n\u6771\u4eac\u90fd don\u2019t at example.com".encode(),
)

SEEDS: Final[Mapping[str, Sequence[bytes]]] = {
    "documents": tuple(_documents()),
    "signatures": tuple(map(bytes_of, _requests())),
    "keys": tuple(_key_texts()),
    "headers": _HEADERS,
    "addresses": _ADDRESSES,
    "replies": (*_contents(), *_HTML),
    "pages": _PAGES,
    "posts": (*_MARKDOWN, *_HTML),
    "forms": _FORMS,
    "styles": _STYLES,
    "searches": _SEARCHES,
}

#: Pieces with a meaning to some reader.
WORDS: Final[Mapping[str, Sequence[bytes]]] = {
    "documents": (
        *(b'"%b":' % name for name in (b"id", b"type", b"object", b"actor", b"tag", b"@context")),
        *(b'{"a":', b"[", b"]", b"}", b"null,", b"1e400", b"-0", b"9" * 30, b'"\\ud800"'),
        *(b'"\\u0000"', b'"as:Public"', b'"https://["', b'"https://a.example/1"', b"\xef\xbb\xbf"),
    ),
    "signatures": (
        *(b"signature: ", b"signature-input: ", b"authorization: Signature ", b"digest: ", b"\n"),
        *(b"keyId=", b'headers="', b'"', b"\\", b",", b"(created)", b"@path", b"sig1=", b";", b":"),
    ),
    "keys": (b"-----BEGIN PUBLIC KEY-----\n", b"-----END PUBLIC KEY-----", b"z6Mk", b"\n", b"MIIB"),
    "headers": (b";q=", b"nan", b"inf", b",", b'"', b"\\", b"=", b":", b";", b"*0*=", b"%", b"("),
    "addresses": (
        *(b"https://", b"http:", b"//", b"@", b":", b"[", b"]", b"%", b"?", b"#", b"..", b"\\"),
        *("\u3002".encode(), "\u00df".encode(), "\u200d".encode(), b"xn--", b":99999", b"0x7f.1"),
    ),
    "replies": (
        *(b"<a href='https://b.example/'>", b"</a>", b"<p>", b"</p>", b"<li>", b"<ol>", b"</ol>"),
        *(b"<b>", b"<i lang=x>", b"<!--", b"-->", b"<", b">", b"&", b"&#", b"'", b'"', b"=", b"/"),
        *(b"<math>", b"<annotation>", b"<script>", b"<textarea>", b"<span class=invisible>", b"\0"),
        *(b":blobcat:", b"javascript:", b"\xe2\x80\xae", b"<h1>", b"<table>", b"<![CDATA["),
    ),
    "pages": (
        *(b"<title>", b"</title>", b"<meta ", b"charset=", b"content='", b"http://[", b"<script>"),
        *(b"<link rel='me redirect_uri' href='", b"<body>", b"</head>", b"<!--", b"'>", b"utf-16"),
    ),
    "posts": (
        *(b"*", b"_", b"**", b"`", b"```", b"~~", b"[", b"](", b")", b"![", b"[^1]", b"[^1]: "),
        *(
            b"> ",
            b"- ",
            b"1. ",
            b"# ",
            b"|",
            b"\n",
            b"\n\n",
            b"    ",
            b"<div>",
            b"<!--",
            b"&",
            b"\\",
        ),
        *(b"\n: ", b"#a", b"@a@b.example", b"https://a.example/", b"\n---\n", b"\t", b"<a href='"),
    ),
    "forms": (
        *(b"&", b"=", b"[]", b"{", b"}", b"[", b"]", b'"', b",", b"\n", b"*", b"\0", b"'", b"\r"),
        *(
            b"action=",
            b"update",
            b'{"value":',
            b"content[html]=",
            b"%00",
            b"ftyp",
            b"\x1a\x45\xdf\xa3",
        ),
    ),
    "styles": (
        *(
            b"{",
            b"}",
            b"(",
            b"url(",
            b"\\",
            b"/*",
            b"*/",
            b"@import",
            b'"',
            b"'",
            b";",
            b"//",
            b"!",
        ),
        *(b"http:", b"image-set(", b"var(", b"[", b"<!--", b"\\75 rl(", b"@media"),
    ),
    "searches": (b'"', b"-", b" ", b"\n", "\u0301".encode(), "\u6771".encode(), b"'", b".", b"a"),
}
