"""What strangers' pages say of themselves, as plain texts of a bounded length."""

import time

import pytest

from fediblog.domain.page_heads import decoded, read_head, site_of

_AT = "https://a.example/one/two"


def _read(head: str) -> tuple[str, ...]:
    found = read_head(head, _AT)
    assert found is not None
    return found.title, found.site, found.excerpt, found.picture, found.language


def test_open_graph_comes_before_all_else() -> None:
    head = """<!doctype html><HTML lang="pt-BR"><head><title>Plain &amp; simple</title>
        <meta name="description" content="Described"><meta name='twitter:title' content=Tweeted>
        <meta property="og:title" content="Graph &lt;i&gt;"><meta name="og:image" content="c.jpg">
        <meta property="og:title" content="Second"><meta property="og:site_name" content="A site">
        <meta property="og:description" content="  "></head>"""
    picture = "https://a.example/one/c.jpg"
    assert _read(head) == ("Graph <i>", "A site", "Described", picture, "pt-BR")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>A <b>&lt;c&gt;\n d</title>", "A <b><c> d"),
        ("<script>if (a<b) c='</title><title>No</title>'</script><title>Yes</title>", "Yes"),
        (
            "<script>x = \"<meta property='og:title' content='No'>\"</script><title>Yes</title>",
            "Yes",
        ),
        ('<SCRIPT>a<b && c="</Script ><title>Yes</title>', "Yes"),
        ("<style>a::after{content:'<title>No</title>'}</style><title>Yes</title>", "Yes"),
        ("<noscript><meta property=og:title content=No></noscript><title>Yes</title>", "Yes"),
        ("<title> \u200f\u202e\x00 </title><meta name=twitter:title content=Yes>", "Yes"),
        ("<title>Yes</title><body><meta property=og:title content=No>", "Yes"),
        ("<title>Yes</title></head><meta property=og:title content=No>", "Yes"),
    ],
)
def test_only_the_head_is_read(head: str, title: str) -> None:
    assert _read(head)[0].strip("\u200f ") == title


@pytest.mark.parametrize(
    "head", ["", "<title></title>", "<body><title>No</title>", "<script><title>No</title>", "\x00<"]
)
def test_what_has_no_title_is_nothing(head: str) -> None:
    assert read_head(head, _AT) is None


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:image/png;base64,AA", "https://[", "ftp://b.example/"]
)
def test_pictures_are_at_addresses_of_the_web(address: str) -> None:
    assert _read(f"<title>x</title><meta property=og:image content='{address}'>")[3] == ""


def test_all_of_it_is_bounded() -> None:
    long = "word " * 100_000
    names = ("og:title", "og:site_name", "og:description", "og:image")
    head = "".join(f'<meta property="{name}" content="{long}">' for name in names)
    title, site, excerpt, picture, language = _read(f'<html lang="{long}">{head}')
    assert (len(title), len(site), len(excerpt)) <= (200, 80, 200)
    assert title.endswith("word…") and (picture, language) == ("", "")


@pytest.mark.parametrize(
    "piece", ["<script>", "<title>", "<meta property='", "</script", "<meta ", "<title></", "<!--"]
)
def test_reading_takes_linear_time(piece: str) -> None:
    html = "<title>x</title>" + piece * (1_000_000 // len(piece))
    started = time.thread_time()
    read_head(html, _AT)
    assert time.thread_time() - started < 5


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("é".encode(), "text/html"),
        (b"\xef\xbb\xbf\xc3\xa9", "text/html; charset=latin1"),
        (b"\xe9", "text/html; Charset = ISO-8859-1"),
        (b"\xe9", 'text/html; charset="windows-1252"'),
        (b"<meta charset=windows-1252>\xe9", "text/html"),
        (
            b'<META http-equiv=x content="text/html; charset=latin1">\xe9',
            "text/html; charset=punycode",
        ),
    ],
)
def test_encodings_of_the_web_are_known(body: bytes, content_type: str) -> None:
    expected = content_type.endswith("punycode")
    assert decoded(body, content_type)[-1] == ("\ufffd" if expected else "é")


def test_a_site_is_called_by_its_host() -> None:
    assert site_of("https://www.Example.com:8080/www.x") == "example.com"
