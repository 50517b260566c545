"""The server whose deliveries were recorded: GoToSocial at gts1.test, as far as we ask it."""

from dataclasses import dataclass, field

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fediblog.protocol.keys import PublicKey
from fediblog.protocol.outgoing import ACTIVITY_JSON, Document
from fediblog.protocol.signatures import SignedRequest
from fediblog.protocol.signatures.cavage import parse_signature, verify
from tests.captures_reader import gotosocial_actors, gotosocial_stubs

HOST = "gts1.test"
ALICE = f"https://{HOST}/users/alice"
DAVE = f"https://{HOST}/users/dave"


@dataclass(slots=True)
class CapturedSenders:
    """Its people, in secure mode (N2): read by those alone who sign with a key in reader_keys.

    reader_keys: PEM by key id. requests: (method, path) of all that came. received: deliveries.
    """

    reader_keys: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    received: list[Document] = field(default_factory=list)

    def app(self) -> Starlette:
        """The server as an ASGI application."""
        return Starlette(
            routes=[
                Route("/.well-known/webfinger", self._webfinger),
                Route("/users/{name}", self._actor),
                Route("/users/{name}/main-key", self._key),
                Route("/users/{name}/inbox", self._inbox, methods=["POST"]),
            ]
        )

    async def _webfinger(self, request: Request) -> Response:
        self._note(request)
        resource = request.query_params["resource"]
        name = resource.removeprefix("acct:").removesuffix(f"@{HOST}")
        actor = gotosocial_actors().get(f"https://{HOST}/users/{name}")
        if actor is None:
            return Response(status_code=404)
        links = [{"rel": "self", "type": ACTIVITY_JSON, "href": actor["id"]}]
        descriptor = {"subject": f"acct:{name}@{HOST}", "links": links}
        return JSONResponse(descriptor, media_type="application/jrd+json")

    async def _actor(self, request: Request) -> Response:
        if not await self._is_signed(request):
            return Response(status_code=401)
        return _answer(gotosocial_actors().get(f"https://{HOST}{request.url.path}"))

    async def _key(self, request: Request) -> Response:
        self._note(request)
        return _answer(_stubs().get(f"https://{HOST}{request.url.path}"))

    async def _inbox(self, request: Request) -> Response:
        if not await self._is_signed(request):
            return Response(status_code=401)
        self.received.append(orjson.loads(await request.body()))
        return Response(status_code=202)

    def _note(self, request: Request) -> None:
        self.requests.append((request.method, request.url.path))

    async def _is_signed(self, request: Request) -> bool:
        self._note(request)
        if "signature" not in request.headers:
            return False
        lines = tuple((name.decode(), value.decode()) for name, value in request.headers.raw)
        came = SignedRequest(request.method, request.url.path, lines, await request.body())
        params = parse_signature(came)
        pem = self.reader_keys.get(params.key_id)
        return pem is not None and verify(came, params, PublicKey.from_pem(pem))


def _stubs() -> dict[str, Document]:
    """What is at each key id; that of the instance actor was not recorded, and looks the same."""
    fields = ("@context", "id", "preferredUsername", "publicKey", "type")
    made = {
        actor["publicKey"]["id"]: {field: actor[field] for field in fields}
        for actor in gotosocial_actors().values()
    }
    return made | gotosocial_stubs()


def _answer(document: Document | None) -> Response:
    if document is None:
        return Response(status_code=404)
    return Response(orjson.dumps(document), media_type=ACTIVITY_JSON)
