"""A palette from one colour: everything in it can be read."""

import itertools
import re
from pathlib import Path

import pytest

from fediblog.domain import colours
from fediblog.domain.colours import check_colour, contrast, palette

SHEET = Path(__file__).resolve().parents[2] / "templates" / "static" / "site" / "colours.css"
EVERY = [f"#{''.join(parts)}" for parts in itertools.product(("00", "55", "aa", "ff"), repeat=3)]


@pytest.mark.parametrize("accent", EVERY)
def test_everything_can_be_read(accent: str) -> None:
    chosen = palette(accent)
    for scheme, easier in (
        (chosen.light, {**chosen.light, **chosen.easier_light}),
        (chosen.dark, {**chosen.dark, **chosen.easier_dark}),
    ):
        for ground in ("paper", "ground", "well", "voice"):
            for words in ("ink", "soft", "accent"):
                assert contrast(scheme[words], scheme[ground]) >= 4.5
                assert contrast(easier[words], scheme[ground]) >= 7
        assert contrast(scheme["accent"], scheme["on-accent"]) >= 4.5
        # Borders of fields (WCAG 1.4.11).
        assert contrast(scheme["edge"], scheme["paper"]) >= 3


def test_a_colour_that_can_be_read_is_taken_as_it_is() -> None:
    for accent in ("#0b5f53", "#1e40af", "#9c2b1f", "#000000"):
        assert palette(accent).light["accent"] == accent


def test_one_that_cannot_is_changed_in_lightness_only() -> None:
    yellow = palette("#ffd400").light["accent"]
    assert yellow != "#ffd400"
    red, green, blue = (int(yellow[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue


def test_grey_makes_no_ground_colourful() -> None:
    for colour in palette("#777777").light.values():
        assert len({colour[1:3], colour[3:5], colour[5:7]}) == 1


def test_contrast_is_that_of_the_rules() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_own_colours_are_those_of_the_style_sheet() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", SHEET.read_text(), re.DOTALL)[:2]
    for own, sheet in ((colours._LIGHT, light), (colours._DARK, dark)):
        given = dict(re.findall(r"--([\w-]+): (#\w{6})", sheet))
        assert own.items() <= given.items()


@pytest.mark.parametrize(
    ("typed", "colour"), [("#0B5F53", "#0b5f53"), ("fff", "#ffffff"), (" #1a2 ", "#11aa22")]
)
def test_a_colour_as_it_is_typed(typed: str, colour: str) -> None:
    assert check_colour(typed) == colour


@pytest.mark.parametrize("typed", ["", "red", "#12345", "#1234567", "#gggggg", "rgb(0,0,0)"])
def test_what_is_no_colour(typed: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        check_colour(typed)
