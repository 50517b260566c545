"""The app: the list of every address, what surrounds it, its start and its stop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Route

from fediblog.actions.count_reads import ReadCounts
from fediblog.actions.readiness import Readiness
from fediblog.blog import Blog
from fediblog.clock import Clock, utc_now
from fediblog.errors import FediblogError, Unavailable
from fediblog.local_socket import listening
from fediblog.opening import open_for_service
from fediblog.remote.connector import Connector
from fediblog.settings import Settings
from fediblog.web.admin import (
    access,
    appearance,
    authorize,
    backups,
    blocks,
    copies,
    deliveries,
    door,
    followers,
    health,
    incoming,
    looks,
    media,
    moderation,
    notification_settings,
    notifications,
    post_deliveries,
    posts,
    preview,
    queue,
    replies,
    reports,
    revisions,
    servers,
    static_pages,
    tokens,
    walks,
)
from fediblog.web.admin import home as desk
from fediblog.web.admin import quotes as quoting
from fediblog.web.admin import settings as texts
from fediblog.web.api import indieauth, micropub
from fediblog.web.federation import actors, collections, discovery, inbox, objects
from fediblog.web.frames import Frames
from fediblog.web.headers import SafeHeaders
from fediblog.web.kept import Kept, KeptAnswers
from fediblog.web.live import LiveThreads
from fediblog.web.observing import Observing
from fediblog.web.operating import live_here, metrics, ready
from fediblog.web.patterns import register_patterns
from fediblog.web.rendering import Templates
from fediblog.web.representations import Representations
from fediblog.web.site import archive, failures, feeds, files, home, lists, sitemap
from fediblog.web.site.history import history
from fediblog.web.site.interact import interact, interact_page
from fediblog.web.site.live import changes, live
from fediblog.web.site.oembed import oembed
from fediblog.web.site.permalinks import reply
from fediblog.web.site.post import post
from fediblog.web.site.post_history import post_history
from fediblog.web.site.quotes import quotes
from fediblog.web.site.reactions import reactions
from fediblog.web.site.search import opensearch, search
from fediblog.web.site.static_pages import static_page
from fediblog.web.site.theme import theme
from fediblog.web.watching import Watchers
from fediblog.worker.run import prepare_work, run_workers

#: More than any form or activity has; each of them has a smaller limit of its own, with a page
#: that says so. This one also holds for bodies that do not say how long they are.
_MOST_BYTES = 13_000_000
#: What is written to the disk as it comes has the operator's limit for each file.
_MOST_UPLOADED = 2**42


def create_app(
    settings: Settings, *, clock: Clock = utc_now, connector: Connector | None = None
) -> Starlette:
    """One blog as an ASGI app. Nothing is opened before its lifespan begins.

    clock tells the time, connector makes every outgoing connection; both are for tests to decide.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_for_service(settings, clock, connector or Connector()) as blog:
            app.state.blog = blog
            app.state.templates = Templates(settings.data / "templates")
            app.state.limiter = MovingWindowRateLimiter(MemoryStorage())
            app.state.live = LiveThreads(blog)
            app.state.watchers = Watchers()
            app.state.kept = KeptAnswers()
            app.state.frames = Frames()
            app.state.reads = ReadCounts(blog)
            async with _at_work(blog, app.state.live, app.state.reads) as tasks:
                app.state.readiness = Readiness(blog, tasks)
                yield

    return Starlette(
        routes=routes(),
        lifespan=lifespan,
        middleware=[
            Middleware(Observing, trusted=settings.trusted_proxies),
            Middleware(Kept),
            Middleware(SafeHeaders, secure=settings.origin.startswith("https://")),
            Middleware(Representations),
        ],
        max_body_size=_MOST_BYTES,
        exception_handlers={
            FediblogError: failures.on_fediblog_error,
            HTTPException: failures.on_http_exception,
            ClientDisconnect: failures.on_hung_up,
            Exception: failures.on_bug,
        },
    )


