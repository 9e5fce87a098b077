"""转交 by name, and a dispatcher or an officer who has to go: whose call ends, and what the others read."""

from __future__ import annotations

import pytest

from domain import attendance, evidence
from domain import call as calls
from domain.call import Participant, ParticipantRole, ParticipantState
from domain.calling import call_again, call_back, end_call
from domain.dispatch import dispatch, invited_participant
from domain.errors import Refused
from domain.incident import Incident, amend, answer
from domain.intake import Report, compose
from domain.people import Role, Who
from domain.place import Jurisdiction, Level
from domain.replay import differences
from domain.sweep import due
from domain.transfer import concerns, revoke, transfer
from domain.triage import Urgency, rank, urgency
from domain.unattended import UNATTENDED_MS
from tests.domain.test_away import CHIEF, LI, NOW, WANG, answered, joined
from tests.webrtc.memory_store import MemoryStore

OFFICER = Who("o1", Role.STATION_OFFICER, "石桥所民警", "w1")


def dispatcher(it: Incident) -> Participant:
    one = calls.dispatcher_in_call(it)
    assert one is not None
    return one


async def test_a_colleague_is_called_by_name_and_takes_it_with_one_press() -> None:
    store = MemoryStore()
    await answered(store, "a")
    it = await transfer(store, WANG, "a", LI, NOW + 1_000)
    assert (it.dispatcher, it.dispatcher_name) == ("d2", "李接警")
    assert calls.transferred_at(it) == NOW + 1_000
    before = next(one for one in it.call.participants if one.person == "d1")
    assert (before.removed, before.state) == (True, ParticipantState.LEFT)
    with pytest.raises(Refused) as refused:
        await answer(store, WANG, "a", NOW + 2_000)
    assert refused.value.fault.code == "taken"
    it = await answer(store, LI, "a", NOW + 3_000)
    assert calls.transferred_at(it) is None
    assert [e.what for e in it.log.entries][-1] == "incident.taken_over"
    assert it.log.entries[-1].data["waited_ms"] == 2_000
    length = it.log.length
    assert (await answer(store, LI, "a", NOW + 4_000)).log.length == length
    assert dispatcher(await joined(store, it, 5_000)).state is ParticipantState.JOINED
    assert differences(it) == []


async def test_in_its_class_who_lost_his_dispatcher_goes_before_who_waits_longer() -> None:
    store = MemoryStore()
    words = ("着火了", "钱包丢了")
    for one in words:
        await store.incidents.add(compose(Report(one, one, "0110-1", NOW, words=one), NOW))
        await answer(store, WANG, one, NOW + 50_000)
    lost = [await revoke(store, "d1", one, NOW + 60_000, "disabled") for one in words]
    waits = [compose(Report(f"new {one}", one, "0110-2", NOW, words=one), NOW) for one in words]
    found = [it.id for it in sorted([*waits, *lost], key=rank)]
    assert found == ["着火了", "new 着火了", "钱包丢了", "new 钱包丢了"]


async def test_what_is_handed_to_a_colleague_is_not_behind_what_is_new() -> None:
    store = MemoryStore()
    await answered(store, "a")
    assert urgency(await transfer(store, WANG, "a", LI, NOW + 1_000)) is Urgency.BACK
    assert urgency(await answer(store, LI, "a", NOW + 2_000)) is Urgency.ORDINARY


async def test_nobody_presses_and_the_whole_desk_rings() -> None:
    store = MemoryStore()
    await answered(store, "a")
    it = await transfer(store, WANG, "a", LI, NOW + 60_000)
    assert not due(it, NOW + 60_000 + UNATTENDED_MS - 1, {"media-1"})
    assert due(it, NOW + 60_000 + UNATTENDED_MS + 1, {"media-1"})


async def test_who_may_and_to_whom() -> None:
    store = MemoryStore()
    await answered(store, "a")
    for who, to, code in (
        (LI, CHIEF, "taken"),
        (WANG, WANG, "invalid"),
        (WANG, OFFICER, "forbidden"),
    ):
        with pytest.raises(Refused) as refused:
            await transfer(store, who, "a", to, NOW + 1)
        assert refused.value.fault.code == code
    assert (await transfer(store, CHIEF, "a", LI, NOW + 2)).dispatcher == "d2"


