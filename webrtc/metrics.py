"""What the media process counts, in Prometheus form, in a registry of its own."""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

log = logging.getLogger(__name__)


class Metrics(Collector):
    """Plain integers counted on the fast path; turned into metrics only when they are asked for."""

    def __init__(self) -> None:
        self.packets_in = 0
        self.packets_out = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.keyframes_asked = 0
        self.nacks_sent = 0
        self.nacks_received = 0
        self.resent = 0
        self.rooms = 0
        self.participants = 0
        self.reports_waiting = 0
        self.recordings_open = 0
        self.recordings_sealed = 0
        self.recordings_stuck = 0
        self.recordings_paused = 0
        self.recorded_bytes = 0
        self.spool_bytes = 0
        self.drops: dict[str, int] = {}
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)

    def dropped(self, reason: str, detail: str = "") -> None:
        """Count something thrown away. ``reason`` is one of a fixed few words."""
        self.drops[reason] = self.drops.get(reason, 0) + 1
        if detail:
            log.debug("dropped %s: %s", reason, detail)

    def collect(self) -> list[Metric]:
        """For the registry."""
        counters = {
            "packets_in": (self.packets_in, "Media packets received"),
            "packets_out": (self.packets_out, "Media packets sent"),
            "bytes_in": (self.bytes_in, "Bytes received on the media ports"),
            "bytes_out": (self.bytes_out, "Bytes sent on the media path"),
            "keyframe_requests": (self.keyframes_asked, "Keyframes asked of publishers"),
            "nacks_sent": (self.nacks_sent, "Packets asked again of publishers"),
            "nacks_received": (self.nacks_received, "Packets asked again by receivers"),
            "resent": (self.resent, "Packets sent again to receivers"),
            "recorded_bytes": (self.recorded_bytes, "Bytes of recordings stored and sealed"),
            "recordings_sealed": (self.recordings_sealed, "Recordings stored and sealed"),
        }
        gauges = {
            "rooms": (self.rooms, "Rooms open now"),
            "participants": (self.participants, "Connections open now"),
            "reports_waiting": (self.reports_waiting, "Facts not yet in the store"),
            "recordings_open": (self.recordings_open, "Recordings being written"),
            "spool_bytes": (self.spool_bytes, "Bytes of recordings on disk, not yet sealed"),
            "recordings_paused": (self.recordings_paused, "1: none is written, the disk is full"),
            "recordings_stuck": (self.recordings_stuck, "Recordings that six tries did not seal"),
        }
        found: list[Metric] = []
        for name, (value, words) in counters.items():
            found.append(CounterMetricFamily(f"jingmin_media_{name}", words, value=value))
        for name, (value, words) in gauges.items():
            found.append(GaugeMetricFamily(f"jingmin_media_{name}", words, value=value))
        drops = CounterMetricFamily(
            "jingmin_media_drops", "What was thrown away, by reason", labels=["reason"]
        )
        for reason, count in sorted(self.drops.items()):
            drops.add_metric([reason], count)
        found.append(drops)
        return found

    def text(self) -> bytes:
        """The Prometheus exposition."""
        return generate_latest(self.registry)
