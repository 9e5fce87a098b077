"""What a request or a packet brings is in no line of the log, however malformed it is."""

from __future__ import annotations

import ast
import asyncio
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from log_lines import OneLine
from tests.attack.served import raw, served

ROOT = Path(__file__).parents[2]
MARK = "s3cr3t-mark"
END = b"Host: x\r\nConnection: close\r\n\r\n"
MARKED = MARK.encode()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that every logger writes, as the processes write it, from DEBUG on."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


async def echo(request: web.Request) -> web.Response:
    return web.Response(text=await request.text())


async def broken(request: web.Request) -> web.Response:
    raise ValueError(f"{MARK} {request.headers} {request.cookies}")


REQUESTS = {
    "path": b"GET /" + MARKED + b"\x00\xff HTTP/1.1\r\n" + END,
    "path without a version": b"GET /" + MARKED + b"\r\n\r\n",
    "method": MARKED + b"{} / HTTP/1.1\r\n" + END,
    "query": b"GET /?a=" + MARKED + b"\x01\x02 HTTP/1.1\r\n" + END,
    "header": b"GET / HTTP/1.1\r\nX-A\x00: " + MARKED + b"\r\n" + END,
    "header's name": b"GET / HTTP/1.1\r\n" + MARKED + b"(): a\r\n" + END,
    "header too long": b"GET / HTTP/1.1\r\nX-A: " + MARKED * 4000 + b"\r\n" + END,
    "authorization": b"GET /broken HTTP/1.1\r\nAuthorization: Bearer " + MARKED + b"\r\n" + END,
    "cookie": b"GET /broken HTTP/1.1\r\nCookie: jingmin_console=" + MARKED + b'"\x7f\r\n' + END,
    "body": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + END + MARKED + b"\r\n",
    "length": b"POST / HTTP/1.1\r\nContent-Length: " + MARKED + b"\r\n" + END,
    "charset": b"POST / HTTP/1.1\r\nContent-Length: 11\r\n"
    b"Content-Type: text/plain; charset=" + MARKED + b"\r\n" + END + MARKED,
    "upgrade": b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
    + MARKED
    + b"\r\n"
    + END,
}


@pytest.mark.parametrize("part", REQUESTS)
async def test_no_part_of_a_request_is_logged(part: str, lines: io.StringIO) -> None:
    app = web.Application()
    app.router.add_get("/broken", broken)
    app.router.add_route("*", "/{path:.*}", echo)
    async with served(app) as port:
        await raw(port, REQUESTS[part])
    said = lines.getvalue()
    assert MARK not in said
    assert "Traceback" not in said
    assert all(" jingmin" in line or " asyncio " in line for line in said.splitlines()), said


@pytest.mark.parametrize("name", ["aioice.ice", "aiortc.rtcdtlstransport", "pymongo.command"])
def test_libraries_say_the_kind_and_not_the_content(name: str, lines: io.StringIO) -> None:
    try:
        raise ValueError(MARK)
    except ValueError:
        logging.getLogger(name).exception("Connection(%s) failed\n%s", MARK, MARK)
    logging.getLogger(name).warning(f"Could not send: {MARK}")
    first, second = lines.getvalue().splitlines()
    assert MARK not in first + second
    assert "ValueError at attack/test_logged_content.py:" in first
    assert second.endswith("Could not send")


async def test_a_task_that_failed_unseen_says_where_and_not_what(lines: io.StringIO) -> None:
    async def fails() -> None:
        raise ValueError(MARK)

    loop = asyncio.get_running_loop()
    task = asyncio.create_task(fails(), name=MARK)
    await asyncio.wait((task,))
    context = {"message": "Task exception was never retrieved", "exception": task.exception()}
    loop.default_exception_handler({**context, "future": task})
    assert MARK not in lines.getvalue()
    assert "Task exception was never retrieved (ValueError at" in lines.getvalue()


def test_our_own_lines_are_one_line_with_their_words(lines: io.StringIO) -> None:
    try:
        raise ValueError(MARK)
    except ValueError:
        logging.getLogger("jingmin.api").exception("%s failed\nso", "GET /x")
    (line,) = lines.getvalue().splitlines()
    assert "ERROR jingmin.api GET /x failed so (ValueError at attack/" in line
    assert MARK not in line


def test_every_process_is_served_and_logs_in_this_way() -> None:
    runners, configured = [], []
    for path in [
        *ROOT.glob("*.py"),
        *(p for r in ("api", "bot", "jingmin", "webrtc") for p in (ROOT / r).rglob("*.py")),
    ]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                called = ast.unparse(call.func)
                runners += [path.name] * (called.endswith(("AppRunner", "ServerRunner", "run_app")))
                configured += [path.name] * (called == "logging.basicConfig")
    assert runners == []
    assert configured == ["main.py"]
    main = (ROOT / "main.py").read_text("utf-8")
    assert 'form = JsonLine(process) if settings.log_format == "json" else OneLine()' in main
    assert main.count("setFormatter(") == main.count("handler.setFormatter(form)") == 1
