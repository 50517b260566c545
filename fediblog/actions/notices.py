"""Notifications in words: for their page, their feed and their mails.

They are written when they are read, from the rows as they are then: what has been deleted since is
in none of them any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fediblog.actions.documents import permalink
from fediblog.actions.find_ours import find_ours
from fediblog.blog import Blog
from fediblog.domain.plaintext import one_line, plain_text, shortened
from fediblog.store import actors, outbox, posts, quotes, reactions, reports, threads
from fediblog.store.day_counts import DAY_MS
from fediblog.store.notifications import Notification
from fediblog.store.posts import Post
from fediblog.store.threads import ThreadReply

_EXCERPT = 280
_REPLIES = frozenset({"reply", "held", "private"})
#: By the state that a reply has now, which may be another than when it came.
_SAYS = {
    "held": "replied, and waits for you, to",
    "hidden": "replied, and it is hidden, to",
    "private": "wrote to you alone about",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One line. who did_what about, each plain text: "Alice", "replied to", "A post"; who or about
    is empty where there is none. text: what was said, plain text. path: where the author sees to
    it. reply: the reply that it is about, as long as it is there. url: where the person is, or what
    they wrote."""

    notification: Notification
    who: str
    did_what: str
    about: str
    text: str
    path: str
    url: str = ""
    reply: ThreadReply | None = None

    @property
    def title(self) -> str:
        """All of it on one line."""
        about = f"“{self.about}”" if self.about else ""
        return " ".join(filter(None, (self.who, self.did_what, about)))


async def describe(blog: Blog, found: Sequence[Notification]) -> list[Notice]:
    """Notifications in words, in the same order."""
    numbers = [each.about_id for each in found if each.about_id and each.kind in _REPLIES]
    known_replies = {each.id: each for each in await threads.list_replies(blog.db, numbers)}
    number_of_posts = [each.post_id for each in known_replies.values() if each.post_id]
    known_posts = await posts.list_by_number(blog.db, sorted(set(number_of_posts)))
    people = await actors.list_names(
        blog.db, sorted({each.actor_id for each in found if each.actor_id})
    )
    known_quotes = await quotes.list_by_number(
        blog.db, [each.about_id for each in found if each.about_id and each.kind == "quote"]
    )
    notices = []
    for each in found:
        name, page = people.get(each.actor_id or 0, ("Somebody", ""))
        match each.kind:
            case "reply" | "held" | "private":
                reply = known_replies.get(each.about_id or 0)
                post = known_posts.get((reply.post_id if reply else 0) or 0)
                notices.append(_reply(each, name, reply, post))
            case "quote":
                quote = known_quotes.get(each.about_id or 0)
                text = (quote.warning or quote.text) if quote else ""
                about = await _title(blog, quote.target_uri) if quote else ""
                url = quote.page_url if quote else ""
                did = "quotes" if quote else "quoted you, and no longer does"
                notices.append(Notice(each, name, did, about, _cut(text), "/admin/quotes", url))
            case "follow":
                notices.append(Notice(each, name, "follows you", "", "", "/admin/followers", page))
            case "reaction":
                notices.append(await _reaction(blog, each, name))
            case "report":
                report = await reports.get_report(blog.db, each.about_id or 0)
                server = report.authority if report else "A server"
                text = _cut(report.content) if report else ""
                notices.append(
                    Notice(each, server, "reports something", "", text, "/admin/reports")
                )
            case "delivery":
                notices.append(await _delivery(blog, each))
            case _:
                did = "Something is wrong with the blog"
                notices.append(Notice(each, "", did, "", each.words, "/admin/health"))
    return notices


def _reply(each: Notification, name: str, reply: ThreadReply | None, post: Post | None) -> Notice:
    if reply is None or post is None or reply.state == "deleted":
        did = "replied, and it has been deleted since"
        return Notice(each, name, did, "", "", "/admin/replies")
    return Notice(
        each,
        name,
        _SAYS.get(reply.state, "replied to"),
        post.title,
        _cut(reply.warning) or plain_text(reply.html, _EXCERPT),
        f"/admin/posts/{post.key}/thread#reply-{reply.id}",
        reply.page_url,
        reply,
    )


async def _reaction(blog: Blog, each: Notification, name: str) -> Notice:
    """Who liked and boosted something on the day, counted from what is still there."""
    target = ("post" if each.words == "post" else "reply", each.about_id or 0)
    since = each.changed_at // DAY_MS * DAY_MS
    counts = await reactions.count_between(blog.db, target, since=since, until=since + DAY_MS)
    title, path = await _reacted_to(blog, target)
    boosts = counts.get("announce", 0)
    likes = sum(counts.values()) - boosts
    if not likes and not boosts:
        return Notice(each, name, "liked, and no longer does,", title, "", path)
    if each.count == 1:
        return Notice(each, name, "boosted" if boosts else "likes", title, "", path)
    told = [_people(likes, "likes", "like")] if likes else []
    told += [_people(boosts, "boosted", "boosted")] if boosts else []
    return Notice(each, "", " and ".join(told), title, "", path)


def _people(count: int, one: str, many: str) -> str:
    return f"1 person {one}" if count == 1 else f"{count} people {many}"


async def _reacted_to(blog: Blog, target: tuple[str, int]) -> tuple[str, str]:
    """The title of what was reacted to, and where it is seen."""
    kind, number = target
    if kind == "post":
        post = await posts.get_post_by_number(blog.db, number)
        if post is None or post.state != "published":
            return "something that is deleted", "/admin/posts"
        return post.title, f"{permalink(blog, post)}/reactions"
    reply = await threads.get_thread_reply(blog.db, number)
    post = await posts.get_post_of_reply(blog.db, number)
    if reply is None or post is None:
        return "something that is deleted", "/admin/replies"
    text = plain_text(reply.html, 60)
    return text or post.title, f"/admin/posts/{post.key}/thread#reply-{number}"


async def _delivery(blog: Blog, each: Notification) -> Notice:
    path = "/admin/deliveries?state=failed"
    if each.about_id is None:
        return Notice(each, "", "A server is given up", "", each.words, path)
    uri = await outbox.get_object_uri(blog.db, each.about_id) or ""
    title = await _title(blog, uri)
    servers = "a server" if each.count == 1 else f"{each.count} servers"
    return Notice(each, "", f"Could not be brought to {servers}:", title, each.words, path)


async def _title(blog: Blog, uri: str) -> str:
    """What something of ours is called: a post's title, the beginning of an answer."""
    found = await find_ours(blog, blog.db, uri)
    if found is None:
        return "something that is deleted"
    if isinstance(found, Post):
        return found.title
    return plain_text(found.html, 60)


def _cut(text: str) -> str:
    return shortened(one_line(text), _EXCERPT)
