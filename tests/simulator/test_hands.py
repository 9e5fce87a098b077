"""Every kind of message and event a resident's hands make, as it arrives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from simulator.datum import gcj02
from tests.simulator.conftest import Stage


async def did(stage: Stage, openid: str, act: str, **body: Any) -> dict[str, Any]:
    stage.bot.got.clear()
    await stage.sim(f"residents/{openid}/{act}", **body, wait=True)
    await stage.settle()
    return stage.bot.oa()[0]


MESSAGES = {
    "text": ({"content": "hello"}, {"Content"}),
    "image": ({}, {"PicUrl", "MediaId"}),
    "voice": ({"recognition": "救命"}, {"MediaId", "Format", "Recognition"}),
    "video": ({}, {"MediaId", "ThumbMediaId"}),
    "shortvideo": ({}, {"MediaId", "ThumbMediaId"}),
    "location": ({"label": "3号楼"}, {"Location_X", "Location_Y", "Scale", "Label"}),
    "link": ({"title": "t", "description": "d", "url": "u"}, {"Title", "Description", "Url"}),
}
COMMON = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId"}


@pytest.mark.parametrize("kind", MESSAGES)
async def test_messages(stage: Stage, kind: str) -> None:
    openid = await stage.resident()
    body, fields = MESSAGES[kind]
    got = await did(stage, openid, kind, **body)
    assert set(got) == COMMON | fields
    assert got["MsgType"] == kind
    assert (await stage.chat(openid))[0]["kind"] == kind


async def test_a_voice_without_recognition_has_none(stage: Stage) -> None:
    assert "Recognition" not in await did(stage, await stage.resident(), "voice")


async def test_the_map_of_a_location_is_shifted_and_latitude_comes_first(stage: Stage) -> None:
    openid = await stage.resident(latitude=41.1, longitude=121.1)
    got = await did(stage, openid, "location")
    wanted = gcj02(41.1, 121.1)
    assert (float(got["Location_X"]), float(got["Location_Y"])) == tuple(
        round(one, 6) for one in wanted
    )
    await stage.sim("settings", location_datum="wgs84")
    assert (await did(stage, openid, "location"))["Location_X"] == "41.1"
    got = await did(stage, openid, "report")
    assert (got["Event"], got["Latitude"], got["Longitude"]) == ("LOCATION", "41.1", "121.1")


EVENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "click": ({"key": "K"}, {"Event": "CLICK", "EventKey": "K"}),
    "view": ({"url": "http://x"}, {"Event": "VIEW", "EventKey": "http://x"}),
    "scancode_push": ({"key": "K", "result": "R"}, {"EventKey": "K"}),
    "scancode_waitmsg": ({"key": "K", "result": "R"}, {"EventKey": "K"}),
    "pic_sysphoto": ({"key": "K"}, {"EventKey": "K"}),
    "pic_photo_or_album": ({"key": "K", "count": 2}, {"EventKey": "K"}),
    "location_select": ({"key": "K", "label": "L"}, {"EventKey": "K"}),
    "unfollow": ({}, {"Event": "unsubscribe"}),
    "user_info_modified": ({}, {"Event": "user_info_modified"}),
    "user_authorization_revoke": (
        {"fields": {"RevokeInfo": "1"}},
        {"Event": "user_authorization_revoke", "RevokeInfo": "1"},
    ),
}


@pytest.mark.parametrize("act", EVENTS)
async def test_events_have_no_msgid(stage: Stage, act: str) -> None:
    openid = await stage.resident()
    body, wanted = EVENTS[act]
    got = await did(stage, openid, act, **body)
    assert got["MsgType"] == "event"
    assert "MsgId" not in got
    assert {name: got[name] for name in wanted} == wanted


async def test_photo_and_place_buttons_are_followed_by_messages(stage: Stage) -> None:
    openid = await stage.resident()
    event = await did(stage, openid, "pic_weixin", key="K", count=2)
    assert event["SendPicsInfo"]["Count"] == "2"
    assert len(event["SendPicsInfo"]["PicList"]["item"]) == 2
    assert sorted(one["MsgType"] for one in stage.bot.oa()) == ["event", "image", "image"]
    event = await did(stage, openid, "location_select", key="K", label="L", poiname="P")
    assert event["SendLocationInfo"]["Poiname"] == "P"
    assert sorted(one["MsgType"] for one in stage.bot.oa()) == ["event", "location"]
    event = await did(stage, openid, "scancode_push", key="K", result="R")
    assert event["ScanCodeInfo"] == {"ScanType": "qrcode", "ScanResult": "R"}


async def test_following_with_and_without_a_scene(stage: Stage) -> None:
    before = (await stage.look("changes"))["changes"]
    one = await stage.resident(wait=True)
    event = stage.bot.oa()[-1]
    assert (event["Event"], event["EventKey"], event["FromUserName"]) == ("subscribe", "", one)
    await stage.resident(scene="42")
    assert stage.bot.oa()[-1]["EventKey"] == "qrscene_42"
    stage.bot.got.clear()
    assert "error" in await stage.sim(f"residents/{one}/follow")
    await stage.sim(f"residents/{one}/unfollow", wait=True)
    assert "error" in await stage.sim(f"residents/{one}/text", content="x")
    assert [event["Event"] for event in stage.bot.oa()] == ["unsubscribe"]
    # Whoever polls, and the file the world is kept in, learn of every step.
    for act in ("follow", "unfollow"):
        seen = (await stage.look("changes"))["changes"]
        assert seen > before
        await stage.sim(f"residents/{one}/{act}", wait=True)
        before = seen
    assert (await stage.look("changes"))["changes"] > before


async def test_positions_are_reported_every_few_seconds(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()
    await stage.sim(f"residents/{openid}/report", count=3, every_s=1.0)
    while not stage.bot.got:
        await asyncio.sleep(0.01)
    assert len(stage.bot.got) == 1
    await stage.settle()
    assert [one["Event"] for one in stage.bot.oa()] == ["LOCATION"] * 3


async def test_forwarding_stays_among_people(stage: Stage) -> None:
    one, two = await stage.resident(), await stage.resident()
    await stage.say(one, "通知")
    line = (await stage.chat(one))[-1]
    stage.bot.got.clear()
    await stage.sim(f"residents/{one}/forward", seq=line["seq"], to=two)
    assert (await stage.chat(two))[-1]["data"] == {"content": "通知"}
    assert stage.bot.got == []
    await stage.sim(f"residents/{one}/forward", seq=line["seq"], to="account", wait=True)
    assert stage.bot.oa()[-1]["Content"] == "通知"
