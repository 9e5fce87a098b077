"""A report is durable before it is answered, once, and refused for nothing."""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.collector import GROWN
from api.intake import read_report
from api.members import Members
from api.routes import now_ms
from domain.errors import StoreDown
from domain.intake import Report, compose
from domain.ticket import issue_resume, random_id
from locate.finder import BoundaryFinder
from storage.embedded import EmbeddedStore
from storage.journal import DiskJournal
from storage.store import MongoStore
from tests.api.conftest import Site, build_house, run_site, until
from tests.city import IN_W1
from tests.ports import free_port


async def test_the_same_key_gets_the_same_answer(site: Site) -> None:
    first = await site.report(key="one-key-123", position=IN_W1, words="第一次")
    again = await site.report(key="one-key-123", words="第二次")
    # Where it was durable first depends on how fast the store is.
    assert {**again, "journaled": None} == {**first, "journaled": None}
    other = await site.report(key="one-key-124")
    assert other["id"] != first["id"]
    found = await site.house.store.incidents.find({"raised_at": {"$gt": 0}}, limit=10)
    assert len(found) == 2


async def test_the_same_key_at_once_is_one_incident(site: Site) -> None:
    answers = await asyncio.gather(*(site.report(key="at-once-1") for _ in range(20)))
    assert {one["id"] for one in answers} == {answers[0]["id"]}
    assert {one["number"] for one in answers} == {answers[0]["number"]}


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (b"", ["position"]),
        (b"{", ["body", "position"]),
        (b"[1]", ["body", "position"]),
        (b"\xff\xfe", ["body", "position"]),
        (b'{"position": {"lon": 121.05, "lat": 41.05}}', ["position", "position.datum"]),
        (b'{"position": {"lon": 999, "lat": 41.05, "datum": "WGS84"}}', ["position"]),
        (
            b'{"position": "here", "kind": "NONSENSE", "silent": "maybe"}',
            ["kind", "silent", "position"],
        ),
        (
            b'{"words": {"$ne": 1}, "key": ["x"], "device_at": -1}',
            ["words", "key", "device_at", "position"],
        ),
        (b'{"unknown": 1, "__missing__": ["x"]}', ["position"]),
        (b'{"x": ' + b"[" * 5000 + b"]" * 5000 + b"}", ["body", "position"]),
        (b'{"words": "' + b"a" * 70_000 + b'"}', ["words_end", "position"]),
    ],
)
async def test_broken_members_are_left_out_and_named(
    site: Site, body: bytes, missing: list[str]
) -> None:
    async with site.anybody().post(f"{site.api}/incidents", data=body) as response:
        assert response.status == 201, await response.text()
        receipt = await response.json()
    assert sorted(set(receipt["missing"])) == sorted(missing)
    await site.house.settled(receipt["id"])
    stored = await site.stored(receipt["id"])
    assert stored.state == "RAISED"
    assert stored.number == receipt["number"]


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_NAMES = st.sampled_from(
    ["key", "kind", "silent", "words", "position", "lang", "device_at", "notice", "extra"]
)


async def test_no_members_whatever_they_are_stop_a_report(site: Site) -> None:
    @settings(max_examples=300, deadline=None)
    @given(st.dictionaries(_NAMES, _json, max_size=6))
    def check(members: dict[str, Any]) -> None:
        report = read_report(site.house, Members(dict(members), []), "", 1_700_000_000_000)
        assert report.id
        assert report.number
        json.dumps(report.missing)

    check()


