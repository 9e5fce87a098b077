"""``jingmin serve`` as an operator sets it up, and nginx with deploy/nginx/jingmin.conf in front of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from storage.embedded import EmbeddedStore
from tests.city import small_city
from tests.installed import jingmin
from tests.operations.proxy import certificate as certificate_of
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "deploy" / "nginx" / "jingmin.conf"
NAME = "110.example.cn"
INITIAL = "given by the operator"
PASSWORD = "correct horse battery"


class Product:
    """``jingmin serve`` behind a proxy, with a configuration file as the guide shows it."""

    def __init__(self, folder: Path, public_port: int, **more: Any) -> None:
        self.folder = folder
        self.port, self.media_port, self.store_port, self.bot_port = (free_port() for _ in range(4))
        self.public_url = f"https://{NAME}:{public_port}"
        boundaries = folder / "city.geojson"
        boundaries.write_text(json.dumps(small_city()))
        settings = {
            "public_url": self.public_url,
            "data": str(folder / "data"),
            "boundaries": str(boundaries),
            "city": "测试市",
            "port": self.port,
            "store_port": self.store_port,
            "bot_port": self.bot_port,
            "media_port": self.media_port,
            "media_url": f"wss://{NAME}:{public_port}/rtc",
            "media_addresses": ["127.0.0.1"],
            "media_udp_port": free_port(socket.SOCK_DGRAM),
            "proxies": ["127.0.0.1/32"],
            **more,
        }
        self.file = folder / "jingmin.toml"
        # What JSON writes of texts, numbers and lists of texts is TOML, too.
        lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        self.file.write_text("\n".join(lines) + "\n")
        self.log = folder / "product.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._hired: list[str] = []

    def command(self, *arguments: str) -> list[str]:
        return [jingmin(), "--config", str(self.file), *arguments]

    def store_uri(self) -> str:
        return EmbeddedStore(self.folder / "data" / "store", self.store_port).uri

    def hire(self, login: str, role: str) -> None:
        """An account, by the command that makes the first administrator."""
        subprocess.run(
            self.command("people", "add", login, f"{login} 警官", "--role", role),
            env={**os.environ, "JINGMIN_PASSWORD": INITIAL},
            check=True,
            capture_output=True,
            timeout=60,
        )
        self._hired.append(login)

    def settle(self) -> None:
        """Everybody changes the first password to ``PASSWORD``, as its owner has to."""
        while self._hired:
            self._settle(self._hired.pop())

    def _settle(self, login: str) -> None:
        cookie = ""
        for method, path, body in (
            ("POST", "/session", {"login": login, "password": INITIAL}),
            ("PUT", "/session/password", {"old": INITIAL, "new": PASSWORD}),
        ):
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}/api/v1{path}",
                json.dumps(body).encode(),
                {"Origin": self.public_url, "Jingmin-Face": "console", "Cookie": cookie},
                method=method,
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                for one in answer.headers.get_all("Set-Cookie", []):
                    cookie = one.partition(";")[0] if one.startswith("jingmin_console") else cookie

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command("serve"), stdout=log, stderr=log)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)


class Server:
    """A proxy of the system's, started with ``command`` (its program first) in ``folder``; ``port`` is where
    it listens."""

    def __init__(self, folder: Path, port: int, command: list[str], **environment: str) -> None:
        self.folder, self.port = folder, port
        self.log = folder / f"{command[0]}.log"
        self._command, self._environment = command, environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        name, *arguments = self._command
        # /usr/sbin is not on everybody's path.
        program = shutil.which(name) or f"/usr/sbin/{name}"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, *arguments],
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
            )
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(f"{name} does not listen: {self.log.read_text()}")

    def reload(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)


class Nginx(Server):
    """A real nginx with the configuration of deploy/, on ports of ours."""

    def __init__(self, folder: Path, port: int, product: Product) -> None:
        super().__init__(
            folder, port, ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        )
        certificate, key = certificate_of(folder, NAME, 2)
        self.plain_port = free_port()
        site = CONFIGURATION.read_text("utf-8")
        for old, new in (
            ("listen 443 ", f"listen 127.0.0.1:{port} "),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            # A machine of tests may be without IPv6.
            ("  listen [::]:443 ssl http2;\n", ""),
            ("  listen [::]:80;\n", ""),
            ("https://110.example.cn$request_uri", f"https://110.example.cn:{port}$request_uri"),
            ("/etc/ssl/110.example.cn.pem", str(certificate)),
            ("/etc/ssl/110.example.cn.key", str(key)),
            ("server 127.0.0.1:8110 ", f"server 127.0.0.1:{product.port} "),
            (
                "proxy_pass http://127.0.0.1:8111;",
                f"proxy_pass http://127.0.0.1:{product.media_port};",
            ),
            ("server 127.0.0.1:8113 ", f"server 127.0.0.1:{product.bot_port} "),
        ):
            assert site.count(old) == 1, f"deploy/nginx/jingmin.conf has no {old!r}"
            site = site.replace(old, new)
        (folder / "site.conf").write_text(site)
        kept = "\n".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # What Debian's nginx.conf has around a file in sites-enabled.
        (folder / "nginx.conf").write_text(
            f"user {'root' if os.geteuid() == 0 else 'nobody'}; daemon off; worker_processes 2;\n"
            f"pid {folder}/nginx.pid; error_log stderr warn;\n"
            "events { worker_connections 768; }\n"
            "http {\ninclude /etc/nginx/mime.types; default_type application/octet-stream;\n"
            f"sendfile on; tcp_nopush on; gzip on; access_log off;\n{kept}\n"
            f"include {folder}/site.conf;\n}}\n"
        )
        self.certificate = certificate


class Here(AbstractResolver):
    """Every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Trusted(Protocol):
    """A proxy whose certificate its visitors trust."""

    @property
    def certificate(self) -> Path: ...


def client(proxy: Trusted, origin: str, address: str = "127.0.0.1", **headers: str) -> Any:
    """Somebody at ``address`` of the loopback net, who checks the certificate."""
    trusted = ssl.create_default_context(cafile=str(proxy.certificate))
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            ssl=trusted, resolver=Here(), local_addr=(address, 0), force_close=False
        ),
        headers={"Origin": origin, **headers},
        timeout=aiohttp.ClientTimeout(60),
    )
