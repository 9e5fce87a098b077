"""What ``jingmin doctor`` asks through the public address: that the proxy passes on what it must, and
nothing else. How a request arrives is in ``checks_arrival.py``."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp

from domain.finding import Finding, doubtful, unseen, well, wrong
from jingmin.case import Case

ANSWER_S = 8.0
UPLOAD_BYTES = 100 * 2**20
API = "/api/v1"


@contextlib.asynccontextmanager
async def front(context: ssl.SSLContext) -> AsyncIterator[aiohttp.ClientSession]:
    """A client for the public address, that shows bodies as they came."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context),
        timeout=aiohttp.ClientTimeout(ANSWER_S),
        auto_decompress=False,
    ) as client:
        yield client


async def check_headers(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """What protects the pages arrives, and the proxy does not tell its version."""
    async with (
        front(context) as client,
        client.get(f"{case.settings.site}/110/", allow_redirects=False) as response,
    ):
        headers, status = response.headers, response.status
    if status != 200:
        return [
            wrong(
                "pages",
                f"报警页 /110/ 应答 {status}",
                f"the page /110/ is answered {status}",
            )
        ]
    lacking = [
        name
        for name, word in (
            ("Strict-Transport-Security", "max-age="),
            ("Content-Security-Policy", "script-src"),
            ("X-Content-Type-Options", "nosniff"),
        )
        if word not in headers.get(name, "")
    ]
    found = []
    if lacking:
        names = ", ".join(lacking)
        found.append(
            wrong(
                "headers",
                f"代理去掉或改写了 {names}：不要 proxy_hide_header，也不要另设",
                f"the proxy takes away or rewrites {names}: neither hide nor set them there",
            )
        )
    if len(headers.getall("Content-Security-Policy", [])) > 1:
        found.append(
            wrong(
                "headers",
                "代理另加了一份 Content-Security-Policy，报警按钮的脚本会被拦下：去掉它",
                "the proxy adds a Content-Security-Policy of its own, which stops the button's script",
            )
        )
    server = headers.get("Server", "")
    if any(letter.isdigit() for letter in server):
        found.append(
            doubtful(
                "headers",
                f"代理说出了版本（Server: {server}）：server_tokens off",
                f"the proxy tells its version (Server: {server}): server_tokens off",
            )
        )
    return found or [well("headers", "保护页面的头都到了", "what protects the pages arrives")]


async def check_live(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """A WebSocket through the proxy reaches the live feed, which refuses a wrong token in its own words."""
    scheme, _, rest = case.settings.site.partition("://")
    url = f"{'wss' if scheme == 'https' else 'ws'}://{rest}{API}/live/caller"
    return [
        await _socket(
            case,
            context,
            "live",
            url,
            {"type": "hello", "token": "of jingmin doctor"},
            "token_bad",
            "location / 要有 proxy_http_version 1.1、Upgrade 和 Connection 两个头",
            "location / needs proxy_http_version 1.1 and the headers Upgrade and Connection",
        )
    ]


async def check_rtc(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """The same of the signalling socket."""
    return [
        await _socket(
            case,
            context,
            "rtc",
            case.settings.signalling,
            {"type": "hello", "protocol": 1, "ticket": "of jingmin doctor"},
            "ticket_bad",
            "location /rtc 要转到 media_port，并带 Upgrade 和 Connection 两个头",
            "location /rtc belongs to media_port, with the headers Upgrade and Connection",
        )
    ]


async def _socket(
    case: Case,
    context: ssl.SSLContext,
    about: str,
    url: str,
    hello: dict[str, object],
    code: str,
    zh: str,
    en: str,
) -> Finding:
    try:
        async with (
            front(context) as client,
            client.ws_connect(url, origin=case.settings.site) as socket,
        ):
            await socket.send_json(hello)
            async with asyncio.timeout(ANSWER_S):
                said = await socket.receive()
            if said.type is aiohttp.WSMsgType.TEXT and f'"{code}"' in said.data:
                return well(about, f"{url} 通", f"{url} is open")
            why = "?"
    except aiohttp.WSServerHandshakeError as error:
        why = f"HTTP {error.status}"
    except (aiohttp.ClientError, TimeoutError) as error:
        why = type(error).__name__
    return wrong(about, f"{url} 打不开（{why}）：{zh}", f"{url} does not open ({why}): {en}")


async def check_metrics(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """The numbers are not everybody's, at none of the paths that our example for nginx knows."""
    parts = ("", "/api", f"/{case.settings.media_id}", "/bot", "/worker")
    paths = [f"/metrics{part}" for part in parts]
    async with front(context) as client:
        seen = await asyncio.gather(*(_shown(client, case.settings.site + path) for path in paths))
    shown = [path for path, one in zip(paths, seen, strict=True) if one]
    if shown:
        return [
            wrong(
                "metrics",
                f"公网能看到 {path}：location = {path} {{ return 404; }}，或设置 metrics_token",
                f"everybody sees {path}: location = {path} {{ return 404; }}, or set metrics_token",
            )
            for path in shown
        ]
    return [well("metrics", "公网看不到 /metrics", "/metrics is not shown")]


async def _shown(client: aiohttp.ClientSession, url: str) -> bool:
    asked = client.get(url, headers={"Accept-Encoding": "identity"}, allow_redirects=False)
    async with asked as response:
        if response.status != 200:
            return False
        # Who compresses unasked hides our word, not the numbers.
        encoded = response.headers.get("Content-Encoding", "identity") != "identity"
        return encoded or b"jingmin_" in await response.content.read(65_536)


async def check_uploads(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """The proxy takes a body of 100 MiB: it says so before anything of it is sent (RFC 9110, 10.1.1)."""
    place = urlsplit(case.settings.site)
    head = (
        f"POST {API}/my/uploads?key=doctor HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Content-Type: video/mp4\r\nContent-Length: {UPLOAD_BYTES}\r\n"
        "Expect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    async with asyncio.timeout(ANSWER_S):
        reader, writer = await asyncio.open_connection(
            place.hostname, place.port or 443, ssl=context, server_hostname=place.hostname
        )
        try:
            writer.write(head.encode())
            line = await reader.readline()
        finally:
            writer.close()
    words = line.split()
    status = words[1].decode("ascii", "replace") if len(words) > 1 else "?"
    if status == "413":
        return [
            wrong(
                "uploads",
                "代理拒收 100 MiB 的文件：client_max_body_size 110m",
                "the proxy refuses files of 100 MiB: client_max_body_size 110m",
            )
        ]
    if status in ("100", "401"):
        return [well("uploads", "代理接收 100 MiB 的文件", "the proxy takes files of 100 MiB")]
    return [
        unseen(
            "uploads",
            f"代理没有说是否接收大文件（HTTP {status}）",
            f"the proxy does not tell whether it takes large files (HTTP {status})",
        )
    ]


async def check_bot_path(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """The bot answers at ``bot_url``: a callback without a signature is refused by it."""
    door = "official" if case.settings.official_appid else "work"
    url = f"{case.settings.bot_site}/wechat/{door}"
    async with front(context) as client, client.get(url, allow_redirects=False) as response:
        status = response.status
    if status in (400, 403):
        return [well("bot path", f"{url} 通到机器人", f"{url} leads to the bot")]
    return [
        wrong(
            "bot path",
            f"{url} 到不了机器人（HTTP {status}）：location /wechat/ 要转到 bot_port",
            f"{url} does not lead to the bot (HTTP {status}): location /wechat/ belongs to bot_port",
        )
    ]
