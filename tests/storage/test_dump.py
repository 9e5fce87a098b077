"""What is read of a store that is written to meanwhile is one state of it, byte for byte."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bson
import pymongo
import pytest
from bson.raw_bson import RawBSONDocument
from gridfs import GridFSBucket

from domain.ticket import random_id
from storage import embedded as embedded_store
from storage.dump import Document, Dump, DumpFailed, Event
from storage.embedded import EmbeddedStore
from storage.load import LEFT_BEHIND, Load
from tests.ports import free_port

Client = pymongo.MongoClient[dict[str, Any]]


@pytest.fixture
def name(client: Client) -> Iterator[str]:
    """A database that is not there yet; another beside it ends in ``_copy``."""
    one = f"dump_{random_id()[:12]}"
    yield one
    for each in (one, f"{one}_copy"):
        client.drop_database(each)


def copy(
    embedded: EmbeddedStore, name: str, meanwhile: dict[str, Any], follow: bool = True
) -> dict[str, int]:
    """Into the database beside it; ``meanwhile`` is done once the first document of a collection was read."""
    dump = Dump(embedded.uri, name, follow)
    load = Load(embedded.uri, f"{name}_copy")
    events = []
    try:
        load.prepare()
        for record in dump.records():
            if isinstance(record, Event):
                events.append(record.raw)
                continue
            load.document(record.collection, record.raw)
            for work in meanwhile.pop(record.collection, ()):
                work()
        load.flush()
        for event in events:
            load.event(event)
        load.flush()
        assert not meanwhile
        return load.counts()
    finally:
        dump.close()
        load.close()


def raw(client: Client, database: str, collection: str) -> list[bytes]:
    options = bson.CodecOptions(document_class=RawBSONDocument)
    found = client.get_database(database, codec_options=options)[collection].find({})
    return sorted(one.raw for one in found)


def same(client: Client, name: str, *collections: str) -> None:
    for one in collections:
        assert raw(client, name, one) == raw(client, f"{name}_copy", one) != []


def test_what_was_written_first_is_there_when_what_was_written_later_is(
    embedded: EmbeddedStore, client: Client, name: str
) -> None:
    """``aaa`` is read before ``zzz``: without the changes it would be older."""
    ours, stop = client[name], threading.Event()
    for one in ("aaa", "mmm", "zzz"):
        ours[one].insert_one({"_id": "first"})

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            ours.aaa.insert_one({"_id": number})
            ours.zzz.insert_one({"_id": number})

    writing = threading.Thread(target=write)

    def some() -> None:
        before = ours.zzz.count_documents({})
        while ours.zzz.count_documents({}) < before + 10:
            pass

    try:
        copy(embedded, name, {"aaa": [writing.start, some], "mmm": [some], "zzz": [some]})
    finally:
        stop.set()
        writing.join()
    found = client[f"{name}_copy"]
    earlier, later = ({one["_id"] for one in found[each].find({})} for each in ("aaa", "zzz"))
    assert len(later) > 10
    assert later <= earlier
    assert len(earlier - later) <= 1


def test_every_kind_of_change_is_made_there_too(
    embedded: EmbeddedStore, client: Client, name: str
) -> None:
    ours = client[name]
    for id in ("updated", "replaced", "deleted", "left"):
        document = {"_id": id, "n": 1, "list": [1, 2, 3], "of": {"a": 1, "b": bson.Int64(2)}}
        ours.things.insert_one(document)

    def change() -> None:
        it = {"_id": "updated"}
        ours.things.update_one(it, {"$inc": {"n": 4}, "$set": {"of.a": 7}, "$unset": {"of.b": ""}})
        ours.things.update_one(it, {"$push": {"list": 9}})
        ours.things.update_one(it, {"$set": {"of": 3}})
        ours.things.update_one(it, {"$push": {"list": {"$each": [], "$slice": 2}}})
        ours.things.replace_one({"_id": "replaced"}, {"now": [None, 1.5, b"\0"]})
        ours.things.delete_one({"_id": "deleted"})
        ours.things.insert_one({"_id": "new"})
        ours.later.insert_one({"_id": "of a collection that was not there"})

    counts = copy(embedded, name, {"things": [change]})
    assert counts == {"later": 1, "things": 4}
    same(client, name, "things", "later")


def test_files_come_whole_whenever_they_were_written(
    embedded: EmbeddedStore, client: Client, name: str
) -> None:
    ours = GridFSBucket(client[name], "files", chunk_size_bytes=1_000)
    content = {id: (id * 9_000).encode() for id in ("before", "again", "during", "gone")}
    for id in ("before", "again", "gone"):
        ours.upload_from_stream_with_id(id, id, content[id])
    half = ours.open_upload_stream_with_id("during", "during")
    half.write(content["during"][:20_000])

    def change() -> None:
        half.write(content["during"][20_000:])
        half.close()
        ours.delete("gone")
        ours.delete("again")
        content["again"] = b"another" * 3_000
        ours.upload_from_stream_with_id("again", "again", content["again"])

    copy(embedded, name, {"files.files": [change]})
    theirs = GridFSBucket(client[f"{name}_copy"], "files")
    for id in ("before", "again", "during"):
        assert theirs.open_download_stream(id).read() == content[id]
    assert client[f"{name}_copy"]["files.files"].count_documents({}) == 3
    same(client, name, "files.files", "files.chunks")
    # The driver makes this one only before the very first file.
    indexes = client[f"{name}_copy"]["files.chunks"].index_information()
    assert indexes["files_id_1_n_1"]["unique"]


def test_what_belongs_to_processes_is_left_behind(
    embedded: EmbeddedStore, client: Client, name: str
) -> None:
    for one in (*LEFT_BEHIND, "incidents"):
        client[name][one].insert_one({"_id": "x"})
    counts = copy(embedded, name, {}, follow=False)
    assert counts == {"incidents": 1}


def test_a_file_with_pieces_missing_is_named_and_keeps_nothing_else_back(
    embedded: EmbeddedStore, client: Client, name: str
) -> None:
    GridFSBucket(client[name], "files").upload_from_stream_with_id("torn", "torn", b"x" * 500_000)
    client[name]["files.chunks"].delete_one({"files_id": "torn", "n": 0})
    dump = Dump(embedded.uri, name)
    try:
        assert Document in [type(one) for one in dump.records()]
        assert dump.damaged == ["torn"]
    finally:
        dump.close()


def test_a_store_that_forgets_changes_meanwhile_has_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that keeps a hundred changes where ours keeps a million."""
    command = tmp_path / "forgetful"
    found = embedded_store._find_command()
    fewer = 'for one; do shift; set -- "$@" "${one%0000}"; done'
    command.write_text(f'#!/bin/sh\n{fewer}\nexec {found} "$@"\n')
    command.chmod(0o700)
    monkeypatch.setattr(embedded_store, "_find_command", lambda: str(command))
    forgetful = EmbeddedStore(tmp_path / "store", free_port())
    forgetful.start()
    try:
        with pymongo.MongoClient[dict[str, Any]](forgetful.uri) as client:
            client.dump.one.insert_one({})

            def much() -> None:
                for _ in range(20):  # it forgets about every thousand
                    client.dump.two.insert_many([{} for _ in range(100)])

            with pytest.raises(DumpFailed, match="no longer has them all"):
                copy(forgetful, "dump", {"one": [much]})
    finally:
        forgetful.stop()


def test_a_collection_that_is_removed_meanwhile_ends_it(
    embedded: EmbeddedStore, client: Client, name: str
) -> None:
    client[name].one.insert_one({})
    client[name].two.insert_one({})
    with pytest.raises(DumpFailed, match="removed meanwhile"):
        copy(embedded, name, {"one": [client[name].two.drop]})
