"""One line of Markdown: emphasis, code and links, and no element that would begin a new one."""

from markdown_it import MarkdownIt

_PARSER = MarkdownIt("zero", {"typographer": True}).enable(
    ["backticks", "emphasis", "entity", "escape", "link", "replacements", "smartquotes"]
)


def render_line(text: str) -> str:
    """The HTML of a line, for the inside of a paragraph. HTML in `text` is shown as it was typed,
    and a link that would run something is none."""
    return str(_PARSER.renderInline(text))
