"""deploy/nginx/jingmin.conf in a real nginx, TLS and all, in front of ``jingmin serve``."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import random
import re
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from domain.ticket import random_id
from tests.city import IN_W1
from tests.ports import free_port
from tests.system.conftest import Front
from tests.system.product import CONFIGURATION, NAME, Nginx, client

pytestmark = pytest.mark.system


async def report(front: Front, **members: Any) -> dict[str, Any]:
    body = {"key": random_id(), "position": IN_W1, **members}
    async with front.somebody().post(f"{front.api}/incidents", json=body) as response:
        assert response.status == 201, await response.text()
        receipt: dict[str, Any] = await response.json()
        return receipt


async def hear(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = await socket.receive_json(timeout=20)
        if message["type"] == kind:
            return message


async def test_pages_come_over_tls_only_and_metrics_do_not(front: Front) -> None:
    one = front.somebody()
    for path in ("/", "/110/", "/console/", "/healthz"):
        async with one.get(front.url + path) as response:
            assert response.status == 200, path
    for path in ("/metrics", "/metrics/"):
        async with one.get(front.url + path) as response:
            assert response.status == 404, path
    plain = front.url.replace("https://", "http://")
    async with one.get(f"{plain}/110/") as response:
        assert response.status == 400  # nginx: plain HTTP was sent to the HTTPS port
    stranger = client(front.proxy, front.url)
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await stranger.get(front.url, ssl=ssl.create_default_context())
    await stranger.close()


async def test_who_asks_from_outside_learns_no_version_and_no_counts(front: Front) -> None:
    one = front.somebody()
    async with one.get(f"{front.url}/healthz") as response:
        assert await response.json() == {"status": "ok"}
    for path in ("/healthz", "/110/", "/metrics", "/no/such/page"):
        async with one.get(front.url + path) as response:
            assert not re.search(r"\d", response.headers.get("Server", "")), path
            assert response.headers.getall("Strict-Transport-Security") == ["max-age=31536000"]
    async with (
        aiohttp.ClientSession() as near,
        near.get(f"http://127.0.0.1:{front.product.port}/healthz") as response,
    ):
        assert (await response.json())["version"]


async def test_what_comes_without_tls_is_sent_there(front: Front) -> None:
    assert isinstance(front.proxy, Nginx)
    async with aiohttp.ClientSession() as one:
        for host in (NAME, "evil.example"):
            async with one.get(
                f"http://127.0.0.1:{front.proxy.plain_port}/110/?a=b",
                headers={"Host": host},
                allow_redirects=False,
            ) as response:
                assert response.status == 301
                assert response.headers["Location"] == f"{front.url}/110/?a=b"


async def test_what_is_for_several_machines_is_well_formed_too(
    front: Front, tmp_path: Path
) -> None:
    """All that stands there in comments."""
    assert isinstance(front.proxy, Nginx)
    whole, count = re.subn(
        r"^(\s*)# ((?:server|location) .*)$", r"\1\2", CONFIGURATION.read_text("utf-8"), flags=re.M
    )
    assert count == 7
    whole = whole.replace("/etc/ssl/110.example.cn.pem", str(front.proxy.certificate))
    whole = whole.replace(
        "/etc/ssl/110.example.cn.key", str(front.proxy.certificate.with_suffix(".key"))
    )
    site = tmp_path / "site.conf"
    # The test of a configuration binds its ports, too.
    whole = re.sub(r"listen (\[::\]:)?80;", f"listen 127.0.0.1:{free_port()};", whole, count=1)
    whole = re.sub(r"listen (\[::\]:)?443", f"listen 127.0.0.1:{free_port()}", whole, count=1)
    site.write_text(re.sub(r"^ *listen \[::\].*\n", "", whole, flags=re.M))
    around = (front.proxy.folder / "nginx.conf").read_text()
    (tmp_path / "nginx.conf").write_text(around.replace(str(front.proxy.folder), str(tmp_path)))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    tested = subprocess.run(
        [program, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr


async def test_compressed_by_the_product_and_by_nobody_else(front: Front) -> None:
    """Pages and long answers once, with what they depend on; what carries a token never."""
    one = front.somebody()
    for path, accepted, used in (
        ("/110/", "br", "br"),
        ("/110/", "gzip", "gzip"),
        ("/110/", "identity", None),
        ("/api/v1/openapi.json", "gzip", "gzip"),
        ("/api/v1/docs", "identity", None),
    ):
        async with one.get(
            front.url + path, headers={"Accept-Encoding": accepted}, auto_decompress=False
        ) as response:
            assert response.status == 200, path
            assert response.headers.getall("Content-Encoding", []) == ([used] if used else [])
            assert response.headers["Vary"] == "Accept-Encoding"
    async with one.post(
        f"{front.api}/incidents",
        json={"key": random_id()},
        headers={"Accept-Encoding": "gzip, br"},
    ) as response:
        assert response.status == 201
        assert "Content-Encoding" not in response.headers


async def test_the_page_comes_with_its_policy_and_the_report_over_its_connection(
    front: Front,
) -> None:
    place = urlsplit(front.url)
    trusted = ssl.create_default_context(cafile=str(front.proxy.certificate))
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", place.port, ssl=trusted, server_hostname=place.hostname
    )
    # With 1.2 a new connection needs one time more there and back.
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"

    async def ask(first_line: str, body: bytes = b"") -> tuple[str, bytes]:
        head = f"{first_line} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
        answered = (await reader.readuntil(b"\r\n\r\n")).decode()
        (length,) = re.findall(r"(?i)content-length: (\d+)", answered)
        return answered, await reader.readexactly(int(length))

    async with asyncio.timeout(30):
        head, page = await ask("GET /110/")
        (script,) = re.findall(rb'<script type="module">(.*?)</script>', page, re.S)
        (policy,) = re.findall(r"(?i)content-security-policy: (.*)\r", head)
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        assert f"script-src 'self' 'sha256-{digest}';" in policy
        # What ends the connection would leave the second question unanswered.
        head, _ = await ask("POST /api/v1/incidents", json.dumps({"key": random_id()}).encode())
        assert " 201 " in head.partition("\r\n")[0]
    writer.close()


async def test_a_report_reaches_the_desk_and_the_call_is_joined(front: Front) -> None:
    desk = front.somebody(**{"Jingmin-Face": "console"})
    assert await front.log_in(desk, "desk1") == 200
    feed = await desk.ws_connect(f"{front.api}/live?face=console")
    await hear(feed, "snapshot")
    receipt = await report(front, words="山上走失")
    shown = await hear(feed, "incident")
    assert shown["incident"]["id"] == receipt["id"]
    await feed.send_json({"type": "ping", "at": 7})
    assert (await hear(feed, "pong"))["at"] == 7

    caller = front.somebody(Authorization=f"Bearer {receipt['token']}")
    screen = await caller.ws_connect(f"{front.api}/live/caller")
    await screen.send_json({"type": "hello", "token": receipt["token"]})
    assert (await hear(screen, "caller"))["incident"]["state"] == "RAISED"
    async with desk.post(f"{front.api}/incidents/{receipt['id']}/answer") as response:
        assert response.status == 200, await response.text()
    assert (await hear(screen, "caller"))["incident"]["state"] == "ANSWERED"

    # The signalling socket is where the product says it is, through the proxy.
    async with caller.post(f"{front.api}/my/join") as response:
        assert response.status == 200, await response.text()
        join = await response.json()
    assert join["media_url"] == front.url.replace("https://", "wss://") + "/rtc"
    socket = await caller.ws_connect(join["media_url"])
    await socket.send_json({"type": "hello", "protocol": 1, "ticket": join["ticket"]})
    welcome = await hear(socket, "welcome")
    assert welcome["role"] == "CALLER"
    await socket.send_json({"type": "bye"})
    await hear(socket, "end")
    for one in (feed, screen, socket):
        await one.close()


async def test_a_large_upload_arrives_whole(front: Front) -> None:
    receipt = await report(front)
    caller = front.somebody(Authorization=f"Bearer {receipt['token']}")
    film = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + random.Random(
        110
    ).randbytes(90 * 2**20)
    async with caller.post(
        f"{front.api}/my/uploads?key=large-film", data=io.BytesIO(film)
    ) as response:
        assert response.status == 200, await response.text()
        view = await response.json()
    digest = hashlib.sha256()
    async with caller.get(f"{front.api}/my/files/{view['file']}") as response:
        assert response.status == 200
        async for piece in response.content.iter_chunked(1 << 20):
            digest.update(piece)
    assert digest.hexdigest() == hashlib.sha256(film).hexdigest()


async def test_a_guesser_slows_himself_and_nobody_else(front: Front) -> None:
    """The client's address is the one that nginx saw, whatever the client says it is."""
    guesser, officer = front.somebody("127.0.0.2"), front.somebody("127.0.0.3")
    wrong = "wrong horse battery"
    # Were he believed, each guess would be the first from its address.
    found = [
        await front.log_in(guesser, "desk2", wrong, **{"X-Forwarded-For": said})
        for number in range(6)
        for said in (f"198.51.100.{number}", f"203.0.113.{number}, 127.0.0.1")
    ]
    assert found[0] == 401
    assert 429 in found
    assert await front.log_in(officer, "desk2") == 200


async def test_the_feeds_outlive_a_reload_of_the_proxy(front: Front) -> None:
    """As a certificate is renewed: open sockets stay, new ones come."""
    desk = front.somebody(**{"Jingmin-Face": "console"})
    assert await front.log_in(desk, "desk1") == 200
    feed = await desk.ws_connect(f"{front.api}/live?face=console")
    await hear(feed, "snapshot")
    assert isinstance(front.proxy, Nginx)
    front.proxy.reload()
    await asyncio.sleep(1)
    receipt = await report(front)
    while (await hear(feed, "incident"))["incident"]["id"] != receipt["id"]:
        pass
    await feed.close()
