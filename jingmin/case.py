"""What every check of ``jingmin doctor`` is given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from starting import LOCK
from storage.embedded import EmbeddedStore

LOCKS = Path("/proc/locks")


@dataclass(frozen=True, slots=True)
class Case:
    """One installation, looked at once. ``secret`` is None where there is none yet or it cannot be read,
    ``store_uri`` "" likewise; ``serving`` is the process of ``jingmin serve`` on this data folder, 0
    without one. ``running`` says that something of the installation answers here or gave a sign of life
    lately, ``elsewhere`` what lives and does not answer here: ``media``, ``bot``, ``worker``."""

    settings: Settings
    secret: bytes | None
    store_uri: str
    serving: int
    running: bool = False
    elsewhere: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> Case:
        """Read what the checks need; nothing is made that was not there. A disk may let it wait for ever."""
        return cls(settings, _secret(settings), _store_uri(settings), _serving(settings.data))

    @property
    def public(self) -> bool:
        """Whether a proxy with TLS is in front."""
        return self.settings.site.startswith("https://")

    def expects(self, kind: str = "api") -> bool:
        """Whether ``api``, ``media``, ``bot`` or ``worker`` ought to answer here."""
        return self.serving > 0 or (self.running and kind not in self.elsewhere)


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
        file = os.open(data / LOCK, os.O_PATH | os.O_CLOEXEC)
        try:
            places = _places(file)
        finally:
            os.close(file)
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return 0
    for line in lines:
        part = line.split()
        if len(part) >= 6 and part[1] == "FLOCK" and part[5] in places:
            return int(part[4])
    return 0


def _places(file: int) -> set[str]:
    """Device and inode as the list of locks may name them: by the file, or by its mount (btrfs gives each
    subvolume a device of its own, which the list does not know)."""
    found = os.fstat(file)
    devices = {(os.major(found.st_dev), os.minor(found.st_dev))}
    about = Path(f"/proc/self/fdinfo/{file}").read_text().split()
    mount = about[about.index("mnt_id:") + 1] if "mnt_id:" in about else ""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        part = line.split()
        if part[0] == mount:
            major, _, minor = part[2].partition(":")
            devices.add((int(major), int(minor)))
    return {f"{major:02x}:{minor:02x}:{found.st_ino}" for major, minor in devices}
