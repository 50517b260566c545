"""Figures: of paragraphs that are but a picture with a title, or a link to a sound or a film."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_PLAYERS = {
    "audio": frozenset("aac flac m4a mp3 oga ogg opus wav".split()),
    "video": frozenset("m4v mov mp4 ogv webm".split()),
}


def make_figures(parser: MarkdownIt) -> None:
    """A picture alone in a paragraph has its title beneath it, as a line of Markdown. A link alone
    to a sound or a film has a player above it, and stays for those who have none."""
    parser.core.ruler.push("figures", _figures)


def _figures(state: StateCore) -> None:
    for opening, inline, closing in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if opening.type == "paragraph_open" and not opening.hidden:
            children = inline.children or []
            content = _picture(state, children) or _player(children)
            if content:
                inline.children = content
                opening.type, closing.type = "figure_open", "figure_close"
                opening.tag = closing.tag = "figure"


def _picture(state: StateCore, children: Sequence[Token]) -> list[Token]:
    """The picture and its caption; nothing if that is not what stands there."""
    if len(children) != 1 or children[0].type != "image":
        return []
    title = str(children[0].attrs.pop("title", ""))
    return [children[0], *_caption(_line(state, title))] if title else []


def _line(state: StateCore, markdown: str) -> list[Token]:
    """A line of Markdown: emphasis, code and links. With a picture or HTML in it it is shown as it
    was typed."""
    tokens: list[Token] = []
    state.md.inline.parse(markdown, state.md, state.env, tokens)
    if any(token.type in {"image", "html_inline"} for token in tokens):
        return [Token("text", "", 0, content=markdown)]
    return tokens


def _player(children: Sequence[Token]) -> list[Token]:
    """The player and its link; nothing if that is not what stands there."""
    if len(children) < 2 or children[0].type != "link_open" or children[-1].type != "link_close":
        return []
    if any(token.type == "link_close" for token in children[:-1]):
        return []
    address = str(children[0].attrs.get("href", ""))
    kind = _kind(address)
    if not kind:
        return []
    player = Token(f"{kind}_open", kind, 1, attrs={"src": address})
    return [player, Token(f"{kind}_close", kind, -1), *_caption(children)]


def _caption(content: Sequence[Token]) -> list[Token]:
    opening = Token("figcaption_open", "figcaption", 1)
    return [opening, *content, Token("figcaption_close", "figcaption", -1)]


def _kind(address: str) -> str:
    """Which player an address needs, by the end of its file's name; empty for none."""
    try:
        ending = urlsplit(address).path.rpartition(".")[2].lower()
    except ValueError:
        return ""
    return next((kind for kind, endings in _PLAYERS.items() if ending in endings), "")
