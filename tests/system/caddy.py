"""A real Caddy with deploy/caddy/Caddyfile, on ports of ours."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.ports import free_port
from tests.system.product import NAME, ROOT, Product, self_signed

CADDYFILE = ROOT / "deploy" / "caddy" / "Caddyfile"


class Caddy:
    """As ``Nginx`` in product.py: ``certificate`` is what who comes has to trust."""

    def __init__(self, folder: Path, port: int, product: Product) -> None:
        self.folder, self.port = folder, port
        self.certificate, key = self_signed(folder)
        site = CADDYFILE.read_text("utf-8")
        for old, new in (
            (f"\n{NAME} {{", f"\n{NAME} {{\n\ttls {self.certificate} {key}"),
            ("reverse_proxy 127.0.0.1:8110 ", f"reverse_proxy 127.0.0.1:{product.port} "),
            ("reverse_proxy 127.0.0.1:8111\n", f"reverse_proxy 127.0.0.1:{product.media_port}\n"),
            ("reverse_proxy 127.0.0.1:8113\n", f"reverse_proxy 127.0.0.1:{product.bot_port}\n"),
        ):
            assert site.count(old) == 1, f"deploy/caddy/Caddyfile has no {old!r}"
            site = site.replace(old, new)
        ports = f"http_port {free_port()}\n\thttps_port {port}"
        self.file = folder / "Caddyfile"
        self.file.write_text(f"{{\n\tadmin off\n\tskip_install_trust\n\t{ports}\n}}\n{site}")
        self.log = folder / "caddy.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("caddy") or "caddy"
        command = [program, "run", "--adapter", "caddyfile", "--config", str(self.file)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "HOME": str(self.folder)}
            )
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(f"Caddy does not listen: {self.log.read_text()}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
