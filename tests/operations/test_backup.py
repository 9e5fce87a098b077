"""A backup that was made while the product works, restored elsewhere, is what the product had."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shlex
import signal
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
import pytest

from domain.ticket import random_id
from storage.archive_key import pair
from storage.embedded import EmbeddedStore
from storage.load import LEFT_BEHIND
from storage.store import MongoStore
from tests import installed
from tests.api.conftest import SECRET, Site, build_house, run_site, site, until
from tests.installed import outside
from tests.ports import free_port

__all__ = ["site"]
MANUAL = Path(__file__).parents[2] / "docs" / "operator.md"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


async def jingmin(environment: dict[str, str], *arguments: object) -> tuple[int, str]:
    """The command's exit code, and what it said."""
    process = await started(environment, *arguments)
    said, _ = await asyncio.wait_for(process.communicate(), 300)
    assert b"Traceback" not in said, said.decode()
    return process.returncode or 0, said.decode()


async def started(
    environment: dict[str, str], *arguments: object, given: bytes | None = None
) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *(installed.jingmin(), *map(str, arguments)),
        env=outside(**environment),
        stdin=asyncio.subprocess.PIPE if given is not None else None,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    if given is not None and process.stdin:
        process.stdin.write(given)
        process.stdin.close()
    return process


def typed(beginning: str, **places: object) -> list[str]:
    """The words behind ``jingmin`` of the line that docs/operator.md has in a block, with places of ours."""
    lines = [
        one for one in MANUAL.read_text().splitlines() if one.startswith(f"jingmin {beginning}")
    ]
    assert len(lines) == 1, lines
    words = shlex.split(lines[0])[1:]
    for name, place in places.items():
        words = [re.sub(f"^/{name}(?=/|$)", str(place), one) for one in words]
    return words


@dataclass
class Place:
    """A data folder, and a port for the embedded store in it."""

    folder: Path
    port: int
    database: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "JINGMIN_DATA": str(self.folder),
            "JINGMIN_STORE_PORT": str(self.port),
            "JINGMIN_STORE_DATABASE": self.database,
        }

    @contextlib.asynccontextmanager
    async def open(self, opened: bool = False) -> AsyncIterator[MongoStore]:
        embedded = EmbeddedStore(self.folder / "store", self.port)
        await embedded.launch()
        store = MongoStore(await asyncio.to_thread(lambda: embedded.uri), self.database)
        try:
            if opened:
                await store.open()
            yield store
        finally:
            await store.close()
            await asyncio.to_thread(embedded.stop)


