"""The last good backup of the store."""

from __future__ import annotations

from dataclasses import dataclass

LAST = "last"


@dataclass(slots=True)
class Backup:
    """When it was whole on disk (Unix ms), how large it is (bytes), what is in it, and whether only the
    holder of a key can read it."""

    id: str
    at: int
    bytes: int
    documents: int
    files: int
    sealed: bool = False
    version: int = 0
