"""The audit: refusals are in it, and whatever is done to it is found."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.audit import Audit, AuditEntry, verify_audit
from domain.errors import StoreDown
from domain.people import SYSTEM
from tests.api.conftest import SECRET, Site


async def test_refusals_of_staff_are_noted(site: Site) -> None:
    desk = await site.staff("desk1")
    await site.ask(desk, "GET", "/people", status=403)
    await site.ask(desk, "GET", "/incidents/nothing", status=404)
    noted = await site.house.store.audit.find({"what": "refused"})
    assert [one.entry.data["about"] for one in sorted(noted, key=lambda one: one.seq)] == [
        "GET /people forbidden",
        "GET /incidents/{id} not_found",
    ]
    assert all(one.entry.data["refused"] and one.person for one in noted)


async def filled(site: Site, count: int = 5) -> Audit:
    audit = Audit(site.house.store, SECRET)
    for number in range(count):
        await audit.note(SYSTEM, "test", 1_000 + number, str(number))
    await audit.sign(2_000)
    return audit


async def test_an_untouched_audit_is_sound(site: Site) -> None:
    await filled(site)
    entries, flaws = await verify_audit(site.house.store, SECRET)
    assert entries >= 5
    assert flaws == []


@pytest.mark.parametrize("harm", ["flip", "remove", "cut", "all"])
async def test_what_was_done_to_it_is_found(site: Site, harm: str) -> None:
    audit = await filled(site)
    shelf = site.house.store.audit
    mine = await shelf.find({"chain": audit.chain})
    if harm == "flip":
        one = mine[2]
        one.entry = dataclasses.replace(one.entry, data={"about": "other", "refused": False})
        await shelf.save(one)
    else:
        gone = {"remove": mine[2:3], "cut": mine[-1:], "all": mine}[harm]
        for one in gone:
            await shelf.remove(one.id)
    _, flaws = await verify_audit(site.house.store, SECRET)
    assert {chain for chain, _ in flaws} == {audit.chain}


async def test_entries_wait_for_the_store(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = Audit(site.house.store, SECRET)
    add = site.house.store.audit.add

    async def away(item: object) -> None:
        raise StoreDown("away")

    monkeypatch.setattr(site.house.store.audit, "add", away)
    await audit.note(SYSTEM, "first", 1)
    await audit.note(SYSTEM, "second", 2)
    await audit.sign(3)
    monkeypatch.setattr(site.house.store.audit, "add", add)
    await audit.flush()
    await audit.sign(4)
    kept = await site.house.store.audit.find({"chain": audit.chain})
    assert [one.what for one in kept] == ["first", "second"]
    assert (await verify_audit(site.house.store, SECRET))[1] == []


async def test_what_is_written_while_it_is_checked_is_no_tail_that_was_cut(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit, every, added = await filled(site), site.house.store.audit.every, []

    async def growing(*given: Any, **named: Any) -> AsyncIterator[AuditEntry]:
        async for one in every(*given, **named):
            yield one
        await audit.note(SYSTEM, "later", 3_000)
        await audit.sign(4_000)
        added.append(True)

    monkeypatch.setattr(site.house.store.audit, "every", growing)
    assert (await verify_audit(site.house.store, SECRET))[1] == []
    assert added
