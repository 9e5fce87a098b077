"""What the account may send to whom: credits, templates, subscriptions, media, menu, QR codes."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from tests.simulator.conftest import OA, WORK, Stage


async def test_five_messages_in_48_hours(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.advance(61)
    assert await stage.say(openid, "x") == 45015
    await stage.sim(f"residents/{openid}/text", content="救命", wait=True)
    assert [await stage.say(openid, str(n)) for n in range(6)] == [0, 0, 0, 0, 0, 45047]
    await stage.sim(f"residents/{openid}/text", content="again", wait=True)
    assert await stage.say(openid, "x") == 0
    await stage.advance(48 * 3600 - 10)
    assert await stage.say(openid, "x") == 0
    await stage.advance(11)
    assert await stage.say(openid, "x") == 45015
    shown = [one["data"]["content"] for one in await stage.chat(openid) if one["who"] == "account"]
    assert shown == ["0", "1", "2", "3", "4", "x", "x"]


@pytest.mark.parametrize("trigger", ["subscribe", "click", "scan"])
async def test_three_messages_in_a_minute(stage: Stage, trigger: str) -> None:
    openid = await stage.resident()
    if trigger != "subscribe":
        await stage.advance(61)
        assert await stage.say(openid, "x") == 45015
    if trigger == "click":
        await stage.sim(f"residents/{openid}/click", key="HELP", wait=True)
    if trigger == "scan":
        made = await stage.oa("qrcode/create", qr("QR_STR_SCENE", scene_str="door"))
        await stage.sim(f"residents/{openid}/scan", ticket=made["ticket"], wait=True)
    assert [await stage.say(openid, "x") for _ in range(4)] == [0, 0, 0, 45047]
    await stage.advance(61)
    assert await stage.say(openid, "x") == 45015


async def test_a_view_or_report_grants_nothing(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.advance(61)
    await stage.sim(f"residents/{openid}/view", url="http://x", wait=True)
    await stage.sim(f"residents/{openid}/report")
    await stage.settle()
    assert await stage.say(openid, "x") == 45015


async def test_who_cannot_be_reached(stage: Stage) -> None:
    openid = await stage.resident()
    assert await stage.say("nobody", "x") == 40003
    await stage.sim(f"residents/{openid}", refuses=True)
    assert await stage.say(openid, "x") == 48002
    await stage.sim(f"residents/{openid}", refuses=False, blacklisted=True)
    assert await stage.say(openid, "x") == 43019
    await stage.sim(f"residents/{openid}", blacklisted=False)
    await stage.sim(f"residents/{openid}/unfollow", wait=True)
    assert await stage.say(openid, "x") == 43004


async def test_escaped_characters_are_refused(stage: Stage) -> None:
    openid = await stage.resident()
    token = await stage.token()
    body = {"touser": openid, "msgtype": "text", "text": {"content": "你好 \\u4f60"}}
    path = f"{OA}/cgi-bin/message/custom/send?access_token={token}"
    response = await stage.client.post(path, data=json.dumps(body, ensure_ascii=True))
    assert (await response.json(content_type=None))["errcode"] == 40033
    response = await stage.client.post(path, data=json.dumps(body, ensure_ascii=False).encode())
    assert (await response.json(content_type=None))["errcode"] == 0
    assert (await stage.chat(openid))[-1]["data"] == {"content": "你好 \\u4f60"}


async def test_kinds_and_their_fields(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.sim(f"residents/{openid}/text", content="x")

    async def send(kind: str, part: Any) -> Any:
        body = {"touser": openid, "msgtype": kind, kind: part}
        return (await stage.oa("message/custom/send", body))["errcode"]

    assert await send("hologram", {}) == 40008
    assert await send("text", {"content": "字" * 683}) == 45002
    assert await send("image", {"media_id": "gone"}) == 40007
    assert await send("news", {"articles": [{}, {}]}) == 45008
    assert await send("news", {"articles": [{"title": "t", "url": "u"}]}) == 0
    menu = {"head_content": "?", "list": [{"id": "1", "content": "是"}], "tail_content": ""}
    assert await send("msgmenu", menu) == 0
    await stage.sim(f"residents/{openid}/text", content="是", menu_id="1", wait=True)
    assert stage.bot.oa()[-1]["bizmsgmenuid"] == "1"


def template(openid: str, **more: Any) -> dict[str, Any]:
    return {
        "touser": openid,
        "template_id": "T1",
        "data": {"thing1": {"value": "受理"}},
        "url": "http://x",
        **more,
    }


async def finish(stage: Stage) -> list[tuple[str, str]]:
    await stage.settle()
    events = [one for one in stage.bot.oa() if one.get("Event") == "TEMPLATESENDJOBFINISH"]
    return [(one["MsgID"], one["Status"]) for one in events]


async def test_a_template_is_answered_at_once_and_finished_later(stage: Stage) -> None:
    await stage.sim("accounts", oa={"templates": ["T1"]})
    openid = await stage.resident()
    sent = await stage.oa("message/template/send", template(openid))
    assert sent["errcode"] == 0
    assert await finish(stage) == [(str(sent["msgid"]), "success")]
    assert (await stage.chat(openid))[-1]["kind"] == "template"
    await stage.sim(f"residents/{openid}", refuses=True)
    await stage.oa("message/template/send", template(openid))
    assert (await finish(stage))[-1][1] == "failed:user block"
    await stage.sim(f"residents/{openid}", refuses=False)
    await stage.sim("faults", path="template-result", action="error", count=1)
    await stage.oa("message/template/send", template(openid))
    assert (await finish(stage))[-1][1] == "failed: system failed"
    assert len([one for one in await stage.chat(openid) if one["kind"] == "template"]) == 1
    wrong = template(openid, template_id="T2")
    assert (await stage.oa("message/template/send", wrong))["errcode"] == 40037
    await stage.sim(f"residents/{openid}/unfollow", wait=True)
    assert (await stage.oa("message/template/send", template(openid)))["errcode"] == 43004


async def test_template_deduplication_is_a_switch(stage: Stage) -> None:
    openid = await stage.resident()
    body = template(openid, client_msg_id="c1")
    first, second = [(await stage.oa("message/template/send", body))["msgid"] for _ in range(2)]
    assert first != second
    await stage.sim("settings", dedupe_client_msg_id=True)
    body = template(openid, client_msg_id="c2")
    first, second = [(await stage.oa("message/template/send", body))["msgid"] for _ in range(2)]
    assert first == second
    assert len(await stage.chat(openid)) == 3


async def test_templates_have_a_daily_quota(stage: Stage) -> None:
    await stage.sim("settings", template_daily=1)
    openid = await stage.resident()
    codes = [(await stage.oa("message/template/send", template(openid)))["errcode"] for _ in "ab"]
    assert codes == [0, 45009]
    await stage.advance(86400)
    assert (await stage.oa("message/template/send", template(openid)))["errcode"] == 0


async def test_one_subscription_is_one_notice(stage: Stage) -> None:
    openid = await stage.resident()
    send = template(openid)
    assert (await stage.oa("message/subscribe/bizsend", send))["errcode"] == 43101
    await stage.sim(f"residents/{openid}/permit", template_id="T1", accept=True, wait=True)
    event = stage.bot.oa()[-1]
    assert event["Event"] == "subscribe_msg_popup_event"
    assert event["SubscribeMsgPopupEvent"]["List"]["SubscribeStatusString"] == "accept"
    answer = await stage.oa("message/subscribe/bizsend", send)
    assert answer == {"errcode": 0, "errmsg": "ok"}
    assert (await stage.oa("message/subscribe/bizsend", send))["errcode"] == 43101


def part(data: bytes, name: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("media", BytesIO(data), filename=name, content_type="application/octet-stream")
    return form


async def upload(stage: Stage, base: str, token: str, kind: str, data: bytes, name: str) -> Any:
    path = f"{base}media/upload"
    query = {"access_token": token, "type": kind}
    response = await stage.client.post(path, params=query, data=part(data, name))
    return await response.json(content_type=None)


async def test_media_have_kinds_sizes_and_three_days(stage: Stage) -> None:
    base, token = OA + "/cgi-bin/", await stage.token()
    mb = 1024 * 1024
    for kind, size, name, code in (
        ("image", 10 * mb + 1, "a.png", 40009),
        ("voice", 2 * mb + 1, "a.amr", 40010),
        ("video", 10 * mb + 1, "a.mp4", 40011),
        ("thumb", 65537, "a.jpg", 40012),
        ("image", 10, "a.exe", 40005),
        ("paper", 10, "a.png", 40004),
        ("image", 0, "a.png", 41005),
    ):
        assert (await upload(stage, base, token, kind, b"x" * size, name))["errcode"] == code
    made = await upload(stage, base, token, "image", b"picture", "a.png")
    query = {"access_token": token, "media_id": made["media_id"]}
    assert await (await stage.client.get(base + "media/get", params=query)).read() == b"picture"
    openid = await stage.resident()
    body = {"touser": openid, "msgtype": "image", "image": {"media_id": made["media_id"]}}
    assert (await stage.oa("message/custom/send", body))["errcode"] == 0
    await stage.advance(3 * 86400 + 1)
    await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert (await stage.oa("message/custom/send", body))["errcode"] == 40007
    assert (await stage.oa_get("media/get", media_id=made["media_id"]))["errcode"] == 40007


async def test_media_of_the_corp(stage: Stage) -> None:
    token = await stage.work_token()
    for kind, data, name, code in (
        ("voice", b"x" * 10, "a.mp3", 40005),
        ("file", b"x" * 5, "a.txt", 40006),
        ("image", b"x" * 10, "a.gif", 40005),
        ("thumb", b"x" * 10, "a.jpg", 40004),
    ):
        assert (await upload(stage, WORK, token, kind, data, name))["errcode"] == code
    made = await upload(stage, WORK, token, "file", b"abcdef", "a.txt")
    query = {"access_token": token, "media_id": made["media_id"]}
    assert await (await stage.client.get(WORK + "media/get", params=query)).read() == b"abcdef"
    # The two platforms do not share files.
    assert (await stage.oa_get("media/get", media_id=made["media_id"]))["errcode"] == 40007


async def test_what_residents_send_expires_too(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.sim(f"residents/{openid}/image", wait=True)
    media_id = stage.bot.oa()[-1]["MediaId"]
    token = await stage.token()
    query = {"access_token": token, "media_id": media_id}
    data = await (await stage.client.get(OA + "/cgi-bin/media/get", params=query)).read()
    assert data.startswith(b"\x89PNG")
    await stage.advance(3 * 86400 + 1)
    assert (await stage.oa_get("media/get", media_id=media_id))["errcode"] == 40007


async def test_the_menu(stage: Stage) -> None:
    async def make(*buttons: dict[str, Any]) -> int:
        return int((await stage.oa("menu/create", {"button": list(buttons)}))["errcode"])

    click = {"type": "click", "name": "报警", "key": "ALARM"}
    assert (await stage.oa_get("menu/get"))["errcode"] == 46003
    assert await make() == 40016
    assert await make(click, click, click, click) == 40016
    assert await make({**click, "name": "一" * 6}) == 40018
    assert await make({**click, "key": "k" * 129}) == 40019
    assert await make({**click, "type": "shout"}) == 40017
    assert await make({"type": "view", "name": "x", "url": "u" * 1025}) == 40020
    assert await make({"name": "更多", "sub_button": [click] * 6}) == 40023
    assert await make(click, {"name": "更多", "sub_button": [click] * 5}) == 0
    assert (await stage.oa_get("menu/get"))["menu"]["button"][0] == click
    assert (await stage.look("menu"))["button"][0] == click


def qr(action: str, seconds: int | None = 600, **scene: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"action_name": action, "action_info": {"scene": scene}}
    if seconds is not None:
        body["expire_seconds"] = seconds
    return body


async def test_qr_codes_carry_a_scene_until_they_expire(stage: Stage) -> None:
    made = await stage.oa("qrcode/create", qr("QR_STR_SCENE", scene_str="3号楼"))
    assert made["expire_seconds"] == 600
    openid = await stage.resident(follow=False)
    await stage.sim(f"residents/{openid}/scan", ticket=made["ticket"], wait=True)
    event = stage.bot.oa()[-1]
    assert (event["Event"], event["EventKey"]) == ("subscribe", "qrscene_3号楼")
    assert event["Ticket"] == made["ticket"]
    info = await stage.oa_get("user/info", openid=openid)
    assert (info["subscribe_scene"], info["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", "3号楼")
    await stage.sim(f"residents/{openid}/scan", ticket=made["ticket"], wait=True)
    event = stage.bot.oa()[-1]
    assert (event["Event"], event["EventKey"]) == ("SCAN", "3号楼")
    picture = await stage.client.get(
        "/mp.weixin.qq.com/cgi-bin/showqrcode", params={"ticket": made["ticket"]}
    )
    assert picture.content_type.startswith("image/")
    await stage.advance(601)
    assert "error" in await stage.sim(f"residents/{openid}/scan", ticket=made["ticket"])


async def test_limits_of_qr_codes(stage: Stage) -> None:
    async def make(*args: Any, **scene: Any) -> dict[str, Any]:
        return await stage.oa("qrcode/create", qr(*args, **scene))

    assert (await make("QR_SCENE", None, scene_id=7))["expire_seconds"] == 30
    assert (await make("QR_SCENE", 99_999_999, scene_id=7))["expire_seconds"] == 2_592_000
    assert (await make("QR_LIMIT_SCENE", scene_id=100_001))["errcode"] == 40053
    assert (await make("QR_STR_SCENE", scene_str="s" * 65))["errcode"] == 40053
    assert (await make("QR_X", scene_id=1))["errcode"] == 40053
    await stage.sim("settings", permanent_qrcodes=1)
    first = await make("QR_LIMIT_STR_SCENE", scene_str="a")
    assert "expire_seconds" not in first
    assert (await make("QR_LIMIT_STR_SCENE", scene_str="a"))["ticket"] == first["ticket"]
    assert (await make("QR_LIMIT_STR_SCENE", scene_str="b"))["errcode"] == 45029


async def test_followers_have_no_names(stage: Stage) -> None:
    openid = await stage.resident(name="王小明")
    info = await stage.oa_get("user/info", openid=openid)
    assert not {"nickname", "headimgurl", "sex", "city", "language"} & set(info)
    assert info["unionid"].startswith("oU")
    assert "王小明" not in json.dumps(info, ensure_ascii=False)
    assert (await stage.oa_get("user/get"))["data"]["openid"] == [openid]
    await stage.sim(f"residents/{openid}/unfollow", wait=True)
    assert await stage.oa_get("user/info", openid=openid) == {"subscribe": 0, "openid": openid}
