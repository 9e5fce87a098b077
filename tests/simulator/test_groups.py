"""Customer groups: what is read, what is told, and what never is."""

from __future__ import annotations

from typing import Any

from tests.simulator.conftest import Stage

ROOT = "externalcontact/groupchat/"


async def group(stage: Stage, owner: str = "zhang", **more: Any) -> str:
    made = await stage.sim("groups", owner=owner, name="一区", **more)
    await stage.settle()
    stage.bot.got.clear()
    return str(made["chat_id"])


async def read(stage: Stage, chat_id: str, **more: Any) -> dict[str, Any]:
    return await stage.work(ROOT + "get", {"chat_id": chat_id, **more})


async def told(stage: Stage, chat_id: str, act: str, **body: Any) -> dict[str, Any]:
    await stage.sim(f"groups/{chat_id}/{act}", **body)
    await stage.settle()
    events = stage.bot.contact()
    stage.bot.got.clear()
    assert len(events) == 1
    assert (events[0]["FromUserName"], events[0]["Event"]) == ("sys", "change_external_chat")
    return events[0]


async def test_listing_pages_and_filters(stage: Stage) -> None:
    seeded = await stage.sim("seed", owners=["zhang", "li"], groups=5, members=0)
    first = await stage.work(ROOT + "list", {"limit": 3})
    assert len(first["group_chat_list"]) == 3
    rest = await stage.work(ROOT + "list", {"limit": 3, "cursor": first["next_cursor"]})
    assert "next_cursor" not in rest
    found = first["group_chat_list"] + rest["group_chat_list"]
    assert {one["chat_id"] for one in found} == set(seeded["chat_ids"])
    only = await stage.work(ROOT + "list", {"limit": 10, "owner_filter": {"userid_list": ["LI"]}})
    assert [one["chat_id"] for one in only["group_chat_list"]] == seeded["chat_ids"][1::2]
    for limit in (0, 1001, None):
        assert (await stage.work(ROOT + "list", {"limit": limit}))["errcode"] == 40058
    many = {"limit": 1, "owner_filter": {"userid_list": ["zhang"] * 101}}
    assert (await stage.work(ROOT + "list", many))["errcode"] == 40058
    await stage.sim("settings", scope_limit=2)
    assert (await stage.work(ROOT + "list", {"limit": 10}))["errcode"] == 81017
    wanted = {"limit": 10, "owner_filter": {"userid_list": ["li"]}}
    assert (await stage.work(ROOT + "list", wanted))["errcode"] == 0
    await stage.sim("members/li", left=True)
    left = await stage.work(
        ROOT + "list", {"limit": 10, "status_filter": 1, "owner_filter": {"userid_list": ["li"]}}
    )
    assert {one["status"] for one in left["group_chat_list"]} == {1}


async def test_only_apps_in_customer_contact_may_read(stage: Stage) -> None:
    answer = await stage.work(ROOT + "list", {"limit": 1}, secret="other-secret")
    assert answer["errcode"] == 48002


async def test_members_with_and_without_names_and_unionids(stage: Stage) -> None:
    openid = await stage.resident(name="王小明")
    chat_id = await group(stage, residents=[openid])
    whole = (await read(stage, chat_id, need_name=1))["group_chat"]
    assert (whole["name"], whole["owner"]) == ("一区", "zhang")
    staff, guest = whole["member_list"]
    assert (staff["userid"], staff["type"]) == ("zhang", 1)
    assert (guest["type"], guest["name"], guest["join_scene"]) == (2, "王小明", 1)
    assert guest["invitor"] == {"userid": "zhang"}
    assert guest["unionid"] == (await stage.oa_get("user/info", openid=openid))["unionid"]
    bare = (await read(stage, chat_id))["group_chat"]["member_list"][1]
    assert "name" not in bare
    await stage.sim("settings", unionid_bound=False)
    assert "unionid" not in (await read(stage, chat_id))["group_chat"]["member_list"][1]


async def test_wrong_and_dissolved_groups(stage: Stage) -> None:
    assert (await read(stage, ""))["errcode"] == 86003
    assert (await read(stage, "wrNobody"))["errcode"] == 90501
    chat_id = await group(stage)
    assert (await told(stage, chat_id, "dismiss"))["ChangeType"] == "dismiss"
    assert (await read(stage, chat_id))["errcode"] == 49008


