"""Documents of other servers, ironed out into dataclasses.

Beneath this package nobody meets JSON-LD's habits any more: one or many, object or id, the three
spellings of Public, natural language maps. What does not fit raises Malformed; what is merely odd
is left out. Limits on every property are those of requirement K16.
"""

from fediblog.protocol.incoming.activities import Activity, object_documents, parse_activity
from fediblog.protocol.incoming.actors import (
    ACTOR_TYPES,
    Actor,
    PublishedKey,
    parse_actor,
    parse_key,
)
from fediblog.protocol.incoming.collections import Page, parse_page
from fediblog.protocol.incoming.notes import (
    MAX_ATTACHMENTS,
    MAX_HTML,
    REPLY_TYPES,
    Attachment,
    Note,
    Option,
    Poll,
    parse_note,
)
from fediblog.protocol.incoming.tags import MAX_TAGS, Emoji, Mention
from fediblog.protocol.incoming.values import (
    MAX_ADDRESSEES,
    MAX_DEPTH,
    MAX_URI,
    PUBLIC,
    Document,
    ids,
    is_public,
    is_tombstone,
    many,
    one_id,
    parse_json,
    parse_time,
)

__all__ = [
    "ACTOR_TYPES",
    "MAX_ADDRESSEES",
    "MAX_ATTACHMENTS",
    "MAX_DEPTH",
    "MAX_HTML",
    "MAX_TAGS",
    "MAX_URI",
    "PUBLIC",
    "REPLY_TYPES",
    "Activity",
    "Actor",
    "Attachment",
    "Document",
    "Emoji",
    "Mention",
    "Note",
    "Option",
    "Page",
    "Poll",
    "PublishedKey",
    "ids",
    "is_public",
    "is_tombstone",
    "many",
    "object_documents",
    "one_id",
    "parse_activity",
    "parse_actor",
    "parse_json",
    "parse_key",
    "parse_note",
    "parse_page",
    "parse_time",
]
