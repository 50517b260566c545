"""Branches of which something is shown are known by their top."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0005_search")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Reply",
            name="shows",
            field=fields.BooleanField(db_default=False),
        ),
        ops.RunSQL(
            "UPDATE reply SET shows = TRUE WHERE id IN "
            "(SELECT branch_id FROM reply WHERE state = 'shown')"
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(
                fields=["post_id", "shows", "published_at", "id"], name="reply_shown_by_time"
            ),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["post_id", "shows", "likes", "id"], name="reply_shown_by_likes"),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["post_id", "state", "branch_id"], name="reply_states"),
        ),
    ]
