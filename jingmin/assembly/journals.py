"""What waits on this machine's disks while the store is slow or away."""

from __future__ import annotations

from typing import TypeVar

from config import Settings
from domain.ports import Journal, Named
from storage.journal import DiskJournal
from storage.spare_journal import SpareJournal

T = TypeVar("T", bound=Named)


def journal_of(settings: Settings, name: str, kind: type[T], gather: float = 0.0) -> Journal[T]:
    """What is on this machine's disks of one kind of document."""
    folder = settings.data / name
    if settings.spare_journal is None:
        return DiskJournal(folder, kind, gather)
    return SpareJournal(folder, settings.spare_journal / name, kind, gather)
