"""What the author watches: what an arrival is about, what was refused at the door, and indexes
for lists of what came and went by person, server, state and post."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0011_media")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("authority", fields.CharField(max_length=300)),
                ("reason", fields.CharField(max_length=300)),
                ("count", fields.BigIntField()),
                ("first_at", fields.BigIntField()),
                ("last_at", fields.BigIntField()),
            ],
            options={
                "table": "refusal",
                "app": "fediblog",
                "unique_together": (("authority", "reason"),),
                "indexes": [Index(fields=["last_at"], name="refusal_by_time")],
                "pk_attr": "id",
                "table_description": "How often one reason turned requests to the inbox away, by the server they claimed to be of.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Arrival",
            name="object_id",
            field=fields.CharField(db_default="", max_length=2048),
        ),
        ops.AddIndex(
            model_name="Arrival",
            index=Index(fields=["authority", "id"], name="arrival_by_server"),
        ),
        ops.AddIndex(
            model_name="Arrival",
            index=Index(fields=["actor_uri", "id"], name="arrival_by_actor"),
        ),
        ops.AddIndex(
            model_name="Arrival",
            index=Index(fields=["state", "id"], name="arrival_by_state"),
        ),
        ops.AddIndex(
            model_name="Delivery",
            index=Index(fields=["authority", "id"], name="delivery_by_server"),
        ),
        ops.AddIndex(
            model_name="Delivery",
            index=Index(fields=["state", "id"], name="delivery_by_state"),
        ),
        ops.AddIndex(
            model_name="Delivery",
            index=Index(fields=["activity_id", "state", "id"], name="delivery_by_activity"),
        ),
    ]