@pytest.fixture
def backups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where backups go: not the data folder."""
    return tmp_path_factory.mktemp("backups")


@pytest.fixture
def running(embedded: EmbeddedStore, database: str, tmp_path: Path) -> dict[str, str]:
    """The settings of the installation that ``site`` is."""
    return {
        "JINGMIN_DATA": str(tmp_path),
        "JINGMIN_STORE_URI": embedded.uri,
        "JINGMIN_STORE_DATABASE": database,
        "JINGMIN_SECRET": SECRET.decode(),
    }


@pytest.fixture
def elsewhere(backups: Path, database: str) -> Place:
    return Place(backups / "elsewhere", free_port(), database)


@contextlib.asynccontextmanager
async def busy(site: Site) -> AsyncIterator[list[dict[str, Any]]]:
    """Residents who report, write and send pictures all the time; their receipts."""
    receipts: list[dict[str, Any]] = []

    async def one() -> None:
        while True:
            receipt = await site.report(text="请来人", key=random_id())
            receipts.append(receipt)
            caller = site.caller(receipt)
            await site.ask(caller, "POST", "/my/messages", {"key": random_id(), "text": "快"})
            url = f"{site.api}/my/uploads?key={random_id()}"
            async with caller.post(url, data=PICTURE) as response:
                assert response.status == 200, await response.text()

    working = [asyncio.create_task(one()) for _ in range(3)]
    try:
        while len(receipts) < 10:
            await asyncio.sleep(0.02)
            for task in working:
                if task.done():
                    task.result()
        yield receipts
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def test_a_backup_under_load_is_whole_elsewhere(
    site: Site, running: dict[str, str], elsewhere: Place, backups: Path, tmp_path: Path
) -> None:
    (tmp_path / "recordings" / "call").mkdir(parents=True)
    (tmp_path / "recordings" / "call" / "one.mka").write_bytes(os.urandom(3_000_000))
    (tmp_path / "empty").touch()
    places = {"key": backups, "backup": backups, "srv/restored": elsewhere.folder}
    assert (await jingmin(running, *typed("backup-key", **places)))[0] == 0
    async with busy(site) as receipts:
        before = [one["id"] for one in receipts]
        for id in before:
            await site.stored(id)
        file = backups / "2026-11-30"
        code, said = await jingmin(running, *typed("backup /", **places))
        assert (code, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600), said
        assert not list(backups.glob("*.part"))
        assert len(receipts) > len(before)
    assert (last := await site.house.store.last_backup()) is not None
    assert (last.bytes, last.sealed, last.documents > 30) == (file.stat().st_size, True, True)

    # Only with the key; nothing is made without.
    code, said = await jingmin(elsewhere.environment, "restore", file)
    assert (code, "sealed to the key" in said, elsewhere.folder.exists()) == (2, True, False), said
    (backups / "other").write_text(pair()[0])
    code, said = await jingmin(elsewhere.environment, "restore", file, "--key", backups / "other")
    assert (code, "; this is " in said) == (2, True), said

    # The folder is named by the option alone.
    there_only = {**elsewhere.environment, "JINGMIN_DATA": str(backups / "nowhere")}
    code, said = await jingmin(there_only, *typed("restore", **places))
    assert code == 0, said
    assert "0 altered" in said
    code, said = await jingmin(there_only, *typed("verify all --data", **places))
    assert code == 0, said
    assert (elsewhere.folder / "secret").read_bytes() == SECRET
    for name in ("recordings/call/one.mka", "empty"):
        assert (elsewhere.folder / name).read_bytes() == (tmp_path / name).read_bytes()
    async with elsewhere.open() as store:
        there = {one.id: one async for one in store.incidents.every()}
        assert set(before) <= set(there)
        pictures = 0
        for one in there.values():
            for entry in one.log.entries:
                if entry.what == "upload":
                    pieces = [piece async for piece in store.files.read(entry.data["file"])]
                    assert b"".join(pieces)
                    pictures += 1
        assert pictures > 0
        for name in LEFT_BEHIND:
            # Who opened the store to look at it had one of its own.
            old = {"_id": {"$ne": "migrations"}} if name == "leases" else {}
            assert await store._database[name].count_documents(old) == 0, name
        assert await store.people.count() == await site.house.store.people.count()
        # Numbers that the lost store may have given out since are left out.
        numbers = [int(one.number[-7:]) for one in there.values() if one.number[-8:-7] == "-"]
        day = receipts[0]["number"][5:11]
        assert await store.reserve_numbers(day, 1) > max(numbers) + 10_000

    # Started there: residents' pages and staff go on where they were.
    async with elsewhere.open(opened=True) as store:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        (backups / "spool").mkdir()
        house = build_house(store, site.house.finder, backups / "spool", url)  # type: ignore[arg-type]
        runner, there_too = await run_site(house, port), Site(house, url)
        await until(lambda: house.store_up)
        resident = there_too.caller(receipts[0])
        seen = await there_too.ask(resident, "GET", "/my/incident")
        assert seen["number"] == receipts[0]["number"]
        desk = await there_too.staff("desk1")
        await there_too.ask(desk, "POST", f"/incidents/{before[0]}/answer", {})
        await there_too.close()
        await runner.cleanup()
        house.journal.close()

    # Where something is already nothing is restored.
    key = ("--key", backups / "backup.key")
    full = {**running, "JINGMIN_DATA": str(backups / "third")}
    for environment, arguments, why in (
        (elsewhere.environment, ("restore", file, *key), "holds an installation already"),
        (full, ("restore", file, *key), "the store is not empty"),
        (running, ("backup", file), "is there already"),
    ):
        code, said = await jingmin(environment, *arguments)
        assert (code, why in said) == (2, True), said


@pytest.fixture
def first(tmp_path: Path) -> Place:
    return Place(tmp_path / "first", free_port(), "jingmin")


async def test_what_this_version_cannot_read_survives_byte_for_byte_and_moves_on(
    first: Place, tmp_path: Path
) -> None:
    """Typed as docs/operator.md has it: backup and restore, the store alone, and into another store."""
    strange = {"_id": "of a newer version", "kind": "TELEPATHY", "n": 2**40, "at": [1.0, None]}
    async with first.open() as store:
        await store._database.incidents.insert_one(strange)
        await store._database.unheard_of.insert_one(strange)
        await store.files.put_bytes("f1", b"content" * 1_000, {})
    (first.folder / "secret").write_text("s" * 40)
    # In the data folder itself it is no part of itself, and no part of the next.
    code, said = await jingmin(first.environment, "backup", first.folder / "b")
    assert code == 0, said
    assert "it is not encrypted and holds the secret" in said

    second = Place(tmp_path / "second", free_port(), "jingmin")
    code, said = await jingmin(second.environment, "restore", first.folder / "b")
    assert code == 0, said
    assert {one.name for one in second.folder.iterdir()} == {"secret", "serve.lock", "store"}

    # The store alone, which says no password; into that nothing can be moved out of here.
    third = Place(tmp_path / "third", free_port(), "jingmin")
    alone = await started(third.environment, *typed("store"))
    assert alone.stdout
    line = (await asyncio.wait_for(alone.stdout.readline(), 60)).decode()
    password = (third.folder / "store" / "password").read_text()
    assert f"port {third.port}" in line
    assert password not in line
    code, said = await jingmin(third.environment, "store")
    assert (code, "is in use by another jingmin" in said) == (2, True), said
    uri = EmbeddedStore(third.folder / "store", third.port).uri
    moving = await started(second.environment, "move", "--to", "-", given=f"{uri}\n".encode())
    said = (await moving.communicate())[0].decode()
    assert moving.returncode == 0, said
    assert password not in said
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        for name in ("incidents", "unheard_of"):
            assert await asyncio.to_thread(client.jingmin[name].find_one, {}) == strange
    *move, to = typed("move")
    assert to.startswith("mongodb://user:password@host1")
    code, said = await jingmin(second.environment, *move, uri)
    assert (code, "the store is not empty" in said) == (2, True), said
    # While it is here, a backup takes it as it is, and nothing is moved out of it or restored at its port.
    (third.folder / "secret").write_text("s" * 40)
    code, said = await jingmin(third.environment, "backup", tmp_path / "b3")
    assert code == 0, said
    code, said = await jingmin(third.environment, "move", "--to", uri)
    assert (code, "is in use by another jingmin" in said) == (2, True), said
    fourth = Place(tmp_path / "fourth", third.port, "jingmin")
    code, said = await jingmin(fourth.environment, "restore", tmp_path / "b3")
    assert (code, f"store_port: {third.port} is in use" in said) == (2, True), said
    assert not fourth.folder.exists()
    alone.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(alone.wait(), 60) == 0
    async with third.open() as store:
        assert [piece async for piece in store.files.read("f1")] == [b"content" * 1_000]


async def test_a_file_that_was_cut_or_altered_restores_nothing(
    first: Place, tmp_path: Path
) -> None:
    async with first.open():
        pass
    file = tmp_path / "b"
    assert (await jingmin(first.environment, "backup", file))[0] == 0
    whole = file.read_bytes()
    second = Place(tmp_path / "second", free_port(), "jingmin")
    at = len(whole) // 2
    for wrong in (whole[:-40], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
        file.write_bytes(wrong)
        code, said = await jingmin(second.environment, "restore", file)
        assert (code, "nothing of it is used" in said) == (1, True), said
        assert not second.folder.exists()


async def test_one_that_is_ended_early_leaves_no_file(
    site: Site, running: dict[str, str], backups: Path, tmp_path: Path
) -> None:
    with (tmp_path / "large").open("wb") as large:
        for _ in range(64):
            large.write(os.urandom(1 << 20))
    process = await started(running, "backup", backups / "b")
    part = backups / "b.part"
    while not part.exists() or part.stat().st_size < 1 << 20:
        assert process.returncode is None
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    assert said.decode().strip().endswith("no backup: interrupted")
    assert list(backups.iterdir()) == []


async def test_one_that_finds_no_room_leaves_no_file(
    site: Site, running: dict[str, str], backups: Path, tmp_path: Path
) -> None:
    (tmp_path / "large").write_bytes(os.urandom(3 << 20))
    command = f"ulimit -f 2048; exec {installed.jingmin()} backup {backups / 'b'}"
    process = await asyncio.create_subprocess_shell(
        command,
        env={**os.environ, **running},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1, said
    assert said.decode().strip().endswith(f"no backup: {backups / 'b'}: File too large")
    assert list(backups.iterdir()) == []


async def test_nothing_is_moved_out_of_a_store_that_is_worked_on(
    site: Site, running: dict[str, str]
) -> None:
    code, said = await jingmin(running, "move", "--to", "mongodb://127.0.0.1:1")
    assert (code, "media process media-1 runs: stop the product first" in said) == (2, True), said


async def test_there_is_no_backup_of_nothing(tmp_path: Path) -> None:
    environment = Place(tmp_path / "none", free_port(), "jingmin").environment
    code, said = await jingmin(environment, "backup", tmp_path / "b")
    assert (code, "there is no store in" in said) == (2, True), said
    code, said = await jingmin(environment, "backup", tmp_path / "b", "--to", tmp_path / "key")
    assert (code, f"{tmp_path / 'key'}: No such file" in said) == (2, True), said
    code, said = await jingmin(environment, "restore", __file__)
    assert (code, "it is no backup of this product" in said) == (1, True), said


def test_a_half_restored_folder_is_not_started(tmp_path: Path) -> None:
    from config import SettingsError
    from starting import RESTORING, hold

    (tmp_path / RESTORING).touch()
    with pytest.raises(SettingsError, match="did not come to its end"):
        hold(tmp_path)
