"""What others write leads no request of ours into this machine's network, nor a token to somebody else."""

from __future__ import annotations

import ast
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.client import Client
from bot.errors import PlatformError
from bot.links import link_to
from domain.errors import FORBIDDEN, Refused

ROOT = Path(__file__).parents[2]
# Who asks somebody over HTTP, and whom; all others do not.
ASKS = {
    "api/webhook_post.py": "receivers that an administrator named, on the public network",
    "bot/client.py": "the platforms that settings name, and their files",
    "bot/checkup.py": "our own address, as settings name it",
    "jingmin/checks_proxy.py": "our own address, as settings name it",
    "jingmin/checks_store.py": "our own health checks",
    "jingmin/checks_tls.py": "our own address, as settings name it",
    "jingmin/processes/serve.py": "our own health check, in the demo",
    "demo.py": "the demo's simulator",
    "simulator/courier.py": "the bot's callbacks",
}
VIDEO = b"\x00\x00\x00\x18ftypmp42"


class Inside:
    """What listens on this machine and is nobody's business; and the platform, which says ``answer``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[], web.Response] = web.Response
        inside, platform = web.Application(), web.Application()
        inside.router.add_route("*", "/{path:.*}", self._inside)
        platform.router.add_get("/media/get", self._platform)
        platform.router.add_get("/video", self._video)
        self.server, self.platform = TestServer(inside), TestServer(platform)

    async def _inside(self, request: web.Request) -> web.Response:
        self.asked.append(str(request.rel_url))
        return web.Response(body=VIDEO, content_type="video/mp4")

    async def _platform(self, request: web.Request) -> web.Response:
        return self.answer()

    async def _video(self, request: web.Request) -> web.Response:
        return web.Response(body=VIDEO, content_type="video/mp4")

    def links(self, to: str) -> None:
        self.answer = lambda: web.json_response({"video_url": to})


@pytest.fixture
async def inside() -> AsyncIterator[Inside]:
    one = Inside()
    await one.server.start_server()
    await one.platform.start_server()
    yield one
    await one.server.close()
    await one.platform.close()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    one = Client()
    yield one
    await one.close()


async def fetch(client: Client, inside: Inside) -> bytes:
    media = await client.download(
        str(inside.platform.make_url("/media/get")), params={"access_token": "T"}
    )
    return media.data


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://vweixin.qq.com@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/?a=.qq.com",
        "http://qq.com.evil.example/",
        "https://notqq.com/",
        "http://vweixin.tc.qq.com:{port}/",
        "ftp://vweixin.tc.qq.com/",
        "http://[::1/",
        "http://vweixin.tc.qq.com:99999999/",
        "file:///etc/passwd",
        17,
    ],
)
async def test_a_link_in_an_answer_leads_to_the_platforms_only(
    client: Client, inside: Inside, link: Any
) -> None:
    inside.links(link.format(port=inside.server.port) if isinstance(link, str) else link)
    with pytest.raises(Refused) as caught:
        await fetch(client, inside)
    assert caught.value.fault is FORBIDDEN
    assert inside.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1"])
async def test_a_platform_s_name_that_leads_inside_is_not_asked(
    client: Client, inside: Inside, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    asked: list[str] = []

    def poisoned(host: str, *more: Any) -> list[Any]:
        asked.append(host)
        return [(family, socket.SOCK_STREAM, 6, "", (address, 0))]

    inside.links("http://vweixin.tc.qq.com/1.mp4")
    monkeypatch.setattr(socket, "getaddrinfo", poisoned)
    with pytest.raises(Refused) as caught:
        await fetch(client, inside)
    assert (caught.value.fault, asked) == (FORBIDDEN, ["vweixin.tc.qq.com"])
    assert inside.asked == []


async def test_a_redirect_takes_no_token_anywhere(client: Client, inside: Inside) -> None:
    for status in (301, 302, 307, 308):
        to = str(inside.server.make_url("/taken"))
        inside.answer = partial(web.Response, status=status, headers={"Location": to})
        with pytest.raises(PlatformError):
            await fetch(client, inside)
        with pytest.raises(PlatformError):
            await client.call(str(inside.platform.make_url("/media/get")), params={"secret": "S"})
    assert inside.asked == []


async def test_the_server_that_a_setting_names_may_name_a_file_of_its_own(
    client: Client, inside: Inside
) -> None:
    inside.links(str(inside.platform.make_url("/video")))
    assert await fetch(client, inside) == VIDEO


def test_a_platform_s_file_is_asked_over_https() -> None:
    called = "https://api.weixin.qq.com/cgi-bin/media/get"
    for link in ("http://vweixin.tc.qq.com/a?b=c", "https://vweixin.tc.qq.com/a?b=c"):
        assert link_to(link, called) == ("https://vweixin.tc.qq.com/a?b=c", False)


def test_nobody_else_asks_and_nobody_follows_where_he_is_sent() -> None:
    """The kind: a new request to somebody has to say here whom it asks, and stay there."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name.startswith((".", "build/", "tests/", "bench/", "docs/", "examples/", "pages/")):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
        if not any(ast.unparse(one.func).endswith("ClientSession") for one in calls):
            continue
        asking = [one for one in calls if _asks(one)]
        assert asking, name
        found[name] = [ast.unparse(one)[:80] for one in asking if not _stays(one)]
    assert set(found) == set(ASKS)
    assert {name: calls for name, calls in found.items() if calls} == {}
    for name in ("requests", "urllib.request", "httpx", "http.client"):
        for path in ROOT.glob("*/*.py"):
            if path.parent.name in ("api", "bot", "domain", "locate", "storage", "webrtc"):
                assert f"import {name}" not in path.read_text("utf-8"), path


def _asks(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    verb = call.func.attr in ("get", "post", "request", "put", "delete", "head", "ws_connect")
    whom = ast.unparse(call.func.value)
    return verb and (
        whom in ("client", "http", "session", "(session or self._http())") or "_http(" in whom
    )


def _stays(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "ws_connect":
        return True  # cannot be told not to follow; nothing secret is said on one
    return any(
        one.arg == "allow_redirects" and isinstance(one.value, ast.Constant) and not one.value.value
        for one in call.keywords
    )
