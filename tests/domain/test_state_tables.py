"""Every state machine against the diagrams of docs/house.md: each state, each step, allowed or refused."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from docs.diagrams import TABLES
from domain import workflow
from domain.errors import WRONG_STATE, WrongState
from domain.group import HANDING, Handing
from domain.workflow import allows, step

ROOT = Path(__file__).parents[2]
ARROW = re.compile(r"^    (\w+) --> (\w+): (\w+)$", re.M)
# Its first state has no name to draw.
HANDED = {
    (Handing.NONE, "ask"): Handing.ASKED,
    (Handing.ASKED, "ask"): Handing.ASKED,
    (Handing.ASKED, "done"): Handing.NONE,
    (Handing.ASKED, "drop"): Handing.NONE,
    (Handing.ASKED, "refuse"): Handing.REFUSED,
    (Handing.REFUSED, "ask"): Handing.ASKED,
    (Handing.REFUSED, "done"): Handing.NONE,
    (Handing.REFUSED, "drop"): Handing.NONE,
}


def drawn(name: str) -> dict[tuple[str, str], str]:
    """State and step → state, as the document has it."""
    text = (ROOT / "docs" / "house.md").read_text("utf-8")
    found = re.search(rf"^### {name}\n\n```mermaid\n(.*?)```", text, re.M | re.S)
    assert found, f"docs/house.md has no diagram of {name}"
    return {(state, event): after for state, after, event in ARROW.findall(found[1])}


MACHINES = {
    **{name: (table, start, drawn(name)) for name, (table, start) in TABLES.items()},
    "Handing": (HANDING, Handing.NONE, {(str(k[0]), k[1]): str(v) for k, v in HANDED.items()}),
}
STEPS = [
    pytest.param(table, state, event, arrows.get((str(state), event)), id=f"{name}-{state}-{event}")
    for name, (table, start, arrows) in MACHINES.items()
    for state in type(start)
    for event in sorted({event for _, event in arrows} | {"nonsense", ""})
]


@pytest.mark.parametrize(("table", "state", "event", "after"), STEPS)
def test_a_step_is_allowed_or_refused_as_it_is_drawn(
    table: Any, state: Any, event: str, after: str | None
) -> None:
    assert allows(table, state, event) == (after is not None)
    if after is not None:
        assert str(step(table, state, event)) == after
        return
    with pytest.raises(WrongState) as refused:
        step(table, state, event)
    assert refused.value.fault is WRONG_STATE
    assert refused.value.facts == {"state": str(state), "event": event}


@pytest.mark.parametrize("name", MACHINES)
def test_a_table_has_no_arrow_that_is_not_drawn_and_every_state_is_reached(name: str) -> None:
    table, start, arrows = MACHINES[name]
    has = {
        (str(state), event): str(after) for state in table for event, after in table[state].items()
    }
    assert has == arrows
    assert set(table) == set(type(start))
    reached, todo = {start}, [start]
    while todo:
        for after in set(table[todo.pop()].values()) - reached:
            reached.add(after)
            todo.append(after)
    assert reached == set(type(start))


def test_every_table_of_the_domain_is_here() -> None:
    known = [id(table) for table, _, _ in MACHINES.values()]
    for path in Path(workflow.__file__).parent.glob("*.py"):
        for name in re.findall(r"^(\w+): Table\[", path.read_text("utf-8"), re.M):
            table = getattr(importlib.import_module(f"domain.{path.stem}"), name)
            assert id(table) in known, f"{path.name}: {name} is not in docs/diagrams.py"