async def test_store_down_reports_are_kept_on_disk_ring_and_replay_once(
    site: Site, embedded: EmbeddedStore
) -> None:
    desk = await site.staff("desk1")
    screen = await desk.ws_connect(f"{site.api}/live")
    assert (await screen.receive_json())["type"] == "snapshot"
    embedded.kill()
    try:
        first = await site.report(key="while-down-1", words="数据库停了", position=IN_W1)
        again = await site.report(key="while-down-1")
        assert first["journaled"]
        assert again == first
        more = [await site.report(key=f"while-down-{n}x") for n in range(5)]
        seen, warned = [], False
        while not (warned and first["number"] in seen):
            message = await asyncio.wait_for(screen.receive_json(), 30)
            warned = warned or (message["type"] == "store" and message["state"] == "down")
            # Before the store is known to be away it looks like any other.
            if message["type"] == "incident" and message["incident"]["journaled"]:
                seen.append(message["incident"]["number"])
        mine = await site.ask(site.caller(first), "GET", "/my/incident")
        assert mine["journaled"]
        refused = await site.ask(desk, "POST", f"/incidents/{first['id']}/answer", status=503)
        assert refused["code"] == "store_down"
        async with desk.get(f"{site.url}/healthz") as response:
            assert response.status == 503
            assert (await response.json())["journaled"] == 6
    finally:
        embedded.start()
    await until(lambda: site.house.store_up and not site.house.journal.waiting())
    for receipt in (first, *more):
        stored = await site.house.store.incidents.find({"key": {"$gt": ""}, "_id": receipt["id"]})
        assert [one.number for one in stored] == [receipt["number"]]
        assert "incident.journaled" in [entry.what for entry in stored[0].log.entries]
    assert (await site.report(key="while-down-1"))["id"] == first["id"]
    await until(lambda: site.house.board.get(first["id"]) is not None)
    answered = await site.ask(desk, "POST", f"/incidents/{first['id']}/answer")
    assert answered["state"] == "ANSWERED"


