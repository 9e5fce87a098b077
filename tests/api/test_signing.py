"""Tips and notices are signed like incidents: what is done to them afterwards is found."""

from __future__ import annotations

import dataclasses

import pytest

from api.verify import check_log
from tests.api.conftest import SECRET, Site, until
from tests.api.test_tips_api import a_tip


@pytest.mark.parametrize("harm", ["none", "flip", "cut"])
async def test_a_tip_is_signed_and_harm_is_found(site: Site, harm: str) -> None:
    tip = await a_tip(site)
    store = site.house.store

    async def signed() -> bool:
        points = await store.checkpoints.find({"incident": tip.id})
        return any(point.length == tip.log.length for point in points)

    await until(signed)
    stored = await store.tips.get(tip.id)
    if harm == "flip":
        entry = stored.log.entries[0]
        stored.log.entries[0] = dataclasses.replace(entry, data={"anonymous": False})
    if harm == "cut":
        stored.log.entries.pop()
        stored.log.length -= 1
        stored.log.head = stored.log.entries[-1].hash
    await store.tips.save(stored)
    result = await check_log(store, SECRET, await store.tips.get(tip.id))
    assert result.sound is (harm == "none"), result
