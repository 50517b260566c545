"""Section 0 of the requirements as checks: each names what is wrong with a document, if anything.

A check gives nothing for a document to which its rule does not apply.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urlsplit

from tests.golden.found import ACTIVITIES, ACTORS, OBJECTS, Found, Site

Check = Callable[[Found, Site], Iterator[str]]

_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_CONTEXT = "https://www.w3.org/ns/activitystreams"
_ACTIVITY_JSON = re.compile(r'application/activity\+json(; ?charset="?utf-8"?)?', re.IGNORECASE)
_USERNAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_ADDRESSES_OF_ACTORS = ("inbox", "outbox", "followers", "following", "featured", "url")
_LARGEST = 1_000_000
_LENGTHS = {"name": 2000, "summary": 20_000, "preferredUsername": 100}
#: Mastodon's window; a signature for a retry that is older than this was not made for it.
_FRESH_SECONDS = 300


def check_0_1(found: Found, site: Site) -> Iterator[str]:
    """Activities have a string id on their actor's host."""
    for activity in found.of(ACTIVITIES):
        number = activity.get("id")
        if not isinstance(number, str) or not number.startswith(f"{site.origin}/"):
            yield f"the id of the {activity['type']} is {number!r}"


def check_0_2(found: Found, site: Site) -> Iterator[str]:
    """The actor of an activity is a plain string: ours."""
    for activity in found.of(ACTIVITIES):
        if activity.get("actor") != site.actor:
            yield f"the actor of the {activity['type']} is {activity.get('actor')!r}"


def check_0_3(found: Found, site: Site) -> Iterator[str]:
    """attributedTo is one plain string: ours."""
    for part in found.of(OBJECTS):
        if part.get("attributedTo") != site.actor:
            yield f"the {part['type']} is attributed to {part.get('attributedTo')!r}"


def check_0_4(found: Found, site: Site) -> Iterator[str]:
    """Only activities have fragments in their ids."""
    for part in found.parts():
        number = part.get("id", "")
        is_key = "publicKeyPem" in part or part.get("type") == "Multikey"
        may_have_one = is_key or part.get("type") in ACTIVITIES
        if "#" in number and number.startswith(site.origin) and not may_have_one:
            yield f"{number} has a fragment"


def check_0_5(found: Found, site: Site) -> Iterator[str]:
    """url is one string on the host of the id."""
    for part in found.of(OBJECTS | ACTORS):
        if "id" not in part:
            continue
        url = part.get("url")
        if not isinstance(url, str) or _host(url) != _host(part["id"]):
            yield f"the url of {part['id']} is {url!r}"


def check_0_6(found: Found, site: Site) -> Iterator[str]:
    """context is one string."""
    for part in found.of(OBJECTS):
        if "id" in part and not isinstance(part.get("context"), str):
            yield f"the context of {part['id']} is {part.get('context')!r}"


def check_0_7(found: Found, site: Site) -> Iterator[str]:
    """image and icon are one Image with one url."""
    for part in found.parts():
        for name in ("image", "icon"):
            picture = part.get(name)
            if picture is not None and not _is_image(picture):
                yield f"the {name} of {part.get('id')} is {picture!r}"


def check_0_8(found: Found, site: Site) -> Iterator[str]:
    """attachment is a list of Images, Documents and Links; on actors, of fields."""
    for part in found.of(OBJECTS | ACTORS):
        kinds = {"PropertyValue"} if part["type"] in ACTORS else {"Image", "Document", "Link"}
        attached = part.get("attachment", [])
        if not isinstance(attached, list) or not all(
            isinstance(each, dict) and each.get("type") in kinds for each in attached
        ):
            yield f"attached to {part.get('id')} is {attached!r}"


def check_0_9(found: Found, site: Site) -> Iterator[str]:
    """publicKey is one object that belongs to the actor, and its id is the actor's with a name."""
    for actor in found.of(ACTORS):
        key = actor.get("publicKey")
        if not isinstance(key, dict):
            yield f"the key of {actor['id']} is {key!r}"
            continue
        name = str(key.get("id")).removeprefix(actor["id"])
        if key.get("owner") != actor["id"] or not re.fullmatch(r"#(main-key|key-\d+)", name):
            yield f"the key of {actor['id']} is {key.get('id')!r} of {key.get('owner')!r}"
        if not str(key.get("publicKeyPem")).startswith("-----BEGIN PUBLIC KEY-----"):
            yield f"the key of {actor['id']} is no PEM"


def check_0_10(found: Found, site: Site) -> Iterator[str]:
    """updated is absent in what was just made, never before published; times are RFC 3339 in UTC.

    The outbox tells of posts as they are now, so a Create there may be of an edited one.
    """
    for part in found.parts():
        for name in ("published", "updated", "deleted"):
            if name in part and not _MOMENT.fullmatch(str(part[name])):
                yield f"{name} of {part.get('id')} is {part[name]!r}"
    for part in found.of(OBJECTS):
        if "updated" in part and _moment(part["updated"]) < _moment(part["published"]):
            yield f"{part['id']} was updated before it was published"
    if found.type == "Create" and "updated" in found.document["object"]:
        yield f"{found.document['object']['id']} was made and updated at once"


