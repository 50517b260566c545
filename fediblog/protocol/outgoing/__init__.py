"""Documents that we publish, in the shapes that every known reader takes (requirements 0, A, E, F).

Pure: values in, dicts out; `encode` gives the final bytes.
"""

from fediblog.protocol.outgoing.activities import (
    accept_follow,
    announce,
    flag,
    move,
    pin,
    reject_follow,
    undo_announce,
    wrap,
)
from fediblog.protocol.outgoing.actors import Profile, blog_actor, instance_actor
from fediblog.protocol.outgoing.collections import collection, page, with_replies
from fediblog.protocol.outgoing.features import accept_feature, feature_authorization
from fediblog.protocol.outgoing.objects import (
    Answer,
    Article,
    answer,
    article,
    shortened,
    tombstone,
    with_mentions,
)
from fediblog.protocol.outgoing.quotes import (
    QuotePolicy,
    QuoteRequest,
    accept_quote,
    delete_authorization,
    quote_authorization,
    quote_policy,
    reject_quote,
)
from fediblog.protocol.outgoing.replying import (
    ReplyMade,
    accept_reply,
    delete_approval,
    reaction_policy,
    reject_reply,
    reply_authorization,
    reply_policy,
)
from fediblog.protocol.outgoing.values import (
    ACTIVITY_JSON,
    AS_CONTEXT,
    CONTEXT,
    SECURITY_CONTEXT,
    Document,
    Image,
    Recording,
    encode,
    public_audience,
    timestamp,
)

__all__ = [
    "ACTIVITY_JSON",
    "AS_CONTEXT",
    "CONTEXT",
    "SECURITY_CONTEXT",
    "Answer",
    "Article",
    "Document",
    "Image",
    "Profile",
    "QuotePolicy",
    "QuoteRequest",
    "Recording",
    "ReplyMade",
    "accept_feature",
    "accept_follow",
    "accept_quote",
    "accept_reply",
    "announce",
    "answer",
    "article",
    "blog_actor",
    "collection",
    "delete_approval",
    "delete_authorization",
    "encode",
    "feature_authorization",
    "flag",
    "instance_actor",
    "move",
    "page",
    "pin",
    "public_audience",
    "quote_authorization",
    "quote_policy",
    "reaction_policy",
    "reject_follow",
    "reject_quote",
    "reject_reply",
    "reply_authorization",
    "reply_policy",
    "shortened",
    "timestamp",
    "tombstone",
    "undo_announce",
    "with_mentions",
    "with_replies",
    "wrap",
]
