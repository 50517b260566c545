"""An index of what somebody has said in one state, so that asking whether anything is shown of somebody
new does not look at all that is shown of others; and one of somebody's keys, which were looked for among all."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0019_in_hand")]

    initial = False

    operations = [
        ops.RemoveIndex(
            model_name="Reply",
            name="reply_by_actor",
            fields=None,
        ),
        ops.AddIndex(
            model_name="Reply",
            index=Index(fields=["actor_id", "state"], name="reply_of_actor"),
        ),
        ops.AddIndex(
            model_name="ActorKey",
            index=Index(fields=["actor_id"], name="actor_key_of_actor"),
        ),
    ]
