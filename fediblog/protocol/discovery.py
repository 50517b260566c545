"""How others find the blog: WebFinger, host-meta and NodeInfo documents (requirements E3, F6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fediblog.errors import Malformed
from fediblog.protocol.addresses import Addresses

JRD_JSON = "application/jrd+json"
PROFILE_REL = "http://webfinger.net/rel/profile-page"
NODEINFO_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema"


@dataclass(frozen=True, slots=True)
class Usage:
    """What NodeInfo tells: published posts, and shown replies."""

    posts: int
    comments: int


def webfinger(addresses: Addresses, resource: str) -> dict[str, Any] | None:
    """The JRD of the blog's actor or the instance actor, None for anybody else.

    resource: acct:user@host in any case, the actor's id, the profile page or the bare origin. With
    a handle on another domain (E4), acct: on either host means the blog, and so does that domain;
    the subject is always the handle. Raises Malformed when it is missing or no resource at all.
    """
    if not resource or ":" not in resource:
        raise Malformed("Give a resource, such as acct:user@host.")
    wanted = resource.strip()
    accounts = {f"acct:{addresses.handle}", f"acct:{addresses.username}@{addresses.authority}"}
    pages = {addresses.actor, addresses.home, addresses.origin}
    pages |= {f"{addresses.origin}/@{addresses.username}"}
    if domain := addresses.handle_domain:
        pages |= {f"https://{domain}", f"https://{domain}/"}
    if wanted.lower() in {account.lower() for account in accounts} or wanted in pages:
        return _descriptor(f"acct:{addresses.handle}", addresses.actor, addresses.home)
    instance = f"acct:{addresses.instance_username}@{addresses.authority}"
    if wanted.lower() == instance.lower() or wanted == addresses.instance_actor:
        return _descriptor(instance, addresses.instance_actor, addresses.home)
    return None


def host_meta(addresses: Addresses) -> str:
    """XRD that points to WebFinger, for those who still start here (Mastodon's fallback)."""
    template = f"{addresses.origin}/.well-known/webfinger?resource={{uri}}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{template}"/>\n'
        "</XRD>\n"
    )


def nodeinfo_links(addresses: Addresses) -> dict[str, Any]:
    """Where the NodeInfo documents are, and which actor speaks for the server (FEP-2677)."""
    return {
        "links": [
            {
                "rel": f"{NODEINFO_SCHEMA}/{version}",
                "href": f"{addresses.origin}/nodeinfo/{version}",
            }
            for version in ("2.0", "2.1")
        ]
        + [
            {
                "rel": "https://www.w3.org/ns/activitystreams#Application",
                "href": addresses.instance_actor,
            }
        ]
    }


def nodeinfo(version: str, software_version: str, usage: Usage, name: str) -> dict[str, Any]:
    """NodeInfo 2.0 or 2.1 of a server with one user."""
    software = {"name": "fediblog", "version": software_version}
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {
            "users": {"total": 1, "activeMonth": 1, "activeHalfyear": 1},
            "localPosts": usage.posts,
            "localComments": usage.comments,
        },
        "metadata": {"nodeName": name},
    }


def subject_and_actor(descriptor: Mapping[str, Any]) -> tuple[str, str]:
    """The acct: subject and the ActivityPub self link of a foreign JRD; empty where missing.

    The link's type must be exactly one of two, as Mastodon has it (E3).
    """
    subject = descriptor.get("subject")
    types = {
        "application/activity+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    }
    links = descriptor.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "self" and link.get("type") in types:
            href = link.get("href")
            return (
                subject if isinstance(subject, str) else "",
                href if isinstance(href, str) else "",
            )
    return (subject if isinstance(subject, str) else "", "")


def _descriptor(subject: str, actor: str, profile: str) -> dict[str, Any]:
    return {
        "subject": subject,
        "aliases": sorted({actor, profile}),
        "links": [
            {"rel": "self", "type": "application/activity+json", "href": actor},
            {"rel": PROFILE_REL, "type": "text/html", "href": profile},
        ],
    }
