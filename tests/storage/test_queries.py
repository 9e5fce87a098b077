"""Queries by name: each is answered from its index, and costs what it finds."""

from __future__ import annotations

from typing import Any

import pytest

from domain.incident import IncidentState
from domain.notice import Notice
from domain.people import Session
from domain.queries import (
    incidents_in,
    tips_handed_by,
    tips_of,
    tips_of_event,
    tips_offered_to,
    tips_opened,
    unfinished_incidents,
    viewings_before,
    viewings_of,
    webhook_events_before,
    webhook_events_for,
    webhook_events_in,
    webhook_events_of,
)
from domain.queries_groups import notices_published
from domain.queries_people import sessions_ended_before
from domain.query import Criteria
from domain.tip import Handed, Tip, TipState
from domain.viewing import Viewing
from domain.webhook import EventState, WebhookEvent
from storage.store import MongoStore
from tests.storage.test_store import incident


def plan(found: Any) -> dict[str, Any]:
    """The stage that reads, of what the store says about a query."""
    stage = dict(found["queryPlanner"])["winningPlan"]
    while "inputStage" in stage:
        stage = stage["inputStage"]
    return dict(stage)


@pytest.mark.parametrize(
    ("query", "index", "found"),
    [
        (unfinished_incidents(), "unfinished_1", 1),
        (incidents_in("CLOSED"), "state_1_raised_at_-1", 200),
        (incidents_in("RAISED"), "state_1_raised_at_-1", 100),
    ],
)
async def test_a_query_reads_its_index_and_not_what_does_not_match(
    store: MongoStore, query: Criteria, index: str, found: int
) -> None:
    those = [incident() for _ in range(300)]
    for one in those[:200]:
        one.state = IncidentState.CLOSED
    those[7].unfinished = True
    await store.incidents.add_many(those)
    cursor = store.incidents._collection.find(dict(query))
    said = await cursor.explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    costs = dict(said.get("executionStats") or {})
    assert costs.get("totalDocsExamined", found) == found
    assert len([one async for one in store.incidents.every(query)]) == found


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (tips_of("zhang", "ASSIGNED"), "officer_1_state_1"),
        (tips_offered_to("zhang", "ASSIGNED"), "called_1_state_1"),
        (tips_handed_by("zhang"), "handed.by_1"),
        (tips_of_event("e"), "event_1"),
    ],
)
async def test_what_somebody_leaves_open_costs_what_is_open(
    store: MongoStore, query: Criteria, index: str
) -> None:
    tips = [Tip(f"{n:032x}", f"T-{n}", "w1", "所", n, n) for n in range(300)]
    for n, one in enumerate(tips):
        one.state = TipState.ASSIGNED if n < 20 else TipState.CLOSED
        one.officer, one.called = "zhang" if n % 2 else "li", ["zhang", "li"] if n % 2 else ["li"]
        if n < 20:
            by = "zhang" if n % 2 else "li"
            one.handed = Handed(by, n, "w1", "所", None, "", None, "", [])
            one.event = "e" if n % 2 else "f"
    await store.tips.add_many(tips)
    said = await store.tips._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    costs = dict(said.get("executionStats") or {})
    assert costs.get("totalDocsExamined", 10) == 10
    assert len([one async for one in store.tips.every(query)]) == 10


@pytest.mark.parametrize(
    ("query", "index", "read"),
    [
        (tips_opened({}, 100, 120), "opened_at_1", 20),
        (tips_opened({"station": "w1"}, 100, 120), "station_1_opened_at_1", 10),
    ],
)
async def test_the_numbers_of_a_time_cost_what_is_of_that_time(
    store: MongoStore, query: Criteria, index: str, read: int
) -> None:
    stations = ("w1", "e1")
    tips = [Tip(f"{n:032x}", f"T-{n}", stations[n % 2], "所", n, n) for n in range(300)]
    await store.tips.add_many(tips)
    said = await store.tips._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    costs = dict(said.get("executionStats") or {})
    assert costs.get("totalDocsExamined", read) == read
    found = [one async for one in store.tips.parts(("opened_at", "answered_at", "none"), query)]
    assert len(found) == read
    assert found[0] == (100, None, None)


@pytest.mark.parametrize(
    ("query", "index", "found"),
    [
        (webhook_events_in(EventState.WAITING), "state_1_due_at_1", 30),
        (webhook_events_of("k7"), "integrator_1_at_-1", 10),
        (webhook_events_for("k7", EventState.WAITING), "integrator_1_state_1_due_at_1", 3),
        (webhook_events_before(20), "at_1", 20),
    ],
)
async def test_webhook_events_are_read_by_what_they_wait_for(
    store: MongoStore, query: Criteria, index: str, found: int
) -> None:
    events = [
        WebhookEvent(f"i.{n}", f"k{n % 10}", "closed", "i", "0110", "", n, n, due_at=n)
        for n in range(100)
    ]
    for one in events[:70]:
        one.state = EventState.SENT
    await store.webhook_events.add_many(events)
    said = await store.webhook_events._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    assert len([one async for one in store.webhook_events.every(query)]) == found


async def test_notices_of_a_time_are_read_by_it(store: MongoStore) -> None:
    notices = [
        Notice(f"{n:032x}", f"N-{n}", "zhou", "周", "w1", "题", "文", n, n, [], published_at=n)
        for n in range(300)
    ]
    await store.notices.add_many(notices)
    query = notices_published(100, 120)
    said = await store.notices._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", "published_at_1")
    assert len([one async for one in store.notices.parts(("communities",), query)]) == 20


@pytest.mark.parametrize(
    ("query", "index"), [(viewings_of("t7"), "tip_1"), (viewings_before(10), "at_1")]
)
async def test_who_has_a_tip_open_is_read_by_the_tip_and_forgotten_by_age(
    store: MongoStore, query: Criteria, index: str
) -> None:
    await store.viewings.add_many(
        [Viewing(f"t{n % 10}:{n}", f"t{n % 10}", str(n), "民警", n) for n in range(100)]
    )
    said = await store.viewings._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", index)
    assert len(await store.viewings.find(query)) == 10


async def test_sessions_of_long_ago_are_read_by_when_they_ended(store: MongoStore) -> None:
    await store.sessions.add_many([Session(f"{n:064x}", "w", "console", 0, n) for n in range(100)])
    query = sessions_ended_before(10)
    said = await store.sessions._collection.find(dict(query)).explain()
    assert (plan(said)["stage"], plan(said).get("indexName")) == ("IXSCAN", "expires_at_1")
    assert len(await store.sessions.find(query)) == 10
