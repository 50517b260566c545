"""A whole palette from one accent colour, in which everything can be read.

The grounds, lines and texts of the blog's own palette keep how light they are and take the hue of
the accent; the accent itself is made darker for light paper and lighter for dark paper, as far as
it must be. Contrasts are those of WCAG 2.2 (1.4.3); lightness, chroma and hue are those of OKLCH
(CSS Color 4), in which a step looks alike at every hue.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

#: What WCAG asks for of text, at AA and at AAA.
READABLE, EASY = 4.5, 7.0

#: The blog's own colours, as `templates/static/site/colours.css` has them, without accents.
_LIGHT = {
    "paper": "#fdfdfb",
    "ground": "#eff3f0",
    "well": "#e4eae6",
    "ink": "#1a2122",
    "soft": "#525e5c",
    "line": "#cfd8d3",
    "edge": "#76827e",
    "voice": "#d9ece5",
}
_DARK = {
    "paper": "#121617",
    "ground": "#191f20",
    "well": "#232b2c",
    "ink": "#d9dfdb",
    "soft": "#9eaaa6",
    "line": "#323c3d",
    "edge": "#75827f",
    "voice": "#1d322e",
}
#: On these there are links, marks and words in the accent colour.
_GROUNDS = ("paper", "ground", "well", "voice")
#: How colourful an accent has to be for its hue to be seen in full in the grounds, too.
_FULL_CHROMA = 0.08
#: An accent for dark paper is at least as light as this, and not more colourful: it would glow.
_LIGHT_ENOUGH, _CALM_CHROMA = 0.78, 0.13
_DARK_INK = 0.22
_STEP = 0.005

Lch = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by the names of their variables in the style sheets, as #rrggbb, on light and on
    dark paper; easier_*: what differs for readers who want more contrast."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    easier_light: Mapping[str, str]
    easier_dark: Mapping[str, str]


def check_colour(text: str) -> str:
    """A colour as #rrggbb, from that or #rgb, with or without the #. Raises ValueError."""
    found = re.fullmatch(r"#?([0-9a-f]{6}|[0-9a-f]{3})", text.strip().lower())
    if found is None:
        raise ValueError("Write the colour as # and six digits, such as #0b5f53.")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return f"#{digits}"


@lru_cache(maxsize=8)
def palette(accent: str) -> Palette:
    """The palette of an accent in the form #rrggbb."""
    lightness, chroma, hue = _to_lch(accent)
    light, dark = _tinted(_LIGHT, chroma, hue), _tinted(_DARK, chroma, hue)
    on_light: Lch = (lightness, chroma, hue)
    on_dark: Lch = (max(lightness, _LIGHT_ENOUGH), min(chroma, _CALM_CHROMA), hue)
    # What is written on a light accent.
    ink = _to_hex((_DARK_INK, min(chroma, 0.03), hue))
    return Palette(
        light | _accents(on_light, light, READABLE, light["paper"], darker=True, given=accent),
        dark | _accents(on_dark, dark, READABLE, ink, darker=False, given=accent),
        _easier(light) | _accents(on_light, light, EASY, light["paper"], darker=True, given=accent),
        _easier(dark) | _accents(on_dark, dark, EASY, ink, darker=False, given=accent),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours in the form #rrggbb, from 1 to 21 (WCAG 2.2)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _accents(
    start: Lch, grounds: Mapping[str, str], least: float, ink: str, *, darker: bool, given: str
) -> dict[str, str]:
    """The accent, no further from the one that was chosen than it must be, and what is on it."""
    lightness, chroma, hue = start
    unchanged = start == _to_lch(given)
    found = given if unchanged else _to_hex(start)
    while min(contrast(found, grounds[name]) for name in _GROUNDS) < least:
        lightness += -_STEP if darker else _STEP
        found = _to_hex((lightness, chroma, hue))
    return {"accent": found, "on-accent": ink}


def _tinted(own: Mapping[str, str], chroma: float, hue: float) -> dict[str, str]:
    share = min(1.0, chroma / _FULL_CHROMA)
    colours = {name: _to_lch(colour) for name, colour in own.items()}
    return {name: _to_hex((each[0], each[1] * share, hue)) for name, each in colours.items()}


def _easier(own: Mapping[str, str]) -> dict[str, str]:
    return {"soft": own["ink"], "line": own["edge"], "edge": own["ink"]}


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> tuple[float, float, float]:
    """Red, green and blue, from 0 to 1, in proportion to light."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _to_light(red), _to_light(green), _to_light(blue)


def _to_light(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _from_light(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _to_lch(colour: str) -> Lch:
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _to_hex(colour: Lch) -> str:
    """The colour, or the most colourful one of its lightness and hue that a screen can show."""
    lightness, chroma, hue = min(1.0, max(0.0, colour[0])), colour[1], colour[2]
    while True:
        parts = _to_rgb((lightness, chroma, hue))
        if chroma <= 0 or all(-0.0005 <= part <= 1.0005 for part in parts):
            return "#" + "".join(f"{round(min(1.0, max(0.0, part)) * 255):02x}" for part in parts)
        chroma = max(0.0, chroma - 0.002)


def _to_rgb(colour: Lch) -> tuple[float, float, float]:
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return _from_light(red), _from_light(green), _from_light(blue)
