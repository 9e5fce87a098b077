"""A file on a disk without room."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

FULL = Path("/dev/full")
NUMBER = os.makedev(1, 7)  # Linux, Documentation/admin-guide/devices.txt


@contextmanager
def full_disk(folder: Path) -> Iterator[IO[bytes]]:
    """Every write to it is refused with ENOSPC. Has no name, so that no code under test can remove the
    device (root may, and what is opened for writing in its place is a file that takes everything).
    """
    device = FULL
    if not _is_full(device):
        device = folder / "full"
        # Fails, with the reason, for everybody but root.
        os.mknod(device, 0o600 | stat.S_IFCHR, NUMBER)
    with open(os.open(device, os.O_WRONLY | os.O_APPEND), "ab", buffering=0) as file:
        yield file


def _is_full(path: Path) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == NUMBER