def create_worker_app(blog: Blog, tasks: Sequence[asyncio.Task[None]]) -> Starlette:
    """What a process that only works answers to whoever watches it; nothing is here for readers.

    tasks: its loops. The metrics are here if there is a token for them.
    """
    get = ["GET"]
    watched = [
        Route("/health/live", live_here, methods=get),
        Route("/health/ready", ready, methods=get),
    ]
    if blog.settings.metrics_token:
        watched.append(Route("/metrics", metrics, methods=get))
    app = Starlette(
        routes=watched,
        middleware=[
            Middleware(Observing, trusted=blog.settings.trusted_proxies),
            Middleware(SafeHeaders, secure=False),
        ],
        max_body_size=0,
        exception_handlers={Unavailable: failures.tell_program},
    )
    app.state.blog = blog
    app.state.readiness = Readiness(blog, tasks)
    return app


@asynccontextmanager
async def _at_work(
    blog: Blog, live: LiveThreads, reads: ReadCounts
) -> AsyncIterator[Sequence[asyncio.Task[None]]]:
    """The loops, and on SQLite the socket that takes deeds, for as long as the app runs."""
    loops = await prepare_work(blog)
    await reads.write()
    running = (run_workers(blog, loops), live.run(), reads.run())
    tasks = [asyncio.create_task(each) for each in running]
    try:
        if blog.settings.embedded:
            async with listening(blog):
                yield tasks
        else:
            yield tasks
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await reads.write()


