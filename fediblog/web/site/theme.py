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
from fediblog.web.static_files import StaticFile

#: Not for paper: there the blog's own style sheet knows better.
_LIGHT = "screen"
_DARK = "screen and (prefers-color-scheme: dark)"
_MORE = "and (prefers-contrast: more)"
_FOR_EVER = "public, max-age=31536000, immutable"
#: The colours in which the icon is drawn: ground and thread, on light and on dark.
_ICON = {
    "#0b5f53": ("light", "accent"),
    "#fdfdfb": ("light", "on-accent"),
    "#86d5c1": ("dark", "accent"),
    "#10211e": ("dark", "on-accent"),
}


def colours(look: Appearance) -> StaticFile | None:
    """The palette of the accent; None for the blog's own colours."""
    return _file("colours", _palette_css(look.accent)) if look.accent else None


def custom(look: Appearance) -> StaticFile | None:
    """The author's own rules, which come last; None if there are none."""
    return _file("custom", look.custom_css) if look.custom_css else None


def icon_address(look: Appearance) -> str | None:
    """Where the icon is in the author's colours; None for the blog's own."""
    return f"/theme/icon.{look.accent.removeprefix('#')}.svg" if look.accent else None


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
    kind = request.path_params["name"].partition(".")[0]
    file = {"colours": colours(look), "custom": custom(look), "icon": _icon(request, look)}.get(
        kind
    )
    if file is None:
        raise NotFound
    if request.url.path != file.address:
        return RedirectResponse(file.address, 302, {"Cache-Control": "no-store"})
    return file.response(request, _FOR_EVER)


def _icon(request: Request, look: Appearance) -> StaticFile | None:
    """The blog's icon in the author's colours."""
    where = icon_address(look)
    if where is None:
        return None
    chosen = palette(look.accent)
    schemes = {"light": chosen.light, "dark": chosen.dark}
    drawn = templates_of(request).static.named("favicon.svg")
    text = re.sub(
        "|".join(_ICON),
        lambda found: schemes[_ICON[found[0]][0]][_ICON[found[0]][1]],
        drawn.body.decode(),
    )
    return StaticFile(where, drawn.media_type, text.encode())


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
def _file(kind: str, text: str) -> StaticFile:
    body = text.encode()
    digest = hashlib.sha256(body).hexdigest()[:12]
    return StaticFile(f"/theme/{kind}.{digest}.css", "text/css", body)
