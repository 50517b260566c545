"""Rules of the author's own: taken as they are, unless they would ask anybody else."""

import pytest

from fediblog.domain.custom_css import LARGEST_STYLE, check_style


@pytest.mark.parametrize(
    "style",
    [
        "",
        "/* nothing */",
        ".a { color: red }",
        "@media (min-width: 3em) { .b { background: url(/media/own/x.webp) } }",
        ".a { &:hover { color: blue } }",
        '@font-face { font-family: x; src: url("/static/x.woff2") }',
        '.x::before { content: "Note: see" }',
        "@layer a { .b { fill: url(#c) } }",
        ":root { --accent: oklch(0.5 0.1 200); inline-size: calc(100% - 2 * 1rem) }",
    ],
)
def test_rules_are_taken(style: str) -> None:
    check_style(style)


@pytest.mark.parametrize(
    "style",
    [
        '@import "/other.css";',
        "@\\69mport url(/other.css);",
        '@media print { @IMPORT "x"; }',
        "a { background: url(https://elsewhere.example/x) }",
        "a { background: URL( '//elsewhere.example/x' ) }",
        'a { background: u\\72l("//elsewhere.example") }',
        "a { background: url(/\\9/elsewhere.example) }",
        'a { background: url("/\\\\elsewhere.example") }',
        "a { background: url(data:image/png;base64,x) }",
        "a { background: url(x.png) }",
        'a { background: image-set("https://elsewhere.example/x" 1x) }',
        'a { background: -webkit-image-set("x.png" 1x) }',
        ':root { --x: "ht\\a tps://elsewhere.example" }',
        ':root { --x: " //elsewhere.example" }',
        "@media print { a { b: c(d(url(http://elsewhere.example))) } }",
        "@font-face { src: local(x), url(https://elsewhere.example/x) }",
        "@namespace url(http://www.w3.org/1999/xhtml);",
    ],
)
def test_nobody_else_is_asked(style: str) -> None:
    with pytest.raises(ValueError, match=r"^Line 3"):
        check_style(f"\n\n{style}")


@pytest.mark.parametrize("style", ["a { color: red }}", "a", 'a { content: "x\ny" }'])
def test_what_cannot_be_read_is_named_by_its_line(style: str) -> None:
    with pytest.raises(ValueError, match=r"Line 2 cannot be read"):
        check_style(f"\n{style}")


def test_rules_have_a_size() -> None:
    with pytest.raises(ValueError, match="20,000"):
        check_style("a" * (LARGEST_STYLE + 1))


def test_depth_is_no_danger() -> None:
    with pytest.raises(ValueError, match="Line 1"):
        check_style("(" * LARGEST_STYLE)
