"""Faults, log, seed, clock and memory of the world itself, and the command that serves it."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from simulator.accounts import Config, Corp, Person
from simulator.app import create_app
from simulator.vault import load, save
from simulator.world import World
from tests.ports import free_port
from tests.simulator.conftest import OA, Stage

SEND = OA + "/cgi-bin/message/custom/send"


@pytest.mark.parametrize("code", [-1, 45009, 45011, 45033])
async def test_errors_on_demand(stage: Stage, code: int) -> None:
    openid = await stage.resident()
    await stage.sim("faults", path="message/custom/send", action="error", code=code, count=2)
    assert [await stage.say(openid, "x") for _ in range(3)] == [code, code, 0]
    assert len(await stage.chat(openid)) == 1


async def test_slow_silent_broken_and_lost(stage: Stage) -> None:
    openid = await stage.resident()
    token = await stage.token()
    raw = msgspec.json.encode({"touser": openid, "msgtype": "text", "text": {"content": "x"}})

    async def send(seconds: float = 5) -> aiohttp.ClientResponse:
        limit = aiohttp.ClientTimeout(total=seconds)
        query = {"access_token": token}
        return await stage.client.post(SEND, data=raw, params=query, timeout=limit)

    await stage.sim("faults", path="message/custom/send", action="slow", seconds=0.3, count=1)
    begun = time.monotonic()
    assert (await send()).status == 200
    assert time.monotonic() - begun >= 0.3
    await stage.sim("faults", path="message/custom/send", action="hang", count=1)
    with pytest.raises(TimeoutError):
        await send(0.3)
    await stage.sim("faults", path="message/custom/send", action="http", code=502, count=1)
    assert (await send()).status == 502
    assert len(await stage.chat(openid)) == 1
    await stage.sim("faults", path="message/custom/send", action="lost", count=1)
    with pytest.raises(aiohttp.ClientError):
        await send()
    # The answer was lost, the message was not.
    assert len(await stage.chat(openid)) == 2


async def test_a_token_dies_in_the_middle(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.sim("faults", path="message/custom/send", action="revoke", count=1)
    assert [await stage.say(openid, "x") for _ in range(2)] == [40001, 0]


async def test_chance_comes_from_the_seed(stage: Stage) -> None:
    async def drawn(seed: int) -> list[int]:
        world = World(Config(seed=seed))
        client: TestClient[Any, Any] = TestClient(TestServer(create_app(world)))
        await client.start_server()
        own = Stage(client, world, stage.bot)
        openid = await own.resident()
        own.world.settings.message_credits = 99
        await own.sim(f"residents/{openid}/text", content="x")
        await own.sim("faults", path="*", action="error", probability=0.5)
        token = own.world.tokens.ordinary().text
        body = {"touser": openid, "msgtype": "text", "text": {"content": "x"}}
        codes = [(await own.post(SEND, body, access_token=token))["errcode"] for _ in range(30)]
        await client.close()
        return [int(one) for one in codes]

    first = await drawn(1)
    assert set(first) == {-1, 0}
    assert first == await drawn(1) != await drawn(2)


async def test_faults_are_listed_and_lifted(stage: Stage) -> None:
    made = await stage.sim("faults", path="*", action="http", code=500)
    number = made["faults"][0]["id"]
    assert "error" in await stage.sim("faults", path="*", action="explode")
    assert "error" in await stage.sim("faults", path="callback:oa", action="http")
    await stage.client.delete("/sim/faults", params={"id": str(number)})
    assert (await stage.look("faults"))["faults"] == []
    assert await stage.token()


async def test_the_log_has_everything_in_order(stage: Stage) -> None:
    openid = await stage.resident()
    await stage.say(openid, "你好")
    await stage.say(openid, "again")
    log = await stage.look("log")
    seqs = [one["seq"] for one in log["entries"]]
    assert seqs == list(range(1, len(seqs) + 1))
    sends = (await stage.look("log", path="custom/send"))["entries"]
    assert [msgspec.json.decode(one["body"])["text"]["content"] for one in sends] == [
        "你好",
        "again",
    ]
    assert all('"errcode":0' in one["answer"] for one in sends)
    assert [one["kind"] for one in (await stage.look("log", kind="callback"))["entries"]] == [
        "callback"
    ]
    assert (await stage.look("log", since=log["next"]))["entries"] == []
    page = await stage.look("log", limit=2)
    assert (len(page["entries"]), page["next"]) == (2, 2)
    await stage.sim("settings", log_entries=10)
    for _ in range(30):
        await stage.token()
    log = await stage.look("log")
    assert log["first"] > 1
    assert log["entries"][0]["seq"] == log["first"]
    assert log["entries"][-1]["seq"] == seqs[-1] + 30
    await stage.sim("settings", log_entries=1000, log_bytes=10_000)
    for _ in range(30):
        await stage.token()
    assert len((await stage.look("log"))["entries"]) < 30


async def test_the_clock_only_goes_forward(stage: Stage) -> None:
    before = (await stage.look("clock"))["now"]
    await stage.advance(48 * 3600)
    after = await stage.look("clock")
    assert after["now"] - before >= 48 * 3600
    assert "error" in await stage.sim("clock", advance_s=-1)
    openid = await stage.resident()
    stage.bot.got.clear()
    await stage.sim(f"residents/{openid}/text", content="x", wait=True)
    assert abs(int(stage.bot.oa()[0]["CreateTime"]) - after["now"]) < 10


async def test_a_city_is_seeded_quickly(stage: Stage) -> None:
    begun = time.process_time()
    made = await stage.sim("seed", owner_count=300, groups=4196, members=260)
    assert time.process_time() - begun < 5
    assert len(set(made["chat_ids"])) == 4196
    state = await stage.look("state")
    assert state["people_in_groups"] == 4196 * 261
    await stage.settle()
    assert stage.bot.got == []


async def test_unknown_settings_are_refused(stage: Stage) -> None:
    assert "error" in await stage.sim("settings", group_lag=3)
    assert "error" in await stage.sim("settings", group_lag_s="soon")
    assert (await stage.look("settings"))["group_lag_s"] == 0


def corp() -> Config:
    return Config(wecom=Corp(members=[Person(userid="Zhang")]))


async def test_a_saved_world_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    assert load(path) is None
    world = World(corp(), None, tmp_path / "media")
    one = world.add_resident("王小明")
    one.following = True
    world.show(one.chat, "me", "text", {"content": "救命"})
    group = world.add_group("zhang", "一区", 5)
    medium = world.shelf.put("oa", "image", "a.png", "image/png", b"picture")
    world.clock.advance(1000)
    world.state.offset = world.clock.offset
    world.settings.group_lag_s = 3
    save(world, path)
    again = World(corp(), load(path), tmp_path / "media")
    assert again.resident(one.external_userid).chat[0].data == {"content": "救命"}
    assert again.groups_of("zhang")[0].everybody() == group.everybody()
    assert again.clock.now() - time.time() > 900
    assert again.settings.group_lag_s == 3
    assert again.shelf.read(again.shelf.find("oa", medium.media_id)) == b"picture"
    # New names do not repeat the old ones.
    assert again.add_resident().openid != world.add_resident().openid
    assert list(tmp_path.glob("*.new")) == []


async def test_the_command_serves_keeps_and_ends(tmp_path: Path) -> None:
    config, state, port = tmp_path / "config.json", tmp_path / "state.json", free_port()
    config.write_bytes(msgspec.json.encode(corp()))

    async def run() -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulator", "--config", str(config), "--state", str(state),
            "--port", str(port), stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout
        await process.stdout.readline()
        return process

    async def stop(process: asyncio.subprocess.Process) -> float:
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        return time.monotonic() - begun

    base = f"http://127.0.0.1:{port}"
    process = await run()
    async with aiohttp.ClientSession() as http:
        fault = {"path": "*", "action": "hang"}
        await http.post(f"{base}/sim/faults", json=fault)
        made = await (await http.post(f"{base}/sim/residents", json={"name": "王小明"})).json()
        hanging = asyncio.ensure_future(http.get(f"{base}{OA}/cgi-bin/user/info"))
        await asyncio.sleep(0.1)
        assert await stop(process) < 20  # without an end of its own it would take 60
        with pytest.raises(aiohttp.ClientError):
            await hanging
    process = await run()
    async with aiohttp.ClientSession() as http:
        found = await (await http.get(f"{base}/sim/residents/{made['openid']}")).json()
        assert found["name"] == "王小明"
        assert await stop(process) < 20  # without an end of its own it would take 60
