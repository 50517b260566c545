"""Mentions at the head of a reply, which every fediverse composer fills in by itself."""

from fediblog.domain.markup import EndTag, StartTag, Text, Token, scan, written
from fediblog.domain.plaintext import plain_text


def strip_leading_mentions(html: str, mentions: frozenset[str]) -> str:
    """Sanitised `html` without the mentions that open its first paragraph (requirement I9).

    `mentions` are the addresses (profile pages or actor ids) that may go. A mention of anybody
    else ends the search, and a reply that is nothing but mentions stays as it is.
    """
    if "<a" not in html:
        return html
    tokens = list(scan(html))
    opening = [token for token in tokens[:1] if isinstance(token, StartTag) and token.name == "p"]
    start = len(opening)
    at = start
    while after := _after_mention(tokens, at, mentions):
        at = after
    if at == start:
        return html
    rest = _trimmed(tokens[at:])
    if opening and rest[:1] == [EndTag("p")]:
        opening, rest = [], rest[1:]
    shorter = written([*opening, *rest])
    return shorter if plain_text(shorter) else html


def _after_mention(tokens: list[Token], at: int, mentions: frozenset[str]) -> int | None:
    """Where the mention that starts at `at` ends, with the spans around it; None if none does."""
    spans = 0
    while at < len(tokens):
        token = tokens[at]
        if isinstance(token, StartTag) and token.name == "span":
            spans += 1
        elif not (isinstance(token, Text) and token.content.isspace()):
            break
        at += 1
    if at == len(tokens) or not _is_mention(tokens[at], mentions):
        return None
    at = tokens.index(EndTag("a"), at) + 1
    if tokens[at : at + spans] != [EndTag("span")] * spans:
        return None
    return at + spans


def _is_mention(token: Token, mentions: frozenset[str]) -> bool:
    return (
        isinstance(token, StartTag)
        and token.name == "a"
        and "mention" in token.attributes.get("class", "").split()
        and token.attributes.get("href") in mentions
    )


def _trimmed(tokens: list[Token]) -> list[Token]:
    """`tokens` without the space and the line ends that stood between mentions and text."""
    start = 0
    for token in tokens:
        if isinstance(token, Text):
            if text := token.content.lstrip():
                return [Text(text), *tokens[start + 1 :]]
        elif token != StartTag("br"):
            break
        start += 1
    return tokens[start:]
