"""Arguments for every named query, and rows that match it and that do not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pymongo

from domain.inbox import UNHURRIED
from domain.queries import all_tips, tips_at, tips_listed_for, tips_reminded
from domain.query import QUERIES, Criteria
from domain.ticket import random_id
from storage.indexes import INDEXES

MATCHING, OTHERS = 20, 60
TIPS = (all_tips(), tips_at("w1"), tips_listed_for("p"))
# Arguments of each; several where what it is asked for decides which index answers.
EXAMPLES: dict[str, list[tuple[Any, ...]]] = {
    "incidents_in": [("RAISED",)],
    "incidents_between_states": [("RAISED", "\uffff"), ("", "ABANDONED")],
    "incidents_raised_before": [(1_000,)],
    "unfinished_incidents": [()],
    "incidents_of": [(None, "RAISED"), ("w1", None), (None, None)],
    "incidents_numbered": [("0110-1",)],
    "incidents_between": [("0110-1", "0110-3")],
    "incidents_numbered_like": [("0110-1",)],
    "incidents_changed": [(1_000,)],
    "tips_of": [("p", "ASSIGNED")],
    "tips_handed_by": [("p",)],
    "tips_offered_to": [("p", "ASSIGNED")],
    "tips_by_turn": [(one, 5) for one in TIPS],
    "waiting_tips": [(one,) for one in TIPS],
    "waiting_unmarked": [(one,) for one in TIPS],
    "tips_labelled": [("tag:a",)],
    "overdue_urgent": [(one, 9_000_000) for one in (*TIPS, tips_reminded(None), tips_reminded(1))],
    "overdue_tips": [(one, UNHURRIED) for one in (*TIPS, tips_reminded(None), tips_reminded(1))],
    "unread_tips": [("p",)],
    "tips_of_event": [("e",)],
    "tips_changed": [(1_000,)],
    "tips_numbered": [("T-1",)],
    "tips_of_incident": [("i",)],
    "unarranged_tips": [()],
    "all_tips": [()],
    "tips_at": [("w1",)],
    "tips_listed_for": [("p",)],
    "tips_reminded": [(None,), (1,)],
    "tips_opened": [({}, 100, 1_000), ({"station": "w1"}, 100, 1_000)],
    "viewings_of": [("t",)],
    "viewings_before": [(1_000,)],
    "webhook_events_in": [("WAITING",)],
    "webhook_events_due_after": [("WAITING", 1_000)],
    "webhook_events_for": [("k", "WAITING")],
    "webhook_events_of": [("k",)],
    "webhook_events_before": [(1_000,)],
    "recurring_in": [("ACTIVE",)],
    "recurring_of": [("w1",), (None,)],
    "recurring_untold": [()],
    "person_named": [("zhou",)],
    "people_after": [("zhou",)],
    "person_of": [("p",)],
    "people_with_account": [("zhou",)],
    "people_with_accounts": [()],
    "people_of_role": [("ADMIN",)],
    "people_of_role_at": [("STATION_OFFICER", "w1")],
    "people_at": [("w1",), (None,)],
    "sessions_of": [("p",)],
    "sessions_ended_before": [(1_000,)],
    "attempts_of": [("zhou",)],
    "attempts_before": [(1_000,)],
    "presences_before": [(1_000,)],
    "checkpoints_of": [("i",)],
    "checkpoints_of_audit": [()],
    "arrivals_in_lane": [("RECEIVED", 1)],
    "arrivals_before": [("HANDLED", 1_000)],
    "arrivals_from": [("r", "RECEIVED")],
    "arrivals_from_in_lane": [("r", "RECEIVED", 0)],
    "messages_of_rank": [("QUEUED", 1)],
    "messages_due": [("QUEUED", 1, 1_000)],
    "messages_due_between": [("QUEUED", 1, 1_000, 2_000)],
    "messages_to_in": [("r", "QUEUED")],
    "messages_to_of_rank": [("r", "QUEUED", 1)],
    "messages_to": [("r",)],
    "messages_about": [("i",)],
    "messages_about_in": [("i", "QUEUED")],
    "answers_before": [("SENT", 1_000)],
    "messages_without_rank": [("QUEUED",)],
    "dialogs_in": [("ASKED", 100, 1_000)],
    "dialogs_after": [("TIP", 1_000)],
    "loose_files_before": [(1_000,)],
    "tellers_of_resident": [("r",)],
    "residents_of": [("i",)],
    "residents_in": [("c",)],
    "followers_in": [("c",)],
    "groups_named": [("g", "ACTIVE")],
    "dirty_groups": [()],
    "groups_handed": [("ASKED",)],
    "unbound_groups": [()],
    "doorways_of": [("c",)],
    "doorways_to": [("g",)],
    "doorways_with": [("s",)],
    "standing_doorways": [()],
    "doorways_to_make": [()],
    "doorways_to_end": [()],
    "notices_numbered": [("N-1",)],
    "live_notices": [()],
    "notices_over": [("PUBLISHED", 1_000)],
    "notices_of_day": [("p", "2026-01-01")],
    "notices_by": [("p",)],
    "notices_in": [("PUBLISHED",)],
    "notices_changed": [(1_000,)],
    "notices_published": [(100, 1_000)],
    "notices_sent": [(100, 1_000)],
    "boundary_area": [("v/complete",)],
    "boundary_areas": [("complete",)],
    "deliveries_of": [("n",)],
    "deliveries_in": [("CREATING",)],
    "deliveries_due": [("PLANNED", 1_000)],
    "deliveries_due_after": [("PLANNED", 1_000)],
}
CASES = [(name, given) for name, all_given in EXAMPLES.items() for given in all_given]


def asked(name: str, given: tuple[Any, ...]) -> dict[str, Any]:
    """The criteria of an example; a query that is read in stretches has one of them."""
    known = QUERIES[name]
    criteria = dict(known.make(*given))
    if known.stretch:
        criteria[known.stretch] = {"$gte": 100, "$lt": 1_000}
    return criteria


def indexes(collection: str) -> list[pymongo.IndexModel]:
    """All there are, for any of them might be taken; not unique, for rows that match are all alike."""
    return [
        pymongo.IndexModel(
            list(one.document["key"].items()),
            **{k: value for k, value in one.document.items() if k == "partialFilterExpression"},
        )
        for one in INDEXES[collection]
    ]


def matching(wanted: Any, number: int) -> Any:
    """A value that meets what is wanted of its field."""
    if not isinstance(wanted, Mapping):
        return wanted
    if "$in" in wanted:
        return wanted["$in"][number % len(wanted["$in"])]
    low = wanted.get("$gte", wanted.get("$gt"))
    if low is None:
        return wanted.get("$lte", wanted.get("$lt")) - 1 - number
    return f"{low}{number:04}" if isinstance(low, str) else low + 1 + number


def other(wanted: Any, number: int) -> Any:
    """A value that does not."""
    if not isinstance(wanted, Mapping):
        if isinstance(wanted, bool):
            return not wanted
        if isinstance(wanted, int):
            return wanted + 1 + number
        return f"{wanted}~{number % 7}"
    low, high = wanted.get("$gte", wanted.get("$gt")), wanted.get("$lte", wanted.get("$lt"))
    if high is not None:
        return f"{high}~{number}" if isinstance(high, str) else high + 1 + number
    return None if isinstance(low, str) else low - 1 - number


def row(values: Mapping[str, Any]) -> dict[str, Any]:
    """A document with these values, of fields as they are asked for."""
    made: dict[str, Any] = {}
    for field, value in values.items():
        head, _, rest = field.partition(".")
        made[head] = {rest: value} if rest else value
    return {"_id": random_id(), **made}


def rows(criteria: Criteria, others: int = OTHERS) -> list[dict[str, Any]]:
    """Some that match, and ``others`` for each choice of fields that do not."""
    fields = list(criteria)
    made = [row({one: matching(criteria[one], n) for one in fields}) for n in range(MATCHING)]
    for fits in product((True, False), repeat=len(fields)):
        if not all(fits):
            made += [
                row(
                    {
                        one: (matching if fit else other)(criteria[one], n)
                        for one, fit in zip(fields, fits, strict=True)
                    }
                )
                for n in range(others)
            ]
    return made
