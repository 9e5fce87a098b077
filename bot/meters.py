"""Metrics of the bot's work; no names, ids or texts in labels."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, generate_latest

REGISTRY = CollectorRegistry()
ARRIVALS = Counter(
    "jingmin_arrivals", "Callbacks by what became of them", ["became"], registry=REGISTRY
)
MESSAGES = Counter(
    "jingmin_messages", "Outgoing messages by what became of them", ["became"], registry=REGISTRY
)
RESULTS = Counter(
    "jingmin_template_results", "Outcomes of template messages", ["status"], registry=REGISTRY
)


def text() -> bytes:
    """All of them in Prometheus form."""
    return generate_latest(REGISTRY)
