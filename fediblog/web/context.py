"""What a handler finds in the app: the running blog and the templates."""

from starlette.requests import Request

from fediblog.blog import Blog
from fediblog.web.live import LiveThreads
from fediblog.web.rendering import Templates
from fediblog.web.watching import Watchers


def blog_of(request: Request) -> Blog:
    """The running blog."""
    blog: Blog = request.app.state.blog
    return blog


def templates_of(request: Request) -> Templates:
    """The templates."""
    templates: Templates = request.app.state.templates
    return templates


def live_of(request: Request) -> LiveThreads:
    """Who listens to which thread."""
    live: LiveThreads = request.app.state.live
    return live


def watchers_of(request: Request) -> Watchers:
    """The author's pages that wait for news."""
    watchers: Watchers = request.app.state.watchers
    return watchers
