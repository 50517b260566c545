"""WebFinger, host-meta and NodeInfo."""

from starlette.requests import Request
from starlette.responses import Response

from fediblog import __version__
from fediblog.actions.site import get_site
from fediblog.errors import NotFound
from fediblog.protocol import discovery
from fediblog.store import posts, threads
from fediblog.web.context import blog_of
from fediblog.web.documents import plain_json


async def webfinger(request: Request) -> Response:
    """The JRD of one of our two actors. 400 without a resource, 404 for anybody else."""
    resource = request.query_params.get("resource", "")
    descriptor = discovery.webfinger(blog_of(request).addresses, resource)
    if descriptor is None:
        raise NotFound("There is nobody of this name here.")
    return plain_json(descriptor, discovery.JRD_JSON)


async def host_meta(request: Request) -> Response:
    """Where WebFinger is, in XRD."""
    body = discovery.host_meta(blog_of(request).addresses)
    headers = {"Access-Control-Allow-Origin": "*"}
    return Response(body, headers=headers, media_type="application/xrd+xml")


async def nodeinfo_links(request: Request) -> Response:
    """Where the NodeInfo documents are."""
    return plain_json(discovery.nodeinfo_links(blog_of(request).addresses))


async def nodeinfo(request: Request) -> Response:
    """NodeInfo in one of two versions."""
    version = request.path_params["version"]
    if version not in {"2.0", "2.1"}:
        raise NotFound
    blog = blog_of(request)
    usage = discovery.Usage(
        posts=await posts.count_published(blog.db), comments=await threads.count_shown(blog.db)
    )
    site = await get_site(blog)
    schema = f"{discovery.NODEINFO_SCHEMA}/{version}"
    return plain_json(
        discovery.nodeinfo(version, __version__, usage, site.title),
        f'application/json; profile="{schema}#"',
    )
