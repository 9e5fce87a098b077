"""Names whose servers do not answer hold up nobody: no report, no log-in, no other receiver."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from api.webhook_post import post
from api.webhook_sending import AT_ONCE
from bot.client import Client
from bot.errors import Unsent
from domain.lookup import PATIENCE_S, THREADS, LookupLate, Lookups
from tests.api.conftest import Site, until
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
NOW = 1_795_000_000_000
SLOW = ".slow.example"
# Who asks by other lookups than ``domain.lookup``, and why that holds up nobody.
OTHERS = {
    "jingmin/processes/serve.py": "asks 127.0.0.1, in the demo",
    "demo.py": "asks 127.0.0.1, in the demo",
    "jingmin/checks_proxy.py": "a command that looks once, each check with an end",
    "jingmin/checks_store.py": "the same, at this machine's ports",
    "jingmin/checks_tls.py": "the same",
    "webrtc/relay_probe.py": "the same: of a media process nobody calls it",
    "simulator/courier.py": "a process of the demo that calls this machine alone",
}


class Resolver:
    """The system's, but for names that end in ``SLOW``: of those nobody knows until ``end``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.under_way = self.most = 0
        self._end, self._real, self._lock = threading.Event(), socket.getaddrinfo, threading.Lock()

    def __call__(self, host: str, *more: Any, **named: Any) -> list[Any]:
        if not str(host).endswith(SLOW):
            return list(self._real(host, *more, **named))
        with self._lock:
            self.asked.append(host)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        self._end.wait(60)
        with self._lock:
            self.under_way -= 1
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    def end(self) -> None:
        self._end.set()


@pytest.fixture
async def resolver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Resolver]:
    one = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", one)
    yield one
    one.end()
    await until(lambda: not one.under_way)


@pytest.fixture
async def receiver() -> AsyncIterator[str]:
    async def take(request: web.Request) -> web.Response:
        return web.json_response({"errcode": 0})

    app, port = web.Application(), free_port()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://localhost:{port}/hook"
    await runner.cleanup()


async def test_a_hundred_slow_names_hold_up_no_report_no_log_in_and_no_other_receiver(
    site: Site, resolver: Resolver, receiver: str
) -> None:
    def slow(number: int) -> asyncio.Task[Any]:
        url = f"http://r{number % AT_ONCE}{SLOW}/hook"
        return asyncio.create_task(post(url, "whsec_AAAA", "id", b"{}", NOW, private=True))

    platform, healthy = Client(), Client()
    waiting = [slow(number) for number in range(80)]
    waiting += [
        asyncio.create_task(platform.call(f"http://api{number % 8}{SLOW}/", data={}))
        for number in range(20)
    ]
    try:
        await until(lambda: len(resolver.asked) >= AT_ONCE + 8)
        assert not any(task.done() for task in waiting)
        receipt = await site.report(words="有人撬门")
        assert (await site.stored(receipt["id"])).id == receipt["id"]
        await site.ask(await site.staff("desk1"), "GET", "/session")
        assert await asyncio.to_thread(threading.get_ident)
        assert (await post(receiver, "whsec_AAAA", "id", b"{}", NOW, private=True)).status == 200
        assert await healthy.call(receiver, data={}) == {"errcode": 0}
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    finally:
        for task in waiting:
            task.cancel()
        await platform.close()
        await healthy.close()
    assert {getattr(one, "reason", "") for one in answers[:80]} == {"unreachable"}
    # Known to be unsent: a message of which nobody knows is not sent twice.
    assert {type(one) for one in answers[80:]} == {Unsent}
    assert len(resolver.asked) == len(set(resolver.asked)), "asked once, whoever waits for it"


async def test_names_beyond_the_bound_wait_and_are_not_asked_when_nobody_waits_any_more(
    resolver: Resolver,
) -> None:
    lookups = Lookups(threads=3, patience=0.2)
    late = await asyncio.gather(
        *(lookups.ask(f"r{number}{SLOW}") for number in range(9)), return_exceptions=True
    )
    assert {type(one) for one in late} == {LookupLate}
    resolver.end()
    await until(lambda: not resolver.under_way)
    assert (await lookups.ask("localhost", socket.AF_INET))[0][4][0] == "127.0.0.1"
    assert (len(resolver.asked), resolver.most) == (3, 3)


async def test_who_gives_up_takes_the_answer_from_nobody(resolver: Resolver) -> None:
    lookups = Lookups(patience=30)
    first = asyncio.create_task(lookups.ask(f"r{SLOW}"))
    second = asyncio.create_task(lookups.ask(f"r{SLOW}"))
    await until(lambda: resolver.under_way == 1)
    first.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await first
    assert not second.done()
    resolver.end()
    with pytest.raises(socket.gaierror):
        await second
    assert resolver.asked == [f"r{SLOW}"]


async def test_what_is_no_name_leads_nowhere() -> None:
    for host in ("a" * 70 + ".example", "a\0b", "."):
        with pytest.raises(OSError):
            await Lookups().ask(host)


def test_the_bounds_leave_room_for_the_others() -> None:
    assert THREADS >= 4 * AT_ONCE
    assert PATIENCE_S < 5  # of a connection: bot/client.py


def test_nobody_asks_by_the_loop_s_own_lookups() -> None:
    """The kind: aiohttp's own resolver asks in threads that everything else needs."""
    found: dict[str, list[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name.startswith((".", "build/", "tests/", "bench/", "docs/", "examples/", "pages/")):
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and not _is_bounded(name, call):
                found.setdefault(name, []).append(ast.unparse(call)[:80])
    assert set(found) == set(OTHERS), found


def _is_bounded(name: str, call: ast.Call) -> bool:
    called, given = ast.unparse(call.func).rpartition(".")[2], {one.arg for one in call.keywords}
    if called == "TCPConnector":
        return "resolver" in given
    if called == "ClientSession":
        return "connector" in given
    return called != "getaddrinfo" or name == "domain/lookup.py"
