"""Passkeys, recovery codes, tokens for programs, tries to sign in, and whose browsers are signed in."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0007_post_pictures")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=100)),
                ("scopes", fields.CharField(max_length=100)),
                ("client", fields.CharField(max_length=500)),
                ("created_at", fields.BigIntField()),
                ("used_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "api_token",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "Lets a program write posts. Only its hash is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("at", fields.BigIntField()),
                ("way", fields.CharField(max_length=20)),
                ("result", fields.CharField(max_length=20)),
                ("browser", fields.CharField(max_length=100)),
                ("address", fields.CharField(max_length=64)),
                ("times", fields.IntField(db_default=1)),
            ],
            options={
                "table": "attempt",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "Somebody tried to sign in, or several times alike within a quarter of an hour.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("credential", fields.CharField(unique=True, max_length=1400)),
                ("public_key", fields.BinaryField()),
                ("sign_count", fields.BigIntField()),
                ("name", fields.CharField(max_length=60)),
                ("created_at", fields.BigIntField()),
                ("used_at", fields.BigIntField(null=True)),
            ],
            options={
                "table": "passkey",
                "app": "fediblog",
                "pk_attr": "id",
                "table_description": "A passkey of the author: the half of it that is public.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "code_hash",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
            ],
            options={
                "table": "recovery_code",
                "app": "fediblog",
                "pk_attr": "code_hash",
                "table_description": "What stands in for a second factor that is lost, once. Only its hash is kept.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Ticket",
            fields=[
                (
                    "token_hash",
                    fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64),
                ),
                ("kind", fields.CharField(max_length=20)),
                ("value", fields.TextField(unique=False)),
                ("expires_at", fields.BigIntField()),
            ],
            options={
                "table": "ticket",
                "app": "fediblog",
                "indexes": [Index(fields=["expires_at"], name="ticket_by_end")],
                "pk_attr": "token_hash",
                "table_description": "What is good once and for a short time: half of a sign-in, a challenge, a code.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Session",
            name="address",
            field=fields.CharField(db_default="", max_length=64),
        ),
        ops.AddField(
            model_name="Session",
            name="browser",
            field=fields.CharField(db_default="", max_length=100),
        ),
        ops.AddField(
            model_name="Session",
            name="confirmed_at",
            field=fields.BigIntField(db_default=0),
        ),
    ]
