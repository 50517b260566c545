"""Every kind of page that a reader can come to, found by following links from the home page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit

import lxml.html
from starlette.routing import Match, Route

from fediblog.domain.slugs import slugify_title
from tests.browser.scene import BLOG, TITLE
from tests.realistic.world import World
from tests.realistic.writing import DELETED

#: What readers have no business with: other servers, the author and the author's editors, files.
_OTHERS = (
    *("/admin", "/notifications/", "/micropub", "/indieauth/", "/metrics", "/health/"),
    *("/users/", "/actor", "/articles/", "/notes/", "/approvals/", "/static/", "/media/"),
)
#: And what is no page but a file, or leads to one.
_NO_PAGES = (
    *("/.well-known/", "/nodeinfo/", "/quotes/", "/contexts/", "/activities/", "/features/"),
    *("/@", "/theme/", "/oembed", "/sitemaps/", "/favicon.ico"),
)
_PARTS = ("/live", "/changes", "/replies/{number:row}")
#: Where no link leads.
_ERRORS = {
    "an error page": ("/no-such-page", 404),
    "a deleted post": (f"/2026/11/{slugify_title(DELETED)}", 410),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """name: the address's pattern, with the names of what is asked for. path: one such page, with
    its query. status: that it is answered with."""

    name: str
    path: str
    status: int
    media_type: str
    body: str

    @property
    def is_page(self) -> bool:
        """Whether it is for people."""
        return self.media_type == "text/html"


async def kinds(world: World) -> list[Kind]:
    """One address of each kind, the first that a reader meets."""
    found: dict[str, Kind] = {}
    post = (await world.paths())[TITLE]
    due = ["/", "/robots.txt", "/search", "/search?q=the", post]
    # These are linked only from where more people have done something.
    due += [f"{post}/reactions", f"{post}/quotes"]
    for path in due:
        name = _name(world, path)
        if name is None or name in found:
            continue
        kind = await _visit(world, name, path, 200)
        if kind is not None:
            found[name] = kind
            due.extend(_links(kind))
    for name, (path, status) in _ERRORS.items():
        error = await _visit(world, name, path, status)
        assert error is not None, path
        found[name] = error
    return list(found.values())


def unseen(world: World, found: Iterable[Kind]) -> set[str]:
    """Patterns of addresses for readers of which no page was found."""
    seen = {kind.name.partition("?")[0] for kind in found}
    return {
        route.path
        for route in world.blog.app.routes
        if isinstance(route, Route)
        and "GET" in (route.methods or ())
        and not route.path.startswith((*_OTHERS, *_NO_PAGES))
        and not route.path.endswith(_PARTS)
    } - seen


async def _visit(world: World, name: str, path: str, status: int) -> Kind | None:
    """What is at an address; None for what leads elsewhere or is for others."""
    response = await world.blog.http.get(path, headers={"Accept": "text/html,*/*;q=0.1"})
    if response.is_redirect:
        return None
    assert response.status_code == status, f"{path} is linked, and answers {response.status_code}"
    media_type = response.headers["content-type"].partition(";")[0]
    return Kind(name, path, status, media_type, response.text)


def _name(world: World, path: str) -> str | None:
    """The kind of an address; None for those of others."""
    if path.startswith(_OTHERS):
        return None
    parts = urlsplit(path)
    scope = {"type": "http", "method": "GET", "path": parts.path, "headers": []}
    for route in world.blog.app.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            # The same page in another language is the same page.
            asked = "&".join(sorted({name for name, _ in parse_qsl(parts.query)} - {"lang"}))
            return f"{route.path}?{asked}" if asked else route.path
    return None


def _links(kind: Kind) -> Iterator[str]:
    """The blog's own addresses that a document names."""
    if kind.is_page:
        document = lxml.html.document_fromstring(kind.body)
        for element in document.iter("a", "link"):
            href = urljoin(BLOG + kind.path, element.get("href", ""))
            if href.startswith(f"{BLOG}/"):
                yield href.removeprefix(BLOG).partition("#")[0]
    elif kind.path == "/robots.txt":
        for line in kind.body.splitlines():
            name, _, value = line.partition(":")
            if name.lower() == "sitemap":
                yield value.strip().removeprefix(BLOG)
