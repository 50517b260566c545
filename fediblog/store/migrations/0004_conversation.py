"""The conversation: its branches by time and by likes, and which replies have changed."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0003_reading")]

    initial = False

    operations = [
        ops.RemoveIndex(
            model_name="Reply",
            name="reply_by_branch",
            fields=None,
        ),
        ops.AddField(
            model_name="Reply",
            name="likes",
            field=fields.IntField(db_default=0),
        ),
        ops.AddField(
            model_name="Reply",
            name="version",
            field=fields.BigIntField(db_default=0),
        ),
        ops.RunSQL(
            "UPDATE reply SET likes = (SELECT count(DISTINCT actor_id) FROM reaction "
            "WHERE target_kind = 'reply' AND target_id = reply.id AND kind <> 'announce')"
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(
                fields=["post_id", "branch_id", "published_at", "id"], name="reply_in_branch"
            ),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["post_id", "depth", "published_at", "id"], name="reply_by_time"),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["post_id", "depth", "likes", "id"], name="reply_by_likes"),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["post_id", "version"], name="reply_by_version"),
        ),
    ]
