"""Search: the index of words, and everything that is there due to be read into it.

The index itself is no table of the ORM: a virtual table on SQLite, a tsvector on PostgreSQL.
"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor import BaseSchemaEditor

_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5"
    "(title, beside, text, plain UNINDEXED, tokenize = 'ascii')",
)
_POSTGRES = (
    "CREATE TABLE search_index (id BIGINT PRIMARY KEY, vector TSVECTOR NOT NULL, "
    "plain TEXT NOT NULL)",
    "CREATE INDEX search_index_words ON search_index USING GIN (vector) WITH (fastupdate = off)",
)
_DUE = (
    "INSERT INTO search_due (entry) SELECT id + 2305843009213693952 FROM post WHERE state = 'published'",
    "INSERT INTO search_due (entry) SELECT id + 1152921504606846976 FROM page WHERE state = 'published'",
    "INSERT INTO search_due (entry) SELECT id FROM reply WHERE state = 'shown'",
)


async def make_index(_apps: object, editor: BaseSchemaEditor) -> None:
    """Make the index, empty, and have it filled."""
    sqlite = editor.client.capabilities.dialect == "sqlite"
    for statement in (*(_SQLITE if sqlite else _POSTGRES), *_DUE):
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0004_conversation")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SearchDue",
            fields=[
                (
                    "entry",
                    fields.BigIntField(
                        generated=False, primary_key=True, unique=True, db_index=True
                    ),
                ),
            ],
            options={
                "table": "search_due",
                "app": "fediblog",
                "pk_attr": "entry",
                "table_description": "A text that is to be read into the index of words, which is no table of the ORM.",
            },
            bases=["Model"],
        ),
        ops.RunPython(make_index),
    ]
