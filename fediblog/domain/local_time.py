"""Times on the clocks of a time zone, as an author writes them."""

from datetime import UTC as _UTC
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

UTC = "UTC"
TIMEZONE = "timezone"
"""Name of the site's value that has its time zone."""

_FORM = "%Y-%m-%dT%H:%M"


@cache
def time_zones() -> tuple[str, ...]:
    """The names of every time zone, such as Europe/Berlin; UTC first."""
    places = sorted(name for name in available_timezones() if "/" in name and name[:4] != "Etc/")
    return (UTC, *places)


def is_time_zone(name: str) -> bool:
    """Whether this is the name of a time zone."""
    return name in time_zones()


def read_local(text: str, zone: str) -> datetime:
    """The moment at which the clocks of a zone show "2026-12-24T18:00", in UTC.

    A time that comes twice, when clocks are put back, is the first of both. Raises ValueError with
    a sentence for what is no time, and for one that is left out when clocks are put forward.
    """
    refusal = "Write a date and a time, such as 2026-12-24T18:00."
    try:
        naive = datetime.strptime(text.strip().replace(" ", "T")[:16], _FORM)
    except ValueError as error:
        raise ValueError(refusal) from error
    if not is_in_calendar(naive):
        raise ValueError(refusal)
    place = ZoneInfo(zone)
    moment = naive.replace(tzinfo=place).astimezone(_UTC)
    if moment.astimezone(place).replace(tzinfo=None) != naive:
        raise ValueError(
            f"In {zone} there is no {naive:%H:%M} on that day, for the clocks are put forward "
            f"then: what would be this time is shown as {moment.astimezone(place):%H:%M}."
        )
    return moment


def is_in_calendar(moment: datetime) -> bool:
    """Whether this is a date in every time zone: the first and the last year end elsewhere in years
    that no calendar of ours has."""
    return datetime.min.year < moment.year < datetime.max.year


def local_text(moment: datetime, zone: str) -> str:
    """What the clocks of a zone show at a moment, as `read_local` takes it."""
    return moment.astimezone(ZoneInfo(zone)).strftime(_FORM)


def in_words(moment: datetime, zone: str) -> str:
    """The same for people, with what tells both of a doubled hour apart: 24 December 2026, 18:00
    (Europe/Berlin, UTC+01:00)."""
    local = moment.astimezone(ZoneInfo(zone))
    offset = f"{local:%z}"
    place = zone if zone == UTC else f"{zone}, UTC{offset[:3]}:{offset[3:5]}"
    return f"{local.day} {local:%B %Y, %H:%M} ({place})"


def comes_twice(moment: datetime, zone: str) -> bool:
    """Whether the clocks of a zone show the time of this moment a second time, an hour apart."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
