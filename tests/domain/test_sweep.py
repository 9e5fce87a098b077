"""Time passing, for many at once."""

from __future__ import annotations

from domain import evidence
from domain.incident import Incident, amend
from domain.intake import Report, compose
from domain.people import CALLER
from domain.sweep import AT_ONCE, ESCALATE_MS, sweep
from domain.ticket import random_id
from storage.store import MongoStore
from tests.api.conftest import now_ms


def raised(at: int) -> Incident:
    id = random_id()
    return compose(Report(id, id, f"n-{id}", at), at)


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
