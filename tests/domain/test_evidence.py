"""The log: whatever is flipped, removed, reordered, cut or added is found."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.evidence import Entry, Flaw, Log, append, checkpoint, verify
from domain.people import Role, Who

SECRET = b"a secret of the tests, thirty-two bytes"
WHO = Who("p1", Role.DISPATCHER, "接警员")
values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False)
)
entries = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=10), st.dictionaries(st.text(max_size=5), values, max_size=3)
    ),
    min_size=2,
    max_size=12,
)


def write(items: list[tuple[str, dict[str, Any]]]) -> Log:
    log = Log("incident-1")
    for at, (what, data) in enumerate(items):
        append(log, WHO, what, 1_700_000_000_000 + at, at if at % 2 else None)
        append(log, WHO, "data", 1_700_000_000_000 + at, **{f"d{k}": v for k, v in data.items()})
    return log


@given(entries)
def test_an_untouched_log_is_sound(items: list[tuple[str, dict[str, Any]]]) -> None:
    log = write(items)
    assert verify(log, [checkpoint(SECRET, log, 1)], SECRET) == []


@given(entries, st.data())
def test_any_changed_field_is_found(
    items: list[tuple[str, dict[str, Any]]], data: st.DataObject
) -> None:
    log = write(items)
    number = data.draw(st.integers(0, len(log.entries) - 1))
    entry = log.entries[number]
    changed: Entry = data.draw(
        st.sampled_from(
            [
                replace(entry, at=entry.at + 1),
                replace(entry, device_at=(entry.device_at or 0) + 1),
                replace(entry, what=entry.what + "x"),
                replace(entry, who=replace(entry.who, name="somebody")),
                replace(entry, who=replace(entry.who, role=Role.ADMIN)),
                replace(entry, data={**entry.data, "more": 1}),
                replace(entry, hash="f" * 64),
                replace(entry, prev="f" * 64),
                replace(entry, seq=entry.seq + 1),
            ]
        )
    )
    log.entries[number] = changed
    assert verify(log, [], SECRET)


@given(entries, st.data())
def test_removed_reordered_and_doubled_entries_are_found(
    items: list[tuple[str, dict[str, Any]]], data: st.DataObject
) -> None:
    log = write(items)
    count = len(log.entries)
    number = data.draw(st.integers(0, count - 1))
    other = data.draw(st.integers(0, count - 1).filter(lambda one: one != number))
    removed, swapped, doubled = (copy.deepcopy(log) for _ in range(3))
    del removed.entries[number]
    swapped.entries[number], swapped.entries[other] = (
        swapped.entries[other],
        swapped.entries[number],
    )
    doubled.entries.insert(number, doubled.entries[number])
    for broken in (removed, swapped, doubled):
        assert verify(broken, [], SECRET)


@given(entries, st.data())
def test_a_cut_tail_is_found_even_when_the_head_was_cut_with_it(
    items: list[tuple[str, dict[str, Any]]], data: st.DataObject
) -> None:
    log = write(items)
    signed = checkpoint(SECRET, log, 1)
    keep = data.draw(st.integers(0, len(log.entries) - 1))
    log.entries = log.entries[:keep]
    assert verify(log, [], SECRET), "head no longer matches"
    log.length = keep
    log.head = log.entries[-1].hash if keep else "0" * 64
    assert verify(log, [], SECRET) == [], "a store alone cannot tell"
    assert any("tail cut" in flaw.what for flaw in verify(log, [signed], SECRET))


def test_a_rewritten_log_and_a_forged_checkpoint_are_found() -> None:
    log = write([("raised", {}), ("closed", {})])
    signed = checkpoint(SECRET, log, 1)
    rewritten = write([("raised", {}), ("other", {})])
    assert any("differs" in flaw.what for flaw in verify(rewritten, [signed], SECRET))
    forged = checkpoint(b"another secret, also thirty-two byte", rewritten, 1)
    assert any("signature" in flaw.what for flaw in verify(rewritten, [forged], SECRET))


def test_hashes_stay_what_they_are() -> None:
    """A released log must verify for ever: this hash may never change."""
    log = Log("incident-1")
    append(log, WHO, "message", 1_700_000_000_000, 1_699_999_999_000, key="k", text="在山上", n=1.5)
    assert log.head == EXPECTED


def test_a_checkpoint_signs_which_log_and_how_long_and_stays_what_it_is() -> None:
    """Released ones must verify for ever; and none may be put to another log, length or head."""
    log = write([("raised", {}), ("closed", {})])
    signed = checkpoint(SECRET, log, 5)
    assert (signed.id, signed.at) == ("incident-1:4", 5)
    told = "7bc2c6e1f2d018d1d4544d9e4b50a8608c932510e3a66db17bfc35a48e8bbc06"
    assert checkpoint(SECRET, Log("incident-1", 2, "a" * 64), 5).mac == told
    for other in (
        replace(signed, incident="incident-2"),
        replace(signed, length=3),
        replace(signed, head=log.entries[0].hash),
    ):
        flaw = Flaw(other.length, "checkpoint signature does not match")
        assert verify(log, [other], SECRET) == [flaw]
    elsewhere = Log("incident-2")
    append(elsewhere, WHO, "raised", 1)
    of_another = checkpoint(SECRET, elsewhere, 5)
    assert verify(log, [of_another], SECRET) == [Flaw(0, "checkpoint of another incident")]


def test_each_flaw_says_what_and_at_which_entry() -> None:
    log = write([("raised", {}), ("closed", {})])
    signed = checkpoint(SECRET, log, 1)
    removed = copy.deepcopy(log)
    del removed.entries[1]
    assert verify(removed, [signed], SECRET) == [
        Flaw(2, "sequence number is 3: removed or reordered"),
        Flaw(2, "does not follow the entry before it"),
        Flaw(3, "sequence number is 4: removed or reordered"),
        Flaw(0, "head does not match the last entry: truncated or extended"),
    ]
    changed = copy.deepcopy(log)
    changed.entries[3] = replace(changed.entries[3], what="other")
    assert verify(changed, [signed], SECRET) == [Flaw(4, "content does not match its hash")]
    cut = write([("raised", {})])
    flaw = Flaw(4, "log is shorter than a signed checkpoint: tail cut")
    assert verify(cut, [signed], SECRET) == [flaw]
    rewritten = write([("raised", {}), ("other", {})])
    flaw = Flaw(4, "entry differs from its signed checkpoint")
    assert verify(rewritten, [signed], SECRET) == [flaw]


EXPECTED = "78019867083e8b8d04a878f897d9a6e2731bbb9890a519cb3a22095974d8ae31"


@pytest.mark.parametrize("text", ["\ud800", "a\u0000b", "😀", '{"a":1}'])
def test_odd_text_is_hashed(text: str) -> None:
    log = Log("i")
    append(log, WHO, "message", 1, text=text)
    assert verify(log, [], SECRET) == []
