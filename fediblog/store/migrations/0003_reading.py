"""Reading: categories, lead pictures, sources and licences of posts, what they said before, pages."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0002_whole_fediverse")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Medium",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(unique=True, max_length=32)),
                ("ending", fields.CharField(max_length=8)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                ("widths", fields.TextField(unique=False)),
                ("blur", fields.CharField(max_length=100)),
                ("created_at", fields.BigIntField()),
            ],
            options={
                "table": "medium",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "A picture that the author has uploaded, drawn anew in several widths and formats.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Page",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=120)),
                ("state", fields.CharField(max_length=12)),
                ("title", fields.CharField(max_length=300)),
                ("source", fields.TextField(unique=False)),
                ("html", fields.TextField(unique=False)),
                ("language", fields.CharField(max_length=35)),
                ("place", fields.IntField(default=0)),
                ("created_at", fields.BigIntField()),
                ("updated_at", fields.BigIntField()),
            ],
            options={
                "table": "page",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "A page that belongs to no day, such as one about the author. It is not sent to anybody.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PostRevision",
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
                        related_name="revisions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("title", fields.CharField(max_length=300)),
                ("source", fields.TextField(unique=False)),
                ("html", fields.TextField(unique=False)),
                ("written_at", fields.BigIntField()),
            ],
            options={
                "table": "post_revision",
                "app": "fediblog",
                "indexes": [Index(fields=["post_id"], name="post_revision_by_post")],
                "pk_attr": "id",
                "table_description": "What a published post said before an edit. written_at: since when it had said so.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Post",
            name="category",
            field=fields.CharField(db_default="", max_length=100),
        ),
        ops.AddField(
            model_name="Post",
            name="category_slug",
            field=fields.CharField(db_default="", max_length=120),
        ),
        ops.AddField(
            model_name="Post",
            name="contents",
            field=fields.BooleanField(db_default=False),
        ),
        ops.AddField(
            model_name="Post",
            name="lead",
            field=fields.ForeignKeyField(
                "fediblog.Medium",
                source_field="lead_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="posts",
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Post",
            name="lead_alt",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Post",
            name="lead_caption",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Post",
            name="licence",
            field=fields.CharField(db_default="", max_length=40),
        ),
        ops.AddField(
            model_name="Post",
            name="source_line",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Post",
            name="words",
            field=fields.IntField(db_default=0),
        ),
        ops.AddIndex(
            model_name="Post",
            index=Index(fields=["category_slug", "published_at"], name="post_by_category"),
        ),
    ]
