"""Who may reply to a post, why a reply is held, and who is always allowed."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0009_knowing")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Actor",
            name="allowed_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Actor",
            index=Index(fields=["allowed_at"], name="actor_allowed"),
        ),
        ops.AddField(
            model_name="Post",
            name="close_after",
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name="Post",
            name="comment_policy",
            field=fields.CharField(db_default="", max_length=12),
        ),
        ops.AddField(
            model_name="Reply",
            name="reason",
            field=fields.TextField(db_default="", unique=False),
        ),
    ]
