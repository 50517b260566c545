"""The tables. Times are milliseconds since the epoch, UTC; foreign keys RESTRICT.

Integers keep the raw SQL of the hot paths the same on SQLite and PostgreSQL, whose drivers give
back timestamps and booleans in different shapes. Uniqueness stands on columns or unique_together:
Tortoise 1.1 silently leaves out the constraints of Meta.constraints. It also copies a class's
docstring into the table's SQL comment and splits that SQL at semicolons, so these have none.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

_URI = 2048


class Setting(Model):
    """A value by its name: the origin of the first start, the site's texts, the password's hash."""

    name = fields.CharField(60, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "setting"


class SearchDue(Model):
    """A text that is to be read into the index of words, which is no table of the ORM.

    entry: its number there, see store/search.py.
    """

    entry = fields.BigIntField(primary_key=True, generated=False)

    class Meta:
        table = "search_due"


class Session(Model):
    """A signed-in browser, of which only the hash of the token is kept.

    browser: in words. address: from where it was seen last. confirmed_at: when it was last shown
    that it is the author who sits there.
    """

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(64, unique=True)
    csrf = fields.CharField(64)
    created_at = fields.BigIntField()
    used_at = fields.BigIntField()
    browser = fields.CharField(100, db_default="")
    address = fields.CharField(64, db_default="")
    confirmed_at = fields.BigIntField(db_default=0)

    class Meta:
        table = "session"


class Attempt(Model):
    """Somebody tried to sign in, or several times alike within a quarter of an hour.

    way: password, code, recovery, passkey or link. result: see store/attempts.py.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.BigIntField()
    way = fields.CharField(20)
    result = fields.CharField(20)
    browser = fields.CharField(100)
    address = fields.CharField(64)
    times = fields.IntField(db_default=1)

    class Meta:
        table = "attempt"


class Passkey(Model):
    """A passkey of the author: the half of it that is public."""

    id = fields.BigIntField(primary_key=True)
    credential = fields.CharField(1400, unique=True)
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField()
    name = fields.CharField(60)
    created_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)

    class Meta:
        table = "passkey"


class RecoveryCode(Model):
    """What stands in for a second factor that is lost, once. Only its hash is kept."""

    code_hash = fields.CharField(64, primary_key=True)

    class Meta:
        table = "recovery_code"


class Ticket(Model):
    """What is good once and for a short time: half of a sign-in, a challenge, a code.

    value: JSON of what it stands for.
    """

    token_hash = fields.CharField(64, primary_key=True)
    kind = fields.CharField(20)
    value = fields.TextField()
    expires_at = fields.BigIntField()

    class Meta:
        table = "ticket"
        indexes = (Index(fields=["expires_at"], name="ticket_by_end"),)


class ApiToken(Model):
    """Lets a program write posts. Only its hash is kept.

    scopes: separated by spaces. client: address of the program that asked for it, empty for one
    that the author made.
    """

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(64, unique=True)
    name = fields.CharField(100)
    scopes = fields.CharField(100)
    client = fields.CharField(500)
    created_at = fields.BigIntField()
    used_at = fields.BigIntField(null=True)

    class Meta:
        table = "api_token"


class Actor(Model):
    """Somebody elsewhere, or the blog itself. handle: user@host, once WebFinger agreed. handle_key:
    the same as it is looked for, in small letters.

    emojis: JSON of [name, picture] pairs in the display name. moved_to: id of the actor who is the
    same person now, since moved_at. blocks_us_at: when that person blocked the blog, by the Block
    with the id block_id. allowed_at: since when their replies are shown without being asked about.
    created_at: since when the account is there, by its own word.
    """

    id = fields.BigIntField(primary_key=True)
    uri = fields.CharField(_URI, unique=True)
    authority = fields.CharField(300)
    type = fields.CharField(100)
    username = fields.CharField(200)
    handle = fields.CharField(500)
    handle_at = fields.BigIntField(null=True)
    name = fields.CharField(500)
    page_url = fields.CharField(_URI)
    icon_url = fields.CharField(_URI)
    avatar = fields.CharField(100)
    avatar_at = fields.BigIntField(null=True)
    inbox = fields.CharField(_URI)
    shared_inbox = fields.CharField(_URI)
    fetched_at = fields.BigIntField()
    gone_at = fields.BigIntField(null=True)
    emojis = fields.TextField(db_default="")
    moved_to = fields.CharField(_URI, db_default="")
    moved_at = fields.BigIntField(null=True)
    blocks_us_at = fields.BigIntField(null=True)
    block_id = fields.CharField(_URI, db_default="")
    allowed_at = fields.BigIntField(null=True)
    created_at = fields.BigIntField(null=True)
    handle_key = fields.CharField(500, db_default="")

    class Meta:
        table = "actor"
        indexes = (
            Index(fields=("handle_key",), name="actor_by_handle"),
            Index(fields=("avatar_at",), name="actor_avatar_due"),
            Index(fields=("blocks_us_at",), name="actor_blocks_us"),
            Index(fields=("authority",), name="actor_by_authority"),
            Index(fields=("moved_to",), name="actor_by_destination"),
            Index(fields=("allowed_at",), name="actor_allowed"),
        )


