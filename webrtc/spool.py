"""Recordings on their way into the store: files on disk until they are sealed.

``<spool>/<incident>/<call>/<participant>-<n>.mkv`` is written live, the ``.json`` beside it says
whose it is. What nobody writes any more is finished, stored, sealed in the incident's log and only
then removed; whatever goes wrong is tried again, also by the next process.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from domain import attendance
from domain.call import ParticipantRole, Recording, alive
from domain.errors import NotFound, Refused, StoreDown
from domain.ports import Store
from webrtc.matroska import Finished, finish
from webrtc.metrics import Metrics

log = logging.getLogger(__name__)
EVERY = 5.0
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

    def begin(self, label: Label) -> Path:
        """A new file's path, with its label on disk. Raises ``OSError``, ``ValueError``."""
        for id in (label.incident, label.call, label.participant):
            if _SAFE.fullmatch(id) is None:
                raise ValueError("id is not a file name")
        folder = self._root / label.incident / label.call
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{label.participant}-{label.started_at}.mkv"
        path.with_suffix(".json").write_bytes(msgspec.json.encode(label))
        self._open.add(path)
        self._metrics.recordings_open = len(self._open)
        return path

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
                await asyncio.wait_for(self._news.wait(), EVERY)
            except TimeoutError:
                continue

    async def sweep(self) -> None:
        """Seal everything nobody writes to. Never raises."""
        labels = await asyncio.to_thread(lambda: sorted(self._root.glob("*/*/*.json")))
        for path in labels:
            movie = path.with_suffix(".mkv")
            if movie in self._open:
                continue
            try:
                label = msgspec.json.decode(path.read_bytes(), type=Label)
                if label.media == self._media or not await self._writer_lives(label.media):
                    await self._seal(movie, label)
            except StoreDown:
                return
            except (Refused, OSError, msgspec.MsgspecError) as problem:
                log.warning("recording %s waits: %s", movie.name, problem)
            except Exception:
                log.exception("recording %s waits", movie.name)

    def close(self) -> None:
        self._threads.shutdown(wait=False)

    async def _writer_lives(self, media: str) -> bool:
        try:
            process = await self._store.media_processes.get(media)
        except NotFound:
            return False
        return alive(process, int(time.time() * 1000))

    async def _seal(self, movie: Path, label: Label) -> None:
        if not await asyncio.to_thread(_has_frames, movie):
            log.info("incident %s: no frames from %s", label.incident, label.participant)
            _remove(movie)
            return
        final, facts = movie.with_suffix(".final"), movie.with_suffix(".facts")
        if facts.exists():
            done = msgspec.json.decode(facts.read_bytes(), type=Finished)
        else:
            loop = asyncio.get_running_loop()
            done = await loop.run_in_executor(self._threads, finish, movie, final)
            facts.write_bytes(msgspec.json.encode(done))
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
        _remove(movie)


def _has_frames(movie: Path) -> bool:
    return movie.exists() and movie.stat().st_size > 0


def _remove(movie: Path) -> None:
    """The label goes last: what is interrupted is tried again."""
    for suffix in (".mkv", ".final", ".facts", ".json"):
        movie.with_suffix(suffix).unlink(missing_ok=True)
    for folder in (movie.parent, movie.parent.parent):
        try:
            folder.rmdir()
        except OSError:
            return
