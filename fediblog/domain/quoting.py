"""What stands in the text of a note for those who cannot show quotes: "RE:" and a link."""

from fediblog.domain.markup import EndTag, StartTag, Token, scan, written


def without_quote_fallback(html: str) -> str:
    """Sanitised `html` without the elements of class quote-inline, which Mastodon puts in front of
    a note and others at its end (requirement I8), and without a paragraph that had nothing else."""
    kept: list[Token] = []
    inside = 0
    for token in scan(html):
        if isinstance(token, StartTag) and token.name != "br" and (inside or _is_fallback(token)):
            inside += 1
        elif inside:
            inside -= isinstance(token, EndTag)
        elif token == EndTag("p") and kept and _is_paragraph(kept[-1]):
            kept.pop()
        else:
            kept.append(token)
    return written(kept)


def _is_fallback(tag: StartTag) -> bool:
    return "quote-inline" in tag.attributes.get("class", "").split()


def _is_paragraph(token: Token) -> bool:
    return isinstance(token, StartTag) and token.name == "p"
