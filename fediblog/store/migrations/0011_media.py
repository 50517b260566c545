"""The media library: files of every kind, what the author says of them, and who uses them."""

import re

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor import BaseSchemaEditor

_NAMED = re.compile(r"/media/own/([0-9a-f]{32})(?=[-.])")
_AT_ONCE = 50


async def note_what_is_there(_apps: object, editor: BaseSchemaEditor) -> None:
    """Pictures get the description that a post has of them; uses in texts are noted."""
    ask = editor.client.execute_query_dict
    await editor.client.execute_query(
        "UPDATE medium SET alt = COALESCE((SELECT p.lead_alt FROM post p WHERE p.lead_id = medium.id "
        "AND p.lead_alt <> '' ORDER BY p.id LIMIT 1), '')"
    )
    await editor.client.execute_query("UPDATE medium SET words = LOWER(alt)")
    for kind in ("post", "page"):
        after = 0
        while rows := await ask(
            f"SELECT id, html FROM {kind} WHERE id > {after} AND html LIKE '%/media/own/%' "
            f"ORDER BY id LIMIT {_AT_ONCE}"
        ):
            for row in rows:
                for name in dict.fromkeys(_NAMED.findall(row["html"])):
                    await editor.client.execute_query(
                        "INSERT INTO medium_use (name, owner_kind, owner_id) "
                        f"VALUES ('{name}', '{kind}', {int(row['id'])})"
                    )
            after = int(rows[-1]["id"])


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0010_deciding")]

    initial = False

    operations = [
        ops.CreateModel(
            name="MediumUse",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(max_length=32)),
                ("owner_kind", fields.CharField(max_length=10)),
                ("owner_id", fields.BigIntField()),
            ],
            options={
                "table": "medium_use",
                "app": "fediblog",
                "unique_together": (("owner_kind", "owner_id", "name"),),
                "indexes": [Index(fields=["name"], name="medium_use_by_name")],
                "pk_attr": "id",
                "table_description": "A post or a page that names a medium in its HTML. Lead pictures are in the post's own row.",
            },
            bases=["Model"],
        ),
        ops.AlterModelOptions(
            name="Medium",
            options={
                "table": "medium",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "A file that the author has uploaded. A picture is drawn anew in several widths and formats.",
            },
        ),
        ops.AddField(
            model_name="Medium",
            name="alt",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Medium",
            name="caption",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Medium",
            name="focus_x",
            field=fields.IntField(db_default=50),
        ),
        ops.AddField(
            model_name="Medium",
            name="focus_y",
            field=fields.IntField(db_default=50),
        ),
        ops.AddField(
            model_name="Medium",
            name="kind",
            field=fields.CharField(db_default="picture", max_length=8),
        ),
        ops.AddField(
            model_name="Medium",
            name="size",
            field=fields.BigIntField(db_default=0),
        ),
        ops.AddField(
            model_name="Medium",
            name="title",
            field=fields.CharField(db_default="", max_length=200),
        ),
        ops.AddField(
            model_name="Medium",
            name="words",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.RunPython(note_what_is_there),
    ]
