"""Voice and video from the chat: played without what they tell, sealed as they came, never lost."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from api.verify import check
from bot.house import BotHouse
from domain.errors import BUSY, Refused
from domain.incident import Incident
from domain.ports import Cleaned, Playable
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.attack.bombs import phone_picture
from tests.bot.conftest import SECRET, Sim
from tests.bot.street import LAT, LON, Street, officer, until
from tests.bot.working import working
from tests.films import SECRETS, amr, film
from tests.neighbourhoods import city_of_communities

__all__ = ["working"]

BROKEN = b"\x02#!SILK_V3" + bytes(200)


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, working: None) -> Street:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    return Street(sim, house, store, await sim.resident())


def wire(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def kept(store: MongoStore, file: str) -> bytes:
    return b"".join([piece async for piece in store.files.read(file)])


async def test_a_tip_s_voice_and_video_can_be_played_and_what_came_in_is_sealed(
    street: Street,
) -> None:
    voice, video = amr(100), film()
    await street.say("举报")
    await street.hears("微信公司知道")
    await street.do("voice", data=wire(voice))
    await street.hears("记下了（1）")
    await street.do("video", data=wire(video))
    await street.hears("记下了（2）")
    await street.do("voice", data=wire(BROKEN))
    await street.hears("记下了（3）")
    await street.do("location", latitude=LAT, longitude=LON, label="三号楼")
    await street.hears("记下了（4）")
    await street.say("提交")
    await street.hears("线索号")
    tip = await street.tip()
    said, seen, lost = [one.data for one in tip.log.entries if one.what == "upload"]

    assert (said["kind"], said["type"], said["length_ms"]) == ("voice", "audio/mp4", 2000)
    assert (seen["kind"], seen["type"]) == ("video", "video/mp4")
    assert (seen["width"], seen["height"]) == (120, 160)
    for data, came in ((said, voice), (seen, video)):
        shown = await kept(street.store, data["file"])
        assert (shown[4:8], len(shown)) == (b"ftyp", data["bytes"])
        assert not [one for one in SECRETS if one in shown]
        sealed = await kept(street.store, f"{data['file']}.original")
        assert came[:64] not in sealed
        assert street.house.content.open_bytes(sealed) == came
        assert data["sha256"] != data["original_sha256"]

    assert (lost["kind"], lost["type"], lost["length_ms"]) == ("voice", "audio/amr", None)
    assert await kept(street.store, lost["file"]) == BROKEN
    assert lost["sha256"] == lost["original_sha256"]


async def test_what_is_sent_to_an_open_report_is_made_anew_and_verifies(street: Street) -> None:
    await street.do("click", key="TIP")
    await street.say("救命, 有人打我")
    await street.hears("110")
    await street.do("voice", data=wire(amr(50)))
    await street.say("1")
    incident = await until(lambda: raised(street.store))
    await street.do("video", data=wire(film(1)))
    await street.do("video", data=wire(film(1)[:900]))
    uploads = await until(lambda: sent(street.store, incident.id, 3))
    assert [one["type"] for one in uploads] == ["audio/mp4", "video/mp4", "video/mp4"]
    assert [one["length_ms"] is None for one in uploads] == [False, False, True]
    it = await street.store.incidents.get(incident.id)
    content = street.house.content
    found = await check(street.store, SECRET, content, it)
    assert [flaw.what for flaw in found.flaws if "file" in flaw.what] == []
    chunks = street.store.files._database["files.chunks"]  # type: ignore[attr-defined]
    original = {"files_id": f"{uploads[0]['file']}.original"}
    size = len((await chunks.find_one(original))["data"])
    await chunks.update_one(original, {"$set": {"data": b"x" * size}})
    found = await check(street.store, SECRET, content, it)
    assert [flaw.what for flaw in found.flaws if "file" in flaw.what] == [
        f"file {uploads[0]['file']}.original was changed"
    ]


async def raised(store: MongoStore) -> Incident | None:
    found = await store.incidents.find({}, limit=1)
    return found[0] if found else None


async def sent(store: MongoStore, id: str, count: int) -> list[dict[str, Any]]:
    it = await store.incidents.get(id)
    found = [one.data for one in it.log.entries if one.what == "upload"]
    return found if len(found) >= count else []


async def test_files_that_find_no_decoder_free_are_not_lost(street: Street) -> None:
    pictures, asked = street.house.pictures, []

    async def busy_at_first(data: bytes, by: str = "") -> Cleaned:
        asked.append(by)
        if len(asked) == 1:
            raise Refused(BUSY)
        return await pictures(data, by)

    async def busy(data: bytes, voice: bool, by: str = "") -> Playable:
        raise Refused(BUSY)

    street.house.pictures, street.house.clips = busy_at_first, busy
    await street.say("举报")
    await street.hears("微信公司知道")
    await street.do("image", data=wire(phone_picture()))
    await street.hears("记下了（1）")
    assert len(asked) == 2
    assert asked[0]
    await street.do("voice", data=wire(amr(50)))
    await street.hears("记下了（2）")
