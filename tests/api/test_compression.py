"""Answers of the api as they travel: compressed, but for those whose length would betray a secret."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from api.app import all_routes
from api.compression import LEAST, carries_secret, compress, may_compress, vary
from tests.api.conftest import Site

# Whoever makes one of these longer than a kilobyte decides whether it may be compressed.
PLAIN = {
    "/incidents",
    "/probe",
    "/probe/page",
    "/resume",
    "/session",
    "/tips",
    "/tips/{id}/event",
    "/wechat/jssdk",
}


async def raw(
    site: Site, path: str, who: aiohttp.ClientSession, accepted: str
) -> tuple[Any, bytes]:
    async with who.get(f"{site.api}{path}", headers={"Accept-Encoding": accepted}) as response:
        body = await response.read()
        assert response.status == 200, body
        return response, body


def test_only_reading_is_compressed_and_nothing_with_a_secret() -> None:
    routes = all_routes(demo=True)
    assert {r.path for r in routes if r.method == "GET" and not may_compress(r)} == PLAIN
    assert not [r for r in routes if r.method != "GET" and may_compress(r)]
    secret = {(r.method, r.path) for r in routes if carries_secret(r.answer)}
    assert {("POST", "/incidents"), ("POST", "/wechat/resume"), ("POST", "/my/join")} <= secret
    assert {("POST", "/session/totp"), ("POST", "/incidents/{id}/standby")} <= secret
    assert {("PUT", "/session/totp"), ("POST", "/session/recovery")} <= secret


def test_a_secret_is_found_at_any_depth() -> None:
    inner = msgspec.defstruct("Inner", [("session_token", str)])
    outer = msgspec.defstruct("Outer", [("name", str), ("rows", list[dict[str, inner | None]])])
    assert carries_secret(msgspec.defstruct("Tree", [("outer", outer)]))
    assert not carries_secret(msgspec.defstruct("Leaf", [("name", str)]))


async def test_an_answer_is_compressed_once_and_says_what_it_depends_on(site: Site) -> None:
    anybody = site.anybody()
    for accepted, used in (("gzip", "gzip"), ("gzip;q=0, identity", None), ("br", None)):
        response, body = await raw(site, "/openapi.json", anybody, accepted)
        assert response.headers.get("Content-Encoding") == used
        assert response.headers["Vary"] == "Accept-Encoding"
        assert msgspec.json.decode(body)["openapi"]
        sent = int(response.headers["Content-Length"])
        assert sent < 60_000 if used else sent > 100_000
    small, _ = await raw(site, "/config", anybody, "gzip")
    assert "Content-Encoding" not in small.headers
    assert small.headers["Vary"] == "Accept-Encoding"


async def test_a_receipt_and_its_token_stay_plain(site: Site) -> None:
    async with site.anybody().post(
        f"{site.api}/incidents", json={"key": "a" * 20}, headers={"Accept-Encoding": "gzip, br"}
    ) as response:
        assert response.status == 201
        assert "Content-Encoding" not in response.headers
        assert (await response.json())["token"]


async def test_areas_are_compressed_once_for_everybody(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await site.staff("desk1")
    asked = []
    made = site.house.finder.geojson
    monkeypatch.setattr(
        site.house.finder, "geojson", lambda level: asked.append(level) or made(level)
    )
    packed, first = await raw(site, "/areas?level=STATION", desk, "gzip")
    plain, second = await raw(site, "/areas?level=STATION", desk, "identity")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert first == second
    assert asked == ["STATION"]
    assert int(packed.headers["Content-Length"]) < 0.5 * int(plain.headers["Content-Length"])
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    tag = {"If-None-Match": packed.headers["ETag"]}
    async with desk.get(f"{site.api}/areas?level=STATION", headers=tag) as response:
        assert response.status == 304
        assert response.headers["Vary"] == "Accept-Encoding"


async def test_a_large_answer_is_compressed_off_the_loop() -> None:
    """The watch over every test fails a callback that computes for 0.1 s."""
    request = make_mocked_request("GET", "/", headers={"Accept-Encoding": "gzip"})
    text = b"".join(str(hash(str(n))).encode() for n in range(1_000_000))
    response = web.Response(body=text, content_type="application/json")
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    task = asyncio.create_task(beat())
    await compress(request, response)
    task.cancel()
    assert beats > 5
    assert gzip.decompress(response.body) == text  # type: ignore[arg-type]
    # Once is enough.
    once = response.body
    await compress(request, response)
    assert response.body is once


@pytest.mark.parametrize(
    ("status", "kind", "length"),
    [
        (200, "image/jpeg", 9000),
        (404, "application/json", 9000),
        (200, "application/json", LEAST - 1),
    ],
)
async def test_what_is_left_as_it_is(status: int, kind: str, length: int) -> None:
    request = make_mocked_request("GET", "/", headers={"Accept-Encoding": "gzip"})
    response = web.Response(body=b" " * length, status=status, content_type=kind)
    await compress(request, response)
    assert response.body == b" " * length
    assert "Content-Encoding" not in response.headers


def test_vary_is_added_to_what_is_named_already() -> None:
    response = web.Response(headers={"Vary": "Accept-Language"})
    vary(response)
    vary(response)
    assert response.headers["Vary"] == "Accept-Language, Accept-Encoding"
