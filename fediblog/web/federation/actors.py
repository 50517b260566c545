"""The two actors, and what hangs on them but is empty."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fediblog.actions.profile import actor_profile
from fediblog.errors import NotFound
from fediblog.protocol import outgoing
from fediblog.web.context import blog_of
from fediblog.web.documents import asks_activitypub, document


async def blog_actor(request: Request) -> Response:
    """The blog's actor; browsers are sent to the home page, which is its profile."""
    blog = blog_of(request)
    check_username(request)
    if not asks_activitypub(request):
        return RedirectResponse(blog.addresses.home, 303, {"Vary": "Accept"})
    profile = await actor_profile(blog, blog.db)
    return document(outgoing.blog_actor(blog.addresses, profile))


async def instance_actor(request: Request) -> Response:
    """The actor that signs our fetches, for everybody and in every form (requirement B5)."""
    blog = blog_of(request)
    pem = blog.keys.instance.public_pem()
    return document(outgoing.instance_actor(blog.addresses, pem))


async def instance_outbox(request: Request) -> Response:
    """The instance actor says nothing."""
    address = f"{blog_of(request).addresses.instance_actor}/outbox"
    return document(outgoing.collection(address, 0, first=None))


def check_username(request: Request) -> None:
    """Only one user lives here. Raises NotFound for another."""
    if request.path_params["username"] != blog_of(request).addresses.username:
        raise NotFound("There is nobody of this name here.")
