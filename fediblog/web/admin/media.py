"""The admin's media: uploaded once, used in posts and pages."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fediblog.actions.lead_pictures import store_picture
from fediblog.domain.plaintext import one_line
from fediblog.web.admin.door import signed_in
from fediblog.web.context import blog_of
from fediblog.web.forms import fields, takes_a_file, uploaded_file


@takes_a_file
@signed_in
async def upload(request: Request) -> Response:
    """Take a file for a script, which learns how to show it: as `file` of a form, perhaps with
    `alt`. What does not fit is answered with {"error": why}, as to every program."""
    medium = await store_picture(blog_of(request), await uploaded_file(request, "file"))
    alt = one_line((await fields(request)).get("alt", ""))
    url = f"/media/own/{medium.common_file}"
    told = {
        "url": url,
        "name": medium.name,
        "kind": "picture",
        "width": medium.common_width,
        "height": medium.common_height,
        "alt": alt,
        "markdown": f"![{alt}]({url})",
    }
    return JSONResponse(told, 201)
