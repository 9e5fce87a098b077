"""The embedded store: a child process that speaks MongoDB's wire protocol on this machine only.

Flags and URI are exactly those measured not to lose an acknowledged write at kill -9; without
``--sync-on-commit`` it loses some every time.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pymongo
import pymongo.errors

from domain.errors import StoreDown
from storage.store_users import USER, PrivateStart, make_only_user, strangers
from storage.watch import Answer, Watch, Work

COMMAND = "secantusd-py"
START_S = 20.0
STARTS = 2  # the second one after somebody was removed who might log in
STRANGERS = "the embedded store goes on letting in somebody besides our user; see the log"
LOOK_EVERY_S = 1.0
LOOK_MS = 3_000  # for one write and one read
STALLED_S = 2.0  # our own loop or machine stood still: nothing said about the store
SPEAK_EVERY_S = 30.0
PR_SET_PDEATHSIG = 1
LOG = "store.log"
LOG_BYTES = 10_000_000  # then it is begun anew, and the one before is kept
Client = pymongo.MongoClient[dict[str, object]]
# Loaded here: between fork and exec another thread's lock of the loader may be held for ever.
_libc = ctypes.CDLL("libc.so.6") if sys.platform == "linux" else None
log = logging.getLogger("jingmin.store")

HISTORY = 1_000_000


class EmbeddedStore:
    """A store in ``folder`` on 127.0.0.1:``port``. It dies with this process, even by kill -9. ``history`` is
    how many changes it remembers for who follows them; a day at most.

    ``start`` and ``launch`` must be called from the main thread: the kernel ties the child's life to
    the thread that started it. ``start`` blocks, ``launch`` is for an event loop.
    """

    def __init__(self, folder: Path, port: int, history: int = HISTORY) -> None:
        self.history = history
        self._given, self._folder = folder, folder.absolute()  # its process runs there
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._users_known = False  # of this start: nobody but ours

    @property
    def uri(self) -> str:
        """Where to connect, with the credentials kept beside the data (mode 0600)."""
        return (
            f"mongodb://{USER}:{self._password()}@127.0.0.1:{self._port}/"
            "?replicaSet=secantus&retryWrites=false&w=majority&journal=true&authSource=admin"
        )

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start, creating user and folder (0700) at the first time; returns when it answers and
        nobody but our user may log in.

        Raises ``StoreDown`` with the reason: package missing, port or folder taken, no answer.
        """
        self._make_folders()
        for _ in range(STARTS):
            if not self._has_user():
                private = PrivateStart(self._folder)
                self._spawn(private)
                self._make_user(private)
            self._spawn()
            if not self._wait(self.uri):
                return
            self._shut()
        raise StoreDown(STRANGERS)

    async def launch(self) -> None:
        """``start`` for an event loop: only the process itself is started on it. Raises
        ``StoreDown`` when it ended; one that has much to recover is not waited for."""
        await asyncio.to_thread(self._make_folders)
        for _ in range(STARTS):
            if not self._has_user():
                private = await asyncio.to_thread(PrivateStart, self._folder)
                self._spawn(private)
                await asyncio.to_thread(self._make_user, private)
            self._spawn()
            try:
                found = await asyncio.to_thread(lambda: self._wait(self.uri))
            except StoreDown:
                if not self.running():
                    raise
                log.warning("embedded store: not ready after %.0f s; it has more time", START_S)
                return  # who may log in is looked at when it is ready
            if not found:
                return
            await asyncio.to_thread(self._shut)
        raise StoreDown(STRANGERS)

    def answers(self) -> bool:
        """Whether a store with our credentials answers already (started by somebody else)."""
        client: Client = pymongo.MongoClient(
            self.uri, serverSelectionTimeoutMS=500, connectTimeoutMS=500
        )
        try:
            client.admin.command("ping")
            return True
        except pymongo.errors.PyMongoError:
            return False
        finally:
            client.close()

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop it and wait for the end; kills after 10 s."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it without warning, as a power cut would (for tests of durability)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def keep_running(self, building: Callable[[], bool] = lambda: False) -> None:
        """Restart it whenever it ends, with a growing pause, and end it when it lives and does not
        serve (``storage/watch.py``); never returns.

        ``building`` says whether somebody is known to wait for an index: it answers nobody then.
        """
        pause, ended = 0.2, 0
        while True:
            if self.running():
                ended = await self._watch(building, ended)
                pause = 0.2
            log.error("embedded store ended; starting it again")
            try:
                await self.launch()
            except StoreDown as error:
                log.error("embedded store does not start: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    async def _watch(self, building: Callable[[], bool], ended: int) -> int:
        """Look once a second until its process has ended or was ended; how often it was so far
        without a good answer between."""
        client: Client = await asyncio.to_thread(self._client)
        now = time.monotonic()
        watch = Watch(now, self._work(), ended)
        spoken = 0.0
        try:
            while self.running():
                answer = await asyncio.to_thread(self._look, client)
                await asyncio.to_thread(turn_log, self._folder / LOG)
                if self._process is None:
                    return watch.ended
                slept = time.monotonic()
                await asyncio.sleep(LOOK_EVERY_S)
                before, now = now, time.monotonic()
                if (
                    now - slept - LOOK_EVERY_S > STALLED_S
                    or now - before - LOOK_EVERY_S > 2 * LOOK_MS / 1000 + STALLED_S
                ):
                    watch.anew(now)
                if why := watch.overdue(now, self._work(), answer, building()):
                    log.error("embedded store (process %s): %s; killed", self.pid, why)
                    await asyncio.to_thread(self.kill)
                    return watch.ended + 1
                if watch.silent(now) - spoken >= SPEAK_EVERY_S:
                    spoken = watch.silent(now)
                    log.warning("embedded store: no answer for %.0f s, but it works", spoken)
                elif answer is Answer.SERVED:
                    spoken = 0.0
        finally:
            await asyncio.to_thread(client.close)
        return watch.ended

    def _look(self, client: Client) -> Answer:
        """One write and one read, as every acknowledged report needs them. Ends it when somebody may
        log in who should not, and the start did not wait long enough to see that."""
        mark: dict[str, object] = {"at": time.time()}
        try:
            marks = client["jingmin_watch"]["marks"]
            marks.replace_one({"_id": "supervisor"}, mark, upsert=True)
            found = marks.find_one({"_id": "supervisor"})
            if not self._users_known and self._strangers(client):
                self._shut()
        except pymongo.errors.ConnectionFailure:  # time-outs too
            return Answer.NONE
        except pymongo.errors.PyMongoError:
            return Answer.REFUSED
        return Answer.SERVED if found and found["at"] == mark["at"] else Answer.REFUSED

    def _work(self) -> Work:
        """What its process has done; nothing where the kernel does not tell. No disk is read."""
        try:
            with open(f"/proc/{self.pid}/stat") as stat, open(f"/proc/{self.pid}/io") as io:
                fields = stat.read().rpartition(")")[2].split()
                counts = dict(line.split(": ") for line in io.read().splitlines())
        except OSError:
            return Work(0.0, 0)
        ticks = int(fields[11]) + int(fields[12])
        calls = int(counts["syscr"]) + int(counts["syscw"])
        return Work(ticks / os.sysconf("SC_CLK_TCK"), calls)

    def _make_folders(self) -> None:
        # Where an older version had it: a relative path was taken from the folder it named.
        older = self._folder / self._given / "db"
        if not self._given.is_absolute() and older.is_dir():
            with suppress(OSError):  # an empty folder gives way, one that is in use does not
                older.rename(self._folder / "db")
        (self._folder / "db").mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chmod(self._folder, 0o700)
        os.chmod(self._folder / "db", 0o700)

    def _has_user(self) -> bool:
        return (self._folder / "user.created").exists()

    def _make_user(self, private: PrivateStart) -> None:
        """While it lets in who holds the key of this start: make the one user, and end it."""
        try:
            self._wait(private.uri, make=True)
            (self._folder / "user.created").touch(mode=0o600)
        finally:
            self.stop()
            private.end()

    def _shut(self) -> None:
        """End it, and let the next start leave nobody but our user."""
        (self._folder / "user.created").unlink(missing_ok=True)
        self.stop()

    def _client(self) -> Client:
        return pymongo.MongoClient(
            self.uri,
            serverSelectionTimeoutMS=LOOK_MS,
            connectTimeoutMS=LOOK_MS,
            socketTimeoutMS=LOOK_MS,
            retryReads=False,
            maxPoolSize=2,
        )

    def _spawn(self, private: PrivateStart | None = None) -> None:
        self._users_known = False
        command = [
            _find_command(),
            "--host",
            "127.0.0.1",
            "--port",
            str(private.port if private else self._port),
            "--storage-path",
            str(self._folder / "db"),
            "--sync-on-commit",
            "--oplog-retention-seconds",
            "86400",
            "--oplog-max-entries",
            str(self.history),
            "--noop-heartbeat-seconds",
            "10",
            *(private.flags if private else ["--auth"]),
        ]
        turn_log(self._folder / LOG)
        with (self._folder / LOG).open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                # Ctrl-C in a terminal goes to its whole group: the store ends last, when it is told to.
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def _wait(self, uri: str, make: bool = False) -> list[str]:
        """Until it answers; whoever may log in and should not. ``make`` leaves our user only."""
        deadline = time.monotonic() + START_S
        while True:
            if not self.running():
                code = self._process.returncode if self._process else None
                raise StoreDown(
                    f"the embedded store ended with code {code}: is port {self._port} or folder "
                    f"{self._folder} in use? See store.log there"
                )
            client: Client = pymongo.MongoClient(
                uri, serverSelectionTimeoutMS=300, connectTimeoutMS=300
            )
            try:
                client.admin.command("ping")
                if make:
                    make_only_user(client, self._password())
                return self._strangers(client)
            except pymongo.errors.PyMongoError as error:
                if time.monotonic() > deadline:
                    raise StoreDown(f"the embedded store does not answer: {error}") from error
                time.sleep(0.05)
            finally:
                client.close()

    def _strangers(self, client: Client) -> list[str]:
        if found := strangers(client):
            log.error("embedded store: removing who may log in and should not: %s", found)
        self._users_known = not found
        return found

    def _password(self) -> str:
        path = self._folder / "password"
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
        return path.read_text().strip()


def turn_log(path: Path) -> None:
    """Begin the store's log anew when it is long; the one before stays beside it. The store has it open, and
    writes at its end wherever that is."""
    with suppress(OSError):
        if path.stat().st_size > LOG_BYTES:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            os.truncate(path, 0)


def _find_command() -> str:
    beside = Path(sysconfig.get_path("scripts")) / COMMAND
    found = str(beside) if beside.exists() else shutil.which(COMMAND)
    if found is None:
        raise StoreDown("the embedded store is not installed: pip install 'jingmin[embedded]'")
    return found


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
