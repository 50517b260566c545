"""What reads strangers' bytes, as functions that raise only if something of ours is at fault.

Each takes whatever comes, gives it to one group of our readers, and checks what must hold of every
outcome. What a reader may raise on purpose is let pass. The short run of the tests
(test_targets.py) and the long one of `scripts/fuzz` (guided.py) share them.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from fediblog.domain import (
    blocks,
    client_pages,
    comments,
    custom_css,
    elsewhere,
    emojis,
    entry_text,
    file_types,
    headings,
    inline_pictures,
    languages,
    link_previews,
    local_time,
    markdown,
    mentions,
    page_heads,
    plaintext,
    quoting,
    reading_time,
    rel_me,
    sanitizing,
    search_excerpts,
    search_queries,
    slugs,
    spam,
    tags,
    user_agents,
)
from fediblog.errors import AddressRefused, Malformed, Unauthenticated
from fediblog.protocol import (
    block_lists,
    digests,
    discovery,
    incoming,
    indieauth,
    intents,
    micropub,
    negotiation,
    structured,
)
from fediblog.protocol.addresses import Addresses, authority_of
from fediblog.protocol.keys import PublicKey
from fediblog.protocol.signatures import check_request
from fediblog.remote.guard import check_url
from tests.fuzzing import seeds
from tests.fuzzing.judges import check_reply, check_safe

Target = Callable[[bytes], None]

_ORIGIN: Final = "https://blog.example"
_ADDRESSES: Final = Addresses(_ORIGIN, "blog")
_PAGE: Final = "https://other.example/a/page"
_EMOJI: Final = {":blobcat:": "/media/x.webp"}


def documents(data: bytes) -> None:
    """JSON of other servers: activities, notes, actors, keys and collections."""
    try:
        document = incoming.parse_json(data)
    except Malformed:
        return
    for parse in (incoming.parse_activity, incoming.parse_note, incoming.parse_actor):
        with suppress(Malformed):
            _check_kept(parse(document))
    with suppress(Malformed):
        page = incoming.parse_page(document)
        _check_kept([item for item in page.items if isinstance(item, str)])
    key = incoming.parse_key(document, incoming.one_id(document.get("id")))
    if key is not None:
        with suppress(Malformed):
            PublicKey.from_pem(key.pem)
    discovery.subject_and_actor(document)
    address = intents.intent_address(document, "other.example", "reply", _PAGE, scheme="https")
    assert address.startswith("https://")


def signatures(data: bytes) -> None:
    """A signed request: a request line, headers, an empty line, the body.

    No key that signed one of the captured requests has signed any other.
    """
    request = seeds.request_of(data)
    try:
        signature = check_request(request, origin=seeds.ORIGIN, now=seeds.NOW)
    except Unauthenticated:
        return
    if any(signature.holds(key) for key in seeds.public_keys()):
        assert seeds.what_was_signed(request) in seeds.signed()


def keys(data: bytes) -> None:
    """Public keys, as PEM and as Multikeys."""
    text = data.decode("utf-8", "replace")
    for read in (PublicKey.from_pem, PublicKey.from_multibase):
        with suppress(Malformed):
            key = read(text)
            assert not key.verify(data, b"text", "rsa-sha256")
            assert not key.verify(data, b"text", "ed25519")
            assert PublicKey.from_pem(key.pem()) == key


def headers(data: bytes) -> None:
    """Values of headers."""
    text = data.decode("latin-1")
    negotiation.wants_activitypub(text)
    negotiation.is_activitypub(text)
    assert languages.negotiate(text, text) in languages.LANGUAGES
    user_agents.in_words(text)
    for check in (digests.check_digest, digests.check_content_digest):
        with pytest.raises(Unauthenticated):
            check([text], b"a body that no seed has")
    with suppress(Unauthenticated):
        structured.parse_dictionary([text, text], "Signature")


def addresses(data: bytes) -> None:
    """Addresses, of which some are asked for later."""
    text = data.decode("utf-8", "replace")
    authority = authority_of(text)
    if authority and text.lower().startswith("https:"):
        assert authority_of(f"https://{authority}/") == authority
    _ADDRESSES.ours(text)
    _ADDRESSES.ours(f"{_ORIGIN}/{text}")
    with suppress(AddressRefused):
        assert check_url(text, development=False).scheme == "https"
    if fetchable := inline_pictures.fetchable_address(text, _PAGE):
        assert urlsplit(fetchable).scheme in {"http", "https"}
    with suppress(Malformed):
        indieauth.parse_request(dict(parse_qsl(text)))


def replies(data: bytes) -> None:
    """A stranger's HTML, from what comes to what is shown."""
    text = data.decode("utf-8", "replace")
    clean = sanitizing.sanitize_reply(text)
    check_reply(clean)
    check_reply(sanitizing.sanitize_reply(clean))
    shown = mentions.strip_leading_mentions(clean, frozenset({_PAGE}))
    shown = quoting.without_quote_fallback(shown)
    check_safe(emojis.html_with_emojis(shown, _EMOJI))
    check_safe(elsewhere.for_elsewhere(shown, _PAGE, "x"))
    spam.count_links(clean, (), "other.example")
    for line in (plaintext.plain_line(text, 100), plaintext.plain_text(clean, 280)):
        assert len(line) <= 280
        assert line == plaintext.without_controls(line)
    plaintext.text_blocks(clean)
    reading_time.count_words(clean)
    emojis.as_emoji(text)


