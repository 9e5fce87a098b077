"""Troubles on demand: for an API path, or for callbacks on their way out."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec

CALLS = ("slow", "hang", "error", "lost", "http", "revoke")
CALLBACKS = ("duplicate", "reorder", "delay", "drop")


class Fault(msgspec.Struct, kw_only=True):
    """One trouble. ``path`` is the end of an API path or ``callback:oa|app|contact|*``."""

    path: str
    action: str
    code: int = -1  # errcode of "error", status of "http"
    seconds: float = 1.0
    count: int | None = None  # how often; None: as long as it stands
    probability: float = 1.0
    id: int = 0
    hits: int = 0


class Faults:
    """The list of troubles; chance comes from the world's seed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._faults: list[Fault] = []
        self._last = 0

    def add(self, fault: Fault) -> Fault:
        wanted = CALLBACKS if fault.path.startswith("callback:") else CALLS
        if fault.action not in wanted:
            raise ValueError(f"action must be one of {', '.join(wanted)}")
        self._last += 1
        fault.id = self._last
        self._faults.append(fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        self._faults = [one for one in self._faults if number not in (None, one.id)]

    def shown(self) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(one) for one in self._faults]

    def call(self, path: str) -> Fault | None:
        """The trouble this call meets, if any; a counted one is used up."""
        if not self._faults:
            return None
        return self._take(
            [
                one
                for one in self._faults
                if not one.path.startswith("callback:")
                and (one.path == "*" or path.endswith(one.path))
            ]
        )

    def callback(self, target: str) -> Fault | None:
        if not self._faults:
            return None
        names = (f"callback:{target}", "callback:*")
        return self._take([one for one in self._faults if one.path in names])

    def _take(self, matching: list[Fault]) -> Fault | None:
        for one in matching:
            if one.count is not None and one.hits >= one.count:
                continue
            if one.probability < 1 and self._random.random() >= one.probability:
                continue
            one.hits += 1
            return one
        return None
