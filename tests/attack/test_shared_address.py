"""Who shares an address with many others is limited by his own session or incident alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api import live
from api.limits import SOCKETS, UNKNOWN_SOCKETS, Limits, Rate
from api.routes import now_ms
from domain.people import Session
from domain.ticket import issue_session, random_id
from storage.shelf import MongoShelf
from tests.api.conftest import SECRET, Site, build_house, run_site, site, until
from tests.api.test_access import one_picture
from tests.ports import free_port

__all__ = ["site"]
LATER = 1013


async def begun(site: Site, count: int) -> list[str]:
    """Tokens of so many sessions of one dispatcher."""
    from api.house import session_id

    [person] = await site.house.store.people.find({"login": "desk1"}, limit=1)
    tokens, now = [issue_session(SECRET) for _ in range(count)], now_ms()
    await site.house.store.sessions.add_many(
        [Session(session_id(one), person.id, "console", now, now + 3_600_000) for one in tokens]
    )
    return tokens


def desk(site: Site, token: str) -> aiohttp.ClientSession:
    return site.anybody(**{"Cookie": f"jingmin_console={token}", "Jingmin-Face": "console"})


async def said(live: aiohttp.ClientWebSocketResponse) -> str:
    return str((await live.receive_json())["type"])


async def test_sixty_residents_behind_one_address_see_their_reports(site: Site) -> None:
    receipt = await site.report()
    tokens = [receipt["token"]] + [(await site.report())["token"] for _ in range(59)]
    site.house.limits = Limits()

    async def see(token: str) -> str:
        async with site.anybody().ws_connect(f"{site.api}/live/caller") as live:
            await live.send_json({"type": "hello", "token": token})
            return await said(live)

    answers = await asyncio.gather(*(see(one) for one in tokens))
    assert set(answers) == {"caller"}


async def test_three_hundred_desks_come_back_after_a_restart(site: Site, tmp_path: Path) -> None:
    tokens = await begun(site, 300)
    (tmp_path / "again").mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    house = build_house(site.house.store, site.house.finder, tmp_path / "again", url)  # type: ignore[arg-type]
    house.limits = Limits()
    runner = await run_site(house, port)
    again = Site(house, url)
    await until(lambda: house.store_up)

    async def come(token: str) -> str:
        async with desk(again, token).ws_connect(f"{again.api}/live?face=console") as live:
            return await said(live)

    answers = await asyncio.gather(*(come(one) for one in tokens))
    await again.close()
    await runner.cleanup()
    house.journal.close()
    assert Counter(answers) == {"snapshot": 300}


async def test_two_thousand_residents_behind_one_address_open_the_page(site: Site) -> None:
    site.house.limits = Limits()
    client = site.anybody()

    async def look() -> int:
        async with client.get(f"{site.api}/config") as response:
            return response.status

    assert set(await asyncio.gather(*(look() for _ in range(2_000)))) == {200}


async def test_one_incident_cannot_open_sockets_without_end(site: Site) -> None:
    receipt = await site.report()
    site.house.limits = Limits()
    client: aiohttp.ClientSession = site.anybody()
    for _ in range(60):
        async with client.ws_connect(f"{site.api}/live/caller") as live:
            await live.send_json({"type": "hello", "token": receipt["token"]})
            if await said(live) == "caller":
                continue
            assert await closed(live) == LATER
            return
    raise AssertionError("sixty in a second")


async def test_a_session_that_opens_too_many_sockets_is_told_to_come_later(site: Site) -> None:
    client = await site.staff("desk1")
    site.house.limits = Limits({"socket": Rate(0.01, 2)})
    heard = []
    for _ in range(3):
        live = await client.ws_connect(f"{site.api}/live?face=console")
        heard.append(await said(live))
    assert heard == ["snapshot", "snapshot", "error"]
    assert await closed(live) == LATER


async def test_the_newest_socket_gets_in_and_the_oldest_goes(site: Site) -> None:
    client, receipt = await site.staff("desk1"), await site.report()

    async def of_desk() -> aiohttp.ClientWebSocketResponse:
        live = await client.ws_connect(f"{site.api}/live?face=console")
        assert await said(live) == "snapshot"
        return live

    async def of_caller() -> aiohttp.ClientWebSocketResponse:
        live = await client.ws_connect(f"{site.api}/live/caller")
        await live.send_json({"type": "hello", "token": receipt["token"]})
        assert await said(live) == "caller"
        return live

    for connect in (of_desk, of_caller):
        lives = [await connect() for _ in range(SOCKETS + 1)]
        assert await closed(lives[0]) == LATER
        await lives[1].send_json({"type": "ping", "at": 1})
        assert await answered(lives[1])
        for one in lives:
            await one.close()


async def closed(live: aiohttp.ClientWebSocketResponse) -> int:
    """The code it is closed with."""
    async with asyncio.timeout(20):
        while (last := await live.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert last.type is aiohttp.WSMsgType.CLOSE, last
    return int(last.data)


async def answered(live: aiohttp.ClientWebSocketResponse) -> bool:
    async with asyncio.timeout(20):
        while True:
            if (await live.receive_json())["type"] == "pong":
                return True


async def test_sockets_that_say_nothing_do_not_keep_a_caller_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HELLO_S", 600.0)  # none ends by itself while the others connect
    receipt = await site.report()
    clients = [site.anybody() for _ in range(UNKNOWN_SOCKETS // 50 + 1)]
    client = clients[-1]
    silent = [
        await clients[n // 50].ws_connect(f"{site.api}/live/caller")
        for n in range(UNKNOWN_SOCKETS + 1)
    ]
    assert await closed(silent[0]) == LATER
    caller = await client.ws_connect(f"{site.api}/live/caller")
    await caller.send_json({"type": "hello", "token": receipt["token"]})
    assert await said(caller) == "caller"


async def test_a_forged_cookie_is_refused_without_the_store(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.house.limits = Limits()
    client = await site.staff("desk1")
    read: list[str] = []
    real = MongoShelf.get

    async def get(self: MongoShelf[Any], id: str) -> Any:
        read.append(id)
        return await real(self, id)

    monkeypatch.setattr(MongoShelf, "get", get)
    forged = desk(site, f"{random_id()}.{random_id()[:22]}")

    async def ask() -> int:
        async with forged.get(f"{site.api}/incidents") as response:
            return response.status

    answers = Counter(await asyncio.gather(*(ask() for _ in range(900))))
    assert set(answers) == {401, 429}
    assert read == []
    await site.ask(client, "GET", "/incidents")
    assert await site.report()


async def test_uploads_are_counted_by_incident(site: Site) -> None:
    one, other = await site.report(), await site.report()
    site.house.limits = Limits({"upload": Rate(0.01, 3)})

    async def send(receipt: dict[str, Any]) -> int:
        url = f"{site.api}/my/uploads?key={random_id()}"
        headers = {"Content-Type": "image/png"}
        async with site.caller(receipt).post(url, data=one_picture(), headers=headers) as response:
            return response.status

    assert [await send(one) for _ in range(4)] == [200, 200, 200, 429]
    assert await send(other) == 200
