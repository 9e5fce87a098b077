"""A bot on a real port between a simulated WeChat and the real store.

``world`` (the simulated platforms, their console already knows the bot's addresses), ``simulator_url``,
``house`` (settings pointing at the simulator, APIs connected, the clock is the world's), ``bot_url``
(the bot's callbacks, served), ``sim`` (the simulator's control, CONTROL.md).
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from bot.app import create_app
from bot.callbacks import Patience
from bot.house import BotHouse, BotSettings, CallbackKeys, Mode, OfficialSettings, WorkSettings
from bot.platforms import connect
from clips import playable
from domain.receipt_numbers import ReceiptNumbers
from locate.finder import BoundaryFinder
from pictures import strip
from simulator.accounts import App, Config, Contact, Corp, OfficialAccount, Person
from simulator.app import create_app as create_simulator
from simulator.world import World
from storage.seal import KeySeal
from storage.store import MongoStore
from tests.ports import free_port

SECRET = b"a secret of the tests, thirty-two bytes"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
APP_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
CONTACT_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APPID, CORPID, AGENT = "wx0123456789abcdef", "ww0123456789abcdef", 1000002
OFFICIAL = CallbackKeys("oa-token", KEY, APPID, OLD_KEY)
WORK = CallbackKeys("app-token", APP_KEY, CORPID)
CONTACT = CallbackKeys("contact-token", CONTACT_KEY, CORPID)


@dataclass(frozen=True)
class Ports:
    simulator: int
    bot: int


class Sim:
    """The simulator's control over HTTP: ``await sim.post("residents", follow=True)``."""

    def __init__(self, url: str, session: aiohttp.ClientSession, bot: int = 0) -> None:
        self._url = url
        self._session = session
        self._bot = bot

    async def get(self, path: str, /, **query: Any) -> dict[str, Any]:
        params = {name: str(value) for name, value in query.items()}
        async with self._session.get(f"{self._url}/sim/{path}", params=params) as response:
            return dict(await response.json())

    async def post(self, path: str, /, **data: Any) -> dict[str, Any]:
        body = msgspec.json.encode(data)
        async with self._session.post(f"{self._url}/sim/{path}", data=body) as response:
            assert response.status == 200, await response.text()
            return dict(await response.json())

    async def resident(self, **facts: Any) -> str:
        """A new follower's openid; a bot that is served has heard of it."""
        # Without a bot there is nobody to wait for but the platform's three tries.
        with socket.socket() as one:
            served = one.connect_ex(("127.0.0.1", self._bot)) == 0
        return str(
            (await self.post("residents", **{"follow": True, "wait": served, **facts}))["openid"]
        )

    async def advance(self, seconds: float) -> None:
        await self.post("clock", advance_s=seconds)

    async def fault(self, path: str, action: str, **more: Any) -> None:
        await self.post("faults", path=path, action=action, **more)

    async def settle(self) -> None:
        assert (await self.post("settle"))["settled"]

    async def calls(self, path: str) -> list[dict[str, Any]]:
        """What was called, as logged: paths that contain ``path``."""
        return list((await self.get("log", path=path, kind="call", limit=1000))["entries"])

    async def chat(self, openid: str) -> list[dict[str, Any]]:
        return list((await self.get(f"residents/{openid}/chat"))["lines"])

    async def screen(self, userid: str) -> list[dict[str, Any]]:
        return list((await self.get(f"members/{userid}/screen"))["lines"])


@pytest.fixture
def ports() -> Ports:
    return Ports(free_port(), free_port())


