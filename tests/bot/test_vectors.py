"""The platforms' published examples, through the real door."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import create_app
from bot.house import BotHouse, CallbackKeys, Mode
from bot.parcel import Incoming, Kind, unpack
from bot.wechat import Envelope, page_signature, signature
from tests.bot.conftest import Ports, serve, with_official

FILE = Path(__file__).parents[1] / "simulator" / "wechat_vectors.json"
VECTORS: dict[str, dict[str, Any]] = {
    one["id"]: one for one in json.loads(FILE.read_text("utf-8"))["vectors"]
}


class Call:
    """A bot with a vector's keys and clock, and a call to it."""

    def __init__(self, house: BotHouse, ports: Ports, http: aiohttp.ClientSession) -> None:
        self._house, self._ports, self._http = house, ports, http

    async def __call__(
        self, vector: dict[str, Any], door: str, query: dict[str, str], body: str | None = None
    ) -> tuple[int, str]:
        house = self._house
        keys = CallbackKeys(
            vector["token"],
            vector.get("encoding_aes_key", "A" * 43),
            vector.get("receive_id", "wx"),
        )
        if door == "work":
            work = replace(house.settings.corps[0], callback=keys)
            house.settings = replace(house.settings, corps=(work,))
        else:
            mode = Mode.PLAIN if vector["kind"] == "plain_signature" else Mode.SAFE
            with_official(house, callback=keys, mode=mode)
        house.clock = lambda: int(vector["timestamp"]) * 1000
        runner = await serve(create_app(house), self._ports.bot)
        url = f"http://127.0.0.1:{self._ports.bot}/wechat/{door}"
        query = {"timestamp": vector["timestamp"], "nonce": vector["nonce"], **query}
        try:
            async with self._http.request(
                "GET" if body is None else "POST", url, params=query, data=body
            ) as response:
                return response.status, await response.text()
        finally:
            await runner.cleanup()

    async def arrived(self) -> list[Incoming]:
        found = await self._house.store.arrivals.find()
        return [unpack(self._house.identity.open(one.body)) for one in found]


@pytest.fixture
def call(house: BotHouse, ports: Ports, http: aiohttp.ClientSession) -> Call:
    return Call(house, ports, http)


@pytest.mark.parametrize("name", ["wechatpy-work-verify-url", "wechatpy-work-verify-url-NEGATIVE"])
async def test_wecom_proves_its_address(call: Call, name: str) -> None:
    vector = VECTORS[name]
    query = {"msg_signature": vector["msg_signature"], "echostr": vector["ciphertext"]}
    status, text = await call(vector, "work", query)
    if vector.get("negative"):
        assert status == 403
        assert "5927782489442352469" not in text
    else:
        assert (status, text) == (200, vector["expected_plaintext"])


async def test_the_account_proves_its_address(call: Call) -> None:
    vector = VECTORS["mp-official-url-verify"]
    query = {"signature": vector["expected_signature"], "echostr": vector["echostr"]}
    assert await call(vector, "official", query) == (200, vector["echostr"])


async def test_a_plain_message_is_signed(call: Call) -> None:
    vector = VECTORS["mp-official-plain-post"]
    body = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1714037059"
        "</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>7</MsgId></xml>"
    )
    good = {"signature": vector["expected_signature"]}
    assert await call(vector, "official", good, body) == (200, "success")
    bad = {"signature": vector["expected_signature"][::-1]}
    assert (await call(vector, "official", bad, body))[0] == 403
    assert len(await call.arrived()) == 1


async def test_wecom_sends_a_text(call: Call) -> None:
    vector = VECTORS["wechatpy-work-decrypt"]
    body = f"<xml><ToUserName>x</ToUserName><Encrypt>{vector['ciphertext']}</Encrypt></xml>"
    query = {"msg_signature": vector["msg_signature"]}
    assert await call(vector, "work", query, body) == (200, "")
    (one,) = await call.arrived()
    assert (one.kind, one.text, one.sender) == (Kind.TEXT, "test", "messense")
    assert (one.id, one.agent, one.sent_at) == ("4363689963896700987", "1", 1411525903_000)


async def test_wecom_reads_what_is_sealed_by_the_book(call: Call) -> None:
    vector = VECTORS["wechatpy-work-encrypt"]
    body = f"<xml><Encrypt><![CDATA[{vector['ciphertext']}]]></Encrypt></xml>"
    query = {"msg_signature": vector["msg_signature"]}
    assert await call(vector, "work", query, body) == (200, "")
    assert [one.text for one in await call.arrived()] == ["test"]


async def test_the_account_sends_an_event_as_json(call: Call) -> None:
    vector = VECTORS["mp-official-aes-decrypt"]
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": vector["ciphertext"]})
    query = {
        "msg_signature": vector["msg_signature"],
        "signature": vector["signature_param"],
        "encrypt_type": "aes",
    }
    assert await call(vector, "official", query, body) == (200, "success")
    (one,) = await call.arrived()
    assert (one.kind, one.event) == (Kind.EVENT, "debug_demo")
    assert one.extra == {"debug_str": "hello world"}


@pytest.mark.parametrize("name", ["wechatpy-work-encrypt", "mp-official-aes-encrypt-reply"])
def test_what_is_sealed_is_byte_for_byte_the_books(name: str) -> None:
    vector = VECTORS[name]
    keys = CallbackKeys("token", vector["encoding_aes_key"], vector["receive_id"])
    sealed = Envelope(keys).seal(vector["plaintext"], prefix=vector["random_prefix"].encode())
    assert sealed == vector["ciphertext"]
    if "msg_signature" in vector:
        parts = (vector["token"], vector["timestamp"], vector["nonce"], sealed)
        assert signature(*parts) == vector["msg_signature"]


def test_a_page_is_signed_by_the_book() -> None:
    vector = VECTORS["jssdk-signature-1"]
    parts = (vector["jsapi_ticket"], vector["noncestr"], vector["timestamp"])
    for url in (vector["url"], vector["url"] + "#top"):
        assert page_signature(*parts, url) == vector["expected_signature"]


def test_every_vector_is_tested() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [name for name in VECTORS if f'"{name}"' not in text] == []
