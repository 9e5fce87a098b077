"""A real coturn with ``use-auth-secret``, on the loopback only."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.ports import free_port

SECRET = "a-secret-that-coturn-and-the-product-share"


class Coturn:
    """The relay of the operator's guide; peers on the loopback are allowed here, as all are there.
    ``identity`` is certificate and key for ``turns:`` on ``tls_port``."""

    def __init__(self, folder: Path, identity: tuple[Path, Path] | None = None) -> None:
        self.tls_port = free_port()
        self._identity = identity
        self.port = free_port()
        self.url = f"turn:127.0.0.1:{self.port}?transport=udp"
        self._folder = folder
        self.log = folder / "coturn.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = [
            f"listening-port={self.port}",
            "listening-ip=127.0.0.1",
            "relay-ip=127.0.0.1",
            "min-port=49152",
            "max-port=49300",
            "use-auth-secret",
            f"static-auth-secret={SECRET}",
            "realm=110.example.cn",
            "user-quota=4",
            "allow-loopback-peers",
            "no-cli",
            *self._secure(),
            f"pidfile={self._folder}/coturn.pid",
            f"userdb={self._folder}/coturn.db",
            "log-file=stdout",
        ]
        file = self._folder / "turnserver.conf"
        file.write_text("\n".join(options) + "\n")
        program = shutil.which("turnserver")
        assert program, "coturn is missing: apt-get install coturn"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen([program, "-c", str(file)], stdout=log, stderr=log)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as one:  # it listens for TCP beside UDP
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(f"coturn does not listen: {self.log.read_text()}")

    def _secure(self) -> list[str]:
        if self._identity is None:
            return ["no-tls", "no-dtls"]
        certificate, key = self._identity
        return [f"tls-listening-port={self.tls_port}", f"cert={certificate}", f"pkey={key}"]

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