def pages(data: bytes) -> None:
    """Pages elsewhere: previews of links, programs, profiles."""
    text = page_heads.decoded(data, "text/html")
    page_heads.decoded(data, data[:100].decode("latin-1"))
    if head := page_heads.read_head(text, _PAGE):
        assert 0 < len(head.title) <= 200
        assert not head.picture or urlsplit(head.picture).scheme in {"http", "https"}
    name, targets = client_pages.read_client_page(text, _PAGE)
    assert len(name) <= 100
    assert len(targets) <= 20
    rel_me.links_back(text, _PAGE, {f"{_ORIGIN}/"})


def posts(data: bytes) -> None:
    """The author's Markdown, and HTML that programs send: never what runs, nor a crash."""
    text = data.decode("utf-8", "replace")
    for source in (text, entry_text.html_source(text)):
        with suppress(ValueError):
            html = markdown.render(source, footnote_prefix="x", tag_page=lambda word: f"/{word}")
            check_safe(html)
            check_safe(headings.with_anchors(html))
            plaintext.excerpt(html)
            headings.outline(html)
            link_previews.lone_links(html)
            inline_pictures.pictures_elsewhere(html, _ORIGIN)
    with suppress(ValueError):
        check_safe(comments.render_answer(text, tag_page=lambda word: f"/{word}"))
    check_safe(markdown.render_line(text))
    entry_text.title_from(text)
    markdown.post_handles(text)
    markdown.post_hashtags(text)
    assert "/" not in slugs.slugify_title(text)
    with suppress(ValueError):
        assert all("/" not in tags.tag_slug(tag) for tag in tags.parse_tags(text))


def forms(data: bytes) -> None:
    """What programs and people fill in: Micropub, lists of blocks, words, times, programs."""
    text = data.decode("utf-8", "replace")
    with suppress(Malformed):
        micropub.parse_json(data)
    with suppress(Malformed):
        micropub.parse_form(parse_qsl(text, keep_blank_values=True))
    with suppress(Malformed):
        indieauth.parse_client(data, "https://program.example/")
    with suppress(Malformed):
        block_lists.read_list(text)
    with suppress(ValueError):
        blocks.compiled(text[: blocks.LONGEST_VALUE]).search(blocks.fold(text))
    with suppress(ValueError):
        local_time.read_local(text, "Europe/Berlin")
    with suppress(ValueError):
        file_types.file_type(data[: file_types.HEAD])
    with suppress(ValueError):
        file_types.check_text([data[:10], data[10:]])


def styles(data: bytes) -> None:
    """Rules of the author's own for the pages."""
    with suppress(ValueError):
        custom_css.check_style(data.decode("utf-8", "replace"))


def searches(data: bytes) -> None:
    """What readers look for, and where it is found: the query, a line end, a text."""
    typed, _, text = data.decode("utf-8", "replace").partition("\n")
    query = search_queries.parse_query(typed)
    assert len(query.terms) <= 12
    assert sum(len(term.words) for term in query.terms) <= 20
    if query.asks:
        pieces = search_excerpts.marked(text, query.wanted)
        assert "".join(piece.text for piece in pieces) == text
        search_excerpts.make_excerpt(text, query.wanted)


TARGETS: Final[Mapping[str, Target]] = {
    target.__name__: target
    for target in (
        documents,
        signatures,
        keys,
        headers,
        addresses,
        replies,
        pages,
        posts,
        forms,
        styles,
        searches,
    )
}


def _check_kept(value: Any) -> None:
    """Everything that is kept of a document can be stored by either database."""
    if isinstance(value, str):
        assert "\0" not in value, "PostgreSQL keeps no NUL"
        value.encode()
    elif is_dataclass(value):
        for field in fields(value):
            _check_kept(getattr(value, field.name))
    elif isinstance(value, list | tuple):
        for item in value:
            _check_kept(item)
