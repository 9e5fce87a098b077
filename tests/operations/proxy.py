"""A TLS proxy in front of a product, that can be given one flaw at a time."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port

HOP = (
    "connection",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
    "content-length",
    "expect",
    "host",
)
# What a proxy says of us in X-Forwarded-For, behind what we wrote there ourselves.
BEHIND = {
    "wide": "{forged}, 203.0.113.9",
    "unnamed": "{forged}, 192.0.2.7, 192.0.2.80",
    "instead": "192.0.2.7, 192.0.2.80",
    "named": "{forged}, 192.0.2.7, 203.0.113.9",
    "itself": "{forged}, 127.0.0.1",
}
SOCKET = ("sec-websocket", *HOP)


def certificate(folder: Path, name: str, days: int) -> tuple[Path, Path]:
    """One for ``name``, its own authority, that ends in ``days`` (negative: has ended); and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} {days}")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}{days}.pem", folder / f"{name}{days}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


class Proxy:
    """Runs in a thread of its own. ``flaws`` holds what it does wrong now; ``ports`` its TLS ports by the
    certificate: ``good``, ``expired``, ``another`` name, ``unknown`` authority, ``soon`` at its end.
    ``plain`` is its port without TLS; ``trusted`` the file of the authorities."""

    def __init__(self, folder: Path) -> None:
        self.flaws: set[str] = set()
        self.api = self.media = self.bot = 0
        kinds = {
            "good": ("localhost", 90),
            "expired": ("localhost", -2),
            "another": ("110.example.cn", 90),
            "unknown": ("localhost", 91),
            "soon": ("localhost", 5),
        }
        self.ports = {kind: free_port() for kind in kinds}
        self.plain = free_port()
        pairs = {kind: certificate(folder, *of) for kind, of in kinds.items()}
        self.trusted = folder / "trusted.pem"
        self.trusted.write_bytes(
            b"".join(pair[0].read_bytes() for kind, pair in pairs.items() if kind != "unknown")
        )
        self._contexts: dict[str, ssl.SSLContext] = {}
        for kind, pair in pairs.items():
            self._contexts[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._contexts[kind].load_cert_chain(*pair)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(20)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    async def _start(self) -> None:
        self._client = aiohttp.ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", self._handle, expect_handler=self._expect)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        for kind, port in self.ports.items():
            site = web.TCPSite(self._runner, "localhost", port, ssl_context=self._contexts[kind])
            await site.start()
        await web.TCPSite(self._runner, "localhost", self.plain).start()

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._client.close()

    async def _expect(self, request: web.Request) -> web.Response | None:
        if "small" in self.flaws and (request.content_length or 0) > 2**20:
            return web.Response(status=413, text="<html>413 Request Entity Too Large</html>")
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if not request.secure and "open" not in self.flaws:
            raise web.HTTPMovedPermanently(f"https://localhost{request.rel_url}")
        if "stranger" in self.flaws and request.path.startswith("/api/"):
            return web.json_response({"code": "token_bad"}, status=401)
        if request.path == "/metrics" and "metrics" not in self.flaws:
            return web.Response(status=404)
        port = self.media if request.path == "/rtc" and "rtc" not in self.flaws else self.api
        if request.path.startswith("/wechat/") and "wechat" not in self.flaws:
            port = self.bot
        headers = {
            name: value
            for name, value in request.headers.items()
            if not name.lower().startswith(SOCKET)
        }
        if "forged" not in self.flaws:
            headers.pop("X-Forwarded-For", None)
            if "forgotten" not in self.flaws:
                headers["X-Forwarded-For"] = request.remote or ""
        for flaw in BEHIND.keys() & self.flaws:
            forged = request.headers.get("X-Forwarded-For", "")
            headers["X-Forwarded-For"] = BEHIND[flaw].format(forged=forged)
        url = f"http://127.0.0.1:{port}{request.rel_url}"
        if request.path == "/metrics/bot" and "metrics/bot" in self.flaws:
            url = f"http://127.0.0.1:{port}/metrics"
        if request.headers.get("Upgrade") and "upgrade" not in self.flaws:
            return await self._bridge(request, url, headers)
        try:
            body = await request.read()
        except ConnectionResetError:  # who only asked whether he may send went away
            return web.Response(status=400)
        async with self._client.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            return self._spoilt(answer, await answer.read())

    def _spoilt(self, answer: aiohttp.ClientResponse, body: bytes) -> web.Response:
        response = web.Response(status=answer.status, body=body)
        response.headers.clear()
        for name, value in answer.headers.items():
            if name.lower() not in HOP:
                response.headers.add(name, value)
        for flaw, name in (
            ("hsts", "Strict-Transport-Security"),
            ("policy", "Content-Security-Policy"),
        ):
            if flaw in self.flaws:
                response.headers.popall(name, None)
        if "two" in self.flaws:
            response.headers.add("Content-Security-Policy", "default-src 'self'")
        response.headers["Server"] = "nginx/1.22.1" if "version" in self.flaws else "nginx"
        if "clock" in self.flaws:
            response.headers["Date"] = "Thu, 01 Jan 2026 00:00:00 GMT"
        if "gzip" in self.flaws and "Content-Encoding" not in response.headers:
            response.body = gzip.compress(body)
            response.headers["Content-Encoding"] = "gzip"
        return response

    async def _bridge(
        self, request: web.Request, url: str, headers: dict[str, str]
    ) -> web.StreamResponse:
        try:
            far = await self._client.ws_connect(url, headers=headers)
        except aiohttp.WSServerHandshakeError as error:
            return web.Response(status=error.status)
        near = web.WebSocketResponse()
        await near.prepare(request)

        async def carry(of: Any, to: Any) -> None:
            async for message in of:
                await to.send_str(message.data)
            await to.close()

        await asyncio.gather(carry(near, far), carry(far, near), return_exceptions=True)
        return near
