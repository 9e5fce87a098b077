"""What is sent, what comes back, and what is known when nothing comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.client import Client, Upload, encode
from bot.errors import PlatformError, Unknown, Unsent
from bot.house import BotHouse
from bot.mass import DISPATCHING, SendStatus
from bot.official import OfficialApi
from bot.work import WorkApi
from domain.errors import FORBIDDEN, LOGIN_FAILED, TOO_LARGE, Refused
from simulator.world import World
from tests.bot.conftest import Sim
from tests.ports import free_port

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100
CARD: dict[str, Any] = {
    "msgtype": "template_card",
    "template_card": {
        "card_type": "button_interaction",
        "main_title": {"title": "新线索"},
        "task_id": "tip-1",
        "button_list": [{"text": "接单", "style": 1, "key": "take"}],
    },
}


@pytest.fixture
def oa(house: BotHouse, sim: Sim) -> OfficialApi:
    return house.officials.of("")


@pytest.fixture
def work(house: BotHouse, sim: Sim) -> WorkApi:
    return house.corps.of("")


def text(content: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}}


async def test_a_text_arrives_as_it_was_said(oa: OfficialApi, sim: Sim) -> None:
    one = await sim.resident()
    said = '线索已收到 "ok"\n第二行\t😀 \\u4e2d'
    await oa.send_custom(one, text(said + "\x00\x1b"))
    line = (await sim.chat(one))[-1]
    assert (line["data"]["content"], line["via"]) == (said, "custom")


def test_nothing_is_written_as_an_escape() -> None:
    written = encode({"中": ["\x01文\x7f", "\ud800", 1, None, True]})
    assert written == '{"中":["文\x7f","?",1,null,true]}'.encode()


@pytest.mark.parametrize("code", [45015, 45047, 43004, 48002])
async def test_a_refusal_carries_its_code_and_is_asked_once(
    oa: OfficialApi, sim: Sim, code: int
) -> None:
    one = await sim.resident()
    await sim.fault("message/custom/send", "error", code=code)
    with pytest.raises(PlatformError) as caught:
        await oa.send_custom(one, text("x"))
    assert caught.value.code == code
    assert one not in str(caught.value)
    assert len(await sim.calls("custom/send")) == 1


async def test_a_lost_answer_is_unknown_and_never_repeated(oa: OfficialApi, sim: Sim) -> None:
    one = await sim.resident()
    await sim.fault("message/custom/send", "lost", count=1)
    with pytest.raises(Unknown):
        await oa.send_custom(one, text("einmal"))
    assert len(await sim.calls("custom/send")) == 1
    assert [line["data"].get("content") for line in await sim.chat(one)].count("einmal") == 1


async def test_a_lost_group_task_is_unknown_and_can_be_found(
    work: WorkApi, sim: Sim, house: BotHouse
) -> None:
    chat = str((await sim.post("groups", owner="zhang", name="一", residents=[]))["chat_id"])
    await sim.fault("add_msg_template", "lost", count=1)
    with pytest.raises(Unknown):
        await work.add_group_message("zhang", [chat], "通告 1")
    assert len(await sim.calls("add_msg_template")) == 1
    now = house.clock()
    found, cursor = await work.group_messages("zhang", now - 60_000, now + 60_000)
    assert ([one.text for one in found], cursor) == (["通告 1"], "")


@pytest.mark.parametrize("fault", [{"action": "http", "code": 502}, {"action": "hang"}])
async def test_no_readable_answer_is_unknown(
    oa: OfficialApi, sim: Sim, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import aiohttp

    monkeypatch.setattr("bot.client.TIMES", aiohttp.ClientTimeout(total=0.3))
    one = await sim.resident()
    await oa.user(one)
    await sim.fault("message/custom/send", fault.pop("action"), **fault)
    with pytest.raises(Unknown):
        await oa.send_custom(one, text("x"))
    assert len(await sim.calls("custom/send")) <= 1


async def test_an_unreachable_platform_sends_nothing() -> None:
    client = Client()
    with pytest.raises(Unsent) as caught:
        await client.call(f"http://127.0.0.1:{free_port()}/x?access_token=secret", data={"a": 1})
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    await client.close()


async def test_busy_is_unsent_and_only_reads_are_tried_again(oa: OfficialApi, sim: Sim) -> None:
    one = await sim.resident()
    await sim.fault("message/custom/send", "error", code=-1)
    with pytest.raises(Unsent) as caught:
        await oa.send_custom(one, text("x"))
    assert caught.value.code == -1
    assert len(await sim.calls("custom/send")) == 1
    await sim.fault("user/info", "error", code=-1, count=2)
    assert (await oa.user(one)).following
    assert len(await sim.calls("user/info")) == 3
    await sim.fault("user/info", "error", code=-1, count=9)
    with pytest.raises(Unsent):
        await oa.user(one)
    assert len(await sim.calls("user/info")) == 6


async def test_a_used_up_quota_says_until_when(
    oa: OfficialApi, work: WorkApi, sim: Sim, house: BotHouse
) -> None:
    one = await sim.resident()
    await sim.fault("message/custom/send", "error", code=45009, count=1)
    await sim.fault("message/send", "error", code=45009, count=1)
    with pytest.raises(Unsent) as day:
        await oa.send_custom(one, text("x"))
    with pytest.raises(Unsent) as minute:
        await work.send(["zhang"], text("x"))
    now = house.clock()
    assert 0 < day.value.until - now <= 86_400_000
    assert (day.value.until + 8 * 3_600_000) % 86_400_000 == 0
    assert 0 < minute.value.until - now <= 60_000


async def test_a_template_message_and_its_outcome(
    oa: OfficialApi, sim: Sim, bot_url: str, house: BotHouse
) -> None:
    one = await sim.resident()
    msgid = await oa.send_template(
        one, "template-tip", "https://x.example/1", {"thing1": "已回复"}, "message-1"
    )
    await sim.settle()
    line = (await sim.chat(one))[-1]
    assert line["data"]["data"] == {"thing1": {"value": "已回复"}}
    assert line["data"]["url"] == "https://x.example/1"
    bodies = [house.identity.open(each.body) for each in await house.store.arrivals.find()]
    assert any(f'"message":"{msgid}"' in body and '"success"' in body for body in bodies)


async def test_files_go_up_and_come_back(oa: OfficialApi, work: WorkApi, sim: Sim) -> None:
    for api in (oa, work):
        mark = await api.upload_media("image", Upload("a.png", "image/png", PNG))
        found = await api.media(mark)
        assert (found.data, found.type) == (PNG, "image/png")
        with pytest.raises(PlatformError) as caught:
            await api.media("nothing")
        assert caught.value.code == 40007
    # An Official Account gives the address of a video instead of the video.
    video = await oa.upload_media("video", Upload("a.mp4", "video/mp4", b"\x00\x00mp4" * 9))
    assert (await oa.media(video)).data == b"\x00\x00mp4" * 9


async def test_an_upload_with_a_dead_token_sends_the_whole_file_again(
    oa: OfficialApi, sim: Sim
) -> None:
    await oa.upload_media("image", Upload("a.png", "image/png", PNG))
    await sim.post("tokens/revoke")
    mark = await oa.upload_media("image", Upload("b.png", "image/png", PNG * 3))
    assert (await oa.media(mark)).data == PNG * 3


async def test_a_file_too_large_is_not_read_to_its_end(
    oa: OfficialApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = await oa.upload_media("image", Upload("a.png", "image/png", PNG))
    monkeypatch.setattr("bot.client.MEDIA_LIMIT", 50)
    with pytest.raises(Refused) as caught:
        await oa.media(mark)
    assert caught.value.fault is TOO_LARGE


async def test_qr_menu_and_user(oa: OfficialApi, sim: Sim, http: Any) -> None:
    url = await oa.qrcode("door-北湖", 60)
    async with http.get(url) as response:
        assert response.status == 200
    assert await oa.qrcode("for-ever") == await oa.qrcode("for-ever")
    assert await oa.menu_get() == []
    buttons = [{"type": "click", "name": "说线索", "key": "TIP"}]
    await oa.menu_create(buttons)
    assert await oa.menu_get() == buttons
    one = await sim.resident(scene="door-7")
    known = await oa.user(one)
    assert (known.following, known.scene) == (True, "door-7")
    assert known.unionid
    assert known.followed_at > 0
    await sim.post(f"residents/{one}/unfollow")
    assert not (await oa.user(one)).following


async def test_oauth_says_who_opened_the_page(oa: OfficialApi, sim: Sim) -> None:
    one = await sim.resident()
    url = oa.oauth_url("https://110.example.cn/wechat/back?to=/x", "abc123")
    opened = await sim.post(f"residents/{one}/open", url=url)
    assert opened["state"] == "abc123"
    visitor = await oa.oauth(opened["code"])
    assert (visitor.openid, visitor.snapshot) == (one, False)
    with pytest.raises(PlatformError) as caught:
        await oa.oauth(opened["code"])
    assert caught.value.code == 40163
    await sim.post(f"residents/{one}", snapshot=True)
    opened = await sim.post(f"residents/{one}/open", url=url)
    assert (await oa.oauth(opened["code"])).snapshot


async def test_a_page_signature_is_what_the_platform_computes(
    oa: OfficialApi, simulator_url: str, http: Any
) -> None:
    page = "https://110.example.cn/place?a=1&b=%E4%B8%AD"
    config = await oa.jsapi_signature(page + "#/top")
    assert config.appid == "wx0123456789abcdef"
    again = await oa.jsapi_signature(page)
    assert again.nonce != config.nonce
    asked = {
        "appId": config.appid,
        "timestamp": str(config.timestamp),
        "nonceStr": config.nonce,
        "signature": config.signature,
    }
    async with http.post(
        f"{simulator_url}/res.wx.qq.com/check", json={**asked, "url": page}
    ) as response:
        assert (await response.json())["errMsg"] == "ok"


async def test_cards_are_sent_pressed_and_changed(work: WorkApi, sim: Sim) -> None:
    sent = await work.send(["zhang", "li", "nobody"], CARD)
    assert sent.invalid == ("nobody",)
    assert sent.msgid
    assert sent.response_code
    assert await work.update_card(["zhang", "li"], sent.response_code, replace_name="已接单") == ()
    for userid in ("zhang", "li"):
        assert (await sim.screen(userid))[-1]["data"]["replace_name"] == "已接单"
    with pytest.raises(PlatformError):
        await work.update_card(["zhang"], sent.response_code, replace_name="再一次")
    await work.recall(sent.msgid)
    assert all(line["kind"] != "template_card" for line in await sim.screen("zhang"))


async def test_a_card_can_become_another(work: WorkApi, sim: Sim) -> None:
    sent = await work.send(["zhang"], CARD)
    card = {**CARD["template_card"], "main_title": {"title": "已转出"}}
    await work.update_card(["zhang"], sent.response_code, card=card)
    assert (await sim.screen("zhang"))[-1]["data"]["main_title"] == {"title": "已转出"}


async def test_the_platform_drops_a_repeated_message(work: WorkApi, sim: Sim) -> None:
    await sim.fault("message/send", "lost", count=1)
    with pytest.raises(Unknown):
        await work.send(["zhang"], text("一次"))
    await work.send(["zhang"], text("一次"))
    shown = [line["data"].get("content") for line in await sim.screen("zhang")]
    assert shown.count("一次") == 1
    await work.send(["zhang"], text("两次"), duplicate_check=False)
    await work.send(["zhang"], text("两次"), duplicate_check=False)
    shown = [line["data"].get("content") for line in await sim.screen("zhang")]
    assert shown.count("两次") == 2


async def test_nobody_to_send_to(work: WorkApi, sim: Sim) -> None:
    with pytest.raises(PlatformError) as caught:
        await work.send(["nobody"], text("x"))
    assert caught.value.code == 81013


@pytest.mark.parametrize("path", ["/auth/getuserinfo", "/user/getuserinfo"])
async def test_only_members_log_in(work: WorkApi, sim: Sim, path: str) -> None:
    """Private WeCom has the older of the two calls."""
    work.settings = replace(work.settings, login_path=path)
    for inside in (True, False):
        url = work.login_url("https://110.example.cn/wechat/officer", "s1", in_wecom=inside)
        opened = await sim.post("members/zhang/open", url=url)
        assert opened["state"] == "s1"
        assert await work.login(opened["code"]) == "zhang"
        with pytest.raises(Refused) as used:
            await work.login(opened["code"])
        assert used.value.fault is LOGIN_FAILED
    stranger = await sim.resident()
    url = work.login_url("https://110.example.cn/wechat/officer", "s1", in_wecom=True)
    opened = await sim.post(f"residents/{stranger}/open", url=url)
    with pytest.raises(Refused) as caught:
        await work.login(opened["code"])
    assert caught.value.fault is FORBIDDEN


async def test_a_member_is_read(work: WorkApi, sim: Sim) -> None:
    member = await work.user("wang")
    assert (member.userid, member.name, member.departments) == ("wang", "王警官", (2,))
    with pytest.raises(PlatformError) as caught:
        await work.user("nobody")
    assert caught.value.code == 60111


async def test_groups_are_listed_and_read(work: WorkApi, sim: Sim, world: World) -> None:
    seeded = await sim.post(
        "seed", owners=["zhang", "li"], groups=6, members=4, name="北湖", followers=0
    )
    everything = await work.groups()
    assert set(everything.chats) == set(seeded["chat_ids"])
    assert everything.cursor == ""
    mine = await work.groups(owners=["zhang"])
    assert 0 < len(mine.chats) < len(everything.chats)
    detail = await work.group(mine.chats[0])
    assert (detail.id, detail.owner) == (mine.chats[0], "zhang")
    assert detail.created_at > 1_600_000_000_000
    assert {seat.staff for seat in detail.seats} <= {True, False}
    with pytest.raises(PlatformError) as caught:
        await work.group("wr-nothing")
    assert caught.value.code == 90501


async def test_pages_of_groups_go_on_where_they_ended(
    work: WorkApi, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.work_groups.PAGE", 2)
    await sim.post("seed", owners=["zhang"], groups=5, members=2, name="x", followers=0)
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = await work.groups(cursor)
        seen += page.chats
        cursor = page.cursor
    assert cursor == ""
    assert len(set(seen)) == 5


async def test_doors_bring_people_with_their_mark(work: WorkApi, sim: Sim) -> None:
    chat = str((await sim.post("groups", owner="zhang", name="一", residents=[]))["chat_id"])
    config = await work.join_way_add([chat], "poster-1", remark="东门", name="北湖", number=2)
    way = await work.join_way_get(config)
    assert (way.config, way.state, way.chats, way.remark) == (config, "poster-1", (chat,), "东门")
    assert way.url.startswith("http")
    one = await sim.resident()
    await sim.post(f"residents/{one}/join", config_id=config)
    newest = (await work.group(chat)).seats[-1]
    assert (newest.staff, newest.scene, newest.door) == (False, 3, "poster-1")
    await work.join_way_update(config, [chat], "poster-2", auto_create=False)
    way = await work.join_way_get(config)
    assert (way.state, way.auto_create) == ("poster-2", False)
    await work.join_way_remove(config)
    with pytest.raises(PlatformError):
        await work.join_way_get(config)


async def test_welcome_templates(work: WorkApi, sim: Sim) -> None:
    link = {"link": {"title": "警民110", "url": "https://110.example.cn"}}
    template = await work.welcome_add("欢迎 %NICKNAME%", link)
    assert (await work.welcome_get(template)).text == "欢迎 %NICKNAME%"
    await work.welcome_edit(template, "你好", link)
    found = await work.welcome_get(template)
    assert (found.text, found.extra["link"]["title"]) == ("你好", "警民110")
    await work.welcome_remove(template)
    with pytest.raises(PlatformError):
        await work.welcome_get(template)
    one = await sim.resident()
    code = (await sim.post(f"residents/{one}/befriend", userid="zhang"))["welcome_code"]
    await work.welcome(code, {"text": {"content": "您好"}})
    with pytest.raises(PlatformError) as caught:
        await work.welcome(code, {"text": {"content": "您好"}})
    assert caught.value.code == 41051


async def test_a_group_message_from_task_to_result(
    work: WorkApi, sim: Sim, house: BotHouse
) -> None:
    chats = [
        str((await sim.post("groups", owner="zhang", name=name, residents=[]))["chat_id"])
        for name in ("一", "二")
    ]
    made = await work.add_group_message("zhang", [*chats, "wr-nothing"], "通告")
    assert made.failed == ("wr-nothing",)
    with pytest.raises(PlatformError) as early:
        await work.group_tasks(made.task)
    assert early.value.code == DISPATCHING
    await sim.advance(5)
    tasks, _ = await work.group_tasks(made.task)
    assert [(one.userid, one.sent) for one in tasks] == [("zhang", False)]
    await work.remind(made.task)
    await sim.post(f"members/zhang/tasks/{made.task}/confirm")
    tasks, _ = await work.group_tasks(made.task)
    assert tasks[0].sent
    assert abs(tasks[0].sent_at - house.clock()) < 60_000
    results, cursor = await work.group_results(made.task, "zhang")
    assert cursor == ""
    assert {one.chat: one.status for one in results} == dict.fromkeys(chats, SendStatus.SENT)


async def test_a_cancelled_task_is_gone(work: WorkApi, sim: Sim) -> None:
    chat = str((await sim.post("groups", owner="li", name="一", residents=[]))["chat_id"])
    made = await work.add_group_message("li", [chat], "通告")
    await sim.advance(5)
    await work.cancel(made.task)
    results, _ = await work.group_results(made.task, "li")
    assert [one.status for one in results] == [SendStatus.UNSENT]
    assert not (await work.group_tasks(made.task))[0][0].sent


async def test_quotas_begin_anew(oa: OfficialApi, sim: Sim) -> None:
    for _ in range(10):
        await oa.clear_quota()
    with pytest.raises(PlatformError) as caught:
        await oa.clear_quota()
    assert caught.value.code == 48006
