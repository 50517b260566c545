"""Notifications, what is counted by the day, and when loops were last at work."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0008_access")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DayCount",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(max_length=60)),
                ("day", fields.IntField()),
                ("count", fields.BigIntField()),
            ],
            options={
                "table": "day_count",
                "app": "fediblog",
                "unique_together": (("name", "day"),),
                "indexes": [Index(fields=["day"], name="day_count_by_day")],
                "pk_attr": "id",
                "table_description": "How many there were of something on a day, which is counted since the epoch, in UTC.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("kind", fields.CharField(max_length=12)),
                ("mark", fields.CharField(unique=True, max_length=400)),
                ("about_id", fields.BigIntField(null=True)),
                ("actor_id", fields.BigIntField(null=True)),
                ("words", fields.TextField(unique=False)),
                ("count", fields.IntField(db_default=1)),
                ("changed_at", fields.BigIntField()),
                ("read_at", fields.BigIntField(null=True)),
                ("mailed_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "notification",
                "app": "fediblog",
                "indexes": [
                    Index(fields=["read_at", "id"], name="notification_unread"),
                    Index(fields=["kind", "id"], name="notification_by_kind"),
                    Index(fields=["mailed_at", "changed_at"], name="notification_unmailed"),
                ],
                "pk_attr": "id",
                "table_description": "Something that the author may want to know, as one line however often it happens.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Pulse",
            fields=[
                (
                    "name",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=60),
                ),
                ("beat_at", fields.BigIntField()),
            ],
            options={
                "table": "pulse",
                "app": "fediblog",
                "pk_attr": "name",
                "table_description": "When a loop was last seen at work, by its name.",
            },
            bases=["Model"],
        ),
    ]
