"""Reports kept on disk while the store is away: append-only, synced, replayed exactly once.

One file a process, locked while it lives; a file without a lock was left by a dead process and is
taken over. A line is either a report or the id of one that is in the store now. A torn last line
was never acknowledged.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import msgspec

from domain.intake import Report

log = logging.getLogger("jingmin.journal")


class DiskJournal:
    """``domain.ports.Journal`` in a folder (created 0700)."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._waiting: dict[str, Report] = {}
        self._lines: list[tuple[Report | str, bytes, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._file = self._claim_new()
        self.adopt()

    def waiting(self) -> list[Report]:
        """Reports not in the store yet, oldest first."""
        return list(self._waiting.values())

    def find(self, id: str) -> Report | None:
        return self._waiting.get(id)

    async def keep(self, report: Report) -> Report:
        """Durable on disk before it returns. The same id again gives the first report."""
        if report.id not in self._waiting:
            await self._append(report)
        return self._waiting.get(report.id, report)

    async def done(self, id: str) -> None:
        """The report is in the store. When none is left the file starts anew."""
        if id in self._waiting:
            await self._append(id)

    def adopt(self) -> int:
        """Take over files of processes that are gone; returns how many reports came with them."""
        found = 0
        for path in sorted(self._folder.glob("*.jsonl")):
            if path.name == Path(self._file.name).name:
                continue
            try:
                other = path.open("r+b")
            except FileNotFoundError:
                continue
            with other:
                if not _lock(other):
                    continue
                reports = _read(other)
                if reports:
                    lines = (_line(one) for one in reports)
                    _write(self._file, b"".join(lines))
                    self._waiting.update({one.id: one for one in reports})
                    found += len(reports)
                path.unlink()
        return found

    def close(self) -> None:
        if not self._waiting:
            Path(self._file.name).unlink(missing_ok=True)
        self._file.close()
        self._thread.shutdown(wait=False)

    def _claim_new(self) -> IO[bytes]:
        while True:
            path = self._folder / f"reports-{os.getpid()}-{os.urandom(4).hex()}.jsonl"
            file = open(path, "xb", buffering=0, opener=_private)  # noqa: SIM115 (open as long as we live)
            if _lock(file) and os.fstat(file.fileno()).st_nlink:
                break
            # Another process looking for files of the dead was faster and removed this one.
            file.close()
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file

    async def _append(self, item: Report | str) -> None:
        """A report, or the id of one that is done. Lines that come while others are written go with the
        next, in their order."""
        line = _line(item)  # what cannot be written costs nobody else
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.append((item, line, written))
        if self._writing is None or self._writing.done():
            # A task of its own: a caller who hangs up must not leave a line that nobody knows of.
            self._writing = asyncio.create_task(self._write_lines(), name="journal")
        await written

    async def _write_lines(self) -> None:
        run = asyncio.get_running_loop().run_in_executor
        while self._lines:
            batch, self._lines = self._lines, []
            data = b"".join(line for _, line, _ in batch)
            # What is done and on disk twice is replayed twice, which changes nothing: no need to sync.
            sync = any(isinstance(item, Report) for item, _, _ in batch)
            problem: OSError | None = None
            try:
                await run(self._thread, _write, self._file, data, sync)
            except OSError as error:
                problem = error
            for item, _, written in batch:
                if problem is None:
                    self._take(item)
                if written.done():
                    continue
                if problem is None:
                    written.set_result(None)
                else:
                    written.set_exception(problem)
            if problem is None and not self._waiting:
                # Lines that stay are replayed, which changes nothing.
                with contextlib.suppress(OSError):
                    await run(self._thread, self._file.truncate, 0)

    def _take(self, item: Report | str) -> None:
        if isinstance(item, str):
            self._waiting.pop(item, None)
        else:
            self._waiting.setdefault(item.id, item)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_APPEND, 0o600)


def _line(item: Report | str) -> bytes:
    return msgspec.json.encode({"done" if isinstance(item, str) else "report": item}) + b"\n"


def _write(file: IO[bytes], data: bytes, sync: bool = True) -> None:
    """All of it, synced, or nothing: half a line would spoil the one after it."""
    descriptor = file.fileno()
    size = os.fstat(descriptor).st_size
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        if sync:
            os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def _lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _read(file: IO[bytes]) -> list[Report]:
    reports: dict[str, Report] = {}
    for line in file:
        try:
            item = json.loads(line)
            if "done" in item:
                reports.pop(item["done"], None)
            else:
                report = msgspec.convert(item["report"], Report)
                reports.setdefault(report.id, report)
        except (ValueError, KeyError, TypeError, msgspec.ValidationError):
            log.warning("a torn line in the journal was never acknowledged; left out")
    return list(reports.values())
