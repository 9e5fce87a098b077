"""Which tickets were used, so that none is good twice, whatever becomes of the process in between.

Each use is one line of a file before the ticket is let in; a process that starts again reads it. A disk that
takes no line keeps nobody out of a call: the process itself remembers.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from domain.errors import TICKET_BAD, Refused

PATIENCE_S = 0.5  # for a slow disk
MOST_LINES = 20_000  # then those that have expired are left out
log = logging.getLogger(__name__)


class UsedTickets:
    """Of one media process, in a file of its own in ``folder``."""

    def __init__(self, folder: Path, media: str) -> None:
        name = hashlib.sha256(media.encode()).hexdigest()[:16]
        self._path = folder / f"used-tickets-{name}"
        self._until: dict[str, int] = {}
        self._lines = 0
        self._thread = ThreadPoolExecutor(1, "used tickets")

    async def load(self, now: int) -> None:
        """What was used before this process started and has not expired."""
        loop = asyncio.get_running_loop()
        before = await loop.run_in_executor(self._thread, self._read, now)
        self._until = {**before, **self._until}

    async def use(self, nonce: str, expires: int, now: int) -> None:
        """Use it up; raises ``ticket_bad`` when it was used."""
        self._until = {one: end for one, end in self._until.items() if end >= now}
        if nonce in self._until:
            raise Refused(TICKET_BAD, "ticket was used")
        self._until[nonce] = expires
        kept = dict(self._until) if self._lines >= MOST_LINES else None
        loop = asyncio.get_running_loop()
        writing = loop.run_in_executor(self._thread, self._write, nonce, expires, kept)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.shield(writing)
        except (TimeoutError, OSError) as problem:
            log.warning("used tickets are not written: %s", type(problem).__name__)

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    def _read(self, now: int) -> dict[str, int]:
        found = {}
        try:
            text = self._path.read_text("utf-8", "replace")
        except OSError:
            return {}
        for line in text.splitlines():
            end, _, nonce = line.partition(" ")
            if end.isascii() and end.isdigit() and nonce and int(end) >= now:
                found[nonce] = int(end)
        try:
            self._rewrite(found)
        except OSError as problem:
            log.warning("used tickets are not written: %s", type(problem).__name__)
        return found

    def _write(self, nonce: str, expires: int, kept: dict[str, int] | None) -> None:
        if kept is not None:
            self._rewrite(kept)
            return
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{expires} {nonce}\n".encode())
        finally:
            os.close(file)
        self._lines += 1

    def _rewrite(self, kept: dict[str, int]) -> None:
        """In one step: a process that dies meanwhile leaves the old file or the new one."""
        fresh = self._path.with_suffix(".new")
        file = os.open(fresh, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600)
        try:
            os.write(file, "".join(f"{end} {one}\n" for one, end in kept.items()).encode())
        finally:
            os.close(file)
        fresh.replace(self._path)
        self._lines = len(kept)
