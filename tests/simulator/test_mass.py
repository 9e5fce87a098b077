"""群发: nothing goes out before its owner confirms, and not more than the cap allows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Stage

ROOT = "externalcontact/"


@pytest.fixture
async def chats(stage: Stage) -> list[str]:
    made = await stage.sim("seed", owners=["zhang", "li"], groups=4, members=3)
    return list(made["chat_ids"])  # zhang owns the even ones


async def add(stage: Stage, chats: list[str] | None, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"chat_type": "group", "sender": "zhang", "text": {"content": "停水"}}
    if chats is not None:
        body["chat_id_list"] = chats
    return await stage.work(ROOT + "add_msg_template", {**body, **more})


async def task(stage: Stage, msgid: str) -> dict[str, Any]:
    return await stage.work(ROOT + "get_groupmsg_task", {"msgid": msgid})


async def results(stage: Stage, msgid: str, userid: str = "zhang") -> dict[str, int]:
    body = {"msgid": msgid, "userid": userid}
    answer = await stage.work(ROOT + "get_groupmsg_send_result", body)
    return {one["chat_id"]: one["status"] for one in answer["send_list"]}


async def heard(stage: Stage, chat_id: str) -> int:
    lines = (await stage.look(f"groups/{chat_id}/chat"))["lines"]
    return len([one for one in lines if one["kind"] == "mass"])


async def test_the_owner_confirms(stage: Stage, chats: list[str]) -> None:
    mine = chats[::2]
    made = await add(stage, mine)
    assert (made["errcode"], made["fail_list"]) == (0, [])
    msgid = made["msgid"]
    assert (await task(stage, msgid))["errcode"] == 41063
    await stage.advance(3)
    [one] = (await task(stage, msgid))["task_list"]
    assert one == {"userid": "zhang", "status": 0}
    assert await results(stage, msgid) == dict.fromkeys(mine, 0)
    assert await heard(stage, mine[0]) == 0
    await stage.sim(f"members/zhang/tasks/{msgid}/confirm")
    [one] = (await task(stage, msgid))["task_list"]
    assert (one["status"], one["send_time"] > 0) == (2, True)
    assert await results(stage, msgid) == dict.fromkeys(mine, 1)
    assert [await heard(stage, chat) for chat in chats] == [1, 0, 1, 0]
    again = await stage.sim(f"members/zhang/tasks/{msgid}/confirm")
    assert again["error"] == 41047
    # Nobody is told by a callback.
    await stage.settle()
    assert stage.bot.got == []


async def test_a_group_gets_one_a_day(stage: Stage, chats: list[str]) -> None:
    mine = chats[::2]
    first, second = await add(stage, mine[:1]), await add(stage, mine)
    await stage.advance(3)
    for made in (first, second):
        await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm")
    assert await results(stage, second["msgid"]) == {mine[0]: 3, mine[1]: 1}
    assert [await heard(stage, chat) for chat in mine] == [1, 1]
    assert (await add(stage, mine))["errcode"] == 41048
    await stage.sim("settings", mass_refuses_over_cap=False)
    assert (await add(stage, mine))["errcode"] == 0
    await stage.advance(86400)
    third = await add(stage, mine)
    await stage.advance(3)
    await stage.sim(f"members/zhang/tasks/{third['msgid']}/confirm")
    assert await results(stage, third["msgid"]) == dict.fromkeys(mine, 1)


async def test_the_month_has_a_cap_of_its_own(stage: Stage, chats: list[str]) -> None:
    await stage.sim("settings", mass_cap_day=0, mass_cap_month=2, mass_refuses_over_cap=False)
    statuses = []
    for _ in range(3):
        made = await add(stage, chats[:1])
        await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm")
        await stage.advance(3)
        statuses.append((await results(stage, made["msgid"]))[chats[0]])
    assert statuses == [1, 1, 3]
    await stage.advance(32 * 86400)
    made = await add(stage, chats[:1])
    await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm")
    await stage.advance(3)
    assert (await results(stage, made["msgid"]))[chats[0]] == 1


async def test_an_old_client_lets_the_owner_pick(stage: Stage, chats: list[str]) -> None:
    made = await add(stage, chats[:1])
    await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm", chats=[chats[2]])
    await stage.advance(3)
    assert await results(stage, made["msgid"]) == {chats[2]: 1}
    assert [await heard(stage, chats[0]), await heard(stage, chats[2])] == [0, 1]


async def test_without_names_all_his_groups_are_meant(stage: Stage, chats: list[str]) -> None:
    made = await add(stage, None)
    await stage.advance(3)
    assert set(await results(stage, made["msgid"])) == set(chats[::2])


async def test_ignored_reminded_and_cancelled(stage: Stage, chats: list[str]) -> None:
    made = await add(stage, chats[:1])
    msgid = {"msgid": made["msgid"]}
    await stage.advance(3)
    await stage.sim(f"members/zhang/tasks/{made['msgid']}/ignore")
    assert (await task(stage, made["msgid"]))["task_list"][0]["status"] == 0
    codes = [(await stage.work(ROOT + "remind_groupmsg_send", msgid))["errcode"] for _ in range(4)]
    assert codes == [0, 0, 0, 45009]
    assert [one["kind"] for one in await stage.screen("zhang")] == ["mass_reminder"] * 3
    await stage.advance(86401)
    assert (await stage.work(ROOT + "remind_groupmsg_send", msgid))["errcode"] == 0
    assert (await stage.work(ROOT + "cancel_groupmsg_send", msgid))["errcode"] == 0
    refused = await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm")
    assert refused["error"] == 41047
    assert await heard(stage, chats[0]) == 0


async def test_what_was_sent_cannot_be_cancelled(stage: Stage, chats: list[str]) -> None:
    made = await add(stage, chats[:1])
    await stage.advance(3)
    await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm")
    await stage.work(ROOT + "cancel_groupmsg_send", {"msgid": made["msgid"]})
    assert (await task(stage, made["msgid"]))["task_list"][0]["status"] == 2
    assert await heard(stage, chats[0]) == 1


async def test_other_peoples_groups_fail(stage: Stage, chats: list[str]) -> None:
    made = await add(stage, chats)
    assert made["fail_list"] == chats[1::2]
    assert (await add(stage, chats[1::2]))["errcode"] == 41048
    assert (await add(stage, [], sender="wang"))["errcode"] == 41048
    # Handed over before he confirmed: the group is no longer his.
    await stage.sim(f"groups/{chats[0]}/owner", owner="li")
    await stage.advance(3)
    await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm")
    assert await results(stage, made["msgid"]) == {chats[0]: 0, chats[2]: 1}


async def test_who_may_be_the_sender(stage: Stage, chats: list[str]) -> None:
    assert (await add(stage, chats, sender=""))["errcode"] == 40063
    assert (await add(stage, chats, sender="nobody"))["errcode"] == 60111
    await stage.sim("members/zhang", contact_right=False)
    assert (await add(stage, chats))["errcode"] == 84074
    await stage.sim("members/zhang", visible=False)
    assert (await add(stage, chats))["errcode"] == 60011
    await stage.sim("members/zhang", left=True)
    assert (await add(stage, chats))["errcode"] == 60111
    body = {"chat_type": "group", "sender": "li", "text": {"content": "x"}}
    answer = await stage.work(ROOT + "add_msg_template", body, secret="other-secret")
    assert answer["errcode"] == 48002


async def test_what_may_be_sent(stage: Stage, chats: list[str]) -> None:
    link = {"msgtype": "link", "link": {"title": "t", "url": "u"}}
    assert (await add(stage, chats, chat_type="both"))["errcode"] == 86214
    assert (await add(stage, chats, text={}))["errcode"] == 40063
    assert (await add(stage, chats, text={"content": "字" * 1334}))["errcode"] == 45002
    assert (await add(stage, chats, attachments=[link] * 10))["errcode"] == 40058
    long = {"msgtype": "link", "link": {"title": "t" * 129, "url": "u"}}
    assert (await add(stage, chats, attachments=[long]))["errcode"] == 45002
    gone = {"msgtype": "image", "image": {"media_id": "x"}}
    assert (await add(stage, chats, attachments=[gone]))["errcode"] == 40007
    assert (await add(stage, ["wr"] * 2001))["errcode"] == 40058
    assert (await add(stage, chats, text={}, attachments=[link]))["errcode"] == 0


async def test_lists_are_paged(stage: Stage, chats: list[str]) -> None:
    made = [await add(stage, chats) for _ in range(3)]
    now = int(stage.world.clock.now())
    body = {"chat_type": "group", "start_time": now - 100, "end_time": now + 100, "limit": 2}
    first = await stage.work(ROOT + "get_groupmsg_list_v2", body)
    second = await stage.work(
        ROOT + "get_groupmsg_list_v2", {**body, "cursor": first["next_cursor"]}
    )
    found = [one["msgid"] for one in first["group_msg_list"] + second["group_msg_list"]]
    assert found == [one["msgid"] for one in made]
    assert second["next_cursor"] == ""
    wide = {**body, "start_time": now - 40 * 86400}
    assert (await stage.work(ROOT + "get_groupmsg_list_v2", wide))["errcode"] == 40058
    wide = {**body, "limit": 101}
    assert (await stage.work(ROOT + "get_groupmsg_list_v2", wide))["errcode"] == 40058
    assert (await stage.work(ROOT + "get_groupmsg_task", {}))["errcode"] == 41046
    assert (await task(stage, "msgX"))["errcode"] == 41047
    await stage.advance(3)
    page = {"msgid": made[0]["msgid"], "userid": "zhang", "limit": 1}
    answer = await stage.work(ROOT + "get_groupmsg_send_result", page)
    assert (len(answer["send_list"]), answer["next_cursor"]) == (1, "1")


async def test_single_customers(stage: Stage) -> None:
    openid = await stage.resident()
    facts = await stage.look(f"residents/{openid}")
    mark = facts["external_userid"]
    body = {"chat_type": "single", "sender": "zhang", "text": {"content": "x"}}

    async def send(*marks: str) -> dict[str, Any]:
        wanted = {**body, "external_userid": list(marks)}
        return await stage.work(ROOT + "add_msg_template", wanted)

    assert (await send("wmX"))["errcode"] == 40096
    assert (await send(mark))["errcode"] == 84061
    await stage.sim(f"residents/{openid}/befriend", userid="zhang")
    made = await send(mark)
    await stage.sim(f"residents/{openid}/unfriend", userid="zhang")
    await stage.advance(3)
    await stage.sim(f"members/zhang/tasks/{made['msgid']}/confirm")
    answer = await stage.work(
        ROOT + "get_groupmsg_send_result", {"msgid": made["msgid"], "userid": "zhang"}
    )
    assert answer["send_list"][0]["status"] == 2
