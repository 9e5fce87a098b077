"""A case that nobody looks after comes up again: its dispatcher's page is gone, or a line is not read."""

from __future__ import annotations

import pytest

from domain import attendance
from domain.call import CallState
from domain.calling import end_call
from domain.closing import close
from domain.errors import Refused
from domain.incident import Disposition, Incident, IncidentState, answer
from domain.message import read_thread, say
from domain.people import CALLER, Who
from domain.replay import differences
from domain.sweep import sweep
from domain.triage import Urgency, rank, urgency
from domain.unattended import UNATTENDED_MS, UNREAD_MS, cause_of, put_through_since
from storage.store import MongoStore
from tests.domain.test_ends import DESK, NOW, OFFICER, OTHER, sent, whats
from tests.domain.test_sweep import raised
from tests.domain.test_transfer import dispatcher


async def swept(store: MongoStore, it: Incident, now: int, page: int | None) -> Incident:
    """``page``: since when its dispatcher has none at the desk."""
    await sweep(store, [await store.incidents.get(it.id)], now, gone=lambda _: page)
    return await store.incidents.get(it.id)


async def read(store: MongoStore, who: Who, it: Incident, now: int) -> Incident:
    length = (await store.incidents.get(it.id)).log.length
    await read_thread(store, who, it.id, length, length, now)
    return await store.incidents.get(it.id)


async def over(store: MongoStore) -> Incident:
    it = await sent(store, "acknowledge")
    return await end_call(store, DESK, it.id, NOW)


async def test_the_call_is_over_and_the_page_is_gone(store: MongoStore) -> None:
    it = await over(store)
    gone_at = NOW + 600_000
    assert (await swept(store, it, gone_at + UNATTENDED_MS - 1, gone_at)).unattended_at is None
    now = gone_at + UNATTENDED_MS + 1
    left = await swept(store, it, now, gone_at)
    assert (left.unattended_at, cause_of(left)) == (now, "page")
    assert (urgency(left), put_through_since(left)) == (Urgency.BACK, now)
    assert rank(left) < rank(raised(NOW)), "in front of what waits to be answered"
    assert (await swept(store, it, now + 60_000, gone_at)).version == left.version, "said once"
    back = await swept(store, it, now + 61_000, None)
    assert back.unattended_at is None
    assert whats(back)[-2:] == ["incident.unattended", "incident.resumed"]
    assert (back.dispatcher, back.call.state) == (DESK.id, CallState.ENDED)
    assert differences(back) == []


async def test_anybody_may_take_it_and_nobody_is_called_into_a_call_that_is_over(
    store: MongoStore,
) -> None:
    it = await over(store)
    with pytest.raises(Refused):
        await answer(store, OTHER, it.id, NOW + 1)
    left = await swept(store, it, NOW + 60_000, NOW)
    taken = await answer(store, OTHER, it.id, NOW + 61_000)
    assert (taken.dispatcher, taken.unattended_at) == (OTHER.id, None)
    assert whats(taken)[left.log.length :] == ["incident.taken_over"]
    assert taken.call == left.call
    assert (await swept(store, it, NOW + 70_000, 0)).unattended_at is None, "his own 20 s"
    assert differences(taken) == []


async def test_whoever_has_it_may_press_and_has_it_again(store: MongoStore) -> None:
    it = await over(store)
    left = await swept(store, it, NOW + 60_000, NOW)
    mine = await answer(store, DESK, it.id, NOW + 61_000)
    assert (mine.dispatcher, mine.unattended_at) == (DESK.id, None)
    assert whats(mine)[left.log.length :] == ["incident.resumed"]
    assert mine.call == left.call


async def test_what_a_station_finishes_needs_nobody_at_the_desk(store: MongoStore) -> None:
    it = await sent(store, "acknowledge")
    await end_call(store, DESK, it.id, NOW, to_station=True)
    assert (await swept(store, it, NOW + 600_000, NOW)).unattended_at is None
    await say(store, CALLER, it.id, "k", "他们还没到", NOW + 600_000)
    unread = await swept(store, it, NOW + 600_001 + UNREAD_MS, NOW)
    assert (unread.unattended_at, cause_of(unread)) == (NOW + 600_001 + UNREAD_MS, "unread")


async def test_a_line_that_nobody_reads_comes_up_until_whoever_has_the_case_reads_it(
    store: MongoStore,
) -> None:
    it = await over(store)
    await say(store, CALLER, it.id, "k", "他又回来了", NOW + 1_000)
    await say(store, CALLER, it.id, "l", "快", NOW + 30_000)
    assert (await swept(store, it, NOW + 999 + UNREAD_MS, None)).unattended_at is None
    now = NOW + 1_001 + UNREAD_MS
    unread = await swept(store, it, now, None)
    assert (unread.unattended_at, cause_of(unread)) == (now, "unread")
    assert unread.log.entries[-1].data["waited_ms"] == UNREAD_MS + 1
    assert put_through_since(unread) is None, "he is not put through: his line is not read"
    looked = await read(store, OTHER, it, now + 1)
    assert looked.unattended_at == now, "whoever looks does not have it"
    seen = await read(store, DESK, it, now + 2)
    assert seen.unattended_at is None
    assert (whats(seen)[-1], seen.log.entries[-1].who.id) == ("incident.resumed", DESK.id)
    assert (await swept(store, it, now + 600_000, None)).version == seen.version
    assert differences(seen) == []


async def test_an_officers_line_too_and_an_act_is_an_answer(store: MongoStore) -> None:
    it = await over(store)
    await say(store, OFFICER, it.id, "k", "需要支援", NOW + 1_000)
    await say(store, DESK, it.id, "d", "马上", NOW + 50_000)
    assert (await swept(store, it, NOW + 49_999 + UNREAD_MS, None)).unattended_at is None
    assert (await swept(store, it, NOW + 50_001 + UNREAD_MS, None)).unattended_at is not None


@pytest.mark.parametrize(
    ("silent", "in_call", "waits"),
    [(False, True, False), (True, True, True), (False, False, True)],
    ids=["talks", "silent", "writes in the chat"],
)
async def test_who_talks_hears_and_else_a_line_must_be_read(
    store: MongoStore, silent: bool, in_call: bool, waits: bool
) -> None:
    it = raised(NOW)
    it.silent = silent
    await store.incidents.add(it)
    it = await answer(store, DESK, it.id, NOW)
    there = [dispatcher(it), it.call.participants[0]] if in_call else [dispatcher(it)]
    for one in there:
        await attendance.joined(store, it.id, it.call.id, one.id, NOW, "media-1")
    await say(store, CALLER, it.id, "k", "他在门口", NOW + 1_000)
    await sweep(store, [await store.incidents.get(it.id)], NOW + 90_000, False)
    after = await store.incidents.get(it.id)
    assert (after.unattended_at is not None) == waits


async def test_nobody_who_waits_or_is_done_is_unattended(store: MongoStore) -> None:
    it = raised(NOW)
    await store.incidents.add(it)
    await say(store, CALLER, it.id, "k", "快来", NOW)
    after = await swept(store, it, NOW + 600_000, 0)
    assert (after.state, after.unattended_at) == (IncidentState.RAISED, None)
    await answer(store, DESK, it.id, NOW + 600_001)
    await end_call(store, DESK, it.id, NOW + 600_002)
    await close(store, DESK, it.id, Disposition.RESOLVED, "", NOW + 600_003)
    await say(store, CALLER, it.id, "l", "还有", NOW + 600_004)
    after = await swept(store, it, NOW + 900_000, 0)
    assert (after.state, after.unattended_at) == (IncidentState.CLOSED, None)
