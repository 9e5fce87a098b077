"""Nothing that grows blocks the api's loop: the check around every test (``tests/blocking.py``) fails
these when a callback computes for more than 0.1 s."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from domain import evidence
from domain.incident import LIVE, Incident
from domain.intake import Report, compose
from domain.people import SYSTEM
from domain.ticket import random_id
from storage.documents import encoded, to_document
from tests.api.conftest import Site, now_ms

ENTRIES = 35_000  # some 12 of the 16 MiB a document may have
OF_A_STATE = 3_000


def raised(now: int) -> Incident:
    id = random_id()
    it = compose(Report(id=id, key=id, number=id, received_at=now, words="一个人" * 100), now)
    it.escalation = 2
    return it


async def keep(site: Site, documents: list[dict[str, Any]]) -> None:
    for start in range(0, len(documents), 500):  # no answer of the store takes long
        await site.house.store.incidents._collection.insert_many(documents[start : start + 500])


async def test_reading_and_saving_a_long_log_keeps_nobody_waiting(site: Site) -> None:
    now = now_ms()
    it = raised(now)
    for _ in range(ENTRIES):
        evidence.append(it.log, SYSTEM, "quality", now, participant="caller", rung="audio")
    await keep(site, [await encoded(it)])  # as it is when it is saved
    desk = await site.staff("desk1")
    found = await site.ask(desk, "GET", f"/incidents/{it.id}/verify")
    assert found["entries"] == it.log.length


async def test_a_board_of_thousands_is_loaded_and_sent_while_others_are_served(site: Site) -> None:
    site.harmed = True  # ever the same log under other numbers
    document = to_document(raised(now_ms()))
    for state in LIVE:
        ids = [random_id() for _ in range(OF_A_STATE)]
        same = {"state": str(state)}
        await keep(site, [{**document, **same, "_id": id, "key": id, "number": id} for id in ids])
    await site.house.board.load()
    desk = await site.staff("desk1")
    screen = await desk.ws_connect(f"{site.api}/live?face=console", max_msg_size=0)
    shown, more = 0, True
    while more:
        message = await asyncio.wait_for(screen.receive(), 60)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        part = message.json()
        if part["type"] in ("snapshot", "part"):
            shown, more = shown + len(part["incidents"]), part["more"]
    assert shown == OF_A_STATE * len(LIVE)
