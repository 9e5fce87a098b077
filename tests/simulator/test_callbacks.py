"""Callbacks out: modes, crypto, deadlines, re-delivery, and what the resident sees."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from simulator.courier import UNAVAILABLE
from simulator.crypto import Envelope, signature
from tests.simulator.conftest import CONTACT_KEY, KEY, OLD, Bot, Got, Stage, never

APPID = "wx0123456789abcdef"


async def test_the_console_verifies_addresses(stage: Stage) -> None:
    for to in ("oa", "app:1000002", "contact"):
        assert (await stage.sim("verify", to=to))["ok"], to


async def test_a_challenge_wants_the_exact_answer_in_time(stage: Stage) -> None:
    async def quoted(request: web.Request) -> web.Response:
        return web.Response(text=f'"{request.query["echostr"]}"')

    async def late(request: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.Response(text=Envelope(KEY, "ww0123456789abcdef").open(request.query["echostr"]))

    stage.bot.verify = quoted
    assert not (await stage.sim("verify", to="oa"))["ok"]
    # The corp's challenge is sealed: giving it back as it came is wrong.
    stage.bot.verify = late
    stage.world.settings.verify_deadline_s = 0.3
    assert not (await stage.sim("verify", to="app:1000002"))["ok"]


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_three_modes_and_two_formats(stage: Stage, mode: str, form: str) -> None:
    await stage.sim("accounts", oa={"mode": mode, "format": form})
    openid = await stage.resident()
    await stage.sim(f"residents/{openid}/text", content="你好", wait=True)
    got = stage.bot.got[-1]
    query, outer = got.query, got.outer()
    assert query["openid"] == openid
    assert query["signature"] == signature("oa-token", query["timestamp"], query["nonce"])
    assert ("Encrypt" in outer) is (mode != "plain")
    assert ("Content" in outer) is (mode != "safe")
    assert (query.get("encrypt_type") == "aes") is (mode != "plain")
    if mode != "plain":
        sealed = outer["Encrypt"]
        wanted = signature("oa-token", query["timestamp"], query["nonce"], sealed)
        assert query["msg_signature"] == wanted != query["signature"]
    inner = got.inner()
    assert (inner["Content"], inner["MsgType"], inner["FromUserName"]) == ("你好", "text", openid)
    assert got.body.startswith("{") is (form == "json")


async def test_the_corp_always_seals(stage: Stage) -> None:
    await stage.sim("members/zhang/text", content="收到", wait=True)
    got = stage.bot.got[-1]
    outer = got.outer()
    assert set(outer) == {"ToUserName", "Encrypt", "AgentID"}
    wanted = signature("app-token", got.query["timestamp"], got.query["nonce"], outer["Encrypt"])
    assert got.query["msg_signature"] == wanted
    assert "signature" not in got.query
    inner = stage.bot.app()[-1]
    assert (inner["FromUserName"], inner["AgentID"]) == ("zhang", "1000002")


async def test_after_a_change_of_keys_the_old_one_may_still_be_used(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.sim("settings", oa_use_previous_key=True)
    await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert stage.bot.got[-1].inner(OLD)["Content"] == "x"


@pytest.mark.parametrize("flaw", ["token", "signature", "padding", "receive_id", "timestamp"])
async def test_forged_callbacks_are_wrong_in_one_thing(stage: Stage, flaw: str) -> None:
    answer = await stage.sim("forge", to="oa", flaw=flaw)
    assert answer["status"] == 200
    got = stage.bot.got[-1]
    sealed = got.outer()["Encrypt"]
    stamp = got.query["timestamp"]
    signed = signature("oa-token", stamp, got.query["nonce"], sealed) == got.query["msg_signature"]
    assert signed is (flaw not in ("token", "signature"))
    assert (int(stamp) < time.time() - 3600) is (flaw == "timestamp")
    try:
        opened = bool(got.inner())
    except Exception:
        opened = False
    assert opened is (flaw not in ("padding", "receive_id"))


async def test_a_replay_is_the_same_bytes(stage: Stage) -> None:
    openid = await stage.resident()
    sent = await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    await stage.sim("replay", seq=sent["outcome"]["log"])
    first, second = stage.bot.got[-2:]
    assert (first.body, first.query) == (second.body, second.query)


async def test_no_answer_means_three_more_deliveries_of_the_same(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()
    stage.bot.answer = never
    stage.world.settings.callback_deadline_s = 0.3
    sent = await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert (sent["outcome"]["verdict"], sent["outcome"]["attempts"]) == ("failed", 4)
    assert len(stage.bot.got) == 4
    assert len({(one["MsgId"], one["CreateTime"]) for one in stage.bot.oa()}) == 1
    assert len({one.query["nonce"] for one in stage.bot.got}) == 4
    assert (await stage.chat(openid))[-1]["data"] == {"content": UNAVAILABLE}


async def test_an_answer_at_the_second_delivery_is_enough(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()

    async def second(got: Got) -> web.Response:
        if len(stage.bot.got) < 2:
            await asyncio.sleep(5)
        return web.Response(text="success")

    stage.bot.answer = second
    stage.world.settings.callback_deadline_s = 0.3
    sent = await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert (sent["outcome"]["verdict"], sent["outcome"]["attempts"]) == ("silence", 2)
    assert [one["who"] for one in await stage.chat(openid)] == ["me"]


async def test_the_corp_delivers_again_after_an_error(stage: Stage) -> None:
    async def broken(got: Got) -> web.Response:
        return web.Response(status=500)

    stage.bot.answer = broken
    begun = time.monotonic()
    sent = await stage.sim("members/zhang/text", content="x", wait=True)
    assert (sent["outcome"]["verdict"], sent["outcome"]["attempts"]) == ("failed", 4)
    # Not all at once: a server that restarts shall be met again.
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize("text", ["success", ""])
async def test_success_and_nothing_are_silence(stage: Stage, text: str) -> None:
    openid = await stage.resident()

    async def short(got: Got) -> web.Response:
        return web.Response(text=text)

    stage.bot.answer = short
    sent = await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert sent["outcome"]["verdict"] == "silence"
    assert len(await stage.chat(openid)) == 1


@pytest.mark.parametrize(
    "text",
    ['{"ok": true}', "Success!", "<xml><broken>", "<xml><MsgType>text</MsgType></xml>"],
)
async def test_a_malformed_answer_is_shown_as_trouble(stage: Stage, text: str) -> None:
    openid = await stage.resident()

    async def wrong(got: Got) -> web.Response:
        return web.Response(text=text)

    stage.bot.answer = wrong
    sent = await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert sent["outcome"]["verdict"] == "bad"
    assert (await stage.chat(openid))[-1]["data"] == {"content": UNAVAILABLE}


def reply(openid: str, content: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{openid}]]></ToUserName>"
        "<FromUserName><![CDATA[gh_0123456789ab]]></FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content></xml>"
    )


def sealed(text: str, token: str = "oa-token", receive_id: str = APPID) -> str:
    box = Envelope(KEY, receive_id).seal(text)
    signed = signature(token, "1", "2", box)
    return (
        f"<xml><Encrypt><![CDATA[{box}]]></Encrypt><MsgSignature>{signed}</MsgSignature>"
        "<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>"
    )


async def test_passive_replies_are_verified_and_shown(stage: Stage) -> None:
    openid = await stage.resident()
    answers = {
        "plain in safe mode": (reply(openid, "a"), "bad"),
        "sealed": (sealed(reply(openid, "b")), "reply"),
        "wrong token": (sealed(reply(openid, "c"), token="x"), "bad"),
        "wrong receiver": (sealed(reply(openid, "d"), receive_id="wx1"), "bad"),
        "for somebody else": (sealed(reply("other", "e")), "bad"),
    }
    for name, (text, wanted) in answers.items():

        async def say(got: Got, text: str = text) -> web.Response:
            return web.Response(text=text)

        stage.bot.answer = say
        sent = await stage.sim(f"residents/{openid}/text", content=name, wait=True)
        assert sent["outcome"]["verdict"] == wanted, name
    shown = [one for one in await stage.chat(openid) if one["via"] == "passive"]
    assert [one["data"]["content"] for one in shown] == ["b"]
    await stage.sim("accounts", oa={"mode": "plain"})
    stage.bot.answer = lambda got: _text(reply(openid, "f"))
    sent = await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert sent["outcome"]["verdict"] == "reply"


async def _text(text: str) -> web.Response:
    return web.Response(text=text)


async def test_concurrent_duplicates_on_demand(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()
    await stage.sim("faults", path="callback:oa", action="duplicate", count=1)
    under_way, most = 0, 0

    async def slow(got: Got) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.05)
        under_way -= 1
        return web.Response(text="success")

    stage.bot.answer = slow
    await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    await stage.sim(f"residents/{openid}/text", content="y", wait=True)
    assert [one["Content"] for one in stage.bot.oa()] == ["x", "x", "y"]
    assert len({one["MsgId"] for one in stage.bot.oa()}) == 2
    assert most == 2


async def test_callbacks_overtake_each_other_on_demand(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()
    await stage.sim("faults", path="callback:oa", action="reorder", count=1, seconds=5)
    await stage.sim(f"residents/{openid}/text", content="first")
    await stage.sim(f"residents/{openid}/text", content="second")
    await stage.settle()
    assert [one["Content"] for one in stage.bot.oa()] == ["second", "first"]


async def test_callbacks_are_dropped_and_delayed_on_demand(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()
    await stage.sim("faults", path="callback:*", action="drop", count=1)
    sent = await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert (sent["outcome"]["verdict"], stage.bot.got) == ("dropped", [])
    await stage.sim("faults", path="callback:oa", action="delay", seconds=0.2, count=1)
    begun = time.monotonic()
    await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert time.monotonic() - begun >= 0.2


async def test_two_events_in_the_same_second(stage: Stage) -> None:
    openid = await stage.resident()
    stage.bot.got.clear()
    stage.world.clock.seconds = lambda: 1_800_000_000  # type: ignore[method-assign]
    await stage.sim(f"residents/{openid}/click", key="a", wait=True)
    await stage.sim(f"residents/{openid}/click", key="b", wait=True)
    first, second = stage.bot.oa()
    assert first["CreateTime"] == second["CreateTime"]
    assert "MsgId" not in first
    assert (first["EventKey"], second["EventKey"]) == ("a", "b")


async def test_contact_callbacks_have_their_own_address_and_key(stage: Stage, bot: Bot) -> None:
    await stage.sim("groups", owner="zhang", name="一区")
    await stage.settle()
    assert [one.path for one in bot.got] == ["/contact"]
    assert bot.got[0].inner(CONTACT_KEY, "ww0123456789abcdef")["ChangeType"] == "create"
