"""Posts on a blog elsewhere, by Micropub: what a command does that is told where."""

from base64 import b64decode
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from fediblog.errors import Invalid, Unavailable

_SECONDS = 60.0
#: What can be said of a post by Micropub: fields of the form, and the properties that they become.
_TEXTS = {
    "title": "name",
    "body": "content",
    "excerpt": "summary",
    "slug": "mp-slug",
    "language": "mp-language",
}
#: These go along with others, and say nothing where they are not set.
_ASIDE = frozenset({"tags", "picture", "lead_alt", "decorative", "draft", "publish", "post"})


async def carry_out_there(
    to: str, token: str, deed: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Do a deed on posts at the blog with this address. Returns the post's address and its state.

    Raises Invalid with what that blog says, or for what Micropub has no words for, and Unavailable
    when it does not answer.
    """
    _check_safe(to)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as http:
        try:
            endpoint = await _endpoint(http, to)
            http.headers.update(headers)
            return await _DEEDS[deed](http, endpoint, values)
        except httpx.HTTPError as error:
            raise Unavailable(f"{to} does not answer: {error}") from error


async def _create(
    http: httpx.AsyncClient, endpoint: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    properties = await _properties(http, endpoint, values)
    state = "draft" if values.get("draft") else "published"
    properties["post-status"] = [state]
    made = await _send(http, endpoint, {"type": ["h-entry"], "properties": properties})
    return {"url": made.headers.get("location"), "state": state}


async def _edit(
    http: httpx.AsyncClient, endpoint: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    url = _address(values)
    properties = await _properties(http, endpoint, values)
    if values.get("publish"):
        properties["post-status"] = ["published"]
    asked = {"action": "update", "url": url, "replace": properties}
    changed = await _send(http, endpoint, asked)
    return {"url": changed.headers.get("location", url)}


async def _delete(
    http: httpx.AsyncClient, endpoint: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    url = _address(values)
    await _send(http, endpoint, {"action": "delete", "url": url})
    return {"url": url, "deleted": True}


_DEEDS = {"post.create": _create, "post.edit": _edit, "post.delete": _delete}


async def _endpoint(http: httpx.AsyncClient, to: str) -> str:
    """Where that blog takes posts, as its home page says."""
    home = await http.get(to, headers={"Accept": "text/html"}, follow_redirects=True)
    link = home.links.get("micropub", {}).get("url")
    if not link:
        raise Invalid(f"{to} takes no posts by Micropub: no Link with rel=micropub.")
    endpoint = urljoin(str(home.url), link)
    _check_safe(endpoint)
    return endpoint


async def _properties(
    http: httpx.AsyncClient, endpoint: str, values: Mapping[str, Any]
) -> dict[str, list[Any]]:
    given = {name: value for name, value in values.items() if value not in (None, "")}
    if unsaid := sorted(set(given) - set(_TEXTS) - _ASIDE):
        raise Invalid(f"By Micropub nothing can be said of: {', '.join(unsaid)}.")
    properties: dict[str, list[Any]] = {
        said: [values[name]] for name, said in _TEXTS.items() if values.get(name) is not None
    }
    if (tags := values.get("tags")) is not None:
        properties["category"] = [tag.strip() for tag in tags.split(",") if tag.strip()]
    if values.get("lead") == "":
        properties["photo"] = []
    if picture := values.get("picture"):
        url = await _upload(http, endpoint, b64decode(picture))
        properties["photo"] = [{"value": url, "alt": values.get("lead_alt") or ""}]
    return properties


async def _upload(http: httpx.AsyncClient, endpoint: str, body: bytes) -> str:
    config = await http.get(endpoint, params={"q": "config"})
    _check(config)
    target = config.json().get("media-endpoint")
    if not isinstance(target, str):
        raise Invalid("That blog takes no pictures.")
    _check_safe(target)
    sent = await http.post(target, files={"file": ("picture", body)})
    _check(sent)
    return str(sent.headers.get("location", ""))


async def _send(http: httpx.AsyncClient, endpoint: str, document: Any) -> httpx.Response:
    response = await http.post(endpoint, json=document)
    _check(response)
    return response


def _check(response: httpx.Response) -> None:
    """Raise Invalid with what the blog says, unless it is content."""
    if response.is_success:
        return
    try:
        told = response.json()
    except ValueError:
        told = {}
    sentence = told.get("error_description") or told.get("error") if isinstance(told, dict) else ""
    raise Invalid(str(sentence or f"That blog answered {response.status_code}."))


def _address(values: Mapping[str, Any]) -> str:
    url = str(values.get("post", ""))
    if not url.startswith(("https://", "http://")):
        raise Invalid("With --to, a post is named by its address: what create has printed as url.")
    return url


def _check_safe(url: str) -> None:
    """A token must not travel where others can read it."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or "")):
        return
    raise Invalid(f"{url} is no https address, and the token would travel in the open.")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
