"""Files that are either whole or not there; everything here blocks, for a thread."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` so that a reader finds all of it or what was there before.

    Raises ``OSError``. The part that is being written ends in ``.part``.
    """
    part = path.with_suffix(".part")
    try:
        part.write_bytes(data)
        sync(part)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def free(folder: Path) -> int:
    """Bytes free where this folder is, or will be. Raises ``OSError``."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def size_of(files: Iterable[Path]) -> int:
    """Bytes in these files; one that is gone counts nothing."""
    found = 0
    for one in files:
        with contextlib.suppress(OSError):
            found += one.stat().st_size
    return found


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
