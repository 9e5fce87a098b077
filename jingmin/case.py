"""What every check of ``jingmin doctor`` is given."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from storage.embedded import EmbeddedStore

LOCKS = Path("/proc/locks")


@dataclass(frozen=True, slots=True)
class Case:
    """One installation, looked at once. ``secret`` is None where there is none yet or it cannot be read,
    ``store_uri`` "" likewise; ``serving`` is the process of ``jingmin serve`` on this data folder, 0
    without one."""

    settings: Settings
    secret: bytes | None
    store_uri: str
    serving: int

    @classmethod
    def of(cls, settings: Settings) -> Case:
        """Read what the checks need; nothing is made that was not there."""
        return cls(settings, _secret(settings), _store_uri(settings), _serving(settings.data))

    @property
    def public(self) -> bool:
        """Whether a proxy with TLS is in front."""
        return self.settings.site.startswith("https://")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def _secret(settings: Settings) -> bytes | None:
    if settings.secret:
        return settings.secret.encode()
    try:
        found = (settings.data / "secret").read_text().strip().encode()
    except (OSError, UnicodeDecodeError):
        return None
    return found if len(found) >= 32 else None


def _store_uri(settings: Settings) -> str:
    if settings.store_uri:
        return settings.store_uri
    folder = settings.data / "store"
    if not (folder / "password").exists():
        return ""
    try:
        return EmbeddedStore(folder, settings.store_port).uri
    except OSError:
        return ""


def _serving(data: Path) -> int:
    """Who holds the lock of the data folder. It is not tried: a start in that moment would be refused."""
    try:
        found = os.stat(data / "serve.lock")
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return 0
    for line in lines:
        part = line.split()
        if len(part) < 6 or part[1] != "FLOCK":
            continue
        if part[5].rpartition(":")[2] == str(found.st_ino):
            return int(part[4])
    return 0