def check_0_11(found: Found, site: Site) -> Iterator[str]:
    """to and cc are lists, the same on activity and object; Public is written out."""
    for part in found.parts():
        for name in ("to", "cc"):
            if name in part and not _is_strings(part[name]):
                yield f"{name} of {part.get('id')} is {part[name]!r}"
            elif {"as:Public", "Public"} & set(part.get(name, ())):
                yield f"{name} of {part.get('id')} has a short form of Public"
    for part in found.of(OBJECTS):
        if "id" in part and _PUBLIC not in [*part.get("to", ()), *part.get("cc", ())]:
            yield f"{part['id']} is not public"
    for activity in found.of(ACTIVITIES):
        inner = activity.get("object")
        if isinstance(inner, dict) and inner.get("type") in OBJECTS:
            for name in ("to", "cc", "audience"):
                if activity.get(name) != inner.get(name):
                    yield f"{name} of {activity['id']} is not that of its object"


def check_0_12(found: Found, site: Site) -> Iterator[str]:
    """preferredUsername is one that every server takes."""
    for actor in found.of(ACTORS):
        if not _USERNAME.fullmatch(str(actor.get("preferredUsername"))):
            yield f"{actor['id']} is called {actor.get('preferredUsername')!r}"


def check_0_13(found: Found, site: Site) -> Iterator[str]:
    """Everything of an actor is on the host of its id."""
    for actor in found.of(ACTORS):
        addresses = {name: actor[name] for name in _ADDRESSES_OF_ACTORS if name in actor}
        addresses["key"] = actor.get("publicKey", {}).get("id", "")
        addresses |= actor.get("endpoints", {})
        for name in ("inbox", "outbox"):
            if name not in addresses:
                yield f"{actor['id']} has no {name}"
        for name, address in addresses.items():
            if _host(str(address)) != _host(actor["id"]):
                yield f"{name} of {actor['id']} is {address!r}"


def check_0_14(found: Found, site: Site) -> Iterator[str]:
    """The context has the exact address, and terms are short: nobody expands them."""
    context = found.document.get("@context")
    if _CONTEXT not in (context if isinstance(context, list) else [context]):
        yield f"the context of {found.where} is {context!r}"
    for part in found.parts():
        if long := [name for name in part if ":" in name]:
            yield f"{part.get('id')} has the terms {long}"
        if ":" in str(part.get("type", "")):
            yield f"{part.get('id')} is a {part['type']}"


def check_0_15(found: Found, site: Site) -> Iterator[str]:
    """Less than a megabyte, and texts that others do not cut."""
    if len(found.body) >= _LARGEST:
        yield f"{found.where} has {len(found.body)} bytes"
    for part in found.parts():
        for name, most in _LENGTHS.items():
            if len(str(part.get(name, ""))) > most:
                yield f"{name} of {part.get('id')} has more than {most} characters"


def check_0_16(found: Found, site: Site) -> Iterator[str]:
    """The very content type that strict readers want; answers vary by Accept and lead nowhere."""
    if not _ACTIVITY_JSON.fullmatch(found.headers.get("content-type", "")):
        yield f"{found.where} is {found.headers.get('content-type')!r}"
    if found.status is not None:
        if found.status not in {200, 410}:
            yield f"{found.where} answers {found.status}"
        if "accept" not in found.headers.get("vary", "").lower():
            yield f"{found.where} varies by {found.headers.get('vary')!r}"


def check_0_17(found: Found, site: Site) -> Iterator[str]:
    """Whichever way ActivityPub is asked for, it is given."""
    for accept, given in found.negotiated.items():
        if not _ACTIVITY_JSON.fullmatch(given):
            yield f"{found.where} gives {given!r} to {accept!r}"


def check_0_18(found: Found, site: Site) -> Iterator[str]:
    """What is served at an id has that very id."""
    if found.status is not None and found.document.get("id") != found.where:
        yield f"{found.where} serves {found.document.get('id')!r}"


def check_0_19(found: Found, site: Site) -> Iterator[str]:
    """Each attempt is signed anew, with the time that it is."""
    signatures = [signature for _, signature in found.attempts]
    if len(set(signatures)) < len(signatures):
        yield f"{found.document['id']} was sent twice with one signature"
    dates = [parsedate_to_datetime(date) for date, _ in found.attempts]
    for earlier, later in pairwise(dates):
        if (later - earlier).total_seconds() < _FRESH_SECONDS:
            yield f"{found.document['id']} was sent again with the time of the first attempt"


CHECKS: Mapping[str, Check] = {
    name.removeprefix("check_"): check
    for name, check in list(globals().items())
    if name.startswith("check_0_")
}


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _is_image(picture: object) -> bool:
    return (
        isinstance(picture, dict)
        and picture.get("type") == "Image"
        and isinstance(picture.get("url"), str)
    )


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
