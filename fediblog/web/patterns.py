"""Parts of addresses that only some texts fit: years, months, numbers of rows and the like."""

from starlette.convertors import Convertor, register_url_convertor


class _Text(Convertor[str]):
    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Part(_Text):
    """Anything but NUL, which PostgreSQL does not even look for."""

    regex = "[^/\x00]+"


class _Year(_Text):
    regex = "[0-9]{4}"


class _Month(_Text):
    regex = "0[1-9]|1[0-2]"


class _Feed(_Text):
    regex = "atom|rss|json"


class _Totals(_Text):
    regex = "likes|shares"


class _Row(Convertor[int]):
    """A number that fits a column of a database."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


def register_patterns() -> None:
    """Make {name:year}, {name:month}, {name:row}, {name:feed} and {name:totals} known to the
    router, and {name} a little stricter."""
    register_url_convertor("str", _Part())
    register_url_convertor("year", _Year())
    register_url_convertor("month", _Month())
    register_url_convertor("feed", _Feed())
    register_url_convertor("row", _Row())
    register_url_convertor("totals", _Totals())
