"""The data folder in a backup: what lies there beside the store, and in the spare journal."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from config import Settings
from domain.errors import Refused
from domain.json_limits import check_json
from starting import LOCK, RESTORING
from storage.archive import MAGIC, Broken

FILE, BYTES = b"F", b"B"
PIECE = 1 << 20
DESCRIBED_BYTES = 64 << 10  # a path is 4 KB at most, each byte of it six in JSON
STORE, SECRET, SPARE = "store", "secret", "spare_journal"
OURS = {STORE, SECRET, LOCK, RESTORING}
ROUNDS = 20  # a journal may be written anew under another name while it is read
Record = tuple[bytes, bytes]


@dataclass
class DataFolder:
    """Reads the files as records: of each a head, and its bytes up to the length it had when it was opened.
    One that is gone by then is none. The secret comes first, also when it is a setting."""

    settings: Settings
    count: int = 0
    _seen: set[str] = field(default_factory=set)

    def records(self) -> Iterator[Record]:
        """Everything but store, locks, sockets and other backups. Raises ``OSError``."""
        secret = self.settings.secret_bytes()
        yield _head(SECRET, 0, len(secret))
        yield BYTES, secret
        self.count += 1
        # What moved from one file to another meanwhile is in one that was not there before.
        for _ in range(ROUNDS):
            before = self.count
            yield from self._folder(self.settings.data, "")
            if self.settings.spare_journal is not None:
                os.stat(self.settings.spare_journal)  # one that is not mounted is no empty one
                yield from self._folder(self.settings.spare_journal, f"{SPARE}/")
            if self.count == before:
                return

    def _folder(self, top: Path, prefix: str) -> Iterator[Record]:
        walked: set[tuple[int, int]] = set()
        for where, folders, names in os.walk(top, onerror=_unless_gone, followlinks=True):
            here = os.stat(where)
            if (here.st_dev, here.st_ino) in walked:  # a link back
                folders.clear()
                continue
            walked.add((here.st_dev, here.st_ino))
            inside = PurePosixPath(Path(where).relative_to(top))
            for name in sorted(names):
                path = inside / name
                if not (prefix == "" and path.parts[0] in OURS):
                    yield from self._file(Path(where, name), f"{prefix}{path}")
            if inside == PurePosixPath(".") and STORE in folders:
                folders.remove(STORE)

    def _file(self, path: Path, name: str) -> Iterator[Record]:
        if name in self._seen:
            return
        self._seen.add(name)
        try:
            file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        except OSError:
            if path.is_socket():
                return
            raise
        with open(file, "rb") as source:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                return
            left = found.st_size
            piece = source.read(min(PIECE, left))
            if piece.startswith(MAGIC):
                return
            self.count += 1
            yield _head(name, found.st_mtime_ns, left)
            while piece:
                left -= len(piece)
                yield BYTES, piece
                piece = source.read(min(PIECE, left))


class RestoredFolder:
    """Writes the records into a data folder, each file synced. ``close`` it."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file = -1
        self._mtime = 0
        self.count = 0

    def record(self, kind: bytes, body: bytes) -> None:
        """One record; raises ``Broken`` for a name that leads out of the folder, and ``OSError``."""
        if kind == BYTES:
            view = memoryview(body)
            while view:
                view = view[os.write(self._file, view) :]
            return
        self.close()
        path, mtime = _described(body)
        if path.is_absolute() or ".." in path.parts or path.parts[0] in OURS - {SECRET}:
            raise Broken(f"it has a file of a name that it may not have: {path}")
        if path.parts[0] == SPARE:
            path = path.relative_to(SPARE)
        target = self._data / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._mtime = mtime
        self.count += 1

    def close(self) -> None:
        """The last file is whole and on disk."""
        if self._file < 0:
            return
        if self._mtime:
            os.utime(self._file, ns=(self._mtime, self._mtime))
        os.fsync(self._file)
        os.close(self._file)
        self._file = -1


def _head(path: str, mtime: int, size: int) -> Record:
    return FILE, json.dumps({"path": path, "mtime": mtime, "size": size}).encode()


def _unless_gone(error: OSError) -> None:
    """A folder that cannot be listed is not left out silently."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _described(body: bytes) -> tuple[PurePosixPath, int]:
    """Path and time of change (ns) of a file, as its record says; raises ``Broken``."""
    try:
        check_json(body, DESCRIBED_BYTES)
        about = json.loads(body)
        path, mtime = PurePosixPath(str(about["path"])), int(about["mtime"])
    except (Refused, ValueError, LookupError, TypeError, OverflowError):
        raise Broken("what it says of a file cannot be read") from None
    if not path.parts or "\0" in str(path) or not 0 <= mtime < 2**63:
        raise Broken("what it says of a file cannot be read")
    return path, mtime
