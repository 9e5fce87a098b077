"""Who is looked at first: danger to life, silent, back again; in a class the longest wait."""

from __future__ import annotations

from typing import Any

import pytest

from domain.closing import close
from domain.desk import describe
from domain.emergency import Gravity
from domain.errors import Refused
from domain.incident import Disposition, Incident, Kind, abandon, answer, come_back
from domain.intake import Report, compose
from domain.message import say
from domain.people import CALLER, Role, Who
from domain.replay import differences
from domain.triage import Urgency, gravity_of, prioritise, rank, urgency
from tests.webrtc.memory_store import MemoryStore

DESK = Who("d1", Role.DISPATCHER, "王接警")
NOW = 1_700_000_000_000


def raised(id: str, at: int = 0, **members: Any) -> Incident:
    return compose(Report(id, id, f"0110-231115-{id}", NOW + at, **members), NOW + at)


async def stored(store: MemoryStore, it: Incident) -> str:
    await store.incidents.add(it)
    return it.id


def test_a_fresh_fire_and_a_fresh_silent_report_go_before_wallets() -> None:
    wallets = [raised(f"w{n}", n, words="钱包丢在公交车上") for n in range(14)]
    silent = raised("silent", 90_000, kind=Kind.CRIME, silent=True)
    fire = raised("fire", 95_000, kind=Kind.FIRE, words="煤气爆炸 有人被压")
    found = sorted([*wallets, silent, fire], key=rank)
    assert [one.id for one in found[:3]] == ["fire", "silent", "w0"]
    assert [one.id for one in found[2:]] == [f"w{n}" for n in range(14)]


def test_words_alone_and_kind_alone_are_enough() -> None:
    assert gravity_of(raised("a", words="樓上著火了")) is Gravity.LIFE
    assert gravity_of(raised("a", kind=Kind.FIRE)) is Gravity.LIFE
    assert gravity_of(raised("a", kind=Kind.MEDICAL, words="三楼")) is Gravity.LIFE
    assert gravity_of(raised("a", kind=Kind.FIRE, words="火灾报警器坏了怎么报修")) is Gravity.URGENT
    assert gravity_of(raised("a", kind=Kind.FIRE, words="报警器误报")) is Gravity.URGENT
    assert gravity_of(raised("a", kind=Kind.CRIME)) is Gravity.URGENT
    assert gravity_of(raised("a", kind=Kind.DISPUTE, words="物业费")) is Gravity.ORDINARY
    assert gravity_of(raised("a")) is Gravity.ORDINARY


def test_an_incident_of_before_is_read_when_it_is_shown() -> None:
    it = raised("a", words="有人被压在下面")
    it.gravity = None
    assert urgency(it) is Urgency.LIFE


async def test_who_came_back_and_a_case_raised_again_go_before_what_is_new() -> None:
    store = MemoryStore()
    id = await stored(store, raised("back", words="钱包丢了"))
    await abandon(store, id, NOW + 1_000)
    again = await come_back(store, id, NOW + 2_000)
    assert urgency(again) is Urgency.BACK
    other = await stored(store, raised("case", words="邻居吵架"))
    await answer(store, DESK, other, NOW + 1_000)
    await prioritise(store, DESK, other, Gravity.ORDINARY, NOW + 1_500)
    await close(store, DESK, other, Disposition.RESOLVED, "", NOW + 2_000)
    reopened = await come_back(store, other, NOW + 9_000, changed=True)
    assert reopened.reopened_at == NOW + 9_000
    assert reopened.priority is None, "what was set before the case was closed counts no more"
    assert urgency(reopened) is Urgency.BACK
    assert differences(reopened) == []
    new = [raised(f"n{n}", n, words="钱包丢了") for n in range(10)]
    found = [one.id for one in sorted([*new, again, reopened], key=rank)]
    assert found[:3] == ["back", "case", "n0"]


async def test_a_call_back_comes_after_what_rings_in_its_class() -> None:
    store = MemoryStore()
    id = await stored(store, raised("gone", words="着火了"))
    gone = await abandon(store, id, NOW + 1_000)
    order = [gone, raised("wallet", 500), raised("fire", 5_000, words="着火了")]
    assert [one.id for one in sorted(order, key=rank)] == ["fire", "gone", "wallet"]


async def test_what_the_caller_says_later_makes_it_graver_never_lighter() -> None:
    store = MemoryStore()
    id = await stored(store, raised("a", words="楼下吵架"))
    await say(store, CALLER, id, "key-1", "他拿刀了", NOW + 1_000)
    await say(store, CALLER, id, "key-2", "好的谢谢", NOW + 2_000)
    assert urgency(await store.incidents.get(id)) is Urgency.LIFE
    await say(store, DESK, id, "key-3", "有人持刀吗", NOW + 3_000)
    other = await stored(store, raised("b", words="楼下吵架"))
    await say(store, DESK, other, "key-4", "对方持刀了吗", NOW + 3_000)
    assert urgency(await store.incidents.get(other)) is Urgency.ORDINARY, "the desk only asks"


async def test_by_hand_goes_before_all_until_something_graver_is_said() -> None:
    store = MemoryStore()
    id = await stored(store, raised("a", silent=True))
    lowered = await prioritise(store, DESK, id, Gravity.ORDINARY, NOW + 1_000)
    assert urgency(lowered) is Urgency.ORDINARY
    again = await prioritise(store, DESK, id, Gravity.ORDINARY, NOW + 2_000)
    assert again.log.length == lowered.log.length, "the same again is nothing"
    assert lowered.log.entries[-1].data == {
        "priority": "ORDINARY",
        "before": None,
        "cause": "desk",
    }
    await say(store, CALLER, id, "key-1", "谢谢", NOW + 3_000)
    assert (await store.incidents.get(id)).priority is Gravity.ORDINARY
    await say(store, CALLER, id, "key-2", "他要杀我", NOW + 4_000)
    it = await store.incidents.get(id)
    assert it.priority is None
    assert urgency(it) is Urgency.LIFE
    assert it.log.entries[-1].data["cause"] == "words"
    assert it.log.entries[-1].who.id == "system"
    assert differences(it) == []


async def test_only_the_desk_sets_it_and_not_of_a_closed_case() -> None:
    store = MemoryStore()
    id = await stored(store, raised("a"))
    officer = Who("o1", Role.STATION_OFFICER, "民警", "w1")
    with pytest.raises(Refused):
        await prioritise(store, officer, id, Gravity.LIFE, NOW)
    await answer(store, DESK, id, NOW + 1_000)
    await close(store, DESK, id, Disposition.ADVICE, "", NOW + 2_000)
    with pytest.raises(Refused) as refused:
        await prioritise(store, DESK, id, Gravity.LIFE, NOW + 3_000)
    assert refused.value.fault.code == "wrong_state"


async def test_the_category_of_the_desk_counts() -> None:
    store = MemoryStore()
    id = await stored(store, raised("a", words="三楼"))
    assert urgency(await describe(store, DESK, id, NOW, kind=Kind.FIRE)) is Urgency.LIFE
