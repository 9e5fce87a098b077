"""How far each side has read: marks go forward only, point at what others said, and are few."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import evidence, incident, message
from domain.closing import close
from domain.evidence import Log
from domain.incident import Disposition
from domain.intake import Report, raise_alarm
from domain.marks import (
    CALLER_SIDE,
    CHAT_LINES,
    DESK_SIDE,
    SAID,
    ChatLine,
    ChatState,
    Mark,
    advance,
    side_of,
    tell,
)
from domain.people import CALLER, Role, Who
from storage.store import MongoStore

NOW = 1_700_000_000_000
DESK = Who("d1", Role.DISPATCHER, "甲")
OTHER = Who("d2", Role.DISPATCHER, "乙")
PATROL = Who("s1", Role.STATION_OFFICER, "丙", "w1")
PEOPLE = (CALLER, DESK, OTHER, PATROL)
SIDES = (CALLER_SIDE, DESK_SIDE, "w1")


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from((*SAID, "station.depart")))),
    st.lists(st.tuples(st.sampled_from(SIDES), st.integers(-3, 40), st.integers(-3, 40))),
)
def test_marks_go_forward_to_what_others_said(
    said: list[tuple[Who, str]], steps: list[tuple[str, int, int]]
) -> None:
    log, marks, moved = Log("i"), list[Mark](), 0
    for who, what in said:
        evidence.append(log, who, what, 1)
    for side, received, read in steps:
        before = {one.side: (one.received, one.read) for one in marks}
        moved += advance(marks, log.entries, side, received, read)
        after = {one.side: (one.received, one.read) for one in marks}
        for name, (got, seen) in after.items():
            assert (got, seen) >= before.get(name, (0, 0))
            assert seen <= got <= log.length
            for seq in {got, seen} - {0}:
                entry = log.entries[seq - 1]
                assert entry.what in SAID
                assert side_of(entry.who) != name
        assert not advance(marks, log.entries, side, received, read), "again says nothing new"
    assert len({one.side for one in marks}) == len(marks)
    lines = sum(what in SAID for _, what in said)
    assert moved <= 2 * len(SIDES) * lines


def test_the_chat_keeps_the_newest_lines() -> None:
    lines = list[ChatLine]()
    for seq in range(1, CHAT_LINES + 50):
        assert tell(lines, seq, ChatState.WAITING, "no_credit")
    assert not tell(lines, CHAT_LINES, ChatState.WAITING, "no_credit")
    assert tell(lines, CHAT_LINES, ChatState.SENT, "")
    assert [one.seq for one in lines] == list(range(50, CHAT_LINES + 50))


async def test_for_the_desk_reads_who_has_it_and_anybody_once_it_is_closed(
    store: MongoStore,
) -> None:
    await raise_alarm(store, Report("i1", "key-0000", "0110-1", 1), 1)
    await incident.answer(store, DESK, "i1", 2)
    first = await message.say(store, CALLER, "i1", "k1", "有人撬门", 3)
    await message.read_thread(store, OTHER, "i1", first.seq, first.seq, NOW)
    assert (await store.incidents.get("i1")).marks == []
    await message.read_thread(store, DESK, "i1", first.seq, first.seq, NOW)
    it = await store.incidents.get("i1")
    assert it.marks == [Mark(DESK_SIDE, first.seq, first.seq)]
    version = it.version
    await message.read_thread(store, DESK, "i1", 1_000_000, 1_000_000, NOW)
    assert (await store.incidents.get("i1")).version == version, "nothing new, nothing written"
    await close(store, DESK, "i1", Disposition.ADVICE, "", 4)
    second = await message.say(store, CALLER, "i1", "k2", "他又来了", 5)
    await message.read_thread(store, OTHER, "i1", second.seq, second.seq, NOW)
    assert (await store.incidents.get("i1")).marks == [Mark(DESK_SIDE, second.seq, second.seq)]
    stranger = Who("s9", Role.STATION_OFFICER, "丁", "e9")
    with pytest.raises(message.Refused):
        await message.read_thread(store, stranger, "i1", 1, 1, NOW)
