"""How many connections a process takes, of the files that it may have open.

The last quarter of its files is kept for the journal, the store and recordings, and of its connections the
last quarter for reports: what stays open for hours (live feeds, calls) is refused there.
"""

from __future__ import annotations

import contextlib
import resource
from dataclasses import dataclass

NAME = "jingmin_connections"


@dataclass(slots=True)
class OpenFiles:
    """``connections`` at once, of them ``lasting`` at most that stay open; ``now`` is how many there are,
    ``refused`` how many were turned away or ended for want of files since the start."""

    connections: int
    lasting: int
    now: int = 0
    refused: int = 0

    def text(self) -> bytes:
        """As lines of ``/metrics``."""
        found = (
            (NAME, "gauge", "Open connections of the HTTP server", self.now),
            (
                f"{NAME}_capacity",
                "gauge",
                "Connections this process takes at once",
                self.connections,
            ),
            (
                f"{NAME}_refused_total",
                "counter",
                "Connections ended or refused for want of files",
                self.refused,
            ),
        )
        return "".join(
            f"# HELP {name} {about}\n# TYPE {name} {kind}\n{name} {value}\n"
            for name, kind, about, value in found
        ).encode()

    @property
    def most(self) -> tuple[int, int]:
        return self.connections, self.lasting

    def measure(self) -> None:
        """Count anew what this process may have open."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self.connections = most * 3 // 4
        self.lasting = self.connections * 3 // 4


def raise_limit() -> int:
    """As many open files as we may have: every page that listens is one. How many there are now."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    OPEN_FILES.measure()
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


OPEN_FILES = OpenFiles(0, 0)
OPEN_FILES.measure()
