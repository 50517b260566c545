"""The author's colours and rules as style sheets, and the icon in these colours, at addresses that
change with them."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.site import Appearance, get_site
from fediblog.domain.colours import palette
from fediblog.errors import NotFound
from fediblog.web.context import blog_of, templates_of
from fediblog.web.static_files import StaticFile, StaticFiles

#: Not for paper: there the blog's own style sheet knows better.
_LIGHT = "screen"
_DARK = "screen and (prefers-color-scheme: dark)"
_MORE = "and (prefers-contrast: more)"
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {"css": "text/css", "svg": "image/svg+xml"}
#: The colours in which the icon is drawn: ground and thread, on light and on dark.
_ICON = {
    "#0b5f53": ("light", "accent"),
    "#fdfdfb": ("light", "on-accent"),
    "#86d5c1": ("dark", "accent"),
    "#10211e": ("dark", "on-accent"),
}


def colours(look: Appearance) -> StaticFile | None:
    """The palette of the accent; None for the blog's own colours."""
    return _file("colours.css", _palette_css(look.accent)) if look.accent else None


def custom(look: Appearance) -> StaticFile | None:
    """The author's own rules, which come last; None if there are none."""
    return _file("custom.css", look.custom_css) if look.custom_css else None


def icon(static: StaticFiles, look: Appearance) -> StaticFile | None:
    """The icon in the author's colours; None for the blog's own."""
    return _icon(static.named("favicon.svg"), look.accent) if look.accent else None


def address(file: StaticFile | None) -> str | None:
    """Where a page finds one of them."""
    return file.address if file else None


def paper(look: Appearance) -> tuple[str, str]:
    """The grounds of light and dark pages, which a browser may give to what surrounds them."""
    if not look.accent:
        return "#fdfdfb", "#121617"
    chosen = palette(look.accent)
    return chosen.light["paper"], chosen.dark["paper"]


async def theme(request: Request) -> Response:
    """One of the three, or from where it was to where it is: a page may be older than a change."""
    look = (await get_site(blog_of(request))).appearance
    file = _named(request, look)
    if file is None:
        raise NotFound
    if request.url.path != file.address:
        return RedirectResponse(file.address, 302, {"Cache-Control": "no-store"})
    return file.response(request, _FOR_EVER)


def _named(request: Request, look: Appearance) -> StaticFile | None:
    match request.path_params["name"].partition(".")[0]:
        case "colours":
            return colours(look)
        case "custom":
            return custom(look)
        case "icon":
            return icon(templates_of(request).static, look)
    return None


@lru_cache(maxsize=8)
def _icon(drawn: StaticFile, accent: str) -> StaticFile:
    chosen = palette(accent)
    schemes = {"light": chosen.light, "dark": chosen.dark}
    text = re.sub(
        "|".join(_ICON),
        lambda found: schemes[_ICON[found[0]][0]][_ICON[found[0]][1]],
        drawn.body.decode(),
    )
    return _file("icon.svg", text)


@lru_cache(maxsize=8)
def _palette_css(accent: str) -> str:
    chosen = palette(accent)
    schemes = {
        _LIGHT: chosen.light,
        _DARK: chosen.dark,
        f"{_LIGHT} {_MORE}": chosen.easier_light,
        f"{_DARK} {_MORE}": chosen.easier_dark,
    }
    return "".join(f"@media {where}{{:root{_block(each)}}}" for where, each in schemes.items())


def _block(values: Mapping[str, str]) -> str:
    return "{" + ";".join(f"--{name}:{value}" for name, value in values.items()) + "}"


@lru_cache(maxsize=16)
def _file(name: str, text: str) -> StaticFile:
    """A file at an address that changes with it."""
    kind, _, ending = name.partition(".")
    body = text.encode()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return StaticFile(f"/theme/{kind}.{digest}.{ending}", _TYPES[ending], body)
