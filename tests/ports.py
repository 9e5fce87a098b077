"""Ports for what a test starts: nobody's connection can have one meanwhile.

The kernel gives outgoing connections any port of its range for a moment, also one that was free when a
test asked. So these lie below that range, and none is given twice: of the processes that run tests beside
each other, each has a part of its own.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Mapping
from pathlib import Path

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 20_000  # above what browsers refuse to talk to
_given: set[int] = set()


def ports_of_this_process(below: int, environment: Mapping[str, str] = os.environ) -> range:
    """Where this process looks for a free port, of those under ``below``."""
    name = environment.get("PYTEST_XDIST_WORKER", "gw0")
    number = int(name.removeprefix("gw"))
    count = max(int(environment.get("PYTEST_XDIST_WORKER_COUNT", "1")), number + 1)
    each = (below - _LOWEST) // count
    return range(_LOWEST + number * each, _LOWEST + (number + 1) * each)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port on loopback that is free and stays so, for TCP or UDP."""
    mine = ports_of_this_process(int(RANGE.read_text().split()[0]))
    while True:
        port = random.choice(mine)
        if port in _given:
            continue
        with socket.socket(socket.AF_INET, kind) as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
