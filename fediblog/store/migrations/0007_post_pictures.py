"""Pictures that posts and pages name: tables stay as they are, and are said to hold those, too."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0006_branches")]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name="Picture",
            options={
                "table": "picture",
                "app": "fediblog",
                "indexes": [Index(fields=["fetch_at"], name="picture_due")],
                "pk_attr": "id",
                "table_description": "A picture elsewhere that we show from here: an emoji, or one of a reply, a post or a page.",
            },
        ),
        ops.AlterModelOptions(
            name="PictureUse",
            options={
                "table": "picture_use",
                "app": "fediblog",
                "unique_together": (("owner_kind", "owner_id", "picture"),),
                "indexes": [Index(fields=["picture"], name="picture_use_by_picture")],
                "pk_attr": "id",
                "table_description": "A reply, actor, post or page that names a picture. Reactions name theirs in their own row.",
            },
        ),
    ]
