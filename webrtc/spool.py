"""Recordings on their way into the store: files on disk until they are sealed.

``<spool>/<incident>/<call>/<participant>-<n>.mkv`` is written live, the ``.json`` beside it says
whose it is. What nobody writes any more is finished, stored, sealed in the incident's log and only
then removed; whatever goes wrong is tried again, also by the next process.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec

from domain import attendance
from domain.call import ParticipantRole, Recording, alive
from domain.errors import NotFound, Refused, StoreDown
from domain.ports import Store
from webrtc.matroska import Finished, finish
from webrtc.metrics import Metrics

log = logging.getLogger(__name__)
EVERY = 5.0
MOST_OPEN = 1000  # a disk that hangs keeps a thread for each
T = TypeVar("T")
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Label(msgspec.Struct, frozen=True):
    """The ``.json`` beside a recording; ``started_at`` is Unix ms, ``media`` who writes it."""

    incident: str
    call: str
    participant: str
    role: str
    started_at: int
    media: str


class Spool:
    """The recordings of this process, and those dead processes left behind in ``root``."""

    def __init__(self, root: Path, media: str, store: Store, metrics: Metrics) -> None:
        self._root = root
        self._media = media
        self._store = store
        self._metrics = metrics
        self._open: set[Path] = set()
        self._news = asyncio.Event()
        self._threads = ThreadPoolExecutor(1, "recordings")
        self._closed = False
        self._folders = threading.Lock()  # a folder is not removed while a file is put into it

    def begin(self, label: Label) -> Path:
        """A new file's path; ``prepare`` makes its folder. Raises ``OSError``, ``ValueError``."""
        for id in (label.incident, label.call, label.participant):
            if _SAFE.fullmatch(id) is None:
                raise ValueError("id is not a file name")
        if len(self._open) >= MOST_OPEN:
            raise OSError("too many recordings are being written")
        folder = self._root / label.incident / label.call
        path = folder / f"{label.participant}-{label.started_at}.mkv"
        self._open.add(path)
        self._metrics.recordings_open = len(self._open)
        return path

    def prepare(self, path: Path, label: Label) -> None:
        """Make the folder, put the label on disk; blocks, for the file's thread. Raises ``OSError``."""
        with self._folders:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.with_suffix(".json").write_bytes(msgspec.json.encode(label))

    def release(self, path: Path) -> None:
        """The file is closed: finish it soon."""
        self._open.discard(path)
        self._metrics.recordings_open = len(self._open)
        self._news.set()

    @property
    def writing(self) -> bool:
        return bool(self._open)

    async def run(self) -> None:
        """Seal what is closed, until cancelled."""
        while True:
            self._news.clear()
            await self.sweep()
            try:
                async with asyncio.timeout(EVERY):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def sweep(self) -> None:
        """Seal everything nobody writes to. Never raises."""
        if self._closed:
            return
        labels = await self._on_disk(lambda: sorted(self._root.glob("*/*/*.json")))
        for path in labels:
            movie = path.with_suffix(".mkv")
            if movie in self._open:
                continue
            try:
                label = msgspec.json.decode(await self._on_disk(path.read_bytes), type=Label)
                if label.media == self._media or not await self._writer_lives(label.media):
                    await self._seal(movie, label)
            except StoreDown:
                return
            except (Refused, OSError, msgspec.MsgspecError) as problem:
                log.warning("recording %s waits: %s", movie.name, problem)
            except Exception:
                log.exception("recording %s waits", movie.name)

    def close(self) -> None:
        self._closed = True
        self._threads.shutdown(wait=False)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        """Do it in the spool's thread, after what it was given before."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _writer_lives(self, media: str) -> bool:
        try:
            process = await self._store.media_processes.get(media)
        except NotFound:
            return False
        return alive(process, int(time.time() * 1000))

    async def _seal(self, movie: Path, label: Label) -> None:
        if not await self._on_disk(lambda: _has_frames(movie)):
            log.info("incident %s: no frames from %s", label.incident, label.participant)
            await self._on_disk(lambda: self._remove(movie))
            return
        final = movie.with_suffix(".final")
        done = await self._on_disk(lambda: _finished(movie, final))
        id = f"recording-{movie.stem}"
        meta = {"kind": "recording", "incident": label.incident, "type": "video/x-matroska"}
        await self._store.files.put(id, str(final), meta)
        recording = Recording(
            id,
            label.participant,
            ParticipantRole(label.role),
            label.started_at,
            done.seconds,
            done.bytes,
            done.sha256,
            done.video,
            done.audio,
        )
        now = int(time.time() * 1000)
        await attendance.recording_sealed(self._store, label.incident, label.call, recording, now)
        self._metrics.recordings_sealed += 1
        log.info("incident %s: recording %s sealed", label.incident, id)
        await self._on_disk(lambda: self._remove(movie))

    def _remove(self, movie: Path) -> None:
        """The label goes last: what is interrupted is tried again."""
        for suffix in (".mkv", ".final", ".facts", ".json"):
            movie.with_suffix(suffix).unlink(missing_ok=True)
        with self._folders:
            for folder in (movie.parent, movie.parent.parent):
                try:
                    folder.rmdir()
                except OSError:
                    return


def _has_frames(movie: Path) -> bool:
    return movie.exists() and movie.stat().st_size > 0


def _finished(movie: Path, final: Path) -> Finished:
    """The finished file and what is known of it, from an earlier attempt if there was one."""
    facts = movie.with_suffix(".facts")
    if facts.exists():
        return msgspec.json.decode(facts.read_bytes(), type=Finished)
    done = finish(movie, final)
    facts.write_bytes(msgspec.json.encode(done))
    return done
