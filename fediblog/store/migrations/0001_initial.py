"""The first tables."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("key", fields.CharField(unique=True, max_length=40)),
                ("type", fields.CharField(max_length=20)),
                ("object_uri", fields.CharField(max_length=2048)),
                ("body", fields.BinaryField()),
                ("created_at", fields.BigIntField()),
            ],
            options={
                "table": "activity",
                "app": "fediblog",
                "indexes": [Index(fields=["object_uri"], name="activity_by_object")],
                "pk_attr": "id",
                "table_description": "What we send, as final bytes, made once in the transaction that caused it.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Actor",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("uri", fields.CharField(unique=True, max_length=2048)),
                ("authority", fields.CharField(max_length=300)),
                ("type", fields.CharField(max_length=100)),
                ("username", fields.CharField(max_length=200)),
                ("handle", fields.CharField(max_length=500)),
                ("handle_at", fields.BigIntField(null=True)),
                ("name", fields.CharField(max_length=500)),
                ("page_url", fields.CharField(max_length=2048)),
                ("icon_url", fields.CharField(max_length=2048)),
                ("avatar", fields.CharField(max_length=100)),
                ("avatar_at", fields.BigIntField(null=True)),
                ("inbox", fields.CharField(max_length=2048)),
                ("shared_inbox", fields.CharField(max_length=2048)),
                ("fetched_at", fields.BigIntField()),
                ("gone_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "actor",
                "app": "fediblog",
                "indexes": [Index(fields=["avatar_at"], name="actor_avatar_due")],
                "pk_attr": "id",
                "table_description": "Somebody elsewhere, or the blog itself. handle: user@host, once WebFinger agreed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ActorKey",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("key_id", fields.CharField(unique=True, max_length=2048)),
                (
                    "actor",
                    fields.ForeignKeyField(
                        "fediblog.Actor",
                        source_field="actor_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="keys",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("pem", fields.TextField(unique=False)),
                ("fetched_at", fields.BigIntField()),
            ],
            options={
                "table": "actor_key",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "A public key by its key id, as an actor may have several.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("signature_hash", fields.CharField(unique=True, max_length=64)),
                ("activity_id", fields.CharField(max_length=2048)),
                ("type", fields.CharField(max_length=100)),
                ("actor_uri", fields.CharField(max_length=2048)),
                ("authority", fields.CharField(max_length=300)),
                ("body", fields.BinaryField(null=True)),
                ("received_at", fields.BigIntField()),
                ("lane", fields.CharField(max_length=64)),
                ("state", fields.CharField(max_length=12)),
                ("reason", fields.TextField(unique=False)),
                ("attempts", fields.IntField(default=0)),
                ("next_at", fields.BigIntField()),
                ("lease_until", fields.BigIntField(default=0)),
            ],
            options={
                "table": "arrival",
                "app": "fediblog",
                "indexes": [
                    Index(fields=["state", "next_at"], name="arrival_due"),
                    Index(fields=["received_at"], name="arrival_by_time"),
                    Index(fields=["lane", "state"], name="arrival_by_lane"),
                    Index(fields=["authority", "state"], name="arrival_by_authority"),
                ],
                "pk_attr": "id",
                "table_description": "A verified activity that came in, what became of it and why.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "activity",
                    fields.ForeignKeyField(
                        "fediblog.Activity",
                        source_field="activity_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="deliveries",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("inbox", fields.CharField(max_length=2048)),
                ("authority", fields.CharField(max_length=300)),
                ("lane", fields.CharField(max_length=64)),
                ("state", fields.CharField(max_length=12)),
                ("attempts", fields.IntField(default=0)),
                ("next_at", fields.BigIntField()),
                ("lease_until", fields.BigIntField(default=0)),
                ("last_status", fields.IntField(null=True)),
                ("last_answer", fields.TextField(unique=False)),
                ("created_at", fields.BigIntField()),
                ("finished_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "delivery",
                "app": "fediblog",
                "unique_together": (("activity", "inbox"),),
                "indexes": [
                    Index(fields=["state", "next_at"], name="delivery_due"),
                    Index(fields=["lane", "state"], name="delivery_by_lane"),
                    Index(fields=["authority", "state"], name="delivery_by_authority"),
                ],
                "pk_attr": "id",
                "table_description": "One activity for one inbox. lane orders what one inbox gets about one object.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Follower",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "actor",
                    fields.OneToOneField(
                        "fediblog.Actor",
                        source_field="actor_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="follower",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("follow_id", fields.CharField(max_length=2048)),
                ("since", fields.BigIntField()),
            ],
            options={
                "table": "follower",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "Who follows the blog, with the id of the Follow.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Host",
            fields=[
                (
                    "authority",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=300),
                ),
                ("failures", fields.IntField(default=0)),
                ("not_before", fields.BigIntField(default=0)),
                ("last_ok", fields.BigIntField(null=True)),
                ("last_answer", fields.TextField(default="", unique=False)),
                ("blocked", fields.BooleanField(default=False)),
            ],
            options={
                "table": "host",
                "app": "fediblog",
                "pk_attr": "authority",
                "table_description": "A remote server, by its authority: how it does, and whether it is welcome.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("key", fields.CharField(unique=True, max_length=40)),
                ("slug", fields.CharField(unique=True, max_length=120)),
                ("state", fields.CharField(max_length=12)),
                ("title", fields.CharField(max_length=300)),
                ("source", fields.TextField(unique=False)),
                ("html", fields.TextField(unique=False)),
                ("excerpt", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=35)),
                ("created_at", fields.BigIntField()),
                ("published_at", fields.BigIntField(null=True)),
                ("updated_at", fields.BigIntField(null=True)),
                ("deleted_at", fields.BigIntField(null=True)),
                ("version", fields.BigIntField(default=1)),
            ],
            options={
                "table": "post",
                "app": "fediblog",
                "indexes": [Index(fields=["state", "published_at"], name="post_by_date")],
                "pk_attr": "id",
                "table_description": "A post. key is its part of the id and never changes, version grows with what is seen.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PostSlug",
            fields=[
                (
                    "slug",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=120),
                ),
                (
                    "post",
                    fields.ForeignKeyField(
                        "fediblog.Post",
                        source_field="post_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="old_slugs",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "post_slug",
                "app": "fediblog",
                "pk_attr": "slug",
                "table_description": "A slug that a post once had, whose address redirects.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PostTag",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "post",
                    fields.ForeignKeyField(
                        "fediblog.Post",
                        source_field="post_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="tags",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("slug", fields.CharField(max_length=120)),
                ("name", fields.CharField(max_length=100)),
            ],
            options={
                "table": "post_tag",
                "app": "fediblog",
                "unique_together": (("post", "slug"),),
                "indexes": [Index(fields=["slug"], name="post_tag_slug")],
                "pk_attr": "id",
                "table_description": "A tag of a post, in the author's order.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Reaction",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "actor",
                    fields.ForeignKeyField(
                        "fediblog.Actor",
                        source_field="actor_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reactions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("kind", fields.CharField(max_length=20)),
                ("target_uri", fields.CharField(max_length=2048)),
                ("target_kind", fields.CharField(max_length=10)),
                ("target_id", fields.BigIntField()),
                ("activity_id", fields.CharField(max_length=2048)),
                ("received_at", fields.BigIntField()),
            ],
            options={
                "table": "reaction",
                "app": "fediblog",
                "unique_together": (("actor", "kind", "target_kind", "target_id"),),
                "indexes": [
                    Index(fields=["target_kind", "target_id", "kind"], name="reaction_by_target"),
                    Index(fields=["activity_id"], name="reaction_by_activity"),
                ],
                "pk_attr": "id",
                "table_description": "A like or an announce, one per actor, target and kind.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("uri", fields.CharField(unique=True, max_length=2048)),
                ("key", fields.CharField(null=True, unique=True, max_length=40)),
                (
                    "post",
                    fields.ForeignKeyField(
                        "fediblog.Post",
                        source_field="post_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="replies",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "fediblog.Reply",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="children",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("branch_id", fields.BigIntField(null=True)),
                ("depth", fields.IntField(default=0)),
                ("in_reply_to", fields.CharField(max_length=2048)),
                (
                    "actor",
                    fields.ForeignKeyField(
                        "fediblog.Actor",
                        source_field="actor_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="replies",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("state", fields.CharField(max_length=12)),
                ("public", fields.BooleanField()),
                ("html", fields.TextField(unique=False)),
                ("source", fields.TextField(unique=False)),
                ("warning", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=35)),
                ("page_url", fields.CharField(max_length=2048)),
                ("mentions", fields.TextField(unique=False)),
                ("published_at", fields.BigIntField()),
                ("updated_at", fields.BigIntField(null=True)),
                ("received_at", fields.BigIntField()),
                ("fetch_at", fields.BigIntField(null=True)),
                ("fetch_attempts", fields.IntField(default=0)),
                ("lease_until", fields.BigIntField(default=0)),
            ],
            options={
                "table": "reply",
                "app": "fediblog",
                "indexes": [
                    Index(fields=["post_id", "branch_id", "id"], name="reply_by_branch"),
                    Index(fields=["in_reply_to", "state"], name="reply_waiting_for"),
                    Index(fields=["state", "received_at"], name="reply_by_state"),
                    Index(fields=["fetch_at"], name="reply_fetch_due"),
                    Index(fields=["actor_id"], name="reply_by_actor"),
                    Index(fields=["parent_id"], name="reply_by_parent"),
                ],
                "pk_attr": "id",
                "table_description": "One node of a tree, remote or the author's own (then it has a key and a source).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("csrf", fields.CharField(max_length=64)),
                ("created_at", fields.BigIntField()),
                ("used_at", fields.BigIntField()),
            ],
            options={
                "table": "session",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "A signed-in browser, of which only the hash of the token is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Setting",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=60),
                ),
                ("value", fields.TextField(unique=False)),
            ],
            options={
                "table": "setting",
                "app": "fediblog",
                "pk_attr": "name",
                "table_description": "A value by its name: the origin of the first start, the site's texts, the password's hash.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Tombstone",
            fields=[
                (
                    "mark",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("uri", fields.CharField(max_length=2048)),
                ("deleted_at", fields.BigIntField()),
            ],
            options={
                "table": "tombstone",
                "app": "fediblog",
                "indexes": [Index(fields=["uri"], name="tombstone_by_uri")],
                "pk_attr": "mark",
                "table_description": "The id of something deleted, so that a Create that comes after its Delete finds it here.",
            },
            bases=["Model"],
        ),
    ]
