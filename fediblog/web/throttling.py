"""How often one client may do what costs us more than a page."""

from limits import RateLimitItem
from starlette.requests import Request

from fediblog.errors import TooManyRequests
from fediblog.web.context import blog_of
from fediblog.web.peers import peer_of


def throttle(request: Request, rate: RateLimitItem, sentence: str) -> None:
    """Count one try of a client. Raises TooManyRequests with the sentence when these were too many.

    Each rate counts for itself, under its own name. There is no limit in development mode.
    """
    blog = blog_of(request)
    if blog.settings.development:
        return
    peer = peer_of(request, blog.settings.trusted_proxies)
    if not request.app.state.limiter.hit(rate, peer):
        raise TooManyRequests(sentence, retry_after=rate.get_expiry())
