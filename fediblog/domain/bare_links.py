"""Which addresses in plain text become links."""

from markdown_it import MarkdownIt


def link_addresses_only(parser: MarkdownIt) -> None:
    """Link what begins with a scheme, not what only looks like a host: README.md is a file."""
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
