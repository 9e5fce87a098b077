"""HSTS, a content policy and nosniff on every answer of every process, whatever becomes of a request."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from api.pages import policy
from serving import HEADERS
from tests.attack.served import raw, served

NAMES = tuple(HEADERS)


async def ok(request: web.Request) -> web.Response:
    return web.json_response({})


async def page(request: web.Request) -> web.Response:
    return web.Response(text="<p>", headers={"Content-Security-Policy": policy()})


async def broken(request: web.Request) -> web.Response:
    raise ValueError


async def moved(request: web.Request) -> web.Response:
    raise web.HTTPFound("/")


async def file(request: web.Request) -> web.FileResponse:
    return web.FileResponse(__file__)


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"one")
    return response


async def socket(request: web.Request) -> web.WebSocketResponse:
    found = web.WebSocketResponse()
    await found.prepare(request)
    await found.close()
    return found


def application() -> web.Application:
    app = web.Application()
    for handler in (ok, page, broken, moved, file, stream, socket):
        app.router.add_get(f"/{handler.__name__}", handler)
    return app


ASKED = {
    "ok": 200,
    "page": 200,
    "broken": 500,
    "moved": 302,
    "file": 200,
    "stream": 200,
    "socket": 400,
    "nowhere": 404,
}


@pytest.mark.parametrize("path", ASKED)
async def test_every_answer_has_them(path: str) -> None:
    async with (
        served(application()) as port,
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/{path}", allow_redirects=False) as response,
    ):
        assert response.status == ASKED[path]
        assert [name for name in NAMES if name not in response.headers] == []
        own = response.headers["Content-Security-Policy"]
        assert own == (policy() if path == "page" else HEADERS["Content-Security-Policy"])


async def test_so_has_what_refuses_a_method_a_part_of_a_file_and_what_opens_a_socket() -> None:
    async with served(application()) as port, aiohttp.ClientSession() as client:
        url = f"http://127.0.0.1:{port}"
        async with client.post(f"{url}/ok") as response:
            assert (response.status, set(NAMES) - set(response.headers)) == (405, set())
        async with client.get(f"{url}/file", headers={"Range": "bytes=1-2"}) as response:
            assert (response.status, set(NAMES) - set(response.headers)) == (206, set())
        async with client.get(f"{url}/file", headers={"Range": "bytes=9999999-"}) as response:
            assert (response.status, set(NAMES) - set(response.headers)) == (416, set())
        async with client.ws_connect(f"{url}/socket") as feed:
            assert set(NAMES) - set(feed._response.headers) == set()


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/9\r\n\r\n", b"\x00\x01\r\n\r\n", b"G(T / HTTP/1.1\r\n\r\n"]
)
async def test_so_has_what_answers_a_malformed_request(sent: bytes) -> None:
    async with served(application()) as port:
        answer = await raw(port, sent)
    head = answer.partition(b"\r\n\r\n")[0].decode().lower()
    assert head.startswith("http/1.")
    assert [name for name in NAMES if f"\r\n{name.lower()}: " not in head] == []
