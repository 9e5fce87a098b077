"""Metrics of the bot's work; no names, ids or texts in labels."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from domain.open_files import OPEN_FILES

REGISTRY = CollectorRegistry()
CALLBACKS = Counter(
    "jingmin_callbacks",
    "Callbacks by door and by what was answered",
    ["platform", "answered"],
    registry=REGISTRY,
)
CALLBACK_SECONDS = Histogram(
    "jingmin_callback_seconds",
    "Callback to its answer",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
    registry=REGISTRY,
)
ON_DISK = Gauge(
    "jingmin_arrivals_on_disk",
    "Callbacks that wait on this machine for the store",
    registry=REGISTRY,
)
IN_MEMORY = Gauge(
    "jingmin_arrivals_in_memory",
    "Calls for help that wait in memory alone: store and disk are away, and the platform was answered",
    registry=REGISTRY,
)
ARRIVALS = Counter(
    "jingmin_arrivals", "Arrivals handled, by what became of them", ["became"], registry=REGISTRY
)
ALARMS = Gauge(
    "jingmin_platform_alarm",
    "1 while a platform refuses what only the operator can mend",
    ["code", "platform", "call"],
    registry=REGISTRY,
)
MESSAGES = Counter(
    "jingmin_messages", "Outgoing messages by what became of them", ["became"], registry=REGISTRY
)
RESULTS = Counter(
    "jingmin_template_results", "Outcomes of template messages", ["status"], registry=REGISTRY
)


# There from the start: of a counter that begins with its first event an alarm does not see that one.
MESSAGES.labels("failed")
for _platform in ("official", "work", "contact"):
    CALLBACKS.labels(_platform, "nothing")


async def serve(request: web.Request) -> web.Response:
    """``/metrics``: all of them in Prometheus form."""
    return web.Response(
        body=generate_latest(REGISTRY) + OPEN_FILES.text(), content_type="text/plain"
    )
