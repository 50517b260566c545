"""Where programs exchange what the author has allowed for a token (IndieAuth)."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog.actions import authorize as actions
from fediblog.actions.api_tokens import SCOPES, give_token_back, look_at_token
from fediblog.errors import Forbidden, Malformed
from fediblog.protocol import indieauth
from fediblog.store.moments import from_ms
from fediblog.web.api.answers import answer, is_form, to_programs, token_of
from fediblog.web.context import blog_of
from fediblog.web.documents import plain_json
from fediblog.web.forms import fields


async def metadata(request: Request) -> Response:
    """Where everything is."""
    return plain_json(indieauth.metadata(blog_of(request).addresses.origin, list(SCOPES)))


@to_programs
async def who(request: Request) -> Response:
    """The authorization endpoint, asked by a program: a code for who the author is."""
    try:
        return answer(await actions.redeem(blog_of(request), await _form(request)))
    except Forbidden as error:
        return _no_grant(error)


@to_programs
async def token(request: Request) -> Response:
    """The token endpoint: a code for a token."""
    try:
        return answer(await actions.exchange(blog_of(request), await _form(request)))
    except Forbidden as error:
        return _no_grant(error)


@to_programs
async def revoke(request: Request) -> Response:
    """A program gives its token back; nobody is told whether it was one (RFC 7009)."""
    await give_token_back(blog_of(request), (await _form(request)).get("token", ""))
    return answer({})


@to_programs
async def introspect(request: Request) -> Response:
    """What a token is good for, told to whoever has one (RFC 7662)."""
    await token_of(request)
    blog = blog_of(request)
    found = await look_at_token(blog, (await _form(request)).get("token", ""))
    if found is None:
        return answer({"active": False})
    return answer(
        {
            "active": True,
            "me": blog.addresses.home,
            "client_id": found.client,
            "scope": found.scopes,
            "iat": int(from_ms(found.created_at).timestamp()),
        }
    )


async def _form(request: Request) -> dict[str, str]:
    if not is_form(request):
        raise Malformed("A form is wanted.")
    return dict(await fields(request))


def _no_grant(error: Forbidden) -> Response:
    return answer({"error": "invalid_grant", "error_description": error.public}, 400)