class ActorKey(Model):
    """A public key by its key id, as an actor may have several."""

    id = fields.BigIntField(primary_key=True)
    key_id = fields.CharField(_URI, unique=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField(
        "fediblog.Actor", related_name="keys", on_delete=fields.RESTRICT
    )
    pem = fields.TextField()
    fetched_at = fields.BigIntField()

    class Meta:
        table = "actor_key"
        indexes = (Index(fields=("actor_id",), name="actor_key_of_actor"),)


class Follower(Model):
    """Who follows the blog, with the id of the Follow.

    check_at: when to ask whether they are still there, because their inbox was not.
    """

    id = fields.BigIntField(primary_key=True)
    actor: fields.OneToOneRelation[Actor] = fields.OneToOneField(
        "fediblog.Actor", related_name="follower", on_delete=fields.RESTRICT
    )
    follow_id = fields.CharField(_URI)
    since = fields.BigIntField()
    check_at = fields.BigIntField(null=True)

    class Meta:
        table = "follower"
        indexes = (Index(fields=("check_at",), name="follower_check_due"),)


class DroppedFollower(Model):
    """Somebody who followed until they, or their whole server, could not be found any more."""

    id = fields.BigIntField(primary_key=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField(
        "fediblog.Actor", related_name="dropped", on_delete=fields.RESTRICT
    )
    reason = fields.TextField()
    dropped_at = fields.BigIntField()

    class Meta:
        table = "dropped_follower"
        indexes = (Index(fields=("actor_id",), name="dropped_by_actor"),)


class Medium(Model):
    """A file that the author has uploaded. A picture is drawn anew in several widths and formats.

    kind: picture, audio, video or file. name is made at random, and the beginning of every file's
    name. ending: of the file, or of the format that everybody shows. width, height: pixels, 0 for
    what has none. widths: JSON of pixels, ending in the full width. size: bytes of what was
    uploaded, 0 where that is not known. title: the name that the file had. caption: a line of
    Markdown. focus_x, focus_y: which point matters, in percent from the left and from the top.
    words: title, alt and caption as they are searched.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(8, db_default="picture")
    name = fields.CharField(32, unique=True)
    ending = fields.CharField(8)
    width = fields.IntField()
    height = fields.IntField()
    widths = fields.TextField()
    blur = fields.CharField(100)
    size = fields.BigIntField(db_default=0)
    title = fields.CharField(200, db_default="")
    alt = fields.TextField(db_default="")
    caption = fields.TextField(db_default="")
    focus_x = fields.IntField(db_default=50)
    focus_y = fields.IntField(db_default=50)
    words = fields.TextField(db_default="")
    created_at = fields.BigIntField()

    class Meta:
        table = "medium"


class MediumUse(Model):
    """A post or a page that names a medium in its HTML. Lead pictures are in the post's own row."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(32)
    owner_kind = fields.CharField(10)
    owner_id = fields.BigIntField()

    class Meta:
        table = "medium_use"
        unique_together = (("owner_kind", "owner_id", "name"),)
        indexes = (Index(fields=("name",), name="medium_use_by_name"),)


class Post(Model):
    """A post. key is its part of the id and never changes, version grows with what is seen.

    mentions: JSON of whom the text mentions, as they were found when it was written. gallery: its
    pictures go along, in place of a link to it. source_line: where what it tells of comes from, and
    lead_caption what stands beneath its lead picture, both a line of Markdown. licence: by its SPDX
    name. contents: it begins with a list of its headings. words: how long it is. comment_policy:
    who may reply, and close_after: for how many days, 0 for ever. Empty and null: as the blog says.
    warning: of what is in it, behind which it is folded. publish_at: when a scheduled one is
    published, and delete_at when one that is being deleted is gone. edited_at: when its text was
    written last, updated_at when everybody was told. note: what the author has to know of its
    publication. resent_at: when the followers were last shown it again.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(40, unique=True)
    slug = fields.CharField(120, unique=True)
    state = fields.CharField(12)
    title = fields.CharField(300)
    source = fields.TextField()
    html = fields.TextField()
    excerpt = fields.TextField()
    language = fields.CharField(35)
    created_at = fields.BigIntField()
    published_at = fields.BigIntField(null=True)
    updated_at = fields.BigIntField(null=True)
    deleted_at = fields.BigIntField(null=True)
    version = fields.BigIntField(default=1)
    pinned_at = fields.BigIntField(null=True)
    mentions = fields.TextField(db_default="")
    gallery = fields.BooleanField(db_default=False)
    category = fields.CharField(100, db_default="")
    category_slug = fields.CharField(120, db_default="")
    source_line = fields.TextField(db_default="")
    licence = fields.CharField(40, db_default="")
    lead: fields.ForeignKeyNullableRelation[Medium] = fields.ForeignKeyField(
        "fediblog.Medium", related_name="posts", on_delete=fields.RESTRICT, null=True
    )
    lead_alt = fields.TextField(db_default="")
    lead_caption = fields.TextField(db_default="")
    contents = fields.BooleanField(db_default=False)
    words = fields.IntField(db_default=0)
    comment_policy = fields.CharField(12, db_default="")
    close_after = fields.IntField(null=True)
    warning = fields.TextField(db_default="")
    publish_at = fields.BigIntField(null=True)
    delete_at = fields.BigIntField(null=True)
    edited_at = fields.BigIntField(null=True)
    note = fields.TextField(db_default="")
    resent_at = fields.BigIntField(null=True)

    class Meta:
        table = "post"
        indexes = (
            Index(fields=("state", "published_at"), name="post_by_date"),
            Index(fields=("pinned_at",), name="post_pinned"),
            Index(fields=("category_slug", "published_at"), name="post_by_category"),
            Index(fields=("lead_id",), name="post_by_lead"),
            Index(fields=("publish_at",), name="post_publish_due"),
            Index(fields=("delete_at",), name="post_delete_due"),
        )


class PostRevision(Model):
    """What a post said before an edit.

    written_at: since when it had said so. public: everybody could read it.
    """

    id = fields.BigIntField(primary_key=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField(
        "fediblog.Post", related_name="revisions", on_delete=fields.RESTRICT
    )
    title = fields.CharField(300)
    source = fields.TextField()
    html = fields.TextField()
    written_at = fields.BigIntField()
    public = fields.BooleanField(db_default=True)

    class Meta:
        table = "post_revision"
        indexes = (Index(fields=("post_id",), name="post_revision_by_post"),)


class WorkingCopy(Model):
    """What is typed in one window and not saved yet. form: JSON of the fields by their names.

    place: what it is typed for, such as post/new or page/7. based_on: the fingerprint of what was
    there when its form was opened.
    """

    id = fields.BigIntField(primary_key=True)
    place = fields.CharField(60)
    window_key = fields.CharField(40)
    based_on = fields.CharField(64)
    form = fields.TextField()
    saved_at = fields.BigIntField()

    class Meta:
        table = "working_copy"
        unique_together = (("place", "window_key"),)


class Page(Model):
    """A page that belongs to no day, such as one about the author. It is not sent to anybody.

    state: draft or published. place orders the menu, 0 stands in none.
    """

    id = fields.BigIntField(primary_key=True)
    slug = fields.CharField(120, unique=True)
    state = fields.CharField(12)
    title = fields.CharField(300)
    source = fields.TextField()
    html = fields.TextField()
    language = fields.CharField(35)
    place = fields.IntField(default=0)
    created_at = fields.BigIntField()
    updated_at = fields.BigIntField()

    class Meta:
        table = "page"


class PostSlug(Model):
    """A slug that a post once had, whose address redirects."""

    slug = fields.CharField(120, primary_key=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField(
        "fediblog.Post", related_name="old_slugs", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "post_slug"


class PostTag(Model):
    """A tag of a post, in the author's order. published_at: that of the post."""

    id = fields.BigIntField(primary_key=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField(
        "fediblog.Post", related_name="tags", on_delete=fields.RESTRICT
    )
    slug = fields.CharField(120)
    name = fields.CharField(100)
    published_at = fields.BigIntField(null=True)

    class Meta:
        table = "post_tag"
        unique_together = (("post", "slug"),)
        indexes = (Index(fields=("slug", "published_at", "post_id"), name="post_tag_by_date"),)


class Reply(Model):
    """One node of a tree, remote or the author's own (then it has a key and a source).

    in_reply_to is the URI as it came. A node without a post waits for its parent; fetch_at says
    when that is looked for again. branch_id is its top-level reply, itself included. conversation
    is the thread's id as its server knows it. orphan: what it answers is gone, and it hangs from
    the nearest ancestor that is known. replies_url and context_url: where collections of its
    replies and of its thread are, by its own word and on its own host. attachments and poll are
    JSON, and emojis too: [name, picture] pairs in the warning and the poll. proof_body: an activity
    with a proof of its own, kept until it goes on to the followers. likes: how many people like it,
    with whichever emoji. version: that of its post when what is seen of it changed last. shows:
    whether it is a top-level reply in whose branch something is shown; see `posts.touch`. reason:
    why it is held or was put aside, in words for the author. hidden_by: the number of the rule that
    keeps it off the page, and before_rule its state before. fingerprint: the same for the same
    words. approval_key: of the authorization that was given, request_id: of the ReplyRequest.
    """

    id = fields.BigIntField(primary_key=True)
    uri = fields.CharField(_URI, unique=True)
    key = fields.CharField(40, unique=True, null=True)
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField(
        "fediblog.Post", related_name="replies", on_delete=fields.RESTRICT, null=True
    )
    parent: fields.ForeignKeyNullableRelation["Reply"] = fields.ForeignKeyField(
        "fediblog.Reply", related_name="children", on_delete=fields.RESTRICT, null=True
    )
    branch_id = fields.BigIntField(null=True)
    depth = fields.IntField(default=0)
    in_reply_to = fields.CharField(_URI)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField(
        "fediblog.Actor", related_name="replies", on_delete=fields.RESTRICT
    )
    state = fields.CharField(12)
    public = fields.BooleanField()
    html = fields.TextField()
    source = fields.TextField()
    warning = fields.TextField()
    language = fields.CharField(35)
    page_url = fields.CharField(_URI)
    mentions = fields.TextField()
    published_at = fields.BigIntField()
    updated_at = fields.BigIntField(null=True)
    received_at = fields.BigIntField()
    fetch_at = fields.BigIntField(null=True)
    fetch_attempts = fields.IntField(default=0)
    lease_until = fields.BigIntField(default=0)
    conversation = fields.CharField(_URI, db_default="")
    replies_url = fields.CharField(_URI, db_default="")
    context_url = fields.CharField(_URI, db_default="")
    orphan = fields.BooleanField(db_default=False)
    sensitive = fields.BooleanField(db_default=False)
    attachments = fields.TextField(db_default="")
    poll = fields.TextField(db_default="")
    emojis = fields.TextField(db_default="")
    proof_body = fields.BinaryField(null=True)
    likes = fields.IntField(db_default=0)
    version = fields.BigIntField(db_default=0)
    shows = fields.BooleanField(db_default=False)
    reason = fields.TextField(db_default="")
    hidden_by = fields.BigIntField(null=True)
    before_rule = fields.CharField(12, db_default="")
    fingerprint = fields.CharField(32, db_default="")
    approval_key = fields.CharField(40, unique=True, null=True)
    request_id = fields.CharField(_URI, db_default="")

    class Meta:
        table = "reply"
        indexes = (
            Index(fields=("hidden_by",), name="reply_by_rule"),
            Index(fields=("fingerprint",), name="reply_alike"),
            Index(fields=("post_id", "branch_id", "published_at", "id"), name="reply_in_branch"),
            Index(fields=("post_id", "depth", "published_at", "id"), name="reply_by_time"),
            Index(fields=("post_id", "depth", "likes", "id"), name="reply_by_likes"),
            Index(fields=("post_id", "shows", "published_at", "id"), name="reply_shown_by_time"),
            Index(fields=("post_id", "shows", "likes", "id"), name="reply_shown_by_likes"),
            Index(fields=("post_id", "state", "branch_id"), name="reply_states"),
            Index(fields=("post_id", "version"), name="reply_by_version"),
            Index(fields=("in_reply_to", "state"), name="reply_waiting_for"),
            Index(fields=("state", "received_at"), name="reply_by_state"),
            Index(fields=("state", "id"), name="reply_in_state"),
            Index(fields=("fetch_at",), name="reply_fetch_due"),
            Index(fields=("actor_id", "state"), name="reply_of_actor"),
            Index(fields=("parent_id", "post_id", "state", "id"), name="reply_beneath"),
            Index(fields=("post_id", "state", "id"), name="reply_in_thread"),
            Index(fields=("conversation",), name="reply_by_conversation"),
        )


class ReplyRevision(Model):
    """What a reply said before an edit. written_at: when that text was new."""

    id = fields.BigIntField(primary_key=True)
    reply: fields.ForeignKeyRelation[Reply] = fields.ForeignKeyField(
        "fediblog.Reply", related_name="revisions", on_delete=fields.RESTRICT
    )
    public = fields.BooleanField()
    html = fields.TextField()
    warning = fields.TextField()
    language = fields.CharField(35)
    written_at = fields.BigIntField()

    class Meta:
        table = "reply_revision"
        indexes = (Index(fields=("reply_id", "id"), name="revision_by_reply"),)


class Quote(Model):
    """A note elsewhere that quotes a post or an answer. key: of the authorization that we gave.

    state: seen (nobody asked), accepted, rejected or revoked. request_id: of the last QuoteRequest.
    """

    id = fields.BigIntField(primary_key=True)
    uri = fields.CharField(_URI, unique=True)
    key = fields.CharField(40, unique=True, null=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField(
        "fediblog.Actor", related_name="quotes", on_delete=fields.RESTRICT
    )
    target_uri = fields.CharField(_URI)
    target_kind = fields.CharField(10)
    target_id = fields.BigIntField()
    request_id = fields.CharField(_URI)
    state = fields.CharField(12)
    public = fields.BooleanField()
    text = fields.TextField()
    warning = fields.TextField()
    language = fields.CharField(35)
    page_url = fields.CharField(_URI)
    published_at = fields.BigIntField()
    updated_at = fields.BigIntField(null=True)
    received_at = fields.BigIntField()
    hidden_by = fields.BigIntField(null=True)

    class Meta:
        table = "quote"
        indexes = (
            Index(fields=("hidden_by",), name="quote_by_rule"),
            Index(fields=("target_kind", "target_id", "id"), name="quote_by_target"),
            Index(fields=("actor_id",), name="quote_by_actor"),
        )


class Collection(Model):
    """A collection elsewhere in which there may be replies to a post's thread.

    reply_id: of the reply whose collection it is, null for one of the whole thread. walked_at: when
    it was read last, null before the first time. pages: JSON of what it consisted of then, each as
    its address, its ETag and where it led on to.
    """

    id = fields.BigIntField(primary_key=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField(
        "fediblog.Post", related_name="collections", on_delete=fields.RESTRICT
    )
    reply_id = fields.BigIntField(null=True)
    url = fields.CharField(_URI)
    authority = fields.CharField(300)
    pages = fields.TextField()
    walked_at = fields.BigIntField(null=True)
    failures = fields.IntField(db_default=0)

    class Meta:
        table = "collection"
        unique_together = (("post", "url"),)
        indexes = (
            Index(fields=("post_id", "walked_at"), name="collection_by_turn"),
            Index(fields=("reply_id",), name="collection_by_reply"),
        )


class Crawl(Model):
    """When the replies to a post that nobody delivers are looked for, and how far that is.

    step counts the times since the last activity. The counts are those of the round under way, or
    of the last one.
    """

    id = fields.BigIntField(primary_key=True)
    post: fields.OneToOneRelation[Post] = fields.OneToOneField(
        "fediblog.Post", related_name="crawl", on_delete=fields.RESTRICT
    )
    step = fields.IntField()
    next_at = fields.BigIntField(null=True)
    lease_until = fields.BigIntField(db_default=0)
    round_at = fields.BigIntField(null=True)
    finished_at = fields.BigIntField(null=True)
    asked = fields.IntField(db_default=0)
    total = fields.IntField(db_default=0)
    found = fields.IntField(db_default=0)

    class Meta:
        table = "crawl"
        indexes = (Index(fields=("next_at",), name="crawl_due"),)


class Picture(Model):
    """A picture elsewhere that we show from here: an emoji, or one of a reply, a post or a page.

    name is its part of our address, known before it is fetched. width and height: pixels of the
    file, null until it is here. fetch_at: when to try next, null when it is here or never will be.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(64, unique=True)
    url = fields.CharField(_URI)
    kind = fields.CharField(12)
    width = fields.IntField(null=True)
    height = fields.IntField(null=True)
    fetch_at = fields.BigIntField(null=True)
    attempts = fields.IntField(db_default=0)

    class Meta:
        table = "picture"
        indexes = (Index(fields=("fetch_at",), name="picture_due"),)


class PictureUse(Model):
    """A reply, actor, post or page that names a picture. Reactions name theirs in their own row."""

    id = fields.BigIntField(primary_key=True)
    picture = fields.CharField(64)
    owner_kind = fields.CharField(10)
    owner_id = fields.BigIntField()

    class Meta:
        table = "picture_use"
        unique_together = (("owner_kind", "owner_id", "picture"),)
        indexes = (Index(fields=("picture",), name="picture_use_by_picture"),)


class LinkPreview(Model):
    """A page elsewhere that a post or a page of ours links to in a paragraph of its own.

    title: empty until it is here, and for ever if it cannot be had. picture: the name of the
    picture that stands for it, empty for none. fetch_at: when to try next, null when it is here or
    never will be.
    """

    id = fields.BigIntField(primary_key=True)
    url = fields.CharField(_URI, unique=True)
    title = fields.CharField(200, db_default="")
    site = fields.CharField(80, db_default="")
    excerpt = fields.CharField(200, db_default="")
    language = fields.CharField(40, db_default="")
    picture = fields.CharField(64, db_default="")
    fetch_at = fields.BigIntField(null=True)
    attempts = fields.IntField(db_default=0)

    class Meta:
        table = "link_preview"
        indexes = (Index(fields=("fetch_at",), name="link_preview_due"),)


class LinkPreviewUse(Model):
    """A post or a page that shows a preview. preview: the number of its row."""

    id = fields.BigIntField(primary_key=True)
    preview = fields.BigIntField()
    owner_kind = fields.CharField(10)
    owner_id = fields.BigIntField()

    class Meta:
        table = "link_preview_use"
        unique_together = (("owner_kind", "owner_id", "preview"),)
        indexes = (Index(fields=("preview",), name="link_preview_use_by_preview"),)


class Report(Model):
    """Somebody elsewhere reports something here.

    objects: JSON of what is reported, as ids. note: what the author has noted with its end.
    """

    id = fields.BigIntField(primary_key=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField(
        "fediblog.Actor", related_name="reports", on_delete=fields.RESTRICT
    )
    activity_id = fields.CharField(_URI)
    content = fields.TextField()
    objects = fields.TextField()
    received_at = fields.BigIntField()
    closed_at = fields.BigIntField(null=True)
    note = fields.TextField(db_default="")

    class Meta:
        table = "report"
        indexes = (Index(fields=("closed_at", "id"), name="report_open"),)


class Reaction(Model):
    """A like, an announce or an emoji, one per actor, target, kind and emoji.

    emoji: the character, or the name with its colons of one that has a picture.
    """

    id = fields.BigIntField(primary_key=True)
    actor: fields.ForeignKeyRelation[Actor] = fields.ForeignKeyField(
        "fediblog.Actor", related_name="reactions", on_delete=fields.RESTRICT
    )
    kind = fields.CharField(20)
    target_uri = fields.CharField(_URI)
    target_kind = fields.CharField(10)
    target_id = fields.BigIntField()
    activity_id = fields.CharField(_URI)
    received_at = fields.BigIntField()
    emoji = fields.CharField(200, db_default="")
    picture = fields.CharField(64, db_default="")
    hidden_by = fields.BigIntField(null=True)

    class Meta:
        table = "reaction"
        unique_together = (("actor", "kind", "target_kind", "target_id", "emoji"),)
        indexes = (
            Index(fields=("target_kind", "target_id", "kind"), name="reaction_by_target"),
            Index(fields=("activity_id",), name="reaction_by_activity"),
            Index(fields=("picture",), name="reaction_by_picture"),
            Index(fields=("hidden_by",), name="reaction_by_rule"),
        )


class Tombstone(Model):
    """The id of something deleted, so that a Create that comes after its Delete finds it here."""

    mark = fields.CharField(64, primary_key=True)
    uri = fields.CharField(_URI)
    deleted_at = fields.BigIntField()

    class Meta:
        table = "tombstone"
        indexes = (Index(fields=("uri",), name="tombstone_by_uri"),)


class Arrival(Model):
    """A verified activity that came in, what became of it and why.

    signature_hash makes a byte-identical request a replay. lane orders what one actor does to one
    object. body goes when it is processed. pointer: its actor did not sign this request, so it only
    says where to look, and what it says is asked of its origin. object_id: what it is about.
    """

    id = fields.BigIntField(primary_key=True)
    signature_hash = fields.CharField(64, unique=True)
    activity_id = fields.CharField(_URI)
    type = fields.CharField(100)
    actor_uri = fields.CharField(_URI)
    authority = fields.CharField(300)
    body = fields.BinaryField(null=True)
    received_at = fields.BigIntField()
    lane = fields.CharField(64)
    state = fields.CharField(12)
    reason = fields.TextField()
    attempts = fields.IntField(default=0)
    next_at = fields.BigIntField()
    lease_until = fields.BigIntField(default=0)
    pointer = fields.BooleanField(db_default=False)
    object_id = fields.CharField(_URI, db_default="")

    class Meta:
        table = "arrival"
        indexes = (
            Index(fields=("state", "next_at"), name="arrival_due"),
            Index(fields=("received_at",), name="arrival_by_time"),
            Index(fields=("lane", "state"), name="arrival_by_lane"),
            Index(fields=("state", "lease_until"), name="arrival_in_hand"),
            Index(fields=("authority", "id"), name="arrival_by_server"),
            Index(fields=("actor_uri", "id"), name="arrival_by_actor"),
            Index(fields=("state", "id"), name="arrival_by_state"),
        )


class Refusal(Model):
    """How often one reason turned requests to the inbox away, by the server they claimed to be of.

    Nothing of them is kept. authority: empty where none was named.
    """

    id = fields.BigIntField(primary_key=True)
    authority = fields.CharField(300)
    reason = fields.CharField(300)
    count = fields.BigIntField()
    first_at = fields.BigIntField()
    last_at = fields.BigIntField()

    class Meta:
        table = "refusal"
        unique_together = (("authority", "reason"),)
        indexes = (Index(fields=("last_at",), name="refusal_by_time"),)


class Activity(Model):
    """What we send, as final bytes, made once in the transaction that caused it.

    forwarded: it is somebody else's, which goes on unchanged. key_id: of the key that signs its
    delivery, empty for the blog's current one.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(40, unique=True)
    type = fields.CharField(20)
    object_uri = fields.CharField(_URI)
    body = fields.BinaryField()
    created_at = fields.BigIntField()
    forwarded = fields.BooleanField(db_default=False)
    key_id = fields.CharField(_URI, db_default="")

    class Meta:
        table = "activity"
        indexes = (Index(fields=("object_uri",), name="activity_by_object"),)


class Delivery(Model):
    """One activity for one inbox. lane orders what one inbox gets about one object.

    attempts counts what was begun, so a claimed delivery has at least one.
    """

    id = fields.BigIntField(primary_key=True)
    activity: fields.ForeignKeyRelation[Activity] = fields.ForeignKeyField(
        "fediblog.Activity", related_name="deliveries", on_delete=fields.RESTRICT
    )
    inbox = fields.CharField(_URI)
    authority = fields.CharField(300)
    lane = fields.CharField(64)
    state = fields.CharField(12)
    attempts = fields.IntField(default=0)
    next_at = fields.BigIntField()
    lease_until = fields.BigIntField(default=0)
    last_status = fields.IntField(null=True)
    last_answer = fields.TextField()
    created_at = fields.BigIntField()
    finished_at = fields.BigIntField(null=True)

    class Meta:
        table = "delivery"
        unique_together = (("activity", "inbox"),)
        indexes = (
            Index(fields=("state", "next_at"), name="delivery_due"),
            Index(fields=("lane", "state"), name="delivery_by_lane"),
            Index(fields=("authority", "state"), name="delivery_by_authority"),
            Index(fields=("authority", "id"), name="delivery_by_server"),
            Index(fields=("state", "id"), name="delivery_by_state"),
            Index(fields=("activity_id", "state", "id"), name="delivery_by_activity"),
        )


class Rule(Model):
    """What the author keeps out: a person, a server with all beneath it, or words.

    kind: person, server or words. value: as it is compared, and label as it is shown. action:
    silence or reject. done_at: since when all that was here has followed it. ended_at: it counts no
    longer, and what it has hidden comes back.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(10)
    value = fields.CharField(_URI)
    label = fields.CharField(500)
    action = fields.CharField(10)
    note = fields.TextField()
    created_at = fields.BigIntField()
    done_at = fields.BigIntField(null=True)
    ended_at = fields.BigIntField(null=True)

    class Meta:
        table = "rule"
        unique_together = (("kind", "value"),)


class Host(Model):
    """A remote server, by its authority: how it does.

    scheme: how it takes signatures, empty while only draft-cavage has been tried. strikes: on how
    many days it failed since it was last heard of, from struck_since to struck_at.
    """

    authority = fields.CharField(300, primary_key=True)
    failures = fields.IntField(default=0)
    not_before = fields.BigIntField(default=0)
    last_ok = fields.BigIntField(null=True)
    last_answer = fields.TextField(default="")
    scheme = fields.CharField(20, db_default="")
    strikes = fields.IntField(db_default=0)
    struck_since = fields.BigIntField(null=True)
    struck_at = fields.BigIntField(null=True)

    class Meta:
        table = "host"


class Notification(Model):
    """Something that the author may want to know, as one line however often it happens.

    kind: see actions/notify.py. mark: what is said once only, or counted. about_id: the row of the
    reply, quote, report, post or activity that it is about, by kind. words: what is in no other
    row. changed_at: when it was counted last.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(12)
    mark = fields.CharField(400, unique=True)
    about_id = fields.BigIntField(null=True)
    actor_id = fields.BigIntField(null=True)
    words = fields.TextField()
    count = fields.IntField(db_default=1)
    changed_at = fields.BigIntField()
    read_at = fields.BigIntField(null=True)
    mailed_at = fields.BigIntField(null=True)

    class Meta:
        table = "notification"
        indexes = (
            Index(fields=("read_at", "id"), name="notification_unread"),
            Index(fields=("kind", "id"), name="notification_by_kind"),
            Index(fields=("mailed_at", "changed_at"), name="notification_unmailed"),
        )


class DayCount(Model):
    """How many there were of something on a day, which is counted since the epoch, in UTC.

    name: post:7 and page:3 for how often they were read, home for the home page, followers for how
    many there were. Day 0 has what was counted before all that is kept by days.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(60)
    day = fields.IntField()
    count = fields.BigIntField()

    class Meta:
        table = "day_count"
        unique_together = (("name", "day"),)
        indexes = (Index(fields=("day",), name="day_count_by_day"),)


class Pulse(Model):
    """When a loop was last seen at work, by its name."""

    name = fields.CharField(60, primary_key=True)
    beat_at = fields.BigIntField()

    class Meta:
        table = "pulse"
