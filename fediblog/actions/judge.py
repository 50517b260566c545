"""What becomes of a reply that takes its place: the facts, read where the transaction decides.

Every reply of somebody else comes by here on whatever way it came, before anybody sees it.
"""

from fediblog.actions.mention import mention_links, mention_pairs
from fediblog.actions.moderation import Terms, policy_of
from fediblog.actions.rules import rules_in_force
from fediblog.actions.said import said_in
from fediblog.blog import Blog
from fediblog.domain.blocks import Rule, Rules
from fediblog.domain.policy import SHOWN, Facts, Policy, Verdict, decide
from fediblog.domain.spam import Signs, count_links, suspect
from fediblog.protocol.addresses import authority_of
from fediblog.store import actors, followers, replies
from fediblog.store.actors import Actor
from fediblog.store.database import Transaction
from fediblog.store.posts import Post
from fediblog.store.replies import Reply

_PRIVATE = Verdict("private")
_DAY_MS = 24 * 3600 * 1000


async def judge(
    blog: Blog,
    tx: Transaction,
    reply: Reply,
    terms: Terms,
    parent_id: int | None,
    *,
    actor: Actor | None = None,
) -> Verdict:
    """Whether a reply is shown beneath a post, and else why not. What is not for everybody is
    private, and the author's own answers need nobody's leave. terms: those of the post. actor: who
    wrote it, if that was read in this transaction already."""
    if not reply.public:
        return _PRIVATE
    post, moderation = terms.post, terms.moderation
    if reply.key is not None or post is None:
        return SHOWN
    policy = policy_of(post, moderation)
    actor = actor or await actors.get_actor_by_number(tx, reply.actor_id)
    facts = await _facts(blog, tx, policy, moderation.checks, reply, actor, post, parent_id)
    return decide(policy, facts)


async def _facts(
    blog: Blog,
    tx: Transaction,
    policy: Policy,
    checks: frozenset[str],
    reply: Reply,
    actor: Actor | None,
    post: Post,
    parent_id: int | None,
) -> Facts:
    rules = await rules_in_force(blog, tx)
    silenced = _silenced(rules, actor)
    words = _words(rules, reply, actor)
    closes_at = policy.closes_at(post.published_at or 0)
    signs = await _signs(blog, tx, reply, actor)
    parent = await replies.get_reply_by_number(tx, parent_id) if parent_id else None
    return Facts(
        follows=await followers.is_follower(tx, reply.actor_id),
        mentioned=reply.actor_uri in dict(mention_pairs(post.mentions)),
        known=await replies.has_shown(tx, reply.actor_id),
        allowed=actor is not None and actor.allowed_at is not None,
        late=closes_at is not None and reply.received_at >= closes_at,
        beneath=parent is not None and parent.state == "held",
        silenced=(silenced.id, silenced.reason) if silenced else None,
        words=(words.id, words.reason) if words else None,
        spam=suspect(signs, checks),
    )


async def judge_text(blog: Blog, tx: Transaction, reply: Reply) -> Verdict | None:
    """Why a reply that was shown is not shown for what it says now; None if it is."""
    actor = await actors.get_actor_by_number(tx, reply.actor_id)
    rule = _words(await rules_in_force(blog, tx), reply, actor)
    return Verdict("held", rule.reason, rule.id) if rule else None


def _silenced(rules: Rules, actor: Actor | None) -> Rule | None:
    """The block of who wrote it. What was taken before is only kept off the page by one."""
    return rules.person(actor.uri, actor.authority, actor.handle) if actor else None


def _words(rules: Rules, reply: Reply, actor: Actor | None) -> Rule | None:
    """The block of what it says, and of the name that stands above it."""
    if not rules.have_words:
        return None
    said = said_in(reply.warning, reply.html, reply.attachments, reply.poll)
    names = [actor.name] if actor else []
    return rules.words(*names, *said)


async def _signs(blog: Blog, tx: Transaction, reply: Reply, actor: Actor | None) -> Signs:
    """What a stranger's reply looks like. Links to whom it mentions, and tags, are no links."""
    mentions = mention_pairs(reply.mentions)
    people = await mention_links(blog, tx, mentions)
    age = None
    if actor is not None and actor.created_at is not None:
        age = max(0, reply.received_at - actor.created_at) // _DAY_MS
    return Signs(
        links=count_links(reply.html, people, authority_of(reply.uri)),
        mentions=len(mentions),
        same=await replies.count_alike(tx, reply),
        age_days=age,
    )
