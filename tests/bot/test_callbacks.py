"""From the platforms' wire to one arrival in the store: modes, keys, repeats, troubles."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot import callbacks
from bot.app import create_app
from bot.callbacks import Patience
from bot.house import BotHouse, CallbackKeys, Mode
from bot.parcel import Incoming, Kind, unpack
from bot.wechat import Envelope, signature
from domain.arrival import Arrival, ArrivalState, Platform
from domain.errors import StoreDown
from domain.resident import resident_id
from locate.finder import BoundaryFinder
from simulator.world import World
from storage.store import MongoStore
from tests.bot.conftest import (
    AGENT,
    CONTACT,
    KEY,
    OFFICIAL,
    OLD_KEY,
    SECRET,
    WORK,
    Ports,
    Sim,
    build_house,
    serve,
    with_official,
)
from tests.ports import free_port

GATE = "/wechat/official"


async def arrived(house: BotHouse) -> list[tuple[Arrival, Incoming]]:
    found = await house.store.arrivals.find(order="seq")
    return [(one, unpack(house.identity.open(one.body))) for one in found]


def message(**fields: Any) -> str:
    parts = {
        "ToUserName": "gh_0123456789ab",
        "FromUserName": "oResident",
        "CreateTime": 1_700_000_000,
        "MsgType": "text",
        "Content": "楼道里的灯坏了",
        "MsgId": 1234,
        **fields,
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    return f"<xml>{inside}</xml>"


class Knock:
    """A platform's POST made by hand, to be spoilt at will."""

    def __init__(self, house: BotHouse, http: aiohttp.ClientSession, url: str) -> None:
        self.house, self.http, self.url = house, http, url

    def now(self, **more: str) -> dict[str, str]:
        return {"timestamp": str(self.house.clock() // 1000), "nonce": "n1", **more}

    def plain(self) -> dict[str, str]:
        query = self.now()
        return {**query, "signature": signature(OFFICIAL.token, query["timestamp"], query["nonce"])}

    def sealed(
        self, text: str, keys: CallbackKeys = OFFICIAL, **query: str
    ) -> tuple[dict[str, str], str]:
        cipher = Envelope(keys).seal(text)
        query = {**self.now(encrypt_type="aes"), **query}
        signed = signature(keys.token, query["timestamp"], query["nonce"], cipher)
        body = f"<xml><ToUserName>x</ToUserName><Encrypt>{cipher}</Encrypt></xml>"
        return {"msg_signature": signed, **query}, body

    async def post(
        self, query: Any, body: str | bytes, path: str = GATE, **headers: str
    ) -> tuple[int, str]:
        async with self.http.post(
            self.url + path, params=query, data=body, headers=headers
        ) as response:
            return response.status, await response.text()


@pytest.fixture
async def knock(house: BotHouse, bot_url: str, http: aiohttp.ClientSession) -> Knock:
    return Knock(house, http, bot_url)


@pytest.fixture
async def in_mode(house: BotHouse, http: aiohttp.ClientSession, world: World) -> AsyncIterator[Any]:
    runners = []

    async def make(mode: Mode, port: int | None = None) -> Knock:
        with_official(house, mode=mode)
        port = port or free_port()
        runners.append(await serve(create_app(house), port))
        return Knock(house, http, f"http://127.0.0.1:{port}")

    yield make
    for runner in runners:
        await runner.cleanup()


# ---- the simulated platforms knock


async def test_addresses_are_proved(sim: Sim, bot_url: str) -> None:
    for to in ("oa", f"app:{AGENT}", "contact"):
        found = await sim.post("verify", to=to)
        assert found["ok"], found


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("mode", list(Mode))
async def test_a_text_arrives_in_every_mode(
    sim: Sim, house: BotHouse, world: World, ports: Ports, in_mode: Any, mode: Mode, form: str
) -> None:
    await sim.post("accounts", oa={"mode": str(mode), "format": form})
    await in_mode(mode, ports.bot)
    one = await sim.resident()
    done = await sim.post(f"residents/{one}/text", content="]]> <xml> & 楼道有人 \n😀", wait=True)
    assert done["outcome"]["verdict"] == "silence"
    arrival, incoming = (await arrived(house))[-1]
    assert incoming.text == "]]> <xml> & 楼道有人 \n😀"
    assert incoming.sender == one
    assert arrival.person == resident_id(SECRET, one)
    assert (arrival.platform, arrival.state) == (Platform.OFFICIAL, ArrivalState.RECEIVED)
    assert (arrival.sent_at, arrival.sent_at % 1000) == (incoming.sent_at, 0)
    assert abs(arrival.at - house.clock()) < 10_000
    assert abs(arrival.seq - time.time_ns()) < 20e9


async def test_nothing_of_a_person_lies_open(
    sim: Sim, house: BotHouse, bot_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    one = await sim.resident()
    await sim.post(f"residents/{one}/text", content="秘密的话", wait=True)
    await sim.post("forge", to="oa", flaw="signature", content="秘密的话", **{"from": one})
    kept = str(await house.store.arrivals.find())
    said = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("jingmin")
    )
    assert "signature" in said
    for text in (kept, said):
        assert one not in text
        assert "秘密" not in text
        assert OFFICIAL.token not in text


async def test_what_officers_and_groups_do_arrives(sim: Sim, house: BotHouse, bot_url: str) -> None:
    await sim.post("members/zhang/text", content="收到", agentid=AGENT, wait=True)
    group = await sim.post("groups", owner="li", name="北湖", residents=[], wait=True)
    await sim.settle()
    found = await arrived(house)
    text = next(one for one in found if one[1].kind is Kind.TEXT)
    assert (text[0].platform, text[0].person, text[1].agent) == ("WORK", "zhang", str(AGENT))
    event = next(one for one in found if one[1].chat == group["chat_id"])
    assert (event[0].platform, event[0].person) == ("CONTACT", "groups")
    assert (event[1].event, event[1].change) == ("change_external_chat", "create")


async def test_a_userid_is_one_person_however_it_is_written(knock: Knock, house: BotHouse) -> None:
    for number, name in enumerate(("Zhang", "zhang")):
        query, body = knock.sealed(message(FromUserName=name, MsgId=number + 1), WORK)
        assert await knock.post(query, body, "/wechat/work") == (200, "")
    assert {one.person for one, _ in await arrived(house)} == {"zhang"}


# ---- who may knock


@pytest.mark.parametrize("flaw", ["token", "signature", "padding", "receive_id", "timestamp"])
@pytest.mark.parametrize("to", ["oa", f"app:{AGENT}", "contact"])
async def test_a_spoilt_callback_is_refused(
    sim: Sim, house: BotHouse, bot_url: str, to: str, flaw: str
) -> None:
    await sim.resident()
    before = len(await arrived(house))
    found = await sim.post("forge", to=to, flaw=flaw, content="x", age_s=700)
    assert found["status"] in (400, 403), found
    assert len(await arrived(house)) == before


async def test_a_challenge_is_for_the_right_token_and_time(knock: Knock) -> None:
    async def challenge(age: int = 0, token: str = OFFICIAL.token) -> tuple[int, str]:
        stamp = str(knock.house.clock() // 1000 - age)
        query = {"timestamp": stamp, "nonce": "n", "echostr": "<b>1</b>"}
        query["signature"] = signature(token, stamp, "n")
        async with knock.http.get(knock.url + GATE, params=query) as response:
            assert response.content_type in ("text/plain", "application/problem+json")
            return response.status, await response.text()

    assert await challenge() == (200, "<b>1</b>")
    assert await challenge(age=590) == (200, "<b>1</b>")
    assert await challenge(age=-590) == (200, "<b>1</b>")
    assert (await challenge(age=610))[0] == 403
    assert (await challenge(age=-610))[0] == 403
    assert (await challenge(token="wrong"))[0] == 403
    assert (await challenge(token=""))[0] == 403


async def test_in_the_demo_the_platforms_clock_may_be_put_forward(
    sim: Sim, knock: Knock, house: BotHouse
) -> None:
    stopped = house.clock()
    house.clock = lambda: stopped
    one = await sim.resident()
    await sim.advance(3600)
    for demo, verdict in ((False, "failed"), (True, "silence")):
        house.settings = replace(house.settings, demo=demo)
        done = await sim.post(f"residents/{one}/text", content="x", wait=True)
        assert done["outcome"]["verdict"] == verdict


async def test_a_plus_that_was_not_escaped_is_understood(knock: Knock) -> None:
    envelope = Envelope(WORK)
    sealed = next(one for one in iter(lambda: envelope.seal("12345"), None) if "+" in one)
    stamp = str(knock.house.clock() // 1000)
    signed = signature(WORK.token, stamp, "n", sealed)
    query = f"?msg_signature={signed}&timestamp={stamp}&nonce=n&echostr={sealed}"
    async with knock.http.get(f"{knock.url}/wechat/work{query}") as response:
        assert (response.status, await response.text()) == (200, "12345")


async def test_in_safe_mode_plain_is_refused(knock: Knock, house: BotHouse) -> None:
    assert (await knock.post(knock.plain(), message()))[0] == 403
    # ``signature`` is right, but says nothing about the body.
    query, body = knock.sealed(message())
    query.pop("msg_signature")
    assert (await knock.post({**query, **knock.plain()}, body))[0] == 403
    assert await arrived(house) == []


async def test_in_plain_mode_sealed_is_refused(in_mode: Any, house: BotHouse) -> None:
    knock = await in_mode(Mode.PLAIN)
    query, body = knock.sealed(message())
    assert (await knock.post({**knock.plain(), **query}, body))[0] == 403
    assert (await knock.post(knock.plain(), body))[0] == 403
    assert await arrived(house) == []
    assert await knock.post(knock.plain(), message()) == (200, "success")


async def test_compatible_mode_believes_the_sealed_part_only(in_mode: Any, house: BotHouse) -> None:
    knock = await in_mode(Mode.COMPATIBLE)
    query, body = knock.sealed(message(Content="echt"))
    both = message(Content="falsch").replace("</xml>", "") + body.removeprefix("<xml>").replace(
        "<ToUserName>x</ToUserName>", ""
    )
    assert await knock.post({**knock.plain(), **query}, both) == (200, "success")
    assert [one.text for _, one in await arrived(house)] == ["echt"]
    # Without a good msg_signature a sealed part is nothing, whatever else is signed.
    for spoilt in ({**query, "msg_signature": "0" * 40}, {"encrypt_type": "raw"}, {}):
        spoilt = {**knock.plain(), **spoilt}
        assert (await knock.post(spoilt, both))[0] == 403
    assert await knock.post(knock.plain(), message(MsgId=2)) == (200, "success")


async def test_the_previous_key_is_good_after_a_change(
    sim: Sim, house: BotHouse, bot_url: str, knock: Knock
) -> None:
    for number, key in enumerate((KEY, OLD_KEY)):
        keys = CallbackKeys(OFFICIAL.token, key, OFFICIAL.receiver)
        query, body = knock.sealed(message(MsgId=number + 1), keys)
        assert await knock.post(query, body) == (200, "success")
    other = CallbackKeys(OFFICIAL.token, WORK.aes_key, OFFICIAL.receiver)
    query, body = knock.sealed(message(MsgId=3), other)
    assert (await knock.post(query, body))[0] == 403
    assert len(await arrived(house)) == 2


def test_a_reply_goes_under_the_key_that_worked() -> None:
    old = Envelope(CallbackKeys(OFFICIAL.token, OLD_KEY, OFFICIAL.receiver))
    envelope = Envelope(OFFICIAL)
    opened = envelope.open(old.seal("hallo"))
    reply = envelope.reply("<xml/>", opened, "1700000000", "n")
    sealed = reply.split("CDATA[")[1].split("]]")[0]
    assert old.open(sealed).text == "<xml/>"
    assert signature(OFFICIAL.token, "1700000000", "n", sealed) in reply


# ---- once


async def test_a_redelivery_is_the_same_arrival(knock: Knock, house: BotHouse) -> None:
    events = [
        message(MsgType="event", Event="subscribe", EventKey="", MsgId=""),
        message(MsgType="event", Event="unsubscribe", EventKey="", MsgId=""),
        message(MsgType="event", Event="CLICK", EventKey="TIP", MsgId=""),
        message(MsgType="event", Event="CLICK", EventKey="MINE", MsgId=""),
        message(MsgType="event", Event="CLICK", EventKey="MINE", MsgId="", FromUserName="oOther"),
        message(
            MsgType="event", Event="CLICK", EventKey="MINE", MsgId="", CreateTime=1_700_000_001
        ),
        message(),
        message(MsgId=1235),
    ]
    for attempt in range(3):
        for one in events:
            query, body = knock.sealed(one, nonce=f"attempt-{attempt}")
            assert await knock.post(query, body) == (200, "success")
    assert len(await arrived(house)) == len(events)


async def test_cards_and_groups_in_one_second_are_told_apart(knock: Knock, house: BotHouse) -> None:
    press = {"MsgType": "event", "Event": "template_card_event", "EventKey": "take", "MsgId": ""}
    change = {"MsgType": "event", "Event": "change_external_chat", "ChatId": "wr1", "MsgId": ""}
    change |= {"FromUserName": "sys", "ChangeType": "update", "UpdateDetail": "add_member"}
    officers = [
        message(**press, TaskId="t1", ResponseCode="a"),
        message(**press, TaskId="t1", ResponseCode="b"),
        message(**press, TaskId="t2", ResponseCode="a"),
    ]
    groups = [
        message(**change, MemChangeList="<Item>wm1</Item>"),
        message(**change, MemChangeList="<Item>wm2</Item>"),
        message(**{**change, "ChatId": "wr2"}),
        message(**{**change, "UpdateDetail": "change_owner"}),
        message(**{**change, "ChangeType": "dismiss"}),
    ]
    for _ in range(2):
        for one in officers:
            query, body = knock.sealed(one, WORK)
            assert (await knock.post(query, body, "/wechat/work"))[0] == 200
        for one in groups:
            query, body = knock.sealed(one, CONTACT)
            assert (await knock.post(query, body, "/wechat/contact"))[0] == 200
    assert len(await arrived(house)) == len(officers) + len(groups)


async def test_two_bots_and_doubles_at_once_keep_one(
    knock: Knock, house: BotHouse, store: MongoStore, finder: BoundaryFinder, world: World
) -> None:
    port = free_port()
    other = await serve(create_app(build_house(store, finder, world, Ports(1, port))), port)
    second = Knock(house, knock.http, f"http://127.0.0.1:{port}")
    query, body = knock.sealed(message())
    answers = await asyncio.gather(
        *((knock, second)[number % 2].post(query, body) for number in range(20))
    )
    await other.cleanup()
    assert set(answers) == {(200, "success")}
    assert len(await arrived(house)) == 1


async def test_the_simulator_delivers_twice_at_once(
    sim: Sim, house: BotHouse, bot_url: str
) -> None:
    one = await sim.resident()
    await sim.fault("callback:oa", "duplicate")
    await sim.post(f"residents/{one}/text", content="doppelt", wait=True)
    await sim.settle()
    assert [each.text for _, each in await arrived(house)].count("doppelt") == 1


async def test_a_repeat_leaves_what_was_handled_alone(knock: Knock, house: BotHouse) -> None:
    query, body = knock.sealed(message())
    await knock.post(query, body)
    ((one, _),) = await arrived(house)
    one.state, one.body = ArrivalState.HANDLED, ""
    await house.store.arrivals.save(one)
    assert await knock.post(query, body) == (200, "success")
    kept = await house.store.arrivals.get(one.id)
    assert (kept.state, kept.body) == (ArrivalState.HANDLED, "")


# ---- the store is away


class Away:
    """The arrivals of a store that is away, slow, or comes back."""

    def __init__(self, house: BotHouse, down: int = 10**6, seconds: float = 0.0) -> None:
        self.real = house.store.arrivals
        self.down, self.seconds, self.tries = down, seconds, 0

    async def add_many(self, arrivals: Sequence[Arrival]) -> set[str]:
        self.tries += 1
        await asyncio.sleep(self.seconds)
        if self.tries <= self.down:
            raise StoreDown("away")
        return await self.real.add_many(arrivals)


def replace_arrivals(house: BotHouse, away: Away) -> None:
    class Partly:
        def __getattr__(self, name: str) -> Any:
            return away if name == "arrivals" else getattr(store, name)

    store = house.store
    house.store = Partly()  # type: ignore[assignment]


@pytest.mark.parametrize("seconds", [0.0, 30.0])
async def test_wecom_is_asked_to_come_again(knock: Knock, house: BotHouse, seconds: float) -> None:
    replace_arrivals(house, Away(house, seconds=seconds))
    query, body = knock.sealed(message(), WORK)
    begun = time.monotonic()
    status, _ = await knock.post(query, body, "/wechat/work")
    assert status == 503
    assert time.monotonic() - begun < 5.0


async def test_the_account_gets_no_answer_and_comes_again(
    sim: Sim, knock: Knock, house: BotHouse, world: World
) -> None:
    away = Away(house)
    replace_arrivals(house, away)
    query, body = knock.sealed(message())
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await knock.post(query, body)
    one = await sim.resident()
    world.settings.callback_deadline_s = 0.7  # the platform's five seconds, shortened like ours
    telling = asyncio.create_task(sim.post(f"residents/{one}/text", content="zäh", wait=True))
    await asyncio.sleep(1.0)
    world.settings.callback_deadline_s = 5.0
    away.down = 0
    done = await telling
    assert done["outcome"]["verdict"] == "silence"
    assert done["outcome"]["attempts"] > 1
    texts = [unpack(house.identity.open(each.body)).text for each in await away.real.find()]
    assert texts.count("zäh") == 1


async def test_a_store_that_comes_back_in_time_costs_nothing(knock: Knock, house: BotHouse) -> None:
    away = Away(house, down=2)
    replace_arrivals(house, away)
    query, body = knock.sealed(message())
    assert await knock.post(query, body) == (200, "success")
    assert (away.tries, len(await away.real.find())) == (3, 1)


def test_what_is_promised_in_seconds() -> None:
    patience = Patience()
    assert patience.work <= 0.9
    assert patience.urgent <= 0.9
    assert patience.write <= 0.9
    assert patience.official + patience.write < 5
    assert patience.cut > 5


# ---- what is no callback


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", GATE, 405),
        ("HEAD", GATE, 405),
        ("GET", "/wechat/nothing", 404),
        ("GET", GATE, 400),
        ("POST", GATE, 400),
        ("POST", "/wechat/work", 400),
        ("POST", "/wechat/contact", 400),
    ],
)
async def test_strangers_are_told_so(knock: Knock, method: str, path: str, status: int) -> None:
    async with knock.http.request(method, knock.url + path) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"


async def test_a_large_body_is_not_read(knock: Knock, house: BotHouse) -> None:
    query, body = knock.sealed(message(Content="x" * 70_000))
    assert (await knock.post(query, body))[0] == 413
    assert await arrived(house) == []


async def test_a_body_that_never_ends_is_given_up(
    knock: Knock, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "BODY_S", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", ports.bot)
    stamp = knock.now()["timestamp"]
    writer.write(
        f"POST {GATE}?timestamp={stamp}&nonce=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<".encode()
    )
    line = await asyncio.wait_for(reader.readline(), 30)
    assert b" 400 " in line
    writer.close()


async def test_health_follows_the_store(
    bot_url: str, http: aiohttp.ClientSession, house: BotHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with http.get(bot_url + "/healthz") as response:
        assert (response.status, (await response.json())["status"]) == (200, "ok")

    async def check() -> None:
        raise StoreDown("away")

    monkeypatch.setattr(house.store, "check", check)
    async with http.get(bot_url + "/healthz") as response:
        assert response.status == 503


async def test_what_is_not_configured_has_no_door(
    house: BotHouse, http: aiohttp.ClientSession
) -> None:
    house.settings = replace(house.settings, corps=())
    port = free_port()
    runner = await serve(create_app(house), port)
    async with http.post(f"http://127.0.0.1:{port}/wechat/work") as response:
        assert response.status == 404
    await runner.cleanup()
