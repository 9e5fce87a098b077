"""Messages to officers, cards and their buttons, and who may log in."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.simulator.conftest import APP, OTHER, Stage


def text(to: str, content: str = "x", **more: Any) -> dict[str, Any]:
    return {
        "touser": to,
        "msgtype": "text",
        "agentid": APP,
        "text": {"content": content},
        **more,
    }


def card(task: str, to: str = "zhang|li", **more: Any) -> dict[str, Any]:
    return {
        "touser": to,
        "msgtype": "template_card",
        "agentid": APP,
        "template_card": {
            "card_type": "button_interaction",
            "main_title": {"title": "新警情", "desc": "3号楼"},
            "task_id": task,
            "button_list": [{"text": "接单", "style": 1, "key": "take"}],
            **more,
        },
    }


async def test_wrong_receivers_are_listed_and_the_rest_is_sent(stage: Stage) -> None:
    answer = await stage.work("message/send", text("Zhang|Nobody|LI"))
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert [len(await stage.screen(one)) for one in ("zhang", "li", "wang")] == [1, 1, 0]
    assert (await stage.work("message/send", text("nobody")))["errcode"] == 81013
    await stage.sim("members/li", left=True)
    assert (await stage.work("message/send", text("zhang|li")))["invaliduser"] == "li"
    answer = await stage.work("message/send", {**text(""), "toparty": "2|9"})
    assert answer["invalidparty"] == "9"
    assert len(await stage.screen("wang")) == 1
    assert (await stage.work("message/send", text("@all")))["errcode"] == 0
    assert (await stage.work("message/send", text("")))["errcode"] == 40063
    assert (await stage.work("message/send", {**text("li"), "agentid": 7}))["errcode"] == 40056


async def test_thirty_a_minute_and_the_rest_vanishes(stage: Stage) -> None:
    for number in range(33):
        answer = await stage.work("message/send", text("zhang", str(number)))
        assert answer["errcode"] == 0
    assert len(await stage.screen("zhang")) == 30
    await stage.advance(61)
    await stage.work("message/send", text("zhang", "later"))
    assert (await stage.screen("zhang"))[-1]["data"]["content"] == "later"
    await stage.sim("settings", member_hour=31)
    await stage.advance(61)
    await stage.work("message/send", text("zhang", "too much for an hour"))
    assert len(await stage.screen("zhang")) == 31
    # Another member has an allowance of his own.
    await stage.work("message/send", text("li"))
    assert len(await stage.screen("li")) == 1


async def test_duplicates_are_found_when_asked(stage: Stage) -> None:
    body = text("zhang", "same", enable_duplicate_check=1, duplicate_check_interval=600)
    first = await stage.work("message/send", body)
    second = await stage.work("message/send", body)
    assert first["msgid"] == second["msgid"]
    assert len(await stage.screen("zhang")) == 1
    await stage.work("message/send", text("zhang", "same"))
    assert len(await stage.screen("zhang")) == 2
    await stage.advance(601)
    await stage.work("message/send", body)
    assert len(await stage.screen("zhang")) == 3


async def test_long_texts_are_cut_at_2048_bytes(stage: Stage) -> None:
    await stage.work("message/send", text("zhang", "警" * 1000))
    assert (await stage.screen("zhang"))[0]["data"]["content"] == "警" * 682


async def test_recall(stage: Stage) -> None:
    sent = await stage.work("message/send", text("zhang"))
    answer = await stage.work("message/recall", {"msgid": sent["msgid"]})
    assert answer["errcode"] == 0
    assert [one["kind"] for one in await stage.screen("zhang")] == ["recall"]
    sent = await stage.work("message/send", text("zhang"))
    await stage.advance(86401)
    assert (await stage.work("message/recall", {"msgid": sent["msgid"]}))["errcode"] == 41047


async def test_a_button_tells_who_pressed_and_gives_a_new_code(stage: Stage) -> None:
    sent = await stage.work("message/send", card("case-1"))
    assert sent["response_code"]
    await stage.sim("members/zhang/press", msgid=sent["msgid"], key="take", wait=True)
    event = stage.bot.app()[-1]
    assert {name: event[name] for name in ("Event", "EventKey", "TaskId", "CardType")} == {
        "Event": "template_card_event",
        "EventKey": "take",
        "TaskId": "case-1",
        "CardType": "button_interaction",
    }
    assert (event["FromUserName"], event["AgentID"]) == ("zhang", str(APP))
    assert event["ResponseCode"] not in ("", sent["response_code"])

    async def update(code: str, **more: Any) -> int:
        body = {"agentid": APP, "response_code": code, "userids": ["zhang", "li"], **more}
        return int((await stage.work("message/update_template_card", body))["errcode"])

    assert await update(event["ResponseCode"], button={"replace_name": "张已接单"}) == 0
    for one in ("zhang", "li"):
        assert (await stage.screen(one))[0]["data"]["replace_name"] == "张已接单"
    # Once only, and the buttons are gone.
    assert await update(event["ResponseCode"], button={"replace_name": "x"}) == 40058
    pressed = await stage.sim("members/li/press", msgid=sent["msgid"], key="take")
    assert pressed["error"] == 42017
    # The first code is another right of its own.
    assert await update(sent["response_code"], button={"replace_name": "y"}) == 0


async def test_response_codes_last_72_hours_and_belong_to_one_app(stage: Stage) -> None:
    sent = await stage.work("message/send", card("a"))
    body = {"agentid": APP, "userids": ["zhang"], "button": {"replace_name": "x"}}
    await stage.advance(72 * 3600 - 5)
    late = await stage.work("message/send", card("b"))
    await stage.advance(6)
    answer = await stage.work(
        "message/update_template_card", {**body, "response_code": sent["response_code"]}
    )
    assert answer["errcode"] == 40058
    code = {"response_code": late["response_code"]}
    other = {**body, **code, "agentid": OTHER}
    answer = await stage.work("message/update_template_card", other, secret="other-secret")
    assert answer["errcode"] == 42015
    answer = await stage.work("message/update_template_card", {**body, **code, "button": {}})
    assert answer["errcode"] == 42017
    answer = await stage.work("message/update_template_card", {**body, **code})
    assert answer["errcode"] == 0


async def test_task_ids_and_buttons(stage: Stage) -> None:
    assert (await stage.work("message/send", card("one")))["errcode"] == 0
    for task in ("one", "spaces are bad", "", "x" * 129):
        assert (await stage.work("message/send", card(task)))["errcode"] == 42014, task
    twice = [{"text": "a", "key": "k"}, {"text": "b", "key": "k"}]
    assert (await stage.work("message/send", card("two", button_list=twice)))["errcode"] == 42017
    seven = [{"text": "a", "key": str(n)} for n in range(7)]
    assert (await stage.work("message/send", card("two", button_list=seven)))["errcode"] == 40058
    # A refused card did not use up its task_id.
    assert (await stage.work("message/send", card("two")))["errcode"] == 0


async def test_officers_write_and_enter(stage: Stage) -> None:
    await stage.sim("members/li/text", content="到了", wait=True)
    assert stage.bot.app()[-1]["Content"] == "到了"
    await stage.sim("members/li/event", event="enter_agent", wait=True)
    assert "MsgId" not in stage.bot.app()[-1]
    await stage.sim("members/li/image", wait=True)
    assert stage.bot.app()[-1]["MediaId"]
    await stage.sim("members/li/location", latitude=41.0, longitude=121.0, wait=True)
    assert stage.bot.app()[-1]["Location_X"] == "41.0"


def authorize(redirect: str = "https://desk.example/in", **more: str) -> str:
    query = {
        "appid": "ww0123456789abcdef",
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": "snsapi_privateinfo",
        "state": "s1",
        "agentid": str(APP),
        **more,
    }
    pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"https://open.weixin.qq.com/connect/oauth2/authorize?{pairs}#wechat_redirect"


async def test_members_log_in_once_per_code(stage: Stage) -> None:
    opened = await stage.sim("members/Zhang/open", url=authorize())
    assert opened["location"].startswith("https://desk.example/in?code=")
    assert opened["state"] == "s1"
    who = await stage.work_get("auth/getuserinfo", code=opened["code"])
    assert who["userid"] == "zhang"
    detail = await stage.work("auth/getuserdetail", {"user_ticket": who["user_ticket"]})
    assert detail["userid"] == "zhang"
    assert (await stage.work_get("auth/getuserinfo", code=opened["code"]))["errcode"] == 40029
    opened = await stage.sim("members/zhang/open", url=authorize())
    await stage.advance(301)
    assert (await stage.work_get("auth/getuserinfo", code=opened["code"]))["errcode"] == 40029
    await stage.advance(1800)
    detail = await stage.work("auth/getuserdetail", {"user_ticket": who["user_ticket"]})
    assert detail["errcode"] != 0


async def test_the_browser_login_and_the_trusted_domain(stage: Stage) -> None:
    path = "/login.work.weixin.qq.com/wwlogin/sso/login"
    query = {
        "login_type": "CorpApp",
        "appid": "ww0123456789abcdef",
        "agentid": str(APP),
        "redirect_uri": "https://desk.example/in?a=1",
        "state": "xyz",
    }
    response = await stage.client.get(path, params=query, allow_redirects=False)
    assert response.status == 200  # nobody scanned
    cookies = {"sim_userid": "li"}
    response = await stage.client.get(path, params=query, cookies=cookies, allow_redirects=False)
    location = response.headers["Location"]
    assert location.startswith("https://desk.example/in?a=1&code=")
    assert location.endswith("&state=xyz")
    code = location.split("code=")[1].split("&")[0]
    assert (await stage.work_get("auth/getuserinfo", code=code))["userid"] == "li"
    query["redirect_uri"] = "https://evil.example/in"
    response = await stage.client.get(path, params=query, cookies=cookies, allow_redirects=False)
    assert (response.status, "50001" in await response.text()) == (200, True)
    opened = await stage.sim("members/li/open", url=authorize("https://evil.example/in"))
    assert opened["errcode"] == 50001


async def test_residents_and_former_members_are_no_members(stage: Stage) -> None:
    openid = await stage.resident()
    opened = await stage.sim(f"residents/{openid}/open", url=authorize())
    who = await stage.work_get("auth/getuserinfo", code=opened["code"])
    assert "userid" not in who
    assert who["openid"]
    await stage.sim(f"residents/{openid}/befriend", userid="zhang")
    opened = await stage.sim(f"residents/{openid}/open", url=authorize())
    who = await stage.work_get("auth/getuserinfo", code=opened["code"])
    assert who["external_userid"].startswith("wm")
    await stage.sim("members/li", left=True)
    opened = await stage.sim("members/li/open", url=authorize())
    assert "userid" not in await stage.work_get("auth/getuserinfo", code=opened["code"])
    assert (await stage.work_get("user/get", userid="li"))["errcode"] == 60111
    assert (await stage.work_get("user/get", userid="ZHANG"))["name"] == "张警官"
