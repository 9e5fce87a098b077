"""State tables: closed over their states, wrong events change nothing, every state can be reached."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.call import CALL, PARTICIPANT, CallState, ParticipantState
from domain.errors import FAULTS, WrongState
from domain.incident import INCIDENT, IncidentState
from domain.responder import RESPONDER, ResponderState
from domain.workflow import allows, mermaid, step

TABLES: list[tuple[Any, type[StrEnum], StrEnum]] = [
    (INCIDENT, IncidentState, IncidentState.RAISED),
    (CALL, CallState, CallState.RINGING),
    (PARTICIPANT, ParticipantState, ParticipantState.INVITED),
    (RESPONDER, ResponderState, ResponderState.ASSIGNED),
]


@pytest.mark.parametrize(("table", "states", "start"), TABLES)
def test_a_table_has_every_state_and_leads_nowhere_else(
    table: Any, states: type[StrEnum], start: StrEnum
) -> None:
    assert set(table) == set(states)
    reached, todo = {start}, [start]
    while todo:
        for after in table[todo.pop()].values():
            assert after in states
            if after not in reached:
                reached.add(after)
                todo.append(after)
    assert reached == set(states)


@pytest.mark.parametrize(("table", "states", "start"), TABLES)
def test_walks_follow_arrows_and_wrong_events_raise(
    table: Any, states: type[StrEnum], start: StrEnum
) -> None:
    events = [*sorted({event for arrows in table.values() for event in arrows}), "nonsense"]

    @given(st.lists(st.sampled_from(events), max_size=30))
    def walk(chosen: list[str]) -> None:
        state = start
        for event in chosen:
            if allows(table, state, event):
                assert step(table, state, event) is table[state][event]
                state = table[state][event]
            else:
                with pytest.raises(WrongState) as error:
                    step(table, state, event)
                assert error.value.facts["state"] == str(state)

    walk()


@pytest.mark.parametrize(("table", "states", "start"), TABLES)
def test_the_diagram_draws_every_arrow(table: Any, states: Any, start: Any) -> None:
    drawn = mermaid(table, start)
    for state, arrows in table.items():
        for event, after in arrows.items():
            assert f"{state} --> {after}: {event}" in drawn


def test_closed_is_left_only_by_reopening() -> None:
    assert set(INCIDENT[IncidentState.CLOSED]) == {"reopen"}


def test_fault_codes_are_unique_and_bilingual() -> None:
    assert len(FAULTS) > 25
    for fault in FAULTS.values():
        assert 400 <= fault.status < 600
        assert any("\u4e00" <= letter <= "\u9fff" for letter in fault.zh)
        assert fault.en.isascii()
