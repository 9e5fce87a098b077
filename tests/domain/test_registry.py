"""To which community a group belongs by itself: what is known of its people beats any guess."""

from __future__ import annotations

import random
from typing import Any

import pytest

from domain.group import Bond, Doorway, Group, GroupState
from domain.registry import bond, doorways_about, hint
from tests.webrtc.memory_store import MemoryShelf, MemoryStore, done


def test_a_name_inside_another_is_not_taken_for_it() -> None:
    owned = {"zhang": {"c1": "北一社区", "c2": "铁北一社区"}}
    assert bond(Group("g", "铁北一社区警民群", "zhang"), [], owned) == ("c2", Bond.NAME)
    assert bond(Group("g", "北一社区警民群", "Zhang"), [], owned) == ("c1", Bond.NAME)
    assert bond(Group("g", "邻里群", "zhang"), [], owned) == (None, Bond.NONE)
    apart = {"zhang": {"c1": "北一社区", "c2": "机场南社区"}}
    both = Group("g", "北一社区和机场南社区", "zhang")
    assert bond(both, [], apart) == (None, Bond.NONE), "the longer of two names says no more"
    wide = {**owned, "li": {"c2": "铁北一社区"}, "zhang": {"c1": "北一社区"}}
    group = Group("g", "铁北一社区警民群", "zhang")
    assert bond(group, [], wide) == (None, Bond.NONE), "not his: a person has to say it"


OWNED = {"zhang": {"c4": "四社区"}, "li": {"c2": "二社区"}, "wu": {"c5": "五社区", "c6": "六社区"}}


@pytest.mark.parametrize("owner", ["zhang", "li", "wu", "nobody"])
@pytest.mark.parametrize("known", [Bond.OWNER, Bond.NAME, Bond.DOORWAY])
@pytest.mark.parametrize("name", ["群", "四社区警民群"])
def test_a_guess_by_its_owner_beats_nothing_that_is_known(
    owner: str, known: Bond, name: str
) -> None:
    """A notice for community 2 went into the group of community 4 when its owner was another."""
    it = Group("g", name, owner, community="c4", bound_by=known)
    assert bond(it, [], OWNED)[0] == "c4"
    fresh = Group("g", name, owner)
    guesses = {"zhang": "c4", "li": "c2"} if name == "群" else {"zhang": "c4"}
    assert bond(fresh, [], OWNED)[0] == guesses.get(owner), "a name says more than who owns it"


def test_what_people_came_through_and_a_name_beat_a_guess() -> None:
    it = Group("g", "五社区警民群", "wu", community="c2", bound_by=Bond.OWNER)
    assert bond(it, [], OWNED) == ("c5", Bond.NAME)
    it.brought = {"door": 3}
    door = Doorway("d", "c6", "东门", "door")
    assert bond(it, [door], OWNED) == ("c6", Bond.DOORWAY)


def test_the_doorways_that_are_looked_up_say_the_same_as_all_of_them() -> None:
    dice, store = random.Random(110), MemoryStore()
    shelf = MemoryShelf("doorways", store)
    everything: Any = store
    everything.doorways = shelf
    for n in range(40):
        door = Doorway(f"d{n}", f"c{n % 7}", "门", f"s{n}", removed=n % 5 == 0)
        door.chats = [f"g{dice.randrange(30)}" for _ in range(n % 3)]
        done(shelf.add(door))
    doors = list(shelf.items.values())
    said = set()
    for n in range(30):
        it = Group(f"g{n}", "群", "nobody")
        if n % 3:
            most, fewer = dice.sample(range(50), 2)
            it.brought = {f"s{most}": 2, f"s{fewer}": 1, "elsewhere": 9}
        about = done(doorways_about(everything, it.id, it.brought))
        assert len(about) < len(doors)
        assert bond(it, about, {}) == bond(it, doors, {})
        said.add(bond(it, about, {})[1])
    assert said == {Bond.NONE, Bond.DOORWAY}


@pytest.mark.parametrize(
    ("sizes", "said"),
    [([], "no_group"), ([450, 500], "full"), ([450, 100], "filling"), ([100], ""), ([1, 2], "")],
)
def test_the_hint_says_what_to_do(sizes: list[int], said: str) -> None:
    groups = [Group(str(n), "", "o", members=size) for n, size in enumerate(sizes)]
    gone = Group("gone", "", "o", members=1, state=GroupState.DISMISSED)
    assert hint([*groups, gone]) == said
