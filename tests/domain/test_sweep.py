"""Time passing, for many at once."""

from __future__ import annotations

from domain import evidence
from domain.dispatch import dispatch, respond
from domain.incident import Incident, amend, answer
from domain.intake import Report, compose
from domain.people import CALLER, SYSTEM, Role, Who
from domain.place import Candidate, Certainty, Fix, Jurisdiction, Level, Located, Wgs84
from domain.replay import differences
from domain.sweep import AT_ONCE, ESCALATE_MS, sweep
from domain.ticket import random_id
from storage.store import MongoStore
from tests.api.conftest import now_ms


def raised(at: int, position: Fix | None = None) -> Incident:
    id = random_id()
    return compose(Report(id, id, f"n-{id}", at, position=position), at)


async def test_all_that_wait_escalate_once_and_what_others_did_meanwhile_stays(
    store: MongoStore,
) -> None:
    now = now_ms()
    those = [raised(now - ESCALATE_MS[0] - 1) for _ in range(AT_ONCE + 5)]
    await store.incidents.add_many(those)

    def said(it: Incident) -> None:
        it.words = "又说了一句"
        evidence.append(it.log, CALLER, "message", now, text="又说了一句")

    await amend(store, those[3].id, said)
    assert await sweep(store, those, now) == len(those)
    assert {it.escalation for it in those} == {0}, "what others read is not touched"
    after = [await store.incidents.get(it.id) for it in those]
    assert {it.escalation for it in after} == {1}
    assert after[3].words == "又说了一句"
    for it in after:
        whats = [entry.what for entry in it.log.entries]
        assert whats.count("incident.escalated") == 1
        assert it.updated_at == it.log.entries[-1].at
    assert await sweep(store, after, now) == 0


def among(stations: int, now: int) -> Fix:
    found = [
        Candidate(f"s{n}", f"派出所{n}", "分局", 1.0 if n == 0 else 0.0, n * 900.0)
        for n in range(stations)
    ]
    where = Located(Certainty.ONE, found, "", "", "small#1")
    return Fix(Wgs84(121.1, 41.1, 10.0), 121.1, 41.1, Wgs84.datum, now, where)


async def test_a_station_that_does_not_answer_is_followed_by_the_next_and_the_log_says_by_whom(
    store: MongoStore,
) -> None:
    start = now_ms()
    it = raised(start, among(3, start))
    await store.incidents.add(it)
    desk = Who("desk1", Role.DISPATCHER, "接警员")
    await answer(store, desk, it.id, start)
    first = Jurisdiction("s0", "派出所0", Level.STATION, "b")
    await dispatch(store, desk, it.id, first, "分局", "", start)

    async def after(seconds: int) -> Incident:
        await sweep(store, [await store.incidents.get(it.id)], start + seconds * 1000, False)
        return await store.incidents.get(it.id)

    def called(now: Incident) -> list[tuple[str, str, bool]]:
        calls = [e for e in now.log.entries if e.what == "station.called"]
        return [(e.data["station"], e.who.id, e.data.get("auto", False)) for e in calls]

    at_desk = ("s0", "desk1", False)
    assert called(await after(16)) == [at_desk], "offered, and not called"
    second = await after(31)
    assert called(second) == [at_desk, ("s1", SYSTEM.id, True)]
    assert [(one.station, str(one.state)) for one in second.responders] == [
        ("s0", "ASSIGNED"),
        ("s1", "ASSIGNED"),
    ]
    assert called(await after(50)) == called(second), "the second has its 30 s, too"
    third = await after(62)
    assert called(third)[2:] == [("s2", SYSTEM.id, True)]
    assert called(await after(300)) == called(third), "nobody is left to call"
    assert differences(third) == []


async def test_whoever_takes_it_ends_the_calling(store: MongoStore) -> None:
    start = now_ms()
    it = raised(start, among(3, start))
    await store.incidents.add(it)
    desk = Who("desk1", Role.DISPATCHER, "接警员")
    await answer(store, desk, it.id, start)
    await dispatch(
        store, desk, it.id, Jurisdiction("s0", "派出所0", Level.STATION, "b"), "分局", "", start
    )
    officer = Who("o", Role.STATION_OFFICER, "民警", "s0")
    await sweep(store, [await store.incidents.get(it.id)], start + 16_000, False)
    await respond(store, officer, it.id, "acknowledge", start + 20_000)
    await sweep(store, [await store.incidents.get(it.id)], start + 90_000, False)
    assert len((await store.incidents.get(it.id)).responders) == 1
