"""Ports for what a test starts: nobody's connection can have one meanwhile.

The kernel gives outgoing connections any port of its range for a moment, also one that was free when a
test asked. So these lie below that range, and none is given twice.
"""

from __future__ import annotations

import random
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 20_000  # above what browsers refuse to talk to
_given: set[int] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port on loopback that is free and stays so, for TCP or UDP."""
    below = int(_RANGE.read_text().split()[0])
    while True:
        port = random.randrange(_LOWEST, below)
        if port in _given:
            continue
        with socket.socket(socket.AF_INET, kind) as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
