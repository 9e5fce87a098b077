"""``jingmin verify all``: everything that is sealed, and what of it is altered by name."""

from __future__ import annotations

import copy

import pytest

import verifying
from api.routes import now_ms
from api.verify import check
from domain.evidence import append, checkpoint
from domain.intake import Report, raise_alarm
from domain.people import SYSTEM
from domain.ticket import random_id
from storage.seal import KeySeal
from storage.store import MongoStore
from tests.api.conftest import SECRET, Site, site

__all__ = ["site"]


async def test_all_names_what_is_altered(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    sound, altered = [await site.report() for _ in range(2)]
    assert await verifying.verify(site.house.store, SECRET, "all") == 0
    assert "2 sound, 0 altered" in capsys.readouterr().out
    site.harmed = True
    it = await site.house.store.incidents.get(altered["id"])
    it.log.entries[0].data["words"] = "别的"
    await site.house.store.incidents.save(it)
    assert await verifying.verify(site.house.store, SECRET, "all") == 1
    said = capsys.readouterr().out
    assert "1 sound, 1 altered" in said
    assert f"{altered['number']}  {altered['id']}" in said
    assert sound["number"] not in said


async def test_a_sample_is_of_so_many_and_its_ends_may_be_unsigned(
    store: MongoStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a restored store is: no api process has signed what was written last."""
    then = now_ms() - 3_600_000
    for number in range(3):
        report = Report(random_id(), random_id(), f"0110-261118-000000{number}", then)
        await raise_alarm(store, report, then)
    assert await verifying.verify(store, SECRET, "all") == 1
    capsys.readouterr()
    assert await verifying.verify_sample(store, SECRET, 2) == 0
    assert "sample: 2 incidents, 0 tips, 0 notices; 0 altered" in capsys.readouterr().out
    async for it in store.incidents.every():
        it.log.entries[0].data["words"] = "别的"
        await store.incidents.save(it)
    assert await verifying.verify_sample(store, SECRET, 2) == 1
    assert "2 altered" in capsys.readouterr().out


async def test_a_log_that_grows_while_it_is_checked_is_no_log_with_its_tail_cut(site: Site) -> None:
    """The entries of a running city are signed a second after they are written."""
    receipt = await site.report()
    store, content = site.house.store, KeySeal(SECRET, "tip-content")
    read = await store.incidents.get(receipt["id"])
    grown = await store.incidents.get(receipt["id"])
    append(grown.log, SYSTEM, "message", now_ms(), text="还在")
    await store.incidents.save(grown)
    await store.checkpoints.add_many([checkpoint(SECRET, grown.log, now_ms())])
    found = await check(store, SECRET, content, read)
    assert (found.sound, found.entries) == (True, len(grown.log.entries)), found.flaws


async def test_a_tail_that_is_cut_is_found(site: Site) -> None:
    site.harmed = True
    receipt = await site.report()
    store, content = site.house.store, KeySeal(SECRET, "tip-content")
    it = await store.incidents.get(receipt["id"])
    longer = copy.deepcopy(it.log)
    append(longer, SYSTEM, "message", now_ms(), text="还在")
    await store.checkpoints.add_many([checkpoint(SECRET, longer, now_ms())])
    found = await check(store, SECRET, content, it)
    assert [flaw.what for flaw in found.flaws] == [
        "log is shorter than a signed checkpoint: tail cut"
    ]
