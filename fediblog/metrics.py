"""Numbers for whoever watches many blogs, in the form of Prometheus.

They are counted where it is decided what becomes of something, at well under a microsecond each;
every label has few values, none of which a stranger can choose. What each means stands in
docs/operations.md. They are of this process: with several of them the label `process` tells them
apart, and what the database tells is the same from each.
"""

import os
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

CONTENT_TYPE = CONTENT_TYPE_LATEST

#: What this process has counted, and what the database and the disk say when they are asked.
COUNTED: Final = CollectorRegistry()
LOOKED_UP: Final = CollectorRegistry()

_SECONDS = (0.005, 0.025, 0.1, 0.5, 2.5, 10.0)

REQUESTS = Counter(
    "fediblog_requests",
    "Requests that were answered, by the pattern of the address and the class of the status.",
    ["route", "status"],
    registry=COUNTED,
)
REQUEST_SECONDS = Histogram(
    "fediblog_request_seconds",
    "Seconds from a request's head to the end of its answer, by the pattern of the address.",
    ["route"],
    buckets=_SECONDS,
    registry=COUNTED,
)
INBOX = Counter(
    "fediblog_inbox",
    "What the inboxes said: accepted, or the error that it was turned away with.",
    ["outcome"],
    registry=COUNTED,
)
ARRIVALS = Counter(
    "fediblog_arrivals",
    "What became of an activity that was accepted, each time it was processed.",
    ["fate"],
    registry=COUNTED,
)
SIGNATURES = Counter(
    "fediblog_signature_checks",
    "Signatures of deliveries that were compared with a key, by whether they hold.",
    ["result"],
    registry=COUNTED,
)
KEYS = Counter(
    "fediblog_key_lookups",
    "Public keys that were looked for, by where they were found.",
    ["source"],
    registry=COUNTED,
)
DELIVERIES = Counter(
    "fediblog_deliveries",
    "Attempts to deliver an activity to an inbox, by the class of the answer's status.",
    ["outcome"],
    registry=COUNTED,
)
FETCHED = Counter(
    "fediblog_fetches",
    "Documents, pages and files that other servers were asked for, by what came of it.",
    ["outcome"],
    registry=COUNTED,
)
ANSWERS = Counter(
    "fediblog_kept_answers",
    "Answers that may be kept in memory, by whether this one was there.",
    ["result"],
    registry=COUNTED,
)
DATABASE_SECONDS = Summary(
    "fediblog_database_seconds",
    "Seconds that plain reads and whole transactions took, waiting for a connection included.",
    ["kind"],
    registry=COUNTED,
)
HOUSEKEEPING = Gauge(
    "fediblog_housekeeping_timestamp_seconds",
    "When housekeeping last came to its end in this process; 0 before that.",
    registry=COUNTED,
)
ProcessCollector(registry=COUNTED)

WAITING = Gauge(
    "fediblog_waiting",
    "Arrivals to process and deliveries to make, up to 100,000 of each.",
    ["queue"],
    registry=LOOKED_UP,
)
OLDEST_SECONDS = Gauge(
    "fediblog_oldest_waiting_seconds",
    "For how long the oldest of these has been waiting; 0 if nothing is.",
    ["queue"],
    registry=LOOKED_UP,
)
BACKUP = Gauge(
    "fediblog_backup_timestamp_seconds",
    "When the newest backup in the data folder was made; 0 if there is none.",
    registry=LOOKED_UP,
)

KEPT, MADE = ANSWERS.labels("kept"), ANSWERS.labels("made")
READING = DATABASE_SECONDS.labels("read")
WRITING = DATABASE_SECONDS.labels("transaction")


class _OfThisProcess(Collector):
    """What was counted, each sample with the number of this process."""

    def collect(self) -> Iterable[Metric]:
        """The metrics."""
        process = {"process": str(os.getpid())}
        for metric in COUNTED.collect():
            metric.samples = [
                Sample(each.name, {**each.labels, **process}, *each[2:]) for each in metric.samples
            ]
            yield metric


def exposition() -> bytes:
    """All metrics in Prometheus's text format."""
    counted = CollectorRegistry()
    counted.register(_OfThisProcess())
    return generate_latest(counted) + generate_latest(LOOKED_UP)
