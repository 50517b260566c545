"""An index of what is in hand, so that a claim costs the same however much waits; one that nobody asked
leaves for it."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("fediblog", "0018_growth")]

    initial = False

    operations = [
        ops.RemoveIndex(
            model_name="Arrival",
            name="arrival_by_authority",
            fields=None,
        ),
        ops.AddIndex(
            model_name="Arrival",
            index=Index(fields=["state", "lease_until"], name="arrival_in_hand"),
        ),
    ]