@pytest.fixture
def world(ports: Ports) -> World:
    """One account in safe mode, one corp with an app (and another), members Zhang, Li and wang."""
    bot = f"http://127.0.0.1:{ports.bot}/wechat"
    world = World(
        Config(
            oa=OfficialAccount(
                appid=APPID,
                token=OFFICIAL.token,
                aes_key=KEY,
                previous_aes_key=OLD_KEY,
                callback_url=f"{bot}/official",
                templates=["template-tip", "template-incident"],
            ),
            wecom=Corp(
                corpid=CORPID,
                apps=[
                    App(
                        agentid=AGENT,
                        secret="app-secret",
                        token=WORK.token,
                        aes_key=APP_KEY,
                        callback_url=f"{bot}/work",
                        customer_contact=True,
                    ),
                    App(agentid=1000003, secret="other-secret", token="x", aes_key=KEY),
                ],
                contact=Contact(token=CONTACT.token, aes_key=CONTACT_KEY, url=f"{bot}/contact"),
                members=[
                    Person(userid="Zhang", name="张警官"),
                    Person(userid="Li", name="李警官"),
                    Person(userid="wang", name="王警官", department=[2]),
                ],
            ),
        )
    )
    world.settings.template_result_after_s = 0.01
    # Who serves no callbacks keeps a test waiting for three tries of a second otherwise.
    world.settings.redelivery_after_s = 0.1
    return world


async def serve(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


@pytest.fixture
async def simulator_url(world: World, ports: Ports) -> AsyncIterator[str]:
    runner = await serve(create_simulator(world), ports.simulator)
    yield f"http://127.0.0.1:{ports.simulator}"
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
        yield session


@pytest.fixture
async def sim(simulator_url: str, http: aiohttp.ClientSession, ports: Ports) -> Sim:
    return Sim(simulator_url, http, ports.bot)


def build_house(store: MongoStore, finder: BoundaryFinder, world: World, ports: Ports) -> BotHouse:
    """A house of its own on this store; its APIs are not connected yet."""
    hosts = f"http://127.0.0.1:{ports.simulator}"
    return BotHouse(
        settings=BotSettings(
            site="http://127.0.0.1:8110",
            url=f"http://127.0.0.1:{ports.bot}",
            city="测试市",
            process=f"bot-{free_port()}",
            officials=(
                OfficialSettings(
                    appid=APPID,
                    secret="oa-secret",
                    original_id="gh_0123456789ab",
                    callback=OFFICIAL,
                    mode=Mode.SAFE,
                    templates={"tip": "template-tip", "incident": "template-incident"},
                    api=f"{hosts}/api.weixin.qq.com",
                    open=f"{hosts}/open.weixin.qq.com",
                    mp=f"{hosts}/mp.weixin.qq.com",
                ),
            ),
            corps=(
                WorkSettings(
                    corpid=CORPID,
                    agentid=AGENT,
                    secret="app-secret",
                    callback=WORK,
                    contact=CONTACT,
                    api=f"{hosts}/qyapi.weixin.qq.com",
                    open=f"{hosts}/open.weixin.qq.com",
                    login=f"{hosts}/login.work.weixin.qq.com",
                ),
            ),
        ),
        store=store,
        finder=finder,
        pictures=strip,
        clips=playable,
        secret=SECRET,
        identity=KeySeal(SECRET, "identity"),
        content=KeySeal(SECRET, "tip-content"),
        tokens=KeySeal(SECRET, "tokens"),
        numbers=ReceiptNumbers(store, 10),
        clock=lambda: int(world.clock.now() * 1000),
    )


def with_official(house: BotHouse, **changes: Any) -> None:
    """Change the account's settings before the bot is served."""
    official = replace(house.settings.officials[0], **changes)
    house.settings = replace(house.settings, officials=(official,))


@pytest.fixture
async def house(
    store: MongoStore, finder: BoundaryFinder, world: World, ports: Ports
) -> AsyncIterator[BotHouse]:
    house = build_house(store, finder, world, ports)
    client = connect(house)
    yield house
    await client.close()


@pytest.fixture
async def bot_url(house: BotHouse, ports: Ports) -> AsyncIterator[str]:
    """The bot's callbacks; quicker to give up on a store that is away than the real one."""
    patience = Patience(write=2.0, work=0.3, official=0.6, cut=0.9)
    runner = await serve(create_app(house, patience), ports.bot)
    yield f"http://127.0.0.1:{ports.bot}"
    await runner.cleanup()
