"""Signatures as other servers make them, each part of which can be made wrong."""

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx

from fediblog.protocol.addresses import authority_of
from fediblog.protocol.digests import digest_header
from fediblog.protocol.keys import PrivateKey
from fediblog.protocol.outgoing import ACTIVITY_JSON
from fediblog.protocol.signatures import Scheme, SignedRequest, sign_request
from fediblog.protocol.signatures.cavage import SignatureParams, signing_strings


@dataclass(frozen=True, slots=True)
class Seal:
    """How to sign. omit: names of headers that are sent and that the signature leaves open.

    algorithm and omit are for draft-cavage; what RFC 9421 makes is always right.
    """

    key_id: str
    key: PrivateKey
    date: datetime
    algorithm: str = "rsa-sha256"
    omit: Collection[str] = ()
    scheme: Scheme = Scheme.CAVAGE

    def headers(self, method: str, url: str, body: bytes | None = None) -> dict[str, str]:
        """The headers that sign a request, in Mastodon's order.

        url: spelled as it goes over the wire. body: None for a GET.
        """
        if self.scheme is Scheme.RFC_9421:
            return sign_request(
                method=method,
                url=url,
                key_id=self.key_id,
                private_key=self.key,
                date=self.date,
                body=body,
                content_type=None if body is None else ACTIVITY_JSON,
                scheme=self.scheme,
            )
        headers = {
            "Host": authority_of(url),
            "Date": format_datetime(self.date.astimezone(UTC), usegmt=True),
        }
        if body is not None:
            headers |= {"Digest": digest_header(body), "Content-Type": ACTIVITY_JSON}
        lines = tuple((name.lower(), value) for name, value in headers.items())
        names = ["(request-target)", *(name for name, _ in lines)]
        covered = tuple(name for name in names if name not in self.omit)
        params = SignatureParams(self.key_id, self.algorithm, covered, b"")
        target = httpx.URL(url).raw_path.decode("ascii")
        request = SignedRequest(method, target, lines, body or b"")
        signature = self.key.sign(signing_strings(request, params)[0])
        return headers | {"Signature": self._header(covered, signature)}

    def _header(self, covered: Collection[str], signature: bytes) -> str:
        return (
            f'keyId="{self.key_id}",algorithm="{self.algorithm}",headers="{" ".join(covered)}",'
            f'signature="{b64encode(signature).decode("ascii")}"'
        )
