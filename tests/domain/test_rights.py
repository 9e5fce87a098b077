"""May this person? Every verb of ``domain/`` against every role, asked before anything else is looked at.

Who may not is told so whatever else is wrong with what he asks, and nothing is written. A verb that is
not in the table fails the build.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from domain import (
    approving,
    closing,
    incident,
    tip,
    tip_many,
    tip_moves,
    writing,
)
from domain.approving import day_of
from domain.errors import FORBIDDEN, NOT_FOUND, TAKEN, Refused
from domain.incident import Disposition
from domain.notice import Notice, needs_second
from domain.people import Role, Who
from domain.tip import TELLER
from domain.writing import Words
from tests.domain.verbs import OPEN, PERSONAL, TAKEN_TIP, VERBS, WITHIN, Verb
from tests.domain.world import ANOTHER, DESK, DISPATCHER, FINDER, NOW, OFFICERS, OWN, WRITER, World

NO_RIGHT = (FORBIDDEN, NOT_FOUND)
# Without a community it is nobody else's either.
TO_NOBODY = {"writing.draft", "recurring.make_recurring", "notice_presets.save_audience"}


async def refusal(verb: Verb, world: World, who: Who) -> Any:
    try:
        await verb(world, who)
    except Refused as refused:
        return refused.fault
    return None


def test_every_verb_is_in_the_table() -> None:
    found = set()
    for path in Path(incident.__file__).parent.glob("*.py"):
        module = importlib.import_module(f"domain.{path.stem}")
        for name, one in vars(module).items():
            own = inspect.iscoroutinefunction(one) and one.__module__ == module.__name__
            if own and not name.startswith("_") and "who" in inspect.signature(one).parameters:
                found.add(f"{path.stem}.{name}")
    known = [*VERBS, *PERSONAL, *WITHIN]
    assert found == set(known)
    assert len(known) == len(set(known))


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
@pytest.mark.parametrize("name", [*VERBS, *PERSONAL])
async def test_who_may_not_is_told_so_first_and_nothing_is_written(name: str, wrong: bool) -> None:
    verb, may = (VERBS | PERSONAL)[name]
    world = await World(wrong=wrong).furnish()
    before = world.store.everything()
    for role, who in OWN.items():
        if role not in may:
            assert await refusal(verb, world, who) in NO_RIGHT, role
    if name in VERBS:
        for role, who in ANOTHER.items():
            if wrong and name in TO_NOBODY:
                continue
            if role is Role.DISPATCHER or (role is Role.SUPERVISOR and role in may):
                continue  # the desk is one
            assert await refusal(verb, world, who) in NO_RIGHT, f"{role} of another station"
    assert world.store.everything() == before


@pytest.mark.parametrize("name", [*VERBS, *PERSONAL])
async def test_who_may_is_not_refused(name: str) -> None:
    verb, may = (VERBS | PERSONAL)[name]
    for role in may:
        world = await World().furnish()
        assert await refusal(verb, world, OWN[role]) not in NO_RIGHT, role


# Others of the desk look, write and set the order of what waits; the rest belongs to who has it.
SHARED = {
    *("desk.describe", "desk.look", "desk.opened", "message.say", "message.attach"),
    *("message.read_thread", "triage.prioritise"),
}


@pytest.mark.parametrize("name", [name for name, (_, may) in VERBS.items() if may >= DESK])
@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
async def test_a_dispatcher_does_not_act_on_a_colleagues_incident(
    name: str, wrong: bool, closed: bool
) -> None:
    verb, _ = VERBS[name]
    world = await World(wrong=wrong).furnish()
    if closed:
        await closing.close(world.store, DISPATCHER, "i", Disposition.RESOLVED, "", NOW)
    before = world.store.everything()
    fault = await refusal(verb, world, ANOTHER[Role.DISPATCHER])
    if name in SHARED:
        assert fault not in (TAKEN, *NO_RIGHT) or wrong
    elif closed and name in ("incident.answer", "away.go_away", "away.come_back"):
        assert fault is not None
    else:
        assert fault is TAKEN
        assert world.store.everything() == before


async def test_a_tip_that_110_has_is_known_to_the_desk() -> None:
    world = await World().furnish()
    await tip_moves.become_incident(world.store, TELLER, OPEN, "i", "0110-1", NOW)
    assert (await tip.opened(world.store, DISPATCHER, OPEN, NOW)).incident == "i"


async def test_who_may_not_approve_leaves_no_mark_on_what_was_split() -> None:
    """Five communities each: told in two notices to ten, it needs a second person."""
    world = await World().furnish()
    few = [f"w1-c{number}" for number in range(1, 6)]
    more = [f"w1-c{number}" for number in range(4, 9)]
    store = world.store
    one = await writing.draft(store, FINDER, WRITER, "1", Words("甲", "乙", few), NOW)
    await writing.draft(store, FINDER, WRITER, "2", Words("甲", "乙", more), NOW)
    first: Notice = await store.notices.get(one.id)
    assert first.day == day_of(NOW)
    assert not needs_second(first)
    for verb in (approving.submit, approving.approve):
        with pytest.raises(Refused):
            await verb(store, FINDER, ANOTHER[Role.STATION_OFFICER], one.id, 0, NOW)
    assert await store.notices.get(one.id) == first


async def test_who_handed_a_tip_over_and_left_the_police_station_does_not_call_it_back() -> None:
    world = await World().furnish()
    await tip_moves.hand_over(world.store, WRITER, OPEN, "e1", "东一", [], "x", NOW)
    for role in set(Role) - OFFICERS:
        with pytest.raises(Refused) as refused:
            await tip_moves.call_back(world.store, Who(WRITER.id, role, "甲", "w1"), OPEN, NOW)
        assert refused.value.fault is NOT_FOUND
    assert (await tip_moves.call_back(world.store, WRITER, OPEN, NOW)).station == "w1"


async def test_several_tips_at_once_are_asked_one_by_one() -> None:
    world = await World().furnish()
    for who in (*ANOTHER.values(), OWN[Role.ADMIN], OWN[Role.RESIDENT], DISPATCHER):
        if who.role is Role.SUPERVISOR:
            continue
        done = await tip_many.reply_to_many(
            world.store, who, [OPEN, TAKEN_TIP], "k", "close", lambda it: "x", NOW
        )
        assert {getattr(one, "fault", None) for one in done.values()} == {NOT_FOUND}
