"""Parts of addresses that only some texts fit: years, months, the totals of an object."""

from starlette.convertors import Convertor, register_url_convertor


class _Text(Convertor[str]):
    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Year(_Text):
    regex = "[0-9]{4}"


class _Month(_Text):
    regex = "0[1-9]|1[0-2]"


class _Totals(_Text):
    regex = "likes|shares"


def register_patterns() -> None:
    """Make {name:year}, {name:month} and {name:totals} known to the router."""
    register_url_convertor("year", _Year())
    register_url_convertor("month", _Month())
    register_url_convertor("totals", _Totals())
