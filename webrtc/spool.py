"""Recordings on their way into the store: files on disk until they are sealed.

``<spool>/<incident>/<call>/<participant>-<n>.mkv`` is written live, the ``.json`` beside it says
whose it is. What nobody writes any more is finished, stored, sealed in the incident's log and only
then removed; whatever goes wrong is tried again, also by the next process. Nothing is given up:
what fails again and again is counted, and tried once an hour.
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
from domain.call import MEDIA_DEAD_MS, ParticipantRole, Recording, alive
from domain.clock import Standstill
from domain.errors import NotFound, Refused, StoreDown
from domain.ports import Store
from webrtc.disk import free, size_of, sync, write_whole
from webrtc.matroska import Finished, finish
from webrtc.metrics import Metrics

log = logging.getLogger(__name__)
EVERY = 5.0
LONGEST = 3600.0  # between two tries of a recording that cannot be sealed
STUCK = 6  # tries that failed, which takes about three minutes
AT_REST = 60.0  # whose label cannot be read is touched when nobody wrote to it for so long
LEAST_FREE, ENOUGH_FREE = 1 << 30, 2 << 30  # bytes: below, nothing is recorded, until there is this
LOOK_EVERY = 3.0
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
        self._tries: dict[Path, tuple[int, float]] = {}  # how many, when the next is due
        self._threads = ThreadPoolExecutor(1, "recordings")
        self._looking = ThreadPoolExecutor(1, "disk space")  # never behind a long copy
        self._standstill = Standstill(_now, LOOK_EVERY)
        self.paused = False  # the store and the journal need what is left of the disk
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
            write_whole(path.with_suffix(".json"), msgspec.json.encode(label))

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

    async def watch_space(self) -> None:
        """Pause while the disk has too little room, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._standstill.look()
            try:
                left = await loop.run_in_executor(self._looking, free, self._root)
            except OSError as problem:
                log.warning("recordings: free space is unknown: %s", problem)
            else:
                paused = left < (ENOUGH_FREE if self.paused else LEAST_FREE)
                if paused != self.paused:
                    words = "paused" if paused else "go on"
                    log.error("recordings %s: %d MiB free", words, left >> 20)
                self.paused = paused
                self._metrics.recordings_paused = int(paused)
            await asyncio.sleep(LOOK_EVERY)

    async def sweep(self) -> None:
        """Seal everything nobody writes to. Never raises."""
        if self._closed:
            return
        files = await self._on_disk(lambda: list(self._root.glob("*/*/*")))
        self._metrics.spool_bytes = await self._on_disk(lambda: size_of(files))
        movies = sorted({path.with_suffix(".mkv") for path in files})
        self._tries = {movie: self._tries[movie] for movie in movies if movie in self._tries}
        for movie in movies:
            if movie in self._open or self._tries.get(movie, (0, 0.0))[1] > time.monotonic():
                continue
            try:
                label = await self._label(movie)
                if label is None:
                    continue
                if label.media == self._media or not await self._writer_lives(label.media):
                    await self._seal(movie, label)
                self._tries.pop(movie, None)
            except StoreDown:
                break
            except (Refused, OSError, msgspec.MsgspecError) as problem:
                log.warning("recording %s waits %d s: %s", movie.name, self._wait(movie), problem)
            except Exception:
                log.exception("recording %s waits %d s", movie.name, self._wait(movie))
        stuck = sum(1 for tries, _ in self._tries.values() if tries >= STUCK)
        self._metrics.recordings_stuck = stuck

    def _wait(self, movie: Path) -> float:
        """Note that it failed; seconds until it is tried again."""
        tries = self._tries.get(movie, (0, 0.0))[0] + 1
        wait = min(EVERY * 2.0 ** min(tries - 1, 20), LONGEST)
        self._tries[movie] = tries, time.monotonic() + wait
        return wait

    async def _label(self, movie: Path) -> Label | None:
        """Whose it is; None: there is nothing to seal now.

        A label that cannot be read, or is gone, is made again: the path says whose it is.
        """
        path = movie.with_suffix(".json")
        try:
            return msgspec.json.decode(await self._on_disk(path.read_bytes), type=Label)
        except (FileNotFoundError, msgspec.MsgspecError):
            if not await self._on_disk(lambda: _at_rest(movie)):
                return None
        if not await self._on_disk(lambda: _has_frames(movie)):
            await self._on_disk(lambda: self._remove(movie))
            return None
        incident, call = movie.parent.parent.name, movie.parent.name
        participant, _, started = movie.stem.rpartition("-")
        found = (await self._store.incidents.get(incident)).find_call(call)
        role = str(found.participant(participant).role)
        label = Label(incident, call, participant, role, int(started), self._media)
        await self._on_disk(lambda: write_whole(path, msgspec.json.encode(label)))
        log.warning("incident %s: label of recording %s made again", incident, movie.stem)
        return label

    def close(self) -> None:
        self._closed = True
        self._threads.shutdown(wait=False)
        self._looking.shutdown(wait=False)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        """Do it in the spool's thread, after what it was given before."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _writer_lives(self, media: str) -> bool:
        try:
            process = await self._store.media_processes.get(media)
        except NotFound:
            return False
        # Its sign of life is as old as ours when both stood still.
        return self._standstill.within(2 * MEDIA_DEAD_MS) or alive(process, _now())

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
        await attendance.recording_sealed(
            self._store, label.incident, label.call, recording, _now()
        )
        self._metrics.recordings_sealed += 1
        self._metrics.recorded_bytes += done.bytes
        log.info("incident %s: recording %s sealed", label.incident, id)
        await self._on_disk(lambda: self._remove(movie))

    def _remove(self, movie: Path) -> None:
        """The label goes last: what is interrupted is tried again."""
        for suffix in (".mkv", ".final", ".facts", ".part", ".json"):
            movie.with_suffix(suffix).unlink(missing_ok=True)
        with self._folders:
            for folder in (movie.parent, movie.parent.parent):
                try:
                    folder.rmdir()
                except OSError:
                    return


def _now() -> int:
    return int(time.time() * 1000)


def _has_frames(movie: Path) -> bool:
    return movie.exists() and movie.stat().st_size > 0


def _at_rest(movie: Path) -> bool:
    """Whether nobody writes any of its files: they are older than a minute."""
    now = time.time()
    files = movie.parent.glob(f"{movie.stem}.*")
    return not any(abs(now - file.stat().st_mtime) < AT_REST for file in files)


def _finished(movie: Path, final: Path) -> Finished:
    """The finished file and what is known of it, from an earlier attempt if there was one."""
    path = movie.with_suffix(".facts")
    try:
        facts = msgspec.json.decode(path.read_bytes(), type=Finished)
        if final.stat().st_size == facts.bytes:
            return facts
    except FileNotFoundError:
        pass
    except msgspec.MsgspecError as problem:
        log.warning("recording %s is finished once more: %s", movie.name, problem)
    path.unlink(missing_ok=True)
    done = finish(movie, final)
    sync(final)
    write_whole(path, msgspec.json.encode(done))
    return done
