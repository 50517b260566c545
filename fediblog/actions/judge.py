"""What becomes of a reply that takes its place: the facts, read where the transaction decides.

Every reply of somebody else comes by here on whatever way it came, before anybody sees it.
"""

from fediblog.actions.mention import mention_pairs
from fediblog.actions.moderation import get_moderation, policy_of
from fediblog.blog import Blog
from fediblog.domain.policy import SHOWN, Facts, Policy, Verdict, decide
from fediblog.store import actors, followers, posts, replies
from fediblog.store.database import Transaction
from fediblog.store.posts import Post
from fediblog.store.replies import Reply

_PRIVATE = Verdict("private")


async def judge(
    blog: Blog, tx: Transaction, reply: Reply, post_id: int, parent_id: int | None
) -> Verdict:
    """Whether a reply is shown beneath a post, and else why not. What is not for everybody is
    private, and the author's own answers need nobody's leave."""
    if not reply.public:
        return _PRIVATE
    post = await posts.get_post_by_number(tx, post_id)
    if reply.key is not None or post is None:
        return SHOWN
    policy = policy_of(post, await get_moderation(tx))
    return decide(policy, await _facts(blog, tx, policy, reply, post, parent_id))


async def _facts(
    blog: Blog, tx: Transaction, policy: Policy, reply: Reply, post: Post, parent_id: int | None
) -> Facts:
    closes_at = policy.closes_at(post.published_at or 0)
    actor = await actors.get_actor_by_number(tx, reply.actor_id)
    parent = await replies.get_reply_by_number(tx, parent_id) if parent_id else None
    return Facts(
        follows=await followers.is_follower(tx, reply.actor_id),
        mentioned=reply.actor_uri in dict(mention_pairs(post.mentions)),
        known=await replies.has_shown(tx, reply.actor_id),
        allowed=actor is not None and actor.allowed_at is not None,
        late=closes_at is not None and reply.received_at >= closes_at,
        beneath=parent is not None and parent.state == "held",
    )