async def test_it_comes_back_to_who_gave_it() -> None:
    store = MemoryStore()
    await answered(store, "a")
    await transfer(store, WANG, "a", LI, NOW + 1)
    it = await transfer(store, LI, "a", WANG, NOW + 2)
    assert (dispatcher(it).person, dispatcher(it).removed, calls.transferred_at(it)) == (
        "d1",
        False,
        NOW + 2,
    )
    it = await joined(store, await answer(store, WANG, "a", NOW + 3), 4)
    assert dispatcher(it).state is ParticipantState.JOINED
    assert differences(it) == []


async def test_whoever_has_to_go_is_out_of_the_call_and_the_case_waits_in_front() -> None:
    store = MemoryStore()
    it = await answered(store, "a")
    assert concerns(it, "d1")
    it = await revoke(store, "d1", "a", NOW + 5_000, "disabled")
    assert it.unattended_at == NOW + 5_000
    gone = next(one for one in it.call.participants if one.person == "d1")
    assert (gone.removed, gone.state) == (True, ParticipantState.LEFT)
    assert it.log.entries[-1].data == {"name": "王接警", "cause": "disabled"}
    with pytest.raises(Refused):
        await joined_as(store, it, gone)
    assert urgency(it) is Urgency.BACK
    fresh = compose(Report("f", "f", "0110-231115-f", NOW - 600_000), NOW - 600_000)
    assert rank(it) < rank(fresh)
    length = it.log.length
    assert (await revoke(store, "d1", "a", NOW + 6_000, "disabled")).log.length == length
    assert (await answer(store, LI, "a", NOW + 7_000)).dispatcher == "d2"


async def joined_as(store: MemoryStore, it: Incident, one: Participant) -> Incident:
    return await attendance.joined(store, it.id, it.call.id, one.id, NOW + 9_000, "media-1")


async def test_an_officer_goes_and_his_station_is_called_again() -> None:
    store = MemoryStore()
    await answered(store, "a")
    it = await dispatch(
        store, WANG, "a", Jurisdiction("w1", "石桥所", Level.STATION, "b"), "分局", "", NOW + 10
    )
    first = next(one for one in it.call.participants if one.role is ParticipantRole.STATION)

    def admit(doc: Incident) -> None:
        evidence.append(doc.log, OFFICER, "participant.admitted", NOW + 20, participant=first.id)

    it = await joined_as(store, await amend(store, "a", admit), first)
    assert concerns(it, "o1")
    assert not concerns(it, "o2")
    it = await revoke(store, "o1", "a", NOW + 9_500, "role")
    stations = [one for one in it.call.participants if one.role is ParticipantRole.STATION]
    assert [(one.removed, str(one.state)) for one in stations] == [
        (True, "LEFT"),
        (False, "INVITED"),
    ]
    assert it.unattended_at is None, "the dispatcher is still there"
    colleague = Who("o2", Role.STATION_OFFICER, "石桥所民警", "w1")
    assert invited_participant(it, colleague) == stations[1].id
    it = await dispatch(
        store, WANG, "a", Jurisdiction("w1", "石桥所", Level.STATION, "b"), "分局", "", NOW + 9_600
    )
    assert (
        len([one for one in it.call.participants if one.station == "w1" and not one.removed]) == 1
    )


async def test_a_new_call_in_the_same_case_is_no_hand_over() -> None:
    store = MemoryStore()
    await answered(store, "a")
    await end_call(store, WANG, "a", NOW + 1_000)
    it = await call_back(store, WANG, "a", NOW + 2_000)
    assert calls.transferred_at(it) is None, "whoever calls back talks there"
    assert dispatcher(it).turned_at == NOW + 2_000
    await end_call(store, WANG, "a", NOW + 3_000)
    it = await call_again(store, "a", NOW + 4_000)
    assert calls.transferred_at(it) is None, "it rings at who has it"
    it = await answer(store, WANG, "a", NOW + 5_000)
    assert calls.transferred_at(it) is None
    assert dispatcher(it).turned_at == NOW + 5_000
