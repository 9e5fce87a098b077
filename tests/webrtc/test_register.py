"""A media process stays registered whatever became of its record."""

from __future__ import annotations

import asyncio
import os
from typing import Any, cast

import pytest

from domain.call import MediaProcess
from domain.errors import Conflict, NotFound, StoreDown
from tests.webrtc.conftest import Start
from tests.webrtc.memory_store import MemoryStore
from webrtc.register import Register, process_name


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
    first = Register(cast(Any, store), "m", "ws://here")
    first._instance = register._instance
    await first.beat(0, 0, 1, 1)
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


def other(store: MemoryStore, process: str) -> Register:
    """A media process elsewhere with the same id."""
    one = Register(cast(Any, store), "m", "ws://there")
    one._process = process
    return one


async def test_of_two_with_one_id_the_second_does_not_start(
    store: MemoryStore, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webrtc.register.LOOK_S", 0.0)
    second, now = other(store, "another machine"), 1_000_000
    await register.beat(0, 0, 1, now)

    def clock() -> int:
        """While the first goes on."""
        record(store).heartbeat_at += 1
        return now

    assert not await second.is_free(clock)
    with pytest.raises(Conflict, match="another process"):
        await second.beat(5, 5, 1, now)
    assert (record(store).url, record(store).rooms) == ("ws://here", 0)
    await second.leave()
    assert record(store).url == "ws://here"
    await register.leave()
    assert not store.media_processes.items
    assert await second.is_free(lambda: now)


async def test_who_gives_no_sign_of_life_has_no_id(
    store: MemoryStore, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webrtc.register.LOOK_S", 0.0)
    second, at = other(store, "another machine"), [1_000_000]
    await register.beat(0, 0, 1, at[0])

    def clock() -> int:
        at[0] += 1_000
        return at[0]

    assert await second.is_free(clock)
    assert 1_010_000 <= at[0] <= 1_012_000
    await second.beat(0, 0, 1, at[0])
    assert record(store).url == "ws://there"
    with pytest.raises(Conflict):
        await register.beat(0, 0, 1, at[0])


async def test_who_died_on_this_machine_is_followed_at_once(store: MemoryStore) -> None:
    """A media process that was killed is back in 4 s, and does not wait until it counts as dead."""
    dead = await asyncio.create_subprocess_exec("sleep", "60")
    first = other(store, process_name(dead.pid))
    await first.beat(0, 0, 1, 1_000_000)
    second = other(store, process_name(os.getpid()))
    with pytest.raises(Conflict):
        await second.beat(0, 0, 1, 1_000_001)
    dead.kill()
    await dead.wait()
    assert await second.is_free(lambda: 1_000_001)
    await second.beat(0, 0, 1, 1_000_001)
    assert record(store).instance == second._instance


async def test_an_older_version_left_no_instance(store: MemoryStore, register: Register) -> None:
    old = MediaProcess("m", "ws://old", 0, 0, 1, 1_000_000)
    await store.media_processes.add(cast(Any, old))
    assert await register.is_free(lambda: 1_000_001)


async def test_a_start_waits_for_a_store_that_goes_away(start: Start) -> None:
    """It was there when the process opened it; who ended then was missed until started again."""
    store = MemoryStore()
    store.down = True
    starting = asyncio.create_task(start(store))
    await asyncio.sleep(0.3)
    assert not starting.done()
    store.down = False
    await asyncio.wait_for(starting, 30)
    assert store.media_processes.items["media-1"].url == "ws://127.0.0.1/rtc"
