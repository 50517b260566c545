"""Posts with a time of their own, a warning and edits that nobody was told of."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0012_watching")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Post",
            name="delete_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Post",
            name="edited_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Post",
            name="note",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Post",
            name="publish_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Post",
            name="resent_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Post",
            name="warning",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddIndex(
            model_name="Post",
            index=Index(fields=["publish_at"], name="post_publish_due"),
        ),
        ops.AddIndex(
            model_name="Post",
            index=Index(fields=["delete_at"], name="post_delete_due"),
        ),
        ops.AlterModelOptions(
            name="PostRevision",
            options={
                "table": "post_revision",
                "app": "fediblog",
                "indexes": [Index(fields=["post_id"], name="post_revision_by_post")],
                "pk_attr": "id",
                "table_description": "What a post said before an edit.",
            },
        ),
        ops.AddField(
            model_name="PostRevision",
            name="public",
            field=fields.BooleanField(db_default=True),
        ),
    ]
