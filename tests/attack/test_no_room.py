"""A disk that takes nothing: a report goes to the other disk, or its sender is told to dial; never 500."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from api import disk_watch
from config import Settings, SettingsError, load
from domain.arrival import Arrival
from domain.errors import StoreDown
from storage.spare_journal import SpareJournal
from tests.api.conftest import Site
from tests.bot.test_arrivals import arrival

Usage = namedtuple("Usage", "total used free")


class FullDisk:
    """A journal on a disk without room."""

    def waiting(self) -> list[Any]:
        return []

    def find(self, id: str) -> None:
        return None

    async def keep(self, item: Any) -> Any:
        raise OSError(28, "No space left on device")

    async def done(self, id: str) -> None:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        pass


@pytest.mark.parametrize("how", ["refuses", "hangs"])
async def test_a_report_that_neither_store_nor_disk_takes_says_dial_110(
    site: Site, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    async def away(*given: Any) -> Any:
        if how == "hangs":
            await asyncio.sleep(3600)
        raise StoreDown("WT_PANIC")

    real, site.house.journal = site.house.journal, FullDisk()
    monkeypatch.setattr("api.house.STORE_PATIENCE_S", 0.2)
    monkeypatch.setattr("api.intake.STORE_PATIENCE_S", 0.2)
    for name in ("add", "add_many"):
        monkeypatch.setattr(site.house.store.incidents, name, away)
    said = await site.ask(site.anybody(), "POST", "/incidents", {"key": "the-same-key"}, 503)
    assert said["code"] == "not_taken"
    assert "拨打 110" in said["title_zh"]
    assert "110" in said["title_en"]
    monkeypatch.undo()
    site.house.journal = real
    receipt = await site.ask(site.anybody(), "POST", "/incidents", {"key": "the-same-key"}, 201)
    assert receipt["number"]


async def test_what_the_first_disk_refuses_is_on_the_second(tmp_path: Path) -> None:
    journal = SpareJournal(tmp_path / "full", tmp_path / "spare", Arrival)
    await journal.keep(arrival(1))
    first, journal._first = journal._first, FullDisk()  # type: ignore[assignment]
    await journal.keep(arrival(2))
    await journal.keep(arrival(2))
    journal._first = first
    assert [one.id for one in journal.waiting()] == ["a1", "a2"]
    assert journal.find("a2") == arrival(2)
    first._file.close()
    journal._second._file.close()  # as the end of its process does
    later = SpareJournal(tmp_path / "full", tmp_path / "spare", Arrival)
    assert [one.id for one in later.waiting()] == ["a1", "a2"]
    await later.done("a2")
    await later.done("a1")
    assert later.waiting() == []
    later.close()
    assert not [*tmp_path.rglob("*.jsonl")]


def test_the_spare_folder_lies_apart_from_the_data(tmp_path: Path) -> None:
    plain = {"JINGMIN_DEMO": "true", "JINGMIN_DATA": str(tmp_path / "data")}
    for wrong in (tmp_path / "data" / "spare", tmp_path / "no" / "disk"):
        with pytest.raises(SettingsError, match="spare_journal"):
            load(None, {**plain, "JINGMIN_SPARE_JOURNAL": str(wrong)})
    fine = load(None, {**plain, "JINGMIN_SPARE_JOURNAL": str(tmp_path / "spare")})
    assert isinstance(fine, Settings)
    assert fine.spare_journal == tmp_path / "spare"
    assert not (tmp_path / "spare").exists(), "made by whoever asks for the version"


@pytest.mark.parametrize(
    ("free", "total", "little"),
    [
        (10**12, 10**13, False),
        (3 * 2**30, 10**10, False),
        (3 * 2**30 - 1, 10**10, True),
        (4 * 10**9, 10**11, True),
        (6 * 10**9, 10**11, False),
        (0, 0, True),
    ],
)
def test_little_is_below_three_gigabytes_or_five_percent(
    free: int, total: int, little: bool
) -> None:
    assert disk_watch.is_little(free, total) is little


async def test_every_desk_is_told_before_the_disk_is_full(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await site.staff("desk1")
    async with desk.ws_connect(f"{site.api}/live?face=console") as screen:
        assert (await screen.receive_json())["disk_low"] is False
        room = Usage(10**11, 10**11, 10**8)
        monkeypatch.setattr("shutil.disk_usage", lambda folder: room)
        await disk_watch.look(site.house)
        while (said := await screen.receive_json())["type"] != "store":
            pass
        assert (said["state"], said["disk_low"]) == ("up", True)
        health = await (await site.anybody().get(f"{site.url}/healthz")).json()
        assert health["disk"] == "low"
        metrics = await (await site.anybody().get(f"{site.url}/metrics")).text()
        assert "jingmin_disk_free_bytes 1e+08" in metrics
        room = Usage(10**11, 0, 10**11)
        await disk_watch.look(site.house)
        while (said := await screen.receive_json())["type"] != "store":
            pass
        assert said["disk_low"] is False
