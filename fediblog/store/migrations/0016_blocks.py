"""Rules of blocking, what they hide, and what looks alike; a blocked server becomes a rule."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0015_working_copies")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("kind", fields.CharField(max_length=10)),
                ("value", fields.CharField(max_length=2048)),
                ("label", fields.CharField(max_length=500)),
                ("action", fields.CharField(max_length=10)),
                ("note", fields.TextField(unique=False)),
                ("created_at", fields.BigIntField()),
                ("done_at", fields.BigIntField(null=True)),
                ("ended_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "rule",
                "app": "fediblog",
                "unique_together": (("kind", "value"),),
                "pk_attr": "id",
                "table_description": "What the author keeps out: a person, a server with all beneath it, or words.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Actor",
            name="created_at",
            field=fields.BigIntField(null=True),
        ),
        ops.RunSQL(
            "INSERT INTO rule (kind, value, label, action, note, created_at, done_at) "
            "SELECT 'server', h.authority, h.authority, 'reject', '', s.at, s.at FROM host h "
            "CROSS JOIN (SELECT COALESCE(MAX(CAST(value AS BIGINT)), 0) AS at FROM setting "
            "WHERE name = 'created_at') s WHERE h.blocked = TRUE"
        ),
        ops.AlterModelOptions(
            name="Host",
            options={
                "table": "host",
                "app": "fediblog",
                "pk_attr": "authority",
                "table_description": "A remote server, by its authority: how it does.",
            },
        ),
        ops.RemoveField(model_name="Host", name="blocked"),
        ops.AlterModelOptions(
            name="Report",
            options={
                "table": "report",
                "app": "fediblog",
                "indexes": [Index(fields=["closed_at", "id"], name="report_open")],
                "pk_attr": "id",
                "table_description": "Somebody elsewhere reports something here.",
            },
        ),
        ops.AddField(
            model_name="Report",
            name="note",
            field=fields.TextField(db_default="", unique=False),
        ),
        ops.AddField(
            model_name="Quote",
            name="hidden_by",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Quote",
            index=Index(fields=["hidden_by"], name="quote_by_rule"),
        ),
        ops.AddField(
            model_name="Reaction",
            name="hidden_by",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Reaction",
            index=Index(fields=["hidden_by"], name="reaction_by_rule"),
        ),
        ops.AddField(
            model_name="Reply",
            name="before_rule",
            field=fields.CharField(db_default="", max_length=12),
        ),
        ops.AddField(
            model_name="Reply",
            name="fingerprint",
            field=fields.CharField(db_default="", max_length=32),
        ),
        ops.AddField(
            model_name="Reply",
            name="hidden_by",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["hidden_by"], name="reply_by_rule"),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["fingerprint"], name="reply_alike"),
        ),
    ]
