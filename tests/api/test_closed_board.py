"""A closed case with something to do is on every desk's board, however old, and after any restart."""

from __future__ import annotations

from typing import Any

import pytest

from api import board as boards
from api.board import Board
from domain.closing import close
from domain.dispatch import dispatch, respond
from domain.incident import Disposition, Incident, IncidentState, amend, answer
from domain.message import read_thread, say
from domain.people import CALLER
from domain.ticket import random_id
from storage.store import MongoStore
from tests.api.conftest import Site, now_ms, until
from tests.api.test_live import hear
from tests.api.test_transfer import at_desk
from tests.domain.test_ends import DESK, OFFICER, S0
from tests.domain.test_sweep import raised

HOUR = 3_600_000


async def closed(store: MongoStore, at: int, *steps: str) -> Incident:
    """Raised and closed at ``at``, with a station called that is so far."""
    it = raised(at)
    await store.incidents.add(it)
    await answer(store, DESK, it.id, at)
    if steps:
        await dispatch(store, DESK, it.id, S0, "分局", "", at)
    for step in steps:
        await respond(store, OFFICER, it.id, step, at)
    return await close(store, DESK, it.id, Disposition.RESOLVED, "", at)


async def after_restart(store: MongoStore) -> set[str]:
    board = Board(store, now_ms)
    await board.load()
    return {it.id for it in board.incidents()}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board keeps the three that were closed last."""
    monkeypatch.setattr(boards, "CLOSED_KEPT", 3)


@pytest.mark.usefixtures("few")
async def test_what_is_unread_or_not_done_is_there_after_a_restart_until_it_is(
    store: MongoStore,
) -> None:
    now = now_ms()
    old = [await closed(store, now - 9 * HOUR + n) for n in range(3)]
    going = await closed(store, now - 8 * HOUR, "acknowledge", "depart")
    done = await closed(store, now - 8 * HOUR + 1, "acknowledge", "clear")
    newer = [await closed(store, now - HOUR // 2 + n) for n in range(5)]
    for key in ("a", "b"):
        await say(store, CALLER, old[1].id, key, "他又来了", now)
    await say(store, OFFICER, going.id, "k", "快到了", now)
    there = await after_restart(store)
    assert {old[1].id, going.id} <= there
    assert not there & {old[0].id, old[2].id, done.id}
    assert len(there & {one.id for one in newer}) == 3, "the newest of the rest"
    for one in (old[1], going):
        await read_thread(store, DESK, one.id, 99, 99, now)
    assert going.id in await after_restart(store), "its station is not done"
    assert old[1].id not in await after_restart(store)
    await respond(store, OFFICER, going.id, "clear", now)
    assert going.id not in await after_restart(store)


@pytest.mark.usefixtures("few")
async def test_every_desk_that_loads_its_page_anew_has_it_until_somebody_reads_it(
    site: Site,
) -> None:
    store = site.house.store
    receipt = await site.report()
    path = f"/incidents/{receipt['id']}"
    desk, screen, _ = await at_desk(site, "desk1")
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})

    def long_ago(it: Incident) -> bool:
        it.closed_at = now_ms() - 3 * HOUR
        return True

    await amend(store, receipt["id"], long_ago)
    for n in range(4):
        await closed(store, now_ms() - n)
    await until(lambda: site.house.board.get(receipt["id"]) is None)
    line = {"key": random_id(), "text": "还有一个人"}
    await site.ask(site.caller(receipt), "POST", "/my/messages", line)
    await until(lambda: site.house.board.get(receipt["id"]) is not None)

    async def anew(login: str) -> dict[str, Any]:
        client = await site.staff(login)
        page = await client.ws_connect(f"{site.api}/live?face=console")
        shown = (await hear(page, "snapshot"))["incidents"]
        return {one["id"]: one for one in shown}

    for login in ("desk1", "desk2", "chief"):
        one = (await anew(login))[receipt["id"]]
        assert (one["state"], one["unread"]) == (IncidentState.CLOSED, 1)
    mark = {"received": one["said"], "read": one["said"]}
    await site.ask(desk, "POST", f"{path}/read", mark)
    while True:
        heard = (await hear(screen, "incident"))["incident"]
        if heard["id"] == receipt["id"] and heard["said"] and not heard["unread"]:
            break
    assert receipt["id"] in await anew("desk2"), "whoever reads it has it before him"
    assert receipt["id"] not in await after_restart(store)
