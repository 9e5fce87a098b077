"""How the api process is: health, and Prometheus metrics without names, numbers or positions in labels."""

from __future__ import annotations

from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class HealthView(Struct):
    """``/healthz``. ``journaled`` reports wait on disk for the store; ``disk`` is ok, or low: below 3 GiB
    or 5 %; ``unreadable`` documents were met that this version cannot read."""

    status: str
    store: str
    journaled: int
    disk: str
    unreadable: int
    version: str


class Metrics:
    """One registry a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.reports = Counter(
            "jingmin_reports",
            "Emergency reports acknowledged",
            ["kept"],
            registry=self.registry,
        )
        self.report_seconds = Histogram(
            "jingmin_report_seconds",
            "Request to durable receipt",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5),
            registry=self.registry,
        )
        self.answer_seconds = Histogram(
            "jingmin_answer_seconds",
            "Report to answer by a dispatcher",
            buckets=(5, 10, 15, 20, 30, 60, 120, 300),
            registry=self.registry,
        )
        self.requests = Counter(
            "jingmin_requests",
            "Requests by route and status",
            ["route", "status"],
            registry=self.registry,
        )
        self.sockets = Gauge(
            "jingmin_live_sockets", "Open live sockets", ["side"], registry=self.registry
        )
        self.incidents = Gauge(
            "jingmin_open_incidents", "Incidents by state", ["state"], registry=self.registry
        )
        self.store_up = Gauge(
            "jingmin_store_up", "1 when the store writes and reads", registry=self.registry
        )
        self.unreadable = Gauge(
            "jingmin_unreadable_documents",
            "Documents met that this version cannot read",
            registry=self.registry,
        )
        self.disk_free = Gauge(
            "jingmin_disk_free_bytes", "Room where the data folder is", registry=self.registry
        )
        self.journaled = Gauge(
            "jingmin_journaled_reports", "Reports waiting on disk", registry=self.registry
        )
        self.oldest = Gauge(
            "jingmin_oldest_report_seconds",
            "How long the report that nobody answered has waited, of several the longest; 0: none waits",
            registry=self.registry,
        )
        self.processes = Gauge(
            "jingmin_processes",
            "Processes that gave a sign of life: media, and bot and worker where a platform is configured",
            ["kind"],
            registry=self.registry,
        )
        self.queue = Gauge(
            "jingmin_queue", "What waits in the store to be done", ["kind"], registry=self.registry
        )
        self.store_bytes = Gauge(
            "jingmin_store_bytes",
            "Size of the store, files and indexes too",
            registry=self.registry,
        )
        self.backup_age = Gauge(
            "jingmin_backup_age_seconds",
            "Since the last backup ended; NaN: there was none that says so",
            registry=self.registry,
        )

        self.loop_lag = Histogram(
            "jingmin_loop_lag_seconds",
            "How late the event loop was, once a second",
            buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
            registry=self.registry,
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)
