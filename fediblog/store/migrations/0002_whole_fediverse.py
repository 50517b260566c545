"""The whole fediverse: walks through threads, history, quotes, pictures, reports."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Collection",
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
                        related_name="collections",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reply_id", fields.BigIntField(null=True)),
                ("url", fields.CharField(max_length=2048)),
                ("authority", fields.CharField(max_length=300)),
                ("pages", fields.TextField(unique=False)),
                ("walked_at", fields.BigIntField(null=True)),
                ("failures", fields.IntField(db_default=0)),
            ],
            options={
                "table": "collection",
                "app": "fediblog",
                "unique_together": (("post", "url"),),
                "indexes": [
                    Index(fields=["post_id", "walked_at"], name="collection_by_turn"),
                    Index(fields=["reply_id"], name="collection_by_reply"),
                ],
                "pk_attr": "id",
                "table_description": "A collection elsewhere in which there may be replies to a post's thread.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DroppedFollower",
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
                        related_name="dropped",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.TextField(unique=False)),
                ("dropped_at", fields.BigIntField()),
            ],
            options={
                "table": "dropped_follower",
                "app": "fediblog",
                "indexes": [Index(fields=["actor_id"], name="dropped_by_actor")],
                "pk_attr": "id",
                "table_description": "Somebody who followed until they, or their whole server, could not be found any more.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Crawl",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "post",
                    fields.OneToOneField(
                        "fediblog.Post",
                        source_field="post_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="crawl",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("step", fields.IntField()),
                ("next_at", fields.BigIntField(null=True)),
                ("lease_until", fields.BigIntField(db_default=0)),
                ("round_at", fields.BigIntField(null=True)),
                ("finished_at", fields.BigIntField(null=True)),
                ("asked", fields.IntField(db_default=0)),
                ("total", fields.IntField(db_default=0)),
                ("found", fields.IntField(db_default=0)),
            ],
            options={
                "table": "crawl",
                "app": "fediblog",
                "indexes": [Index(fields=["next_at"], name="crawl_due")],
                "pk_attr": "id",
                "table_description": "When the replies to a post that nobody delivers are looked for, and how far that is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=64)),
                ("url", fields.CharField(max_length=2048)),
                ("kind", fields.CharField(max_length=12)),
                ("width", fields.IntField(null=True)),
                ("height", fields.IntField(null=True)),
                ("fetch_at", fields.BigIntField(null=True)),
                ("attempts", fields.IntField(db_default=0)),
            ],
            options={
                "table": "picture",
                "app": "fediblog",
                "indexes": [Index(fields=["fetch_at"], name="picture_due")],
                "pk_attr": "id",
                "table_description": "A picture elsewhere that we show from here: an emoji, or what is attached to a reply.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PictureUse",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("picture", fields.CharField(max_length=64)),
                ("owner_kind", fields.CharField(max_length=10)),
                ("owner_id", fields.BigIntField()),
            ],
            options={
                "table": "picture_use",
                "app": "fediblog",
                "unique_together": (("owner_kind", "owner_id", "picture"),),
                "indexes": [Index(fields=["picture"], name="picture_use_by_picture")],
                "pk_attr": "id",
                "table_description": "A reply or an actor that names a picture. Reactions name theirs in their own row.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Quote",
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
                    "actor",
                    fields.ForeignKeyField(
                        "fediblog.Actor",
                        source_field="actor_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="quotes",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("target_uri", fields.CharField(max_length=2048)),
                ("target_kind", fields.CharField(max_length=10)),
                ("target_id", fields.BigIntField()),
                ("request_id", fields.CharField(max_length=2048)),
                ("state", fields.CharField(max_length=12)),
                ("public", fields.BooleanField()),
                ("text", fields.TextField(unique=False)),
                ("warning", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=35)),
                ("page_url", fields.CharField(max_length=2048)),
                ("published_at", fields.BigIntField()),
                ("updated_at", fields.BigIntField(null=True)),
                ("received_at", fields.BigIntField()),
            ],
            options={
                "table": "quote",
                "app": "fediblog",
                "indexes": [
                    Index(fields=["target_kind", "target_id", "id"], name="quote_by_target"),
                    Index(fields=["actor_id"], name="quote_by_actor"),
                ],
                "pk_attr": "id",
                "table_description": "A note elsewhere that quotes a post or an answer. key: of the authorization that we gave.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReplyRevision",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "reply",
                    fields.ForeignKeyField(
                        "fediblog.Reply",
                        source_field="reply_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="revisions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("public", fields.BooleanField()),
                ("html", fields.TextField(unique=False)),
                ("warning", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=35)),
                ("written_at", fields.BigIntField()),
            ],
            options={
                "table": "reply_revision",
                "app": "fediblog",
                "indexes": [Index(fields=["reply_id", "id"], name="revision_by_reply")],
                "pk_attr": "id",
                "table_description": "What a reply said before an edit. written_at: when that text was new.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Report",
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
                        related_name="reports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("activity_id", fields.CharField(max_length=2048)),
                ("content", fields.TextField(unique=False)),
                ("objects", fields.TextField(unique=False)),
                ("received_at", fields.BigIntField()),
                ("closed_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "report",
                "app": "fediblog",
                "indexes": [Index(fields=["closed_at", "id"], name="report_open")],
                "pk_attr": "id",
                "table_description": "Somebody elsewhere reports something here. objects: JSON of what is reported, as ids.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Activity",
            name="forwarded",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Activity",
            name="key_id",
            field=fields.CharField(db_default="", max_length=2048),
        ),
        ops.AddField(
            model_name="Actor",
            name="block_id",
            field=fields.CharField(db_default="", max_length=2048),
        ),
        ops.AddField(
            model_name="Actor",
            name="blocks_us_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Actor",
            name="emojis",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Actor",
            name="moved_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Actor",
            name="moved_to",
            field=fields.CharField(db_default="", max_length=2048),
        ),
        ops.AddField(
            model_name="Arrival",
            name="pointer",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Host",
            name="scheme",
            field=fields.CharField(db_default="", max_length=20),
        ),
        ops.AddField(
            model_name="Host",
            name="strikes",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="Host",
            name="struck_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Host",
            name="struck_since",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Post",
            name="gallery",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Post",
            name="mentions",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Post",
            name="pinned_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Actor",
            index=Index(fields=["blocks_us_at"], name="actor_blocks_us"),
        ),
        ops.AddIndex(
            model_name="Actor",
            index=Index(fields=["authority"], name="actor_by_authority"),
        ),
        ops.AddIndex(
            model_name="Actor",
            index=Index(fields=["moved_to"], name="actor_by_destination"),
        ),
        ops.AddIndex(
            model_name="Post",
            index=Index(fields=["pinned_at"], name="post_pinned"),
        ),
        ops.AddField(
            model_name="Follower",
            name="check_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Follower",
            index=Index(fields=["check_at"], name="follower_check_due"),
        ),
        # A constraint that came with its table cannot be dropped on SQLite: the table is made anew.
        ops.RunSQL("CREATE TABLE reaction_before AS SELECT * FROM reaction", "SELECT 1"),
        ops.DeleteModel(name="Reaction"),
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
                ("emoji", fields.CharField(db_default="", max_length=200)),
                ("picture", fields.CharField(db_default="", max_length=64)),
            ],
            options={
                "table": "reaction",
                "app": "fediblog",
                "unique_together": (("actor", "kind", "target_kind", "target_id", "emoji"),),
                "indexes": [
                    Index(fields=["target_kind", "target_id", "kind"], name="reaction_by_target"),
                    Index(fields=["activity_id"], name="reaction_by_activity"),
                    Index(fields=["picture"], name="reaction_by_picture"),
                ],
                "pk_attr": "id",
                "table_description": "A like, an announce or an emoji, one per actor, target, kind and emoji.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            "INSERT INTO reaction (actor_id, kind, target_uri, target_kind, target_id, activity_id, "
            "received_at) SELECT actor_id, kind, target_uri, target_kind, target_id, activity_id, "
            "received_at FROM reaction_before ORDER BY id",
            "SELECT 1",
        ),
        ops.RunSQL("DROP TABLE reaction_before", "SELECT 1"),
        ops.AddField(
            model_name="Reply",
            name="attachments",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Reply",
            name="conversation",
            field=fields.CharField(db_default="", max_length=2048),
        ),
        ops.AddField(
            model_name="Reply",
            name="emojis",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Reply",
            name="replies_url",
            field=fields.CharField(db_default="", max_length=2048),
        ),
        ops.AddField(
            model_name="Reply",
            name="context_url",
            field=fields.CharField(db_default="", max_length=2048),
        ),
        ops.AddField(
            model_name="Reply",
            name="orphan",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Reply",
            name="poll",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Reply",
            name="proof_body",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="Reply",
            name="sensitive",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["conversation"], name="reply_by_conversation"),
        ),
    ]