async def test_every_change_people_make_is_told(stage: Stage) -> None:
    one, two, three = [await stage.resident() for _ in range(3)]
    stage.bot.got.clear()
    await stage.sim("groups", owner="zhang", name="新群")
    await stage.settle()
    [event] = stage.bot.contact()
    assert (event["ChangeType"], "UpdateDetail" in event) == ("create", False)
    chat_id = event["ChatId"]
    stage.bot.got.clear()

    event = await told(stage, chat_id, "join", residents=[one, two])
    assert (event["UpdateDetail"], event["JoinScene"]) == ("add_member", "0")
    assert event["MemChangeCnt"] == "2"
    assert len(event["MemChangeList"]["Item"]) == 2
    event = await told(stage, chat_id, "join", residents=[three], scene=3)
    assert (event["UpdateDetail"], event["JoinScene"]) == ("add_member", "3")
    event = await told(stage, chat_id, "leave", people=[one])
    assert (event["UpdateDetail"], event["QuitScene"]) == ("del_member", "0")
    event = await told(stage, chat_id, "remove", people=[two])
    assert (event["UpdateDetail"], event["QuitScene"]) == ("del_member", "1")
    event = await told(stage, chat_id, "rename", name="改名")
    assert event["UpdateDetail"] == "change_name"
    event = await told(stage, chat_id, "notice", notice="防诈骗")
    assert event["UpdateDetail"] == "change_notice"
    event = await told(stage, chat_id, "owner", owner="li")
    assert event["UpdateDetail"] == "change_owner"
    whole = (await read(stage, chat_id))["group_chat"]
    assert (whole["name"], whole["notice"], whole["owner"]) == ("改名", "防诈骗", "li")
    assert len(whole["member_list"]) == 3
    await stage.sim("settings", group_change_list=False)
    assert "MemChangeList" not in await told(stage, chat_id, "join", residents=[one])


async def test_reading_may_lag_behind_the_event(stage: Stage) -> None:
    await stage.sim("settings", group_lag_s=10)
    openid = await stage.resident()
    chat_id = await group(stage)
    await told(stage, chat_id, "join", residents=[openid])
    await told(stage, chat_id, "rename", name="新名")
    whole = (await read(stage, chat_id))["group_chat"]
    assert (len(whole["member_list"]), whole["name"]) == (1, "一区")
    await stage.advance(11)
    whole = (await read(stage, chat_id))["group_chat"]
    assert (len(whole["member_list"]), whole["name"]) == (2, "新名")


async def test_changes_made_by_the_api_are_not_told(stage: Stage) -> None:
    chat_id = await group(stage)
    await stage.work(ROOT + "onjob_transfer", {"chat_id_list": [chat_id, "wrX"], "new_owner": "li"})
    await way(stage, [chat_id])
    await stage.settle()
    assert (await read(stage, chat_id))["group_chat"]["owner"] == "li"
    assert stage.bot.got == []


async def test_no_callback_carries_what_is_said_in_a_group(stage: Stage) -> None:
    openid = await stage.resident()
    chat_id = await group(stage, residents=[openid])
    await stage.sim(f"groups/{chat_id}/say", who=openid, data={"content": "有人偷车"})
    await stage.sim(f"groups/{chat_id}/say", who="zhang", data={"content": "马上到"})
    await stage.settle()
    assert stage.bot.got == []
    lines = (await stage.look(f"groups/{chat_id}/chat"))["lines"]
    said = [one["data"]["content"] for one in lines if one["who"] != "notice"]
    assert said == ["有人偷车", "马上到"]
    stranger = await stage.resident()
    refused = await stage.sim(f"groups/{chat_id}/say", who=stranger, data={"content": "x"})
    assert "error" in refused


async def way(stage: Stage, chats: list[str], **more: Any) -> dict[str, Any]:
    body = {"scene": 2, "chat_id_list": chats, **more}
    return await stage.work(ROOT + "add_join_way", body)


async def test_a_join_code_leads_into_the_first_group_with_room(stage: Stage) -> None:
    await stage.sim("settings", group_size=2)
    chat_id = await group(stage)
    made = await way(stage, [chat_id], state="door-3", room_base_name="平安一区", room_base_id=7)
    one, two, three = [await stage.resident() for _ in range(3)]
    stage.bot.got.clear()
    joined = await stage.sim(f"residents/{one}/join", config_id=made["config_id"])
    assert joined["chat_id"] == chat_id
    await stage.settle()
    [event] = stage.bot.contact()
    assert (event["UpdateDetail"], event["JoinScene"]) == ("add_member", "3")
    seat = (await read(stage, chat_id))["group_chat"]["member_list"][1]
    assert (seat["state"], seat["join_scene"]) == ("door-3", 3)
    # Full: the next one finds a new group, and it is told.
    stage.bot.got.clear()
    joined = await stage.sim(f"residents/{two}/join", config_id=made["config_id"])
    assert joined["chat_id"] != chat_id
    await stage.settle()
    assert {one["ChangeType"] for one in stage.bot.contact()} == {"create", "update"}
    assert (await read(stage, joined["chat_id"]))["group_chat"]["name"] == "平安一区7"
    shown = await stage.work(ROOT + "get_join_way", {"config_id": made["config_id"]})
    assert shown["join_way"]["chat_id_list"] == [chat_id, joined["chat_id"]]
    body = {
        "config_id": made["config_id"],
        "scene": 2,
        "chat_id_list": [chat_id],
        "auto_create_room": 0,
    }
    assert (await stage.work(ROOT + "update_join_way", body))["errcode"] == 0
    refused = await stage.sim(f"residents/{three}/join", config_id=made["config_id"])
    assert refused["error"] == 81017


