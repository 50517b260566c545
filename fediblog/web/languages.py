"""A language of the interface at work: its words, and how it writes dates and numbers.

Days and times are those of the author's time zone. Months are those of UTC, as they are parts of
addresses, which do not change when an author moves.

The words are looked up by their English sentences in catalogs, `locales/*.po`, each of which is
read once, when the first reader wants that language. English needs none.
"""

import functools
import gettext
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from fediblog.domain import local_time
from fediblog.domain.languages import ENGLISH

CATALOGS = Path(__file__).resolve().parents[1] / "locales"
#: English as most of the world writes its dates: day, month, year.
_LOCALES = {"en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language, ready to be used. tag: as in `lang` attributes; direction: ltr or rtl. zone:
    in whose time it tells when something was."""

    tag: str
    locale: Locale
    direction: str
    words: gettext.NullTranslations
    zone: ZoneInfo

    def sentence(self, message: str, values: Mapping[str, str] | None = None) -> str:
        """A message in this language, itself if there is no translation, with its values."""
        translated = self.words.gettext(message)
        return translated % values if values else translated

    def day(self, moment: datetime | date) -> str:
        """The day of a moment, or one that is a day already: 26 July 2026."""
        local = moment.astimezone(self.zone) if isinstance(moment, datetime) else moment
        return format_date(local, "long", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """A date with its time: 26 July 2026, 14:05 CEST."""
        return self._joined(self.day(moment), f"{self._time(moment)} {self._clock(moment)}")

    def brief(self, moment: datetime) -> str:
        """The same where there is little room: 26 Jul 2026, 14:05."""
        day = format_date(moment.astimezone(self.zone), "medium", locale=self.locale)
        return self._joined(day, self._time(moment))

    def month(self, moment: datetime) -> str:
        """A month with its year: July 2026."""
        return format_skeleton("yMMMM", moment.astimezone(UTC), tzinfo=UTC, locale=self.locale)

    def month_name(self, moment: datetime) -> str:
        """A month without its year: July."""
        return format_date(moment.astimezone(UTC), "LLLL", locale=self.locale)

    def number(self, number: int | float) -> str:
        """A number with its separators: 1,234."""
        return format_decimal(number, locale=self.locale)

    def in_words(self, items: Iterable[str]) -> Markup:
        """Texts or pieces of HTML as a part of a sentence: a, b and c."""
        escaped = [str(escape(item)) for item in items]
        return Markup(format_list(escaped, locale=self.locale))  # noqa: S704 - each is escaped

    def _time(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return format_time(local, "short", tzinfo=self.zone, locale=self.locale)

    def _clock(self, moment: datetime) -> str:
        """What the time is called: CEST, or UTC+0530 where it has no name but a number."""
        name = moment.astimezone(self.zone).tzname() or ""
        return f"UTC{name}" if name[:1] in {"+", "-"} else name

    def _joined(self, day: str, time: str) -> str:
        pattern = str(get_datetime_format("medium", locale=self.locale))
        return pattern.replace("{0}", time).replace("{1}", day)


@functools.cache
def load_language(tag: str, zone: str = local_time.UTC) -> Language:
    """The language with this tag, one of LANGUAGES, in a time zone such as Europe/Berlin."""
    locale = Locale.parse(_LOCALES.get(tag, tag), sep="-" if "-" in tag else "_")
    return Language(tag, locale, locale.text_direction, _words(tag, locale), ZoneInfo(zone))


def N_(message: str) -> str:
    """Mark a sentence that is looked up elsewhere, where the reader's language is known."""
    return message


@functools.cache
def _words(tag: str, locale: Locale) -> gettext.NullTranslations:
    if tag == ENGLISH:
        return gettext.NullTranslations()
    with (CATALOGS / f"{locale}.po").open("rb") as file:
        catalog = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
