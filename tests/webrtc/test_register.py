"""A media process stays registered whatever became of its record."""

from __future__ import annotations

from typing import Any, cast

import pytest

from domain.call import MediaProcess
from domain.errors import Conflict, NotFound, StoreDown
from tests.webrtc.memory_store import MemoryStore
from webrtc.register import Register


def record(store: MemoryStore) -> MediaProcess:
    return cast(MediaProcess, store.media_processes.items["m"])


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def register(store: MemoryStore) -> Register:
    return Register(cast(Any, store), "m", "ws://here")


async def test_beats(store: MemoryStore, register: Register) -> None:
    for beat in range(3):
        await register.beat(beat, beat * 3, 1, beat)
        found = record(store)
        assert (found.url, found.rooms, found.participants) == ("ws://here", beat, beat * 3)
        assert (found.started_at, found.heartbeat_at) == (1, beat)


async def test_a_changed_record_is_written_at_once(store: MemoryStore, register: Register) -> None:
    """The store answered an earlier write with an error and did it all the same."""
    await register.beat(0, 0, 1, 1)
    record(store).version += 1
    await register.beat(0, 0, 1, 2)
    assert record(store).heartbeat_at == 2


async def test_a_removed_record_is_made_again(store: MemoryStore, register: Register) -> None:
    await register.beat(0, 0, 1, 1)
    await store.media_processes.remove("m")
    await register.beat(0, 0, 1, 2)
    assert record(store).heartbeat_at == 2


async def test_a_record_that_was_made_meanwhile(
    store: MemoryStore, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``add`` raises ``Duplicate``: the first attempt at it had come through."""
    await Register(cast(Any, store), "m", "ws://here").beat(0, 0, 1, 1)
    get, blind = store.media_processes.get, [True]

    async def missing_once(id: str) -> Any:
        if blind.pop() if blind else False:
            raise NotFound(id)
        return await get(id)

    monkeypatch.setattr(store.media_processes, "get", missing_once)
    await register.beat(2, 6, 1, 2)
    assert (record(store).heartbeat_at, record(store).rooms) == (2, 2)


async def test_an_outage_costs_no_beat_after_it(store: MemoryStore, register: Register) -> None:
    await register.beat(0, 0, 1, 1)
    store.down = True
    with pytest.raises(StoreDown):
        await register.beat(0, 0, 1, 2)
    store.down = False
    record(store).version += 1
    await register.beat(0, 0, 1, 3)
    assert record(store).heartbeat_at == 3


async def test_two_with_one_name_are_told(
    store: MemoryStore, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def always(item: Any) -> None:
        raise Conflict("m")

    await register.beat(0, 0, 1, 1)
    monkeypatch.setattr(store.media_processes, "save", always)
    with pytest.raises(Conflict):
        await register.beat(0, 0, 1, 2)