def routes() -> list[BaseRoute]:
    """THE list of addresses. A post's begins with a year, so no slug can shadow another one."""
    register_patterns()
    get, post_only = ["GET"], ["POST"]
    return [
        # Other servers: actors and inboxes
        Route("/inbox", inbox.inbox, methods=post_only),
        Route("/actor", actors.instance_actor, methods=get),
        Route("/actor/outbox", actors.instance_outbox, methods=get),
        Route("/users/{username}", actors.blog_actor, methods=get),
        Route("/users/{username}/inbox", inbox.personal_inbox, methods=post_only),
        Route("/users/{username}/outbox", collections.outbox_collection, methods=get),
        Route("/users/{username}/followers", collections.followers_collection, methods=get),
        Route("/users/{username}/following", collections.following_collection, methods=get),
        Route(
            "/users/{username}/collections/featured", collections.featured_collection, methods=get
        ),
        # Objects and their collections
        Route("/articles/{key}", objects.article, methods=get),
        Route("/articles/{key}/replies", collections.article_replies, methods=get),
        Route("/articles/{key}/{collection:totals}", collections.article_totals, methods=get),
        Route("/notes/{key}", objects.note, methods=get),
        Route("/notes/{key}/replies", collections.note_replies, methods=get),
        Route("/notes/{key}/{collection:totals}", collections.note_totals, methods=get),
        Route("/quotes/{key}", objects.quote_authorization, methods=get),
        Route("/approvals/{key}", objects.reply_authorization, methods=get),
        Route("/contexts/{key}", collections.context_collection, methods=get),
        Route("/activities/{key}", objects.activity, methods=get),
        Route("/features/{key}", objects.feature_authorization, methods=get),
        # Discovery
        Route("/.well-known/webfinger", discovery.webfinger, methods=get),
        Route("/.well-known/host-meta", discovery.host_meta, methods=get),
        Route("/.well-known/nodeinfo", discovery.nodeinfo_links, methods=get),
        Route("/nodeinfo/{version}", discovery.nodeinfo, methods=get),
        # Whoever watches the server
        Route("/health/live", live_here, methods=get),
        Route("/health/ready", ready, methods=get),
        Route("/metrics", metrics, methods=get),
        # Readers
        Route("/", home.home, methods=get),
        Route("/@{username}", home.profile, methods=get),
        Route("/archive", archive.archive, methods=get),
        Route("/tags", archive.tags, methods=get),
        Route("/tags/{slug}", lists.tag, methods=get),
        Route("/categories", archive.categories, methods=get),
        Route("/categories/{slug}", lists.category, methods=get),
        Route("/pages/{slug}", static_page, methods=get),
        Route("/{year:year}", lists.year, methods=get),
        Route("/{year:year}/{month:month}", lists.month, methods=get),
        Route("/{year:year}/{month:month}/{slug}", post, methods=get),
        Route("/search", search, methods=get),
        Route("/opensearch.xml", opensearch, methods=get),
        Route("/interact", interact_page, methods=get),
        Route("/interact", interact, methods=post_only),
        Route("/{year:year}/{month:month}/{slug}/live", live, methods=get),
        Route("/{year:year}/{month:month}/{slug}/changes", changes, methods=get),
        Route("/replies/{number:row}", reply, methods=get),
        Route("/replies/{number:row}/history", history, methods=get),
        Route("/{year:year}/{month:month}/{slug}/history", post_history, methods=get),
        Route("/{year:year}/{month:month}/{slug}/reactions", reactions, methods=get),
        Route("/{year:year}/{month:month}/{slug}/quotes", quotes, methods=get),
        # Readers: feeds, and what is told about links
        Route("/feeds", feeds.feeds, methods=get),
        Route("/feed.{format:feed}", feeds.site_feed, methods=get),
        Route("/tags/{slug}/feed.{format:feed}", feeds.tag_feed, methods=get),
        Route("/categories/{slug}/feed.{format:feed}", feeds.category_feed, methods=get),
        Route(
            "/{year:year}/{month:month}/{slug}/responses.{format:feed}",
            feeds.responses_feed,
            methods=get,
        ),
        Route("/oembed", oembed, methods=get),
        # Files
        Route("/static/{name}", files.static, methods=get),
        Route("/theme/{name}", theme, methods=get),
        Route("/media/avatars/{name}", files.avatar, methods=get),
        Route("/media/pictures/{name}", files.picture, methods=get),
        Route("/media/cards/{name}", files.card, methods=get),
        Route("/media/own/{name}", files.own_file, methods=get),
        Route("/robots.txt", sitemap.robots, methods=get),
        Route("/sitemap.xml", sitemap.sitemap, methods=get),
        Route("/sitemaps/{part:row}.xml", sitemap.sitemap_part, methods=get),
        Route("/favicon.ico", files.favicon, methods=get),
        # Programs that write posts
        Route("/micropub", micropub.query, methods=get),
        Route("/micropub", micropub.command, methods=post_only),
        Route("/micropub/media", micropub.upload, methods=post_only),
        Route("/.well-known/oauth-authorization-server", indieauth.metadata, methods=get),
        Route("/indieauth/token", indieauth.token, methods=post_only),
        Route("/indieauth/revoke", indieauth.revoke, methods=post_only),
        Route("/indieauth/introspect", indieauth.introspect, methods=post_only),
        # The admin: in and out
        Route("/admin/sign-in", door.sign_in_page, methods=get),
        Route("/admin/sign-in", door.sign_in, methods=post_only),
        Route("/admin/sign-in/code", door.second, methods=post_only),
        Route("/admin/sign-in/passkey", door.sign_in_by_passkey, methods=post_only),
        Route("/admin/sign-in/passkey/challenge", access.challenge_for_passkey, methods=post_only),
        Route("/admin/sign-out", door.sign_out, methods=post_only),
        Route("/admin/confirm", access.confirm_page, methods=get),
        Route("/admin/confirm", access.confirm, methods=post_only),
        Route("/admin/confirm/passkey", access.confirm_by_passkey, methods=post_only),
        Route("/admin/welcome", door.welcome_page, methods=get),
        Route("/admin/welcome", door.welcome, methods=post_only),
        # The admin: posts
        Route("/admin", desk.to_index, methods=get),
        Route("/admin/", desk.index, methods=get),
        Route("/admin/posts", posts.index, methods=get),
        Route("/admin/posts/new", posts.new_page, methods=get),
        Route("/admin/posts/new", posts.create, methods=post_only),
        Route("/admin/posts/{key}", posts.edit_page, methods=get),
        Route("/admin/posts/{key}", posts.edit, methods=post_only),
        Route("/admin/posts/{key}/preview", preview.draft, methods=get),
        Route("/admin/posts/{key}/looks", looks.saved, methods=get),
        Route("/admin/looks", looks.typed, methods=post_only),
        Route("/admin/preview", preview.preview, methods=post_only),
        Route("/admin/copies", copies.keep, methods=post_only),
        Route("/admin/copies/{number:row}/discard", copies.discard, methods=post_only),
        Route("/admin/posts/{key}/delete", posts.delete_page, methods=get),
        Route("/admin/posts/{key}/delete", posts.delete, methods=post_only),
        Route("/admin/posts/{key}/forget", posts.forget_page, methods=get),
        Route("/admin/posts/{key}/forget", posts.forget, methods=post_only),
        Route("/admin/posts/{key}/undelete", posts.undelete, methods=post_only),
        Route("/admin/posts/{key}/revisions", revisions.revisions, methods=get),
        Route("/admin/posts/{key}/resend", posts.resend_page, methods=get),
        Route("/admin/posts/{key}/resend", posts.resend, methods=post_only),
        Route("/admin/posts/{key}/pin", posts.pin, methods=post_only),
        Route("/admin/posts/{key}/unpin", posts.unpin, methods=post_only),
        # The admin: pages
        Route("/admin/pages", static_pages.index, methods=get),
        Route("/admin/pages/new", static_pages.new_page, methods=get),
        Route("/admin/pages/new", static_pages.create, methods=post_only),
        Route("/admin/pages/{number:row}", static_pages.edit_page, methods=get),
        Route("/admin/pages/{number:row}", static_pages.edit, methods=post_only),
        Route("/admin/pages/{number:row}/delete", static_pages.delete_page, methods=get),
        Route("/admin/pages/{number:row}/delete", static_pages.delete, methods=post_only),
        # The admin: media
        Route("/admin/media", media.index, methods=get),
        Route("/admin/media", media.add, methods=post_only, max_body_size=_MOST_UPLOADED),
        Route("/admin/media/upload", media.upload, methods=post_only, max_body_size=_MOST_UPLOADED),
        Route("/admin/media/{number:row}", media.one, methods=get),
        Route("/admin/media/{number:row}", media.describe, methods=post_only),
        Route("/admin/media/{number:row}/delete", media.delete_page, methods=get),
        Route("/admin/media/{number:row}/delete", media.delete, methods=post_only),
        # The admin: replies
        Route("/admin/posts/{key}/thread", replies.thread, methods=get),
        Route("/admin/posts/{key}/refresh", walks.progress, methods=get),
        Route("/admin/posts/{key}/refresh", walks.refresh, methods=post_only),
        Route("/admin/posts/{key}/answer", replies.answer_post, methods=post_only),
        Route("/admin/replies", replies.index, methods=get),
        Route("/admin/replies/{number:row}", replies.place, methods=get),
        Route("/admin/replies/{number:row}/hide", replies.hide, methods=post_only),
        Route("/admin/replies/{number:row}/show", replies.show, methods=post_only),
        Route("/admin/replies/{number:row}/answer", replies.answer_reply, methods=post_only),
        Route("/admin/replies/{number:row}/edit", replies.edit_page, methods=get),
        Route("/admin/replies/{number:row}/edit", replies.edit, methods=post_only),
        Route("/admin/replies/{number:row}/delete", replies.delete, methods=post_only),
        # The admin: notifications and health
        Route("/admin/reads", desk.count_reads, methods=post_only),
        Route("/admin/first-steps", desk.put_away_steps, methods=post_only),
        Route("/admin/health", health.page, methods=get),
        Route("/admin/health", health.check, methods=post_only),
        Route("/admin/notifications", notifications.index, methods=get),
        Route("/admin/notifications/read", notifications.read_all, methods=post_only),
        Route("/admin/notifications/{number:row}/answer", notifications.answer, methods=post_only),
        Route("/admin/notifications/{number:row}/hide", notifications.hide, methods=post_only),
        Route("/admin/notifications/{number:row}/show", notifications.show, methods=post_only),
        Route("/admin/settings/notifications", notification_settings.page, methods=get),
        Route(
            "/admin/settings/notifications/feed",
            notification_settings.change_feed,
            methods=post_only,
        ),
        Route(
            "/admin/settings/notifications/mail",
            notification_settings.change_mail,
            methods=post_only,
        ),
        Route(
            "/admin/settings/notifications/test",
            notification_settings.test_mail,
            methods=post_only,
        ),
        Route("/notifications/{token}.atom", notifications.feed, methods=get),
        Route("/admin/replies/{number:row}/report", replies.report_page, methods=get),
        Route("/admin/replies/{number:row}/report", replies.report, methods=post_only),
        # The admin: deciding
        Route("/admin/queue", queue.index, methods=get),
        Route("/admin/queue", queue.act, methods=post_only),
        Route("/admin/people/{number:row}/forbid", queue.forbid, methods=post_only),
        Route("/admin/blocks", blocks.index, methods=get),
        Route("/admin/blocks/look", blocks.look, methods=post_only),
        Route("/admin/blocks/import", blocks.take_list, methods=post_only),
        Route("/admin/blocks/export/{kind}.csv", blocks.export, methods=get),
        Route("/admin/blocks/{number:row}/end", blocks.end_page, methods=get),
        Route("/admin/blocks/{number:row}/end", blocks.end, methods=post_only),
        Route("/admin/settings/moderation", moderation.page, methods=get),
        Route("/admin/settings/moderation", moderation.save, methods=post_only),
        # The admin: quotes
        Route("/admin/quotes", quoting.index, methods=get),
        Route("/admin/quotes/{number:row}/revoke", quoting.revoke, methods=post_only),
        Route("/admin/quotes/{number:row}/restore", quoting.restore, methods=post_only),
        # The admin: access
        Route("/admin/access", access.page, methods=get),
        Route("/admin/access/password", access.change_password, methods=post_only),
        Route("/admin/access/codes", access.begin_codes, methods=post_only),
        Route("/admin/access/codes/finish", access.finish_codes, methods=post_only),
        Route("/admin/access/codes/end", access.end_codes, methods=post_only),
        Route("/admin/access/recovery", access.new_recovery_codes, methods=post_only),
        Route("/admin/access/passkeys", access.add_passkey, methods=post_only),
        Route(
            "/admin/access/passkeys/challenge", access.challenge_for_new_passkey, methods=post_only
        ),
        Route("/admin/access/passkeys/second", access.ask_for_passkey, methods=post_only),
        Route(
            "/admin/access/passkeys/{number:row}/remove", access.remove_passkey, methods=post_only
        ),
        Route("/admin/access/sessions/{number:row}/end", access.end_session, methods=post_only),
        Route("/admin/access/sessions/end-others", access.end_other_sessions, methods=post_only),
        Route("/admin/authorize", authorize.page, methods=get),
        Route("/admin/authorize", indieauth.who, methods=post_only),
        Route("/admin/authorize/decide", authorize.decide, methods=post_only),
        Route("/admin/tokens", tokens.page, methods=get),
        Route("/admin/tokens", tokens.make, methods=post_only),
        Route("/admin/tokens/{number:row}/revoke", tokens.revoke, methods=post_only),
        # The admin: followers, reports, appearance, settings
        Route("/admin/followers", followers.index, methods=get),
        Route("/admin/followers/{number:row}/remove", followers.remove, methods=post_only),
        Route("/admin/reports", reports.index, methods=get),
        Route("/admin/reports/{number:row}/close", reports.close, methods=post_only),
        # The admin: what comes and goes
        Route("/admin/deliveries", deliveries.index, methods=get),
        Route("/admin/deliveries/{number:row}/retry", deliveries.retry, methods=post_only),
        Route("/admin/deliveries/{number:row}/give-up", deliveries.give_up, methods=post_only),
        Route("/admin/posts/{key}/deliveries", post_deliveries.page, methods=get),
        Route("/admin/posts/{key}/deliveries/live", post_deliveries.live, methods=get),
        Route("/admin/posts/{key}/deliveries/retry", post_deliveries.retry, methods=post_only),
        Route("/admin/posts/{key}/deliveries/give-up", post_deliveries.give_up, methods=post_only),
        Route("/admin/servers", servers.index, methods=get),
        Route("/admin/servers/{authority}", servers.page, methods=get),
        Route("/admin/servers/{authority}/retry", servers.retry, methods=post_only),
        Route("/admin/servers/{authority}/give-up", servers.give_up, methods=post_only),
        Route("/admin/incoming", incoming.index, methods=get),
        Route("/admin/incoming/live", incoming.live, methods=get),
        Route("/admin/incoming/door", incoming.door, methods=get),
        Route("/admin/incoming/{number:row}/again", incoming.again, methods=post_only),
        Route("/admin/appearance", appearance.page, methods=get),
        Route("/admin/appearance", appearance.save, methods=post_only),
        Route("/admin/appearance/logo", appearance.change_logo, methods=post_only),
        Route("/admin/backup", backups.page, methods=get),
        Route("/admin/backup", backups.save, methods=post_only),
        Route("/admin/backup/make", backups.make, methods=post_only),
        Route("/admin/backup/{name}", backups.download, methods=get),
        Route("/admin/backup/{name}/delete", backups.delete, methods=post_only),
        Route("/admin/settings", texts.page, methods=get),
        Route("/admin/settings", texts.save, methods=post_only),
        Route("/admin/settings/links", texts.check_links, methods=post_only),
        Route("/admin/settings/picture", texts.change_picture, methods=post_only),
        Route("/admin/settings/header", texts.change_header, methods=post_only),
    ]
