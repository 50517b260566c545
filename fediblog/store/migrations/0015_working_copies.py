"""What is typed in a window and not saved yet."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0014_link_previews")]

    initial = False

    operations = [
        ops.CreateModel(
            name="WorkingCopy",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("place", fields.CharField(max_length=60)),
                ("window_key", fields.CharField(max_length=40)),
                ("based_on", fields.CharField(max_length=64)),
                ("form", fields.TextField(unique=False)),
                ("saved_at", fields.BigIntField()),
            ],
            options={
                "table": "working_copy",
                "app": "fediblog",
                "unique_together": (("place", "window_key"),),
                "pk_attr": "id",
                "table_description": "What is typed in one window and not saved yet. form: JSON of the fields by their names.",
            },
            bases=["Model"],
        ),
    ]
