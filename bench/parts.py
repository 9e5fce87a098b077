"""Some of the product's processes on an embedded store of their own, for measuring."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from bench.product import free_port
from config import PREFIX, Settings
from demo import simulated
from jingmin.processes.serve import YIELDS
from locate.sample import build
from storage.embedded import EmbeddedStore


class Parts:
    """The store runs while this is entered; ``start`` adds processes of the demo by name."""

    def __init__(self, data: Path) -> None:
        self.boundaries = data / "sample-city.geojson"
        build(self.boundaries)
        self.settings = simulated(
            Settings(
                demo=True,
                data=data,
                boundaries=self.boundaries,
                port=free_port(),
                bot_port=free_port(),
                simulator_port=free_port(),
                worker_at_once=1,
                log_level="ERROR",
            )
        )
        self.store = EmbeddedStore(data / "store", free_port())
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Parts:
        self.store.start()
        return self

    def start(self, name: str, again: str = "", **other: str) -> subprocess.Popen[bytes]:
        """``again`` tells a second one of the same name apart; ``other`` are settings of its own."""
        environment = {
            **os.environ,
            **self.settings.environment(),
            PREFIX + "STORE_URI": self.store.uri,
            **{PREFIX + key.upper(): value for key, value in other.items()},
        }
        self.processes[name + again] = subprocess.Popen(
            [sys.executable, "-m", "main", name],
            env=environment,
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: os.nice(YIELDS.get(name, 0)),
        )
        return self.processes[name + again]

    def cpu(self) -> dict[str, float]:
        """Seconds of processor that each process has used, and the one that measures."""
        pids = {name: one.pid for name, one in self.processes.items()}
        pids |= {"store": self.store.pid or 0, "the measuring": os.getpid()}
        return {name: _cpu(pid) for name, pid in pids.items()}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(20)
        self.store.stop()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
