"""What is under way, by whoever has claimed it."""

from fediblog.store.arrivals import release_arrivals
from fediblog.store.crawls import release_crawls
from fediblog.store.database import Transaction
from fediblog.store.outbox import release_deliveries
from fediblog.store.waiting import release_waiting


async def release_leases(tx: Transaction) -> None:
    """End every lease, when nobody can hold one: the only process has just started, or the rows
    come from a backup."""
    await release_arrivals(tx)
    await release_deliveries(tx)
    await release_waiting(tx)
    await release_crawls(tx)
