"""Indexes for lists that would cost more the more there is; tags know when their posts came out."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor import BaseSchemaEditor


async def note_what_is_there(_apps: object, editor: BaseSchemaEditor) -> None:
    """Tags get the date of their post, and actors their handle as it is looked for."""
    for sql in (
        "UPDATE post_tag SET published_at = (SELECT p.published_at FROM post p "
        "WHERE p.id = post_tag.post_id)",
        "UPDATE actor SET handle_key = lower(handle) WHERE handle <> ''",
    ):
        await editor.client.execute_query(sql)


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0017_approvals")]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name="Actor",
            options={
                "table": "actor",
                "app": "fediblog",
                "indexes": [
                    Index(fields=["handle_key"], name="actor_by_handle"),
                    Index(fields=["avatar_at"], name="actor_avatar_due"),
                    Index(fields=["blocks_us_at"], name="actor_blocks_us"),
                    Index(fields=["authority"], name="actor_by_authority"),
                    Index(fields=["moved_to"], name="actor_by_destination"),
                    Index(fields=["allowed_at"], name="actor_allowed"),
                ],
                "pk_attr": "id",
                "table_description": "Somebody elsewhere, or the blog itself. handle: user@host, once WebFinger agreed. handle_key:",
            },
        ),
        ops.AddField(
            model_name="Actor",
            name="handle_key",
            field=fields.CharField(db_default="", max_length=500),
        ),
        ops.AddIndex(
            model_name="Actor",
            index=Index(fields=["handle_key"], name="actor_by_handle"),
        ),
        ops.AddIndex(
            model_name="Post",
            index=Index(fields=["lead_id"], name="post_by_lead"),
        ),
        ops.RemoveIndex(
            model_name="PostTag",
            name="post_tag_slug",
            fields=None,
        ),
        ops.AlterModelOptions(
            name="PostTag",
            options={
                "table": "post_tag",
                "app": "fediblog",
                "unique_together": (("post", "slug"),),
                "indexes": [
                    Index(fields=["slug", "published_at", "post_id"], name="post_tag_by_date")
                ],
                "pk_attr": "id",
                "table_description": "A tag of a post, in the author's order. published_at: that of the post.",
            },
        ),
        ops.AddField(
            model_name="PostTag",
            name="published_at",
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name="PostTag",
            index=Index(fields=["slug", "published_at", "post_id"], name="post_tag_by_date"),
        ),
        ops.RemoveIndex(
            model_name="Reply",
            name="reply_by_parent",
            fields=None,
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["state", "id"], name="reply_in_state"),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["parent_id", "post_id", "state", "id"], name="reply_beneath"),
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["post_id", "state", "id"], name="reply_in_thread"),
        ),
        ops.RunPython(note_what_is_there),
    ]