async def test_limits_of_join_codes(stage: Stage) -> None:
    chat_id = await group(stage)
    assert (await way(stage, []))["errcode"] == 40058
    assert (await way(stage, [chat_id] * 6))["errcode"] == 40058
    assert (await way(stage, [chat_id], state="s" * 31))["errcode"] == 40058
    assert (await way(stage, [chat_id], remark="r" * 31))["errcode"] == 40058
    assert (await way(stage, [chat_id], scene=3))["errcode"] == 40058
    assert (await way(stage, ["wrX"]))["errcode"] == 90501
    made = await way(stage, [chat_id])
    shown = (await stage.work(ROOT + "get_join_way", {"config_id": made["config_id"]}))["join_way"]
    assert shown["auto_create_room"] == 1
    picture = await stage.client.session.get(shown["qr_code"])
    assert (picture.status, picture.content_type) == (200, "image/png")
    await stage.work(ROOT + "del_join_way", {"config_id": made["config_id"]})
    gone = await stage.work(ROOT + "get_join_way", {"config_id": made["config_id"]})
    assert gone["errcode"] == 40058


async def test_a_group_has_at_most_500_members(stage: Stage) -> None:
    made = await stage.sim("seed", owners=["zhang"], groups=1, members=499)
    chat_id = made["chat_ids"][0]
    whole = (await read(stage, chat_id))["group_chat"]["member_list"]
    assert len({one["userid"] for one in whole}) == 500
    openid = await stage.resident()
    assert (await stage.sim(f"groups/{chat_id}/join", residents=[openid]))["error"] == 81017
    await stage.sim(f"groups/{chat_id}/remove", people=[whole[7]["userid"]])
    await stage.sim(f"groups/{chat_id}/join", residents=[openid])
    again = (await read(stage, chat_id))["group_chat"]["member_list"]
    assert len(again) == 500
    assert whole[7]["userid"] not in {one["userid"] for one in again}


async def test_welcome_templates(stage: Stage) -> None:
    root = "externalcontact/group_welcome_template/"
    body = {"text": {"content": "欢迎 %NICKNAME%"}, "notify": 1}
    made = await stage.work(root + "add", body)
    mine = {"template_id": made["template_id"]}
    assert (await stage.work(root + "get", mine))["text"] == body["text"]
    assert (await stage.work(root + "add", {"notify": 1}))["errcode"] == 40063
    long = {"text": {"content": "x" * 3001}}
    assert (await stage.work(root + "edit", {**mine, **long}))["errcode"] == 45002
    stage.world.apps[1000003].customer_contact = True
    answer = await stage.work(root + "del", mine, secret="other-secret")
    assert answer["errcode"] == 60011
    for _ in range(99):
        await stage.work(root + "add", body)
    assert (await stage.work(root + "add", body))["errcode"] == 41055
    assert (await stage.work(root + "del", mine))["errcode"] == 0


async def test_a_new_customer_is_greeted_once_within_20_seconds(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()

    async def greet() -> dict[str, Any]:
        await stage.sim(f"residents/{openid}/befriend", userid="zhang", state="q1")
        await stage.settle()
        event = stage.bot.contact()[-1]
        assert (event["ChangeType"], event["State"]) == ("add_external_contact", "q1")
        return {"welcome_code": event["WelcomeCode"], "text": {"content": "你好"}}

    async def send(body: dict[str, Any]) -> int:
        answer = await stage.work("externalcontact/send_welcome_msg", body)
        return int(answer["errcode"])

    body = await greet()
    assert [await send(body), await send(body)] == [0, 41051]
    body = await greet()
    await stage.advance(21)
    assert await send(body) == 41050
    await stage.sim("members/zhang/unfriend", resident=openid)
    await stage.settle()
    assert stage.bot.contact()[-1]["ChangeType"] == "del_external_contact"
