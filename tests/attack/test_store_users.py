"""The embedded store lets in our user and nobody else, at no moment of any start."""

from __future__ import annotations

import asyncio
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pymongo
import pymongo.errors
import pytest

from domain.errors import StoreDown
from storage.embedded import EmbeddedStore
from storage.store_users import USER, PrivateStart
from tests.ports import free_port

TRIES = 3


def listening_ports(of: int) -> set[int]:
    """TCP ports on which the process listens, as everybody on the machine may find them."""
    inodes = set()
    for link in Path(f"/proc/{of}/fd").iterdir():
        try:
            inodes |= set(re.findall(r"socket:\[(\d+)\]", os.readlink(link)))
        except OSError:
            continue
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(one[1].split(":")[1], 16) for one in lines if one[3] == "0A" and one[9] in inodes}


class Intruder:
    """Somebody on the machine who tries to make himself a user, over and over, wherever it listens."""

    def __init__(self, store: EmbeddedStore, port: int) -> None:
        self.store, self.port = store, port
        self.stop = threading.Event()
        self.answered: set[int] = set()
        self.let_in: list[str] = []
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while not self.stop.is_set():
            ports = {self.port}
            if (pid := self.store.pid) is not None:
                with suppress(OSError):
                    ports |= listening_ports(pid)
            for port in ports:
                for tls in (False, True):
                    self.knock(port, tls)

    def knock(self, port: int, tls: bool) -> None:
        more = "&tls=true&tlsAllowInvalidCertificates=true" if tls else ""
        client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(
            f"mongodb://127.0.0.1:{port}/?directConnection=true{more}",
            serverSelectionTimeoutMS=150,
            connectTimeoutMS=150,
            socketTimeoutMS=1000,
        )
        try:
            client["admin"].command("createUser", "intruder", pwd="intruder", roles=["root"])
            self.let_in.append(f"{port} {tls}")
        except pymongo.errors.OperationFailure:
            self.answered.add(port)
        except pymongo.errors.PyMongoError:
            pass
        finally:
            client.close()


@contextmanager
def attacked(store: EmbeddedStore, port: int) -> Iterator[Intruder]:
    one = Intruder(store, port)
    one.thread.start()
    try:
        yield one
    finally:
        one.stop.set()
        one.thread.join()


def users(store: EmbeddedStore) -> list[object]:
    with pymongo.MongoClient[dict[str, object]](store.uri) as client:
        found = client["admin"]["system.users"].find({})
        return [(one["db"], one["user"]) for one in found]


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("time_", range(TRIES))
def test_nobody_makes_himself_a_user_during_the_first_start(tmp_path: Path, time_: int) -> None:
    port = free_port()
    store = EmbeddedStore(tmp_path / "store", port)
    with attacked(store, port) as intruder:
        store.start()
        until(lambda: intruder.let_in or port in intruder.answered)
    try:
        assert intruder.let_in == []
        assert users(store) == [("admin", USER)]
    finally:
        store.stop()
    assert not list(tmp_path.rglob("*.pem")), "the key of the first start is of no more use"


def test_the_first_start_shakes_hands_with_its_own_key_only(tmp_path: Path) -> None:
    """Held open, for a thread to knock while it is certainly there."""
    port = free_port()
    store = EmbeddedStore(tmp_path / "store", port)
    store._make_folders()
    private = PrivateStart(tmp_path / "store")
    assert (tmp_path / "store" / "private-start.pem").stat().st_mode & 0o777 == 0o600
    store._spawn(private)
    try:
        store._wait(private.uri)
        assert store.pid is not None
        assert listening_ports(store.pid) == {private.port}
        intruder = Intruder(store, port)
        for tls in (False, True):
            intruder.knock(private.port, tls)
        other = PrivateStart(tmp_path)  # a key that was made in the same way
        uri = other.uri.replace(f":{other.port}/", f":{private.port}/")
        more = "&tlsAllowInvalidCertificates=true&serverSelectionTimeoutMS=500"
        with (
            pymongo.MongoClient[dict[str, object]](uri + more) as client,
            pytest.raises(pymongo.errors.PyMongoError),
        ):
            client["admin"].command("ping")
        assert intruder.let_in == []
        assert store._wait(private.uri, make=True) == []
    finally:
        store.stop()


def strange(store: EmbeddedStore, database: str, name: str) -> None:
    """What an older first start let happen."""
    with pymongo.MongoClient[dict[str, object]](store.uri) as client:
        client[database].command(
            "createUser", name, pwd="pwd", roles=[{"role": "root", "db": "admin"}]
        )


def logs_in(port: int, database: str, name: str) -> bool:
    with pymongo.MongoClient[dict[str, object]](
        f"mongodb://{name}:pwd@127.0.0.1:{port}/?authSource={database}&directConnection=true"
    ) as client:
        try:
            client["admin"].command("listDatabases")
        except pymongo.errors.OperationFailure:
            return False
        return True


@pytest.mark.parametrize("launched", [True, False])
async def test_who_may_log_in_and_should_not_is_removed_at_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, launched: bool
) -> None:
    port = free_port()
    store = EmbeddedStore(tmp_path / "store", port)
    await store.launch()
    try:
        with pymongo.MongoClient[dict[str, object]](store.uri) as client:
            client["kept"]["kept"].insert_one({"_id": 1})
        strange(store, "admin", "intruder")
        strange(store, "elsewhere", "jingmin")
        assert logs_in(port, "admin", "intruder")
        store.stop()
        if launched:
            await store.launch()
        else:
            store.start()
        assert users(store) == [("admin", USER)]
        assert not logs_in(port, "admin", "intruder")
        assert not logs_in(port, "elsewhere", "jingmin")
        assert "admin.intruder" in caplog.text
        with pymongo.MongoClient[dict[str, object]](store.uri) as client:
            assert client["kept"]["kept"].find_one({}) == {"_id": 1}
    finally:
        store.stop()


async def test_a_start_that_took_long_looks_when_it_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EmbeddedStore(tmp_path / "store", free_port())
    await store.launch()
    strange(store, "admin", "intruder")
    store.stop()
    with monkeypatch.context() as patched:
        patched.setattr("storage.embedded.START_S", 0.0)
        # Where it is ready at once after all, the stranger is seen, and what follows has no time.
        with suppress(StoreDown):
            await store.launch()
    keeping = asyncio.create_task(store.keep_running())
    try:
        await asyncio.to_thread(until, lambda: users_if_there(store) == [("admin", USER)])
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        store.stop()


def users_if_there(store: EmbeddedStore) -> list[object]:
    try:
        return users(store)
    except pymongo.errors.PyMongoError:
        return []


async def test_a_relative_folder_is_one_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ``make demo`` in a fresh clone has it; and what an older version kept elsewhere is found."""
    monkeypatch.chdir(tmp_path)
    folder = Path("data/store")
    older = tmp_path / folder / folder / "db"
    older.mkdir(parents=True)
    (older / "kept").write_text("by an older version")
    store = EmbeddedStore(folder, free_port())
    await store.launch()
    try:
        assert users_if_there(store) == [("admin", USER)]
        assert (tmp_path / folder / "db" / "kept").exists()
        assert not older.exists()
        assert [*(tmp_path / folder / "db").glob("*.wt")]
    finally:
        store.stop()
