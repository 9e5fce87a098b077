"""A simulated world behind a real port, and an account's server that remembers what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulator.accounts import App, Config, Contact, Corp, OfficialAccount, Person
from simulator.app import create_app
from simulator.crypto import Envelope, signature
from simulator.world import World

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
CONTACT_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OA = "/api.weixin.qq.com"
WORK = "/qyapi.weixin.qq.com/cgi-bin/"
APP, OTHER = 1000002, 1000003


class Got:
    """One callback as the account's server saw it."""

    def __init__(self, path: str, query: dict[str, str], body: str) -> None:
        self.path, self.query, self.body = path, query, body

    def outer(self) -> dict[str, Any]:
        if self.body.startswith("{"):
            return dict(msgspec.json.decode(self.body))
        return tree(self.body)

    def inner(self, key: str = KEY, receive_id: str = "wx0123456789abcdef") -> dict[str, Any]:
        outer = self.outer()
        if "Encrypt" not in outer:
            return outer
        text = Envelope(key, receive_id).open(outer["Encrypt"])
        return dict(msgspec.json.decode(text)) if text.startswith("{") else tree(text)


def tree(text: str) -> dict[str, Any]:
    def walk(node: ElementTree.Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in node:
            value: Any = walk(child) if len(child) else child.text or ""
            if child.tag in found:
                before = found[child.tag]
                value = [*before, value] if isinstance(before, list) else [before, value]
            found[child.tag] = value
        return found

    return walk(ElementTree.fromstring(text))


class Bot:
    """The server of the account: answers ``success`` unless told otherwise."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answer: Callable[[Got], Awaitable[web.Response]] | None = None
        self.verify: Callable[[web.Request], Awaitable[web.Response]] | None = None
        app = web.Application()
        app.router.add_post("/{name}", self._post)
        app.router.add_get("/{name}", self._get)
        self.server = TestServer(app)

    async def _post(self, request: web.Request) -> web.Response:
        one = Got(request.path, dict(request.query), await request.text())
        self.got.append(one)
        return await self.answer(one) if self.answer else web.Response(text="success")

    async def _get(self, request: web.Request) -> web.Response:
        if self.verify:
            return await self.verify(request)
        query = request.query
        if request.path == "/oa":
            good = signature("oa-token", query["timestamp"], query["nonce"]) == query["signature"]
            return web.Response(text=query["echostr"] if good else "no")
        key = CONTACT_KEY if request.path == "/contact" else KEY
        return web.Response(text=Envelope(key, "ww0123456789abcdef").open(query["echostr"]))

    def events(self, path: str, key: str, receive_id: str) -> list[dict[str, Any]]:
        return [one.inner(key, receive_id) for one in self.got if one.path == path]

    def oa(self) -> list[dict[str, Any]]:
        return self.events("/oa", KEY, "wx0123456789abcdef")

    def app(self) -> list[dict[str, Any]]:
        return self.events("/app", KEY, "ww0123456789abcdef")

    def contact(self) -> list[dict[str, Any]]:
        return self.events("/contact", CONTACT_KEY, "ww0123456789abcdef")


class Stage:
    """Everything a test needs: the world over HTTP, and short ways to say common things."""

    def __init__(self, client: TestClient[Any, Any], world: World, bot: Bot) -> None:
        self.client, self.world, self.bot = client, world, bot
        self._tokens: dict[str, str] = {}

    async def get(self, path: str, /, **query: Any) -> dict[str, Any]:
        response = await self.client.get(path, params={k: str(v) for k, v in query.items()})
        return dict(await response.json(content_type=None))

    async def post(self, path: str, data: Any = None, **query: Any) -> dict[str, Any]:
        params = {name: str(value) for name, value in query.items()}
        # Not json=: it writes \\uXXXX, which the platform refuses.
        raw = msgspec.json.encode({} if data is None else data)
        response = await self.client.post(path, data=raw, params=params)
        return dict(await response.json(content_type=None))

    async def sim(self, path: str, /, **data: Any) -> dict[str, Any]:
        return await self.post("/sim/" + path, data)

    async def look(self, path: str, /, **query: Any) -> dict[str, Any]:
        return await self.get("/sim/" + path, **query)

    async def advance(self, seconds: float) -> None:
        await self.sim("clock", advance_s=seconds)

    async def settle(self) -> None:
        assert (await self.sim("settle"))["settled"]

    async def resident(self, **facts: Any) -> str:
        made = await self.sim("residents", **{"follow": True, "wait": True, **facts})
        return str(made["openid"])

    async def token(self) -> str:
        answer = await self.get(
            OA + "/cgi-bin/token",
            grant_type="client_credential",
            appid="wx0123456789abcdef",
            secret="oa-secret",
        )
        return str(answer["access_token"])

    async def stable(self, force: bool = False) -> dict[str, Any]:
        return await self.post(
            OA + "/cgi-bin/stable_token",
            {
                "grant_type": "client_credential",
                "appid": "wx0123456789abcdef",
                "secret": "oa-secret",
                "force_refresh": force,
            },
        )

    async def oa(self, path: str, data: Any) -> dict[str, Any]:
        token = (await self.stable())["access_token"]
        return await self.post(f"{OA}/cgi-bin/{path}", data, access_token=token)

    async def oa_get(self, path: str, /, **query: Any) -> dict[str, Any]:
        token = (await self.stable())["access_token"]
        return await self.get(f"{OA}/cgi-bin/{path}", access_token=token, **query)

    async def say(self, openid: str, text: str) -> int:
        """A customer-service text; the errcode."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        return int((await self.oa("message/custom/send", body))["errcode"])

    async def work_token(self, secret: str = "app-secret") -> str:
        answer = await self.get(WORK + "gettoken", corpid="ww0123456789abcdef", corpsecret=secret)
        return str(answer["access_token"])

    async def work(self, path: str, data: Any, secret: str = "app-secret") -> dict[str, Any]:
        return await self.post(WORK + path, data, access_token=await self.work_token(secret))

    async def work_get(self, path: str, /, **query: Any) -> dict[str, Any]:
        return await self.get(WORK + path, access_token=await self.work_token(), **query)

    async def chat(self, openid: str) -> list[dict[str, Any]]:
        return list((await self.look(f"residents/{openid}/chat"))["lines"])

    async def screen(self, userid: str) -> list[dict[str, Any]]:
        return list((await self.look(f"members/{userid}/screen"))["lines"])


def config(bot: Bot) -> Config:
    def at(name: str) -> str:
        return str(bot.server.make_url("/" + name))

    return Config(
        oa=OfficialAccount(callback_url=at("oa"), previous_aes_key=OLD),
        wecom=Corp(
            apps=[
                App(
                    agentid=APP,
                    secret="app-secret",
                    token="app-token",
                    aes_key=KEY,
                    callback_url=at("app"),
                    trusted_domain="desk.example",
                    customer_contact=True,
                ),
                App(agentid=OTHER, secret="other-secret", token="x", aes_key=KEY),
            ],
            contact=Contact(token="contact-token", aes_key=CONTACT_KEY, url=at("contact")),
            members=[
                Person(userid="Zhang", name="张警官"),
                Person(userid="Li", name="李警官"),
                Person(userid="wang", name="王警官", department=[2]),
            ],
        ),
    )


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    one = Bot()
    await one.server.start_server()
    yield one
    await one.server.close()


@pytest.fixture
async def stage(bot: Bot) -> AsyncIterator[Stage]:
    world = World(config(bot))
    world.settings.verify_deadline_s = 5.0
    world.settings.redelivery_after_s = 0.1
    world.settings.template_result_after_s = 0.01
    client = TestClient(TestServer(create_app(world)))
    await client.start_server()
    yield Stage(client, world, bot)
    await client.close()


async def never(got: Got) -> web.Response:
    await asyncio.sleep(5)
    return web.Response(text="success")
