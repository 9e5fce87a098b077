"""What must not be lost is kept on disk while the store is away: append-only, synced, replayed exactly once.

One file a process, locked while it lives; a file without a lock was left by a dead process and is
taken over. A line is either a document or the id of one that is in the store now. A torn last line
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
from typing import IO, Generic, TypeVar

import msgspec

from domain.ports import Named

T = TypeVar("T", bound=Named)
REWRITE_BYTES = 16 * 1024 * 1024
log = logging.getLogger("jingmin.journal")


class DiskJournal(Generic[T]):
    """``domain.ports.Journal`` of one kind of document, in a folder of its own (created 0700).

    What is done waits up to ``gather`` seconds for a write to go with, so that under load it costs none
    of its own; a process that dies before replays it.
    """

    def __init__(self, folder: Path, kind: type[T], gather: float = 0.0) -> None:
        self._gather = gather
        self._kind = kind
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._waiting: dict[str, T] = {}
        self._lines: list[tuple[T, bytes, asyncio.Future[None]]] = []
        self._done: list[tuple[str, asyncio.Future[None] | None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._path, self._file = self._claim_new()
        self._rewrite_at = REWRITE_BYTES
        self.adopt()

    def waiting(self) -> list[T]:
        """What is not in the store yet, oldest first."""
        return list(self._waiting.values())

    def find(self, id: str) -> T | None:
        return self._waiting.get(id)

    async def keep(self, item: T) -> T:
        """Durable on disk before it returns. The same id again gives the first."""
        if item.id not in self._waiting:
            await self._append(item)
        return self._waiting.get(item.id, item)

    async def done(self, id: str) -> None:
        """It is in the store. When none is left the file starts anew."""
        if self._waiting.pop(id, None) is None:
            return
        loop = asyncio.get_running_loop()
        if self._gather:
            if not self._done:
                loop.call_later(self._gather, self._begin)
            self._done.append((id, None))
            return
        written: asyncio.Future[None] = loop.create_future()
        self._done.append((id, written))
        self._begin()
        await written

    def adopt(self) -> int:
        """Take over files of processes that are gone; returns how many documents came with them."""
        found = 0
        for path in sorted(self._folder.glob("*.jsonl")):
            if path == self._path:
                continue
            try:
                other = path.open("r+b")
            except FileNotFoundError:
                continue
            with other:
                if not _lock(other):
                    continue
                items = _read(other, self._kind)
                if items:
                    lines = (_line(one) for one in items)
                    _write(self._file, b"".join(lines))
                    self._waiting.update({one.id: one for one in items})
                    found += len(items)
                path.unlink()
        return found

    def close(self) -> None:
        if not self._waiting:
            self._path.unlink(missing_ok=True)
        elif self._done:
            with contextlib.suppress(OSError):
                _write(self._file, b"".join(_line(id) for id, _ in self._done), sync=False)
        self._file.close()
        self._thread.shutdown(wait=False)

    def _claim_new(self) -> tuple[Path, IO[bytes]]:
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
        return path, file

    async def _append(self, item: T) -> None:
        """Lines that come while others are written go with the next, in their order."""
        line = _line(item)  # what cannot be written costs nobody else
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.append((item, line, written))
        self._begin()
        await written

    def _begin(self) -> None:
        if (self._lines or self._done) and (self._writing is None or self._writing.done()):
            # A task of its own: a caller who hangs up must not leave a line that nobody knows of.
            self._writing = asyncio.create_task(self._write_lines(), name="journal")

    async def _write_lines(self) -> None:
        run = asyncio.get_running_loop().run_in_executor
        while self._lines or self._done:
            batch, self._lines = self._lines, []
            done, self._done = self._done, []
            data = b"".join([*(_line(id) for id, _ in done), *(line for _, line, _ in batch)])
            problem: OSError | None = None
            try:
                # No need to sync what is done.
                await run(self._thread, _write, self._file, data, bool(batch))
            except OSError as error:
                problem = error
            if problem is None:
                for item, _, _ in batch:
                    self._waiting.setdefault(item.id, item)
            for written in [*(of for _, of in done), *(of for _, _, of in batch)]:
                if written is None or written.done():
                    continue
                if problem is None:
                    written.set_result(None)
                else:
                    written.set_exception(problem)
            if problem is None and not self._waiting and not self._lines:
                # Lines that stay are replayed, which changes nothing.
                with contextlib.suppress(OSError):
                    await run(self._thread, self._file.truncate, 0)
            elif problem is None and os.fstat(self._file.fileno()).st_size > self._rewrite_at:
                await run(self._thread, self._rewrite, self.waiting())

    def _rewrite(self, waiting: list[T]) -> None:
        """Into a new file what waits alone: under a steady load there is always something that does."""
        try:
            path, file = self._claim_new()
        except OSError:
            return
        try:
            _write(file, b"".join(_line(one) for one in waiting))
        except OSError:
            path.unlink(missing_ok=True)
            file.close()
            return
        old_path, old = self._path, self._file
        self._path, self._file = path, file
        self._rewrite_at = max(REWRITE_BYTES, 2 * os.fstat(file.fileno()).st_size)
        old_path.unlink(missing_ok=True)
        old.close()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_APPEND, 0o600)


def _line(item: Named | str) -> bytes:
    # Under this name whatever kind it is: files of an older version are read, too.
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
            os.fdatasync(descriptor)
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


def _read(file: IO[bytes], kind: type[T]) -> list[T]:
    items: dict[str, T] = {}
    for line in file:
        try:
            found = json.loads(line)
            if "done" in found:
                items.pop(found["done"], None)
            else:
                item = msgspec.convert(found["report"], kind)
                items.setdefault(item.id, item)
        except (ValueError, KeyError, TypeError, msgspec.ValidationError):
            log.warning("a torn line in the journal was never acknowledged; left out")
    return list(items.values())
