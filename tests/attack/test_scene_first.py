"""Where it happens goes before where the caller is, asked in one function (pages: ``where.test.ts``)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Site
from tests.city import IN_W1

ROOT = Path(__file__).parents[2]
CHOOSES = re.compile(r"\b(place or \w+\.position|position or \w+\.place)\b")
SCENE = {"lon": 121.15, "lat": 41.15, "datum": "WGS84", "source": "PICKED"}


async def test_the_station_of_the_scene_is_the_first_candidate_of_all(site: Site) -> None:
    """The desk marks the scene 12 km from the caller: everything that follows is about the scene."""
    receipt = await site.report(position=IN_W1)
    desk = await site.staff("desk1")
    await site.ask(desk, "POST", f"/incidents/{receipt['id']}/answer")
    placed: dict[str, Any] = await site.ask(
        desk, "PATCH", f"/incidents/{receipt['id']}", {"place": SCENE}
    )
    station = placed["place_located"]["candidates"][0]["station"]
    assert station != placed["located"]["candidates"][0]["station"]
    sent = await site.ask(
        desk, "POST", f"/incidents/{receipt['id']}/dispatch", {"station": station}
    )
    called = next(one for one in sent["entries"] if one["what"] == "station.called")
    assert called["data"]["rank"] == 1
    where = (await site.stored(receipt["id"])).where
    assert where is not None
    assert (where.wgs84.lon, where.wgs84.lat) == (121.15, 41.15)


@pytest.mark.parametrize("room", ["domain", "api", "bot", "webrtc"])
def test_no_other_place_chooses_between_the_two(room: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / room).rglob("*.py"))
        if CHOOSES.search(path.read_text("utf-8"))
    ]
    assert found == []
