"""Approvals of replies, and the requests for them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0016_blocks")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Reply",
            name="approval_key",
            field=fields.CharField(null=True, unique=True, max_length=40),
        ),
        ops.AddField(
            model_name="Reply",
            name="request_id",
            field=fields.CharField(db_default="", max_length=2048),
        ),
    ]
