"""Looks whether the pages that the author's profile links to link back, as Mastodon does (E6)."""

import asyncio
import json

from fediblog.actions.picture_files import refuse_blocked
from fediblog.actions.site import LINK_CHECKS, LinkCheck, get_site
from fediblog.blog import Blog
from fediblog.domain.page_heads import decoded
from fediblog.domain.rel_me import links_back
from fediblog.errors import AddressRefused, RemoteError, RemoteInvalid, RemoteRefused
from fediblog.store import site

_TYPES = ("text/html", "application/xhtml+xml")
#: As much as Mastodon reads.
_MOST_BYTES = 1_000_000
_DEADLINE_SECONDS = 8.0


async def verify_links(blog: Blog, *, again: bool) -> None:
    """Ask for the page behind each link of the profile, all at once, and keep what was found.

    again: also for those that have been found to link back.
    """
    texts = await get_site(blog)
    links = list(dict.fromkeys(field.link for field in texts.fields if field.link))
    known = {} if again else {link: each for link, each in texts.links.items() if each.verified}
    asked = [link for link in links if link not in known]
    found = await asyncio.gather(*(_check(blog, link) for link in asked))
    checks = known | dict(zip(asked, found, strict=True))
    kept = [[link, checks[link].why, checks[link].at] for link in links]
    async with blog.db.transaction() as tx:
        await site.set_value(tx, LINK_CHECKS, json.dumps(kept))


async def _check(blog: Blog, link: str) -> LinkCheck:
    return LinkCheck(await _why_not(blog, link), blog.now_ms())


async def _why_not(blog: Blog, link: str) -> str:
    """Why a link is not verified, for the author; empty if it is."""
    try:
        await refuse_blocked(blog, link)
        page = await blog.remote.get_bytes(
            link, cap=_MOST_BYTES, types=_TYPES, deadline=_DEADLINE_SECONDS, beginning=True
        )
        await refuse_blocked(blog, page.url)
    except AddressRefused:
        return "This address is not one that is asked."
    except RemoteRefused as error:
        return f"The page answers {error.answer_status}."
    except RemoteInvalid:
        return "There is no HTML page at this address."
    except RemoteError:
        return "The page does not answer."
    html = decoded(page.body, page.content_type)
    profile = (blog.addresses.home, blog.addresses.actor)
    if await asyncio.to_thread(links_back, html, page.url, profile):
        return ""
    return f'The page has no link to {blog.addresses.home} with rel="me".'