async def test_a_store_that_is_slow_holds_up_no_receipt_and_no_ring(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await site.staff("desk1")
    screen = await desk.ws_connect(f"{site.api}/live")
    assert (await screen.receive_json())["type"] == "snapshot"
    shelf, go = site.house.store.incidents, asyncio.Event()
    add_many = shelf.add_many

    async def slowly(items: Any) -> set[str]:
        await go.wait()
        return await add_many(items)

    monkeypatch.setattr(shelf, "add_many", slowly)
    monkeypatch.setattr("api.intake.STORE_PATIENCE_S", 30.0)
    monkeypatch.setattr("api.house.STORE_PATIENCE_S", 30.0)
    monkeypatch.setattr(site.house.together, "_patience", 30.0)

    async def report() -> Any:
        body = {"key": "slow-store-1", "words": "有人跟着我"}
        async with site.anybody().post(f"{site.api}/incidents", json=body) as response:
            return await response.json()

    first = await report()
    assert first["journaled"]
    assert [one.number for one in site.house.journal.waiting()] == [first["number"]]
    rung = await asyncio.wait_for(screen.receive_json(), 30)
    assert (rung["type"], rung["incident"]["id"]) == ("incident", first["id"])
    assert not rung["incident"]["journaled"], "it rings, and can be answered"
    assert await report() == first
    # What is asked about it waits for the store, instead of "no such incident".
    asked = asyncio.create_task(site.ask(desk, "POST", f"/incidents/{first['id']}/answer"))
    mine = asyncio.create_task(site.ask(site.caller(first), "GET", "/my/incident"))
    await asyncio.sleep(0.2)
    assert not asked.done()
    go.set()
    assert (await asked)["state"] == "ANSWERED"
    assert not (await mine)["journaled"]
    assert site.house.journal.waiting() == []
    (stored,) = await site.house.store.incidents.find({"_id": first["id"]})
    assert stored.number == first["number"]
    assert [e.what for e in stored.log.entries][:2] == ["incident.raised", "incident.answered"]
    assert not site.house.writing


async def test_a_report_that_a_new_snapshot_brings_first_is_on_the_board_once(site: Site) -> None:
    board, at = site.house.board, now_ms()
    one = Report(random_id(), random_id(), "n-once", at)
    board.show_journaled(one, coming=True)
    it = compose(one, at)
    await site.house.store.incidents.add(it)
    await board.load()
    board.raised(it)
    assert [known.id for known in board.incidents()] == [one.id]
    assert not board.on_disk(one.id)


async def test_a_line_that_cannot_be_written_costs_no_other_report(tmp_path: Path) -> None:
    journal = DiskJournal(tmp_path, Report)
    broken, good = (
        Report(id, id, id, 1, words=words) for id, words in (("a", "\ud83d"), ("b", "好"))
    )
    kept = await asyncio.gather(
        journal.keep(broken), journal.keep(good), journal.keep(broken), return_exceptions=True
    )
    assert [isinstance(one, UnicodeEncodeError) for one in kept] == [True, False, True]
    assert [one.id for one in journal.waiting()] == ["b"]
    journal.close()


async def test_what_waits_on_disk_is_stored_many_at_a_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, writes = site.house.store.incidents, []
    add_many = shelf.add_many

    async def counted(items: Any) -> set[str]:
        writes.append(len(items))
        return await add_many(items)

    monkeypatch.setattr(shelf, "add_many", counted)
    then = now_ms() - 60_000
    those = [Report(random_id(), random_id(), f"n-{n}", then) for n in range(250)]
    await asyncio.gather(*map(site.house.journal.keep, those))
    # The health check may be at it, too.
    await until(lambda: not site.house.journal.waiting())
    assert len(writes) <= 25
    for one in (those[0], those[-1]):
        stored = await shelf.get(one.id)
        assert (stored.number, stored.raised_at) == (one.number, then)
        assert "incident.journaled" in [entry.what for entry in stored.log.entries]


async def test_the_caller_of_a_report_that_another_process_is_still_writing_is_served(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.house.STORE_PATIENCE_S", 30.0)
    at, id = now_ms(), random_id()
    caller = site.caller({"token": issue_resume(site.house.secret, id)})
    feed = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await feed.send_json({"type": "hello", "token": issue_resume(site.house.secret, id)})
    asked = asyncio.create_task(site.ask(caller, "GET", "/my/incident"))
    await asyncio.sleep(0.3)
    await site.house.store.incidents.add(compose(Report(id, id, "another's", at), at))
    assert (await asked)["number"] == "another's"
    assert (await asyncio.wait_for(feed.receive_json(), 30))["type"] == "caller"


async def test_what_is_there_is_no_concern_of_the_collector(site: Site) -> None:
    """With thousands of open incidents looking through all of them stopped everything for 0.2 s."""
    before = gc.get_freeze_count()
    for _ in range(GROWN + 1):
        at = now_ms()
        id = random_id()
        site.house.board.raised(compose(Report(id, id, id, at), at))
        await asyncio.sleep(0)
    await until(lambda: gc.get_freeze_count() > before + GROWN)


async def test_a_dead_processs_journal_is_taken_over_once(site: Site, tmp_path: Any) -> None:
    folder = tmp_path / "another"
    dead = DiskJournal(folder, Report)
    report = read_report(site.house, Members({"key": "left-behind"}, []), "", 1_700_000_000_000)
    await dead.keep(report)
    gone = read_report(site.house, Members({"key": "already-done"}, []), "", 1_700_000_000_000)
    await dead.keep(gone)
    await dead.done(gone.id)
    alive = DiskJournal(folder, Report)
    assert alive.waiting() == []
    path = dead._file.name
    dead._file.write(b'{"report": {"id": "torn')
    dead._file.flush()
    dead._file.close()
    heir = DiskJournal(folder, Report)
    assert [one.id for one in heir.waiting()] == [report.id]
    assert DiskJournal(folder, Report).waiting() == []
    import os

    assert not os.path.exists(path)
    heir.close()
    alive.close()


async def test_what_an_earlier_process_left_on_disk_rings_while_the_store_is_away(
    store: MongoStore, finder: BoundaryFinder, tmp_path: Path
) -> None:
    """It was in the journal, and on no desk until the store was back."""
    port = free_port()
    house = build_house(store, finder, tmp_path, f"http://127.0.0.1:{port}")
    await house.numbers.fill(now_ms())
    left = read_report(house, Members({"key": "left-on-disk", "words": "救命"}, []), "", now_ms())
    await house.journal.keep(left)

    async def away() -> None:
        raise StoreDown("away")

    house.store.open = away  # type: ignore[method-assign, assignment]
    runner = await run_site(house, port)
    try:
        assert [it.id for it in house.board.incidents()] == [left.id]
        assert house.board.journaled(left.id)
    finally:
        await runner.cleanup()
        house.journal.close()


async def test_who_asks_again_just_after_the_replay_has_the_same_number(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed has not brought it yet, and the store, which is just back, is slow."""
    house = site.house

    async def away() -> None:
        raise StoreDown("away")

    async def later(change: Any) -> None:
        pass

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "check", away)
        await until(lambda: not house.store_up)
        first = await site.report(key="while-it-was-away")
        assert first["journaled"]
        monkeypatch.setattr(house.board, "_take", later)
    monkeypatch.setattr("api.intake.STORE_FIRST_S", 0.0)
    await until(lambda: house.store_up and not house.journal.waiting())
    again = await site.report(key="while-it-was-away")
    assert again == {**first, "journaled": False}
    assert house.board.get(first["id"]) is not None
