"""What ``jingmin doctor`` asks through the public address: that the proxy passes on what it must, and
nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp

from api.probe import HEADER_OF_PASS
from domain.clock import SECOND_MS
from domain.finding import Finding, doubtful, unseen, well, wrong
from domain.probe import ProbeKind, issue_probe
from jingmin.case import Case, now_ms

ANSWER_S = 8.0
CLOCKS_MS = 5 * SECOND_MS
FORGED = "198.51.100.110"  # of the documentation's network (RFC 5737): nobody's
UPLOAD_BYTES = 100 * 2**20
API = "/api/v1"


@contextlib.asynccontextmanager
async def _client(context: ssl.SSLContext) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context),
        timeout=aiohttp.ClientTimeout(ANSWER_S),
        auto_decompress=False,
    ) as client:
        yield client


async def check_probe(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """That it is our api which answers, whose address it takes a request's to be, that nobody compresses
    what it left plain, and the clock."""
    if case.secret is None:
        return [
            unseen(
                "proxy",
                "读不到安装的密钥 data/secret，无法问 api 看到了什么：以服务的用户运行本命令",
                "data/secret cannot be read, and the api tells nobody else: run this as the service's user",
            )
        ]
    headers = {
        HEADER_OF_PASS: issue_probe(case.secret, ProbeKind.FRONT, now_ms()).text(),
        "X-Forwarded-For": FORGED,
        "Accept-Encoding": "gzip, br",
    }
    url = f"{case.settings.site}{API}/probe"
    async with (
        _client(context) as client,
        client.get(url, headers=headers, allow_redirects=False) as response,
    ):
        found = _date(response.headers.get("Date", ""))
        if response.headers.get("Content-Encoding"):
            found.append(
                wrong(
                    "compression",
                    "代理压缩了带令牌的应答，长度会泄露令牌：在代理里写 gzip off",
                    "the proxy compresses answers with tokens, whose length betrays them: say gzip off",
                )
            )
            return found
        found.append(well("compression", "代理没有另行压缩", "the proxy adds none"))
        if response.status == 401:
            return [
                *found,
                wrong(
                    "proxy",
                    "应答的是另一个安装（密钥不同），或时钟相差太多：代理的 location / 转到哪里了？",
                    "another installation answers (another secret), or the clock is far off: where does the "
                    "proxy's location / lead?",
                ),
            ]
        if response.status != 200:
            return [*found, _unreached(response.status)]
        try:
            view = await response.json(content_type=None)
            peer, hops = str(view["peer"]), [str(one) for one in view["hops"]]
            believed = bool(view["believed"])
        except (ValueError, KeyError, TypeError):
            return [*found, _unreached(response.status)]
    found.append(well("proxy", "公网地址通到本安装的 api", "the public address leads to our api"))
    return [*found, _address(peer, hops, believed)]


def _unreached(status: int) -> Finding:
    return wrong(
        "proxy",
        f"公网地址到不了 api（HTTP {status}）：代理的 location / 要转到 port",
        f"the public address does not lead to the api (HTTP {status}): location / belongs to port",
    )


def _address(peer: str, hops: list[str], believed: bool) -> Finding:
    if not hops:
        return wrong(
            "addresses",
            f"代理没有传 X-Forwarded-For，所有人都算作 {peer}，一起被限速："
            "proxy_set_header X-Forwarded-For $remote_addr",
            f"the proxy passes on no X-Forwarded-For; all people are {peer} to the limits: "
            "proxy_set_header X-Forwarded-For $remote_addr",
        )
    if hops == [FORGED]:
        return wrong(
            "addresses",
            "代理原样转发陌生人写的 X-Forwarded-For，限速形同虚设："
            "proxy_set_header X-Forwarded-For $remote_addr",
            "the proxy passes on the X-Forwarded-For that strangers write, so that limits mean nothing: "
            "proxy_set_header X-Forwarded-For $remote_addr",
        )
    if not believed:
        return wrong(
            "addresses",
            f"proxies 里没有 {peer}，X-Forwarded-For 不被采信：把它写进 proxies",
            f"proxies does not name {peer}, whose X-Forwarded-For is not believed: add it",
        )
    return well("addresses", f"本机在 api 看来是 {hops[-1]}", f"the api sees us at {hops[-1]}")


def _date(text: str) -> list[Finding]:
    """Our clock beside that of the machine that answers."""
    try:
        theirs = int(parsedate_to_datetime(text).timestamp() * SECOND_MS)
    except (ValueError, TypeError):
        return []
    by = theirs - now_ms()
    if abs(by) <= CLOCKS_MS:
        return []
    shown = f"{by / SECOND_MS:+.0f} s"
    return [
        wrong(
            "clock",
            f"公网地址那端的时钟与本机相差 {shown}：两边都要校准",
            f"the clock at the public address differs from ours by {shown}: keep both right",
        )
    ]


async def check_headers(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """What protects the pages arrives, and the proxy does not tell its version."""
    async with (
        _client(context) as client,
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
            _client(context) as client,
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
    """The numbers are not everybody's."""
    async with (
        _client(context) as client,
        client.get(f"{case.settings.site}/metrics", allow_redirects=False) as response,
    ):
        shown = response.status == 200 and b"jingmin_" in await response.content.read(65_536)
    if shown:
        return [
            wrong(
                "metrics",
                "公网能看到 /metrics：location = /metrics { return 404; }",
                "everybody sees /metrics: location = /metrics { return 404; }",
            )
        ]
    return [well("metrics", "公网看不到 /metrics", "/metrics is not shown")]


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
    async with _client(context) as client, client.get(url, allow_redirects=False) as response:
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
