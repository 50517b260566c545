"""Where somebody's own server lets them answer what is here, or follow the blog (section J).

A server says so in its WebFinger documents: by templates for each intent (FEP-3b86), or by the one
that Mastodon, Misskey and Pleroma have had for long (OStatus).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import quote

from fediblog.protocol.addresses import authority_of

Intent = Literal["reply", "follow"]

_SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
_INTENTS = "https://w3id.org/fep/3b86/"
#: What is looked for, in this order; "Object" opens whatever it is given (J1).
_RELATIONS: Mapping[Intent, tuple[str, ...]] = {
    "reply": (f"{_INTENTS}Object", _SUBSCRIBE),
    "follow": (f"{_INTENTS}Follow", f"{_INTENTS}Object", _SUBSCRIBE),
}
_VARIABLE = re.compile(r"\{([^{}]*)\}")
#: How the object is called in templates: always by its id, which every server can look up (J4).
_OBJECT = frozenset({"uri", "object"})
_LONGEST = 2048


def intent_address(
    descriptor: Mapping[str, Any], host: str, intent: Intent, object_id: str, *, scheme: str
) -> str:
    """The page on which a person goes on, as their server's WebFinger document has it.

    Without a template it is where Mastodon has it. Templates of any other scheme than that of our
    own requests are passed over, so nothing that runs can be in one (K21). host: whose document
    it is.
    """
    links = descriptor.get("links")
    templates = dict(_templates(links if isinstance(links, list) else [], scheme))
    for relation in _RELATIONS[intent]:
        if template := templates.get(relation):
            return _filled(template, object_id)
    return _filled(f"{scheme}://{host}/authorize_interaction?uri={{uri}}", object_id)


def _templates(links: list[Any], scheme: str) -> Iterator[tuple[str, str]]:
    for link in links:
        relation, template = (
            (link.get("rel"), link.get("template")) if isinstance(link, dict) else (None, None)
        )
        if not isinstance(relation, str) or not isinstance(template, str):
            continue
        plain = _filled(template[:_LONGEST], "")
        if plain.startswith(f"{scheme}://") and authority_of(plain):
            yield relation, template[:_LONGEST]


def _filled(template: str, object_id: str) -> str:
    """Variables that we do not know stay empty (J3)."""

    def value(match: re.Match[str]) -> str:
        return quote(object_id, safe="") if match[1] in _OBJECT else ""

    return _VARIABLE.sub(value, template)
