"""Pages that posts and pages link to, as they are previewed, and who shows which."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0013_lifecycle")]

    initial = False

    operations = [
        ops.CreateModel(
            name="LinkPreview",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("url", fields.CharField(unique=True, max_length=2048)),
                ("title", fields.CharField(db_default="", max_length=200)),
                ("site", fields.CharField(db_default="", max_length=80)),
                ("excerpt", fields.CharField(db_default="", max_length=200)),
                ("language", fields.CharField(db_default="", max_length=40)),
                ("picture", fields.CharField(db_default="", max_length=64)),
                ("fetch_at", fields.BigIntField(null=True)),
                ("attempts", fields.IntField(db_default=0)),
            ],
            options={
                "table": "link_preview",
                "app": "fediblog",
                "indexes": [Index(fields=["fetch_at"], name="link_preview_due")],
                "pk_attr": "id",
                "table_description": "A page elsewhere that a post or a page of ours links to in a paragraph of its own.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LinkPreviewUse",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("preview", fields.BigIntField()),
                ("owner_kind", fields.CharField(max_length=10)),
                ("owner_id", fields.BigIntField()),
            ],
            options={
                "table": "link_preview_use",
                "app": "fediblog",
                "unique_together": (("owner_kind", "owner_id", "preview"),),
                "indexes": [Index(fields=["preview"], name="link_preview_use_by_preview")],
                "pk_attr": "id",
                "table_description": "A post or a page that shows a preview. preview: the number of its row.",
            },
            bases=["Model"],
        ),
    ]
