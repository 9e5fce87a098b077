"""Shelves, feed and files on the real store."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.call import MediaProcess
from domain.errors import Conflict, Duplicate, NotFound, StoreDown
from domain.evidence import append
from domain.incident import Incident
from domain.intake import Report, compose
from domain.outgoing import Channel, Message
from domain.people import CALLER, Person, Role, Session
from domain.place import Fix, Wgs84
from domain.ports import Change, Lost
from domain.resident import Resident
from domain.ticket import random_id
from storage import embedded
from storage.documents import PIECE, decoded, encoded, from_document, to_document
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.ports import free_port


def incident(key: str | None = None) -> Incident:
    id = random_id()
    position = Fix(Wgs84(121.05, 41.05, 20.0), 121.05, 41.05, Wgs84.datum, 1)
    report = Report(id, key or id, f"n-{id}", 1_700_000_000_000, position=position)
    return compose(report, 1_700_000_000_000)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(), max_size=4))
def test_a_document_comes_back_as_it_went(data: dict[str, object]) -> None:
    it = incident()
    append(it.log, CALLER, "message", 5, **{f"d{name}": value for name, value in data.items()})
    assert from_document(Incident, to_document(it)) == it


@pytest.mark.parametrize("more", [-1, 0, 1, PIECE, 2 * PIECE + 3])
async def test_a_long_list_is_converted_in_pieces_and_whole(more: int) -> None:
    it = incident()
    for number in range(PIECE - it.log.length + more):
        append(it.log, CALLER, "message", number, text=str(number))
    document = to_document(it)
    task = asyncio.create_task(encoded(it))
    await asyncio.sleep(0)
    append(it.log, CALLER, "message", 5, text="written meanwhile")
    assert await task == document
    read = await decoded(Incident, document)
    assert to_document(read) == document
    assert read.log.length == len(read.log.entries)
    assert document["log"]["length"] == len(document["log"]["entries"])


def test_a_class_is_learnt_before_threads_read_documents() -> None:
    """In a process of its own: here something has read incidents already."""
    lines = (
        "from domain.incident import Incident",
        "from domain.call import Participant",
        "from domain.responder import Responder",
        "from storage.store import MongoStore",
        "MongoStore('mongodb://127.0.0.1:1/')",
        "known = [hasattr(one, '__msgspec_cache__') for one in (Incident, Participant, Responder)]",
        "assert all(known), known",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, timeout=60)


async def test_what_is_added_is_found_and_twice_is_refused(store: MongoStore) -> None:
    it = incident("a-key-of-its-own")
    await store.incidents.add(it)
    assert await store.incidents.get(it.id) == it
    with pytest.raises(Duplicate):
        await store.incidents.add(it)
    with pytest.raises(NotFound):
        await store.incidents.get("nobody")


async def test_of_two_writers_one_wins_and_the_other_is_told(store: MongoStore) -> None:
    it = incident()
    await store.incidents.add(it)
    one, two = [await store.incidents.get(it.id) for _ in range(2)]
    one.words, two.words = "一", "二"
    results = await asyncio.gather(
        store.incidents.save(one), store.incidents.save(two), return_exceptions=True
    )
    assert sorted(type(result) for result in results if result) == [Conflict]
    stored = await store.incidents.get(it.id)
    assert stored.version == 1
    loser = one if stored.words == "二" else two
    assert loser.version == 0
    with pytest.raises(NotFound):
        await store.incidents.save(incident())


async def test_many_are_saved_at_once_and_who_changed_one_meanwhile_wins(store: MongoStore) -> None:
    those = [incident() for _ in range(5)]
    assert await store.incidents.add_many(those) == set()
    assert await store.incidents.add_many([*those, those[0]]) == {one.id for one in those}
    for one in those:
        one.words = "一"
    assert await store.incidents.save_many(those)
    assert [one.version for one in those] == [1] * 5
    other = await store.incidents.get(those[2].id)
    other.words = "别人"
    await store.incidents.save(other)
    for one in those:
        one.words = "二"
    assert not await store.incidents.save_many(those)
    found = [(await store.incidents.get(one.id)).words for one in those]
    assert found == ["二", "二", "别人", "二", "二"]
    assert await store.incidents.save_many([])


async def test_of_known_documents_a_process_hears_what_becomes_of_them(
    embedded: EmbeddedStore,
) -> None:
    store = MongoStore(
        embedded.uri, f"test_{random_id()[:12]}", ("incidents", "media_processes"), {"incidents"}
    )
    await store.open()
    try:
        changes = store.feed.subscribe()
        it = incident()
        await store.incidents.add(it)
        await store.media_processes.add(MediaProcess("m", "ws://x", 0, 0, 1, 1))
        await store.incidents.save(it)
        heard = [await asyncio.wait_for(anext(changes), 30) for _ in range(2)]
        kinds = [(one.kind, one.item.version) for one in heard if isinstance(one, Change)]
        assert kinds == [("media_processes", 0), ("incidents", 1)]
    finally:
        await store.close()


async def test_accounts_in_capital_letters_are_found_after_the_store_was_opened_again(
    store: MongoStore,
) -> None:
    await store.migrated()
    person = Person("p", "zhang", "张警官", Role.COMMUNITY_OFFICER, "", userid="Zhang")
    assert person.userid == "zhang"
    person.userid = "Zhang"  # as it was once written
    await store.people.add(person)
    await store.people.add(Person("q", "li", "李警官", Role.DISPATCHER, ""))
    assert await store.people.find({"userid": "zhang"}) == []
    await store.open()
    await store.migrated()
    (found,) = await store.people.find({"userid": "zhang"})
    assert (found.id, found.version) == ("p", 1)
    await store.people.save(found)
    assert (await store.people.get("q")).version == 0


@pytest.mark.slow
async def test_an_index_over_what_is_there_already_is_waited_for(
    embedded: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"test_{random_id()[:12]}"
    filled = MongoStore(embedded.uri, name, follow=())
    for batch in range(20):
        rows = range(batch * 500, batch * 500 + 500)
        await filled.messages.add_many(
            [Message(f"m{n}", f"r{n % 999}", Channel.OFFICIAL, "x" * 300, n, n) for n in rows]
        )
    assert await filled.messages.count() == 10_000
    await filled.close()
    # It takes some seconds; no other operation may take that long.
    monkeypatch.setattr("storage.mongo.ANSWER_MS", 1_000)
    old = MongoStore(embedded.uri, name, follow=())
    try:
        with caplog.at_level(logging.INFO, "jingmin.store"):
            await old.open(patience=0)
        (line,) = [record.getMessage() for record in caplog.records]
        assert line.startswith("building index")
        assert "to_1_state_1_seq_1" in line
        assert "of messages" in line
        caplog.clear()
        with caplog.at_level(logging.INFO, "jingmin.store"):
            await old.open()
        assert caplog.records == [], "it is there now"
    finally:
        await old.close()


async def test_documents_are_counted_by_the_value_of_a_field(store: MongoStore) -> None:
    assert await store.residents.tally("community") == {}
    wants = [("a", True), ("a", True), ("a", False), ("b", True), (None, True), ("c", False)]
    await store.residents.add_many(
        [
            Resident(str(n), "", following, community)
            for n, (community, following) in enumerate(wants)
        ]
    )
    assert await store.residents.tally("community") == {"a": 3, "b": 1, "c": 1}
    assert await store.residents.tally("community", {"following": True}) == {"a": 2, "b": 1}
    some = {"following": True, "community": {"$in": ["b", "c", "d"]}}
    assert await store.residents.tally("community", some) == {"b": 1}


async def test_the_feed_tells_what_was_written_in_order(store: MongoStore) -> None:
    changes = store.feed.subscribe()
    it = incident()
    await store.incidents.add(it)
    for number in range(5):
        it.words = str(number)
        await store.incidents.save(it)
    session = Session("s", "p", "console", 1, 2)
    await store.sessions.add(session)
    await store.sessions.remove("s")
    heard = [await asyncio.wait_for(anext(changes), 30) for _ in range(8)]
    assert all(isinstance(one, Change) for one in heard)
    versions = [
        one.item.version for one in heard if isinstance(one, Change) and one.kind == "incidents"
    ]
    assert versions == [0, 1, 2, 3, 4, 5]
    assert heard[-2:] == [Change("sessions", "s", session), Change("sessions", "s", None)]


async def test_a_subscriber_that_falls_behind_is_told_and_the_others_not(store: MongoStore) -> None:
    slow, quick = store.feed.subscribe(3), store.feed.subscribe()
    now = 1
    for number in range(10):
        await store.media_processes.add(MediaProcess(f"m{number}", "ws://x", 0, 0, now, now))
    heard = [await asyncio.wait_for(anext(quick), 30) for _ in range(10)]
    assert [one.id for one in heard if isinstance(one, Change)] == [f"m{n}" for n in range(10)]
    first = await asyncio.wait_for(anext(slow), 30)
    assert isinstance(first, Lost)


async def test_a_change_that_can_never_be_read_does_not_end_the_feed(
    store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, right = store.feed.subscribe(), store.incidents.decode

    def decode(document: dict[str, Any]) -> Incident:
        if not document["words"]:
            raise KeyError("nobody thought of it")
        return right(document)

    monkeypatch.setattr(store.incidents, "decode", decode)
    it = incident()
    await store.incidents.add(it)
    assert await asyncio.wait_for(anext(changes), 30) == Lost("history")
    it.words = "more"
    await store.incidents.save(it)
    change = await asyncio.wait_for(anext(changes), 30)
    assert isinstance(change, Change)
    assert (change.id, change.item) == (it.id, it)


async def test_the_feed_goes_on_after_the_store_was_killed(tmp_path: Path) -> None:
    server = EmbeddedStore(tmp_path, free_port())
    server.start()
    store = MongoStore(server.uri)
    await store.open()
    changes = store.feed.subscribe()
    await store.incidents.add(incident())
    assert isinstance(await asyncio.wait_for(anext(changes), 30), Change)
    server.kill()
    with pytest.raises(StoreDown):
        await asyncio.wait_for(store.check(), 30)
    server.start()
    it = incident()
    await store.incidents.add(it)
    while True:
        change = await asyncio.wait_for(anext(changes), 20)
        if isinstance(change, Change) and change.id == it.id:
            break
    await store.close()
    server.stop()


async def test_files_are_written_once_and_read_in_ranges(store: MongoStore, tmp_path: Path) -> None:
    data = os.urandom(2_500_000)
    path = tmp_path / "clip"
    path.write_bytes(data)
    await store.files.put("f1", str(path), {"a": 1})
    path.write_bytes(b"other")
    await store.files.put("f1", str(path), {})
    assert await store.files.size("f1") == len(data)
    for start, end in ((0, None), (5, 10), (1_048_570, 1_048_590), (2_499_990, None), (7, 7)):
        found = b"".join([piece async for piece in store.files.read("f1", start, end)])
        assert found == data[start:end]
    with pytest.raises(NotFound):
        await store.files.size("f2")


async def test_a_file_is_removed_and_once_more_is_no_error(store: MongoStore) -> None:
    await store.files.put_bytes("f1", b"one", {})
    await store.files.put_bytes("f2", b"two", {})
    await store.files.remove("f1")
    await store.files.remove("f1")
    with pytest.raises(NotFound):
        await store.files.size("f1")
    assert [piece async for piece in store.files.read("f2")] == [b"two"]
    await store.files.put_bytes("f1", b"new", {})
    assert [piece async for piece in store.files.read("f1")] == [b"new"]


async def test_numbers_are_nobody_elses(store: MongoStore) -> None:
    blocks = await asyncio.gather(*(store.reserve_numbers("261128", 10) for _ in range(20)))
    assert len({start + n for start in blocks for n in range(10)}) == 200


def test_folder_and_password_are_private_and_a_second_store_is_refused(tmp_path: Path) -> None:
    server = EmbeddedStore(tmp_path / "s", free_port())
    server.start()
    try:
        assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "s" / "password").stat().st_mode & 0o777 == 0o600
        second = EmbeddedStore(tmp_path / "s", free_port())
        with pytest.raises(StoreDown):
            second.start()
    finally:
        server.stop()


async def test_find_says_when_there_was_more_and_every_reads_to_the_end(store: MongoStore) -> None:
    """A list that was cut without a word hid whom it left out."""
    many = [
        Person(random_id(), f"more-{n}", "某", Role.STATION_OFFICER, "", station="more")
        for n in range(1203)
    ]
    await store.people.add_many(many)
    found = await store.people.find({"station": "more"}, limit=1202)
    assert (len(found), found.more) == (1202, True)
    assert not (await store.people.find({"station": "more"}, limit=1203)).more
    assert {one.id async for one in store.people.every({"station": "more"})} == {o.id for o in many}
    logins = [one.login async for one in store.people.every({"station": "more"}, order="login")]
    assert logins == sorted(one.login for one in many)


def test_the_stores_log_is_begun_anew_when_it_is_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.log"
    embedded.turn_log(path)  # there is none yet
    monkeypatch.setattr(embedded, "LOG_BYTES", 100)
    with path.open("ab", buffering=0) as store:
        for letter in b"a", b"b", b"c":
            store.write(letter * 80 + b"\n")
            store.write(letter * 80 + b"\n")
            embedded.turn_log(path)
        store.write(b"d\n")
    assert path.read_bytes() == b"d\n"
    assert (tmp_path / "store.log.1").read_bytes() == (b"c" * 80 + b"\n") * 2
