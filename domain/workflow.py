"""State machines as tables. ``step`` is the one look-up; a wrong event raises and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from domain.errors import WrongState

S = TypeVar("S", bound=StrEnum)
Table = Mapping[S, Mapping[str, S]]


def step(table: Table[S], state: S, event: str) -> S:
    """The state after ``event``; raises ``WrongState`` when the table has no such arrow."""
    try:
        return table[state][event]
    except KeyError:
        raise WrongState(f"{event} in state {state}", state=str(state), event=event) from None


def allows(table: Table[S], state: S, event: str) -> bool:
    """Whether ``event`` is an arrow out of ``state``."""
    return event in table.get(state, {})


def mermaid(table: Table[S], start: S) -> str:
    """The table as a Mermaid state diagram (docs are drawn from this, never by hand)."""
    lines = ["stateDiagram-v2", f"    [*] --> {start}"]
    lines += [
        f"    {state} --> {after}: {event}"
        for state, arrows in table.items()
        for event, after in arrows.items()
    ]
    lines += [f"    {state} --> [*]" for state, arrows in table.items() if not arrows]
    return "\n".join(lines)
