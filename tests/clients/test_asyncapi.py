"""The AsyncAPI documents of both sockets: valid, whole, and true of what really comes over them."""

from __future__ import annotations

import asyncio
import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import aiohttp
import aioice.ice
import jsonschema
import msgspec
import pytest

from api import messages
from api.asyncapi import CLOSES, live_feed
from api.screens import NO_HELLO, SESSION_OVER, TRY_LATER
from docs import asyncapi
from tests.api.conftest import Site
from tests.clients.conftest import ROOT
from tests.webrtc.conftest import process, start
from tests.webrtc.media_process import Process, new_incident
from tests.webrtc.test_bundle import example
from webrtc import messages as signalling

__all__ = ["process", "start"]

LIVE, RTC = live_feed(), asyncapi.protocol()
SPECIFICATION = ROOT / "pages/node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"


@cache
def specification() -> jsonschema.protocols.Validator:
    schema = json.loads(SPECIFICATION.read_text("utf-8"))
    found: jsonschema.protocols.Validator = jsonschema.Draft7Validator(schema)
    return found


@pytest.mark.parametrize("document", [LIVE, RTC])
def test_the_specification_finds_nothing(document: dict[str, Any]) -> None:
    found = specification()
    assert list(found.iter_errors(document)) == []
    broken = copy.deepcopy(document)
    next(iter(broken["operations"].values()))["action"] = "shout"
    assert list(found.iter_errors(broken))


def test_the_file_is_drawn_from_the_code() -> None:
    assert asyncapi.FILE.read_text("utf-8") == asyncapi.text(), "run: python docs/asyncapi.py"


def test_every_message_of_the_code_is_in_a_channel() -> None:
    for document, unions in (
        (LIVE, (messages.LiveIn, messages.LiveOut)),
        (RTC, (signalling.Client, signalling.Server)),
    ):
        kinds = {kind.__name__ for union in unions for kind in get_args(union)}
        assert set(document["components"]["messages"]) == kinds
        channels = document["channels"].values()
        assert {name for channel in channels for name in channel["messages"]} == kinds


def test_who_hears_what_is_as_the_page_for_people_has_it() -> None:
    text = (ROOT / "api" / "LIVE.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.M))
    said = {kind.__name__: kind.__struct_config__.tag for kind in get_args(messages.LiveOut)}
    for name, channel in LIVE["channels"].items():
        heard = {said[one] for one in channel["messages"] if one in said}
        to = ("staff", "desk", "both") if name == "staff" else ("caller", "both")
        assert heard == {tag for tag, whom in rows.items() if whom in to}, name
    closes = re.search(r"^Close codes: (.*?)\n\n", text, re.M | re.S)
    assert closes is not None
    assert set(re.findall(r"\b(?:10|44)\d\d\b", closes[1])) == set(CLOSES)


def test_every_reason_of_a_snapshot_is_said() -> None:
    text = (ROOT / "api" / "LIVE.md").read_text("utf-8")
    said = re.search(r"`reason`: (.*?) A slow screen", text)
    assert said is not None
    source = (ROOT / "api" / "live.py").read_text().partition("class _CallerSide")[0]
    given = set(re.findall(r'\.reset = "(\w+)"', source))
    given |= set(re.findall(r'reset: .* = "(\w+)"', (ROOT / "api" / "screens.py").read_text()))
    assert given == set(re.findall(r"`(\w+)`", said[1]))


def test_every_code_that_closes_a_live_socket_is_said() -> None:
    source = "\n".join((ROOT / "api" / f"{name}.py").read_text() for name in ("live", "screens"))
    written = set(re.findall(r"code=(\d+)", source)) | {str(SESSION_OVER), str(NO_HELLO)}
    assert "SERVICE_RESTART" in (ROOT / "api" / "app.py").read_text()
    assert written | {str(TRY_LATER), "1012"} == set(CLOSES)


def fits(document: dict[str, Any], channel: str, said: str | dict[str, Any]) -> str:
    """The name of the message in this channel that fits what came; fails when none does."""
    value = json.loads(said) if isinstance(said, str) else said
    messages = document["components"]["messages"]
    for name in document["channels"][channel]["messages"]:
        if messages[name]["name"] == value["type"]:
            schema = {**messages[name]["payload"], "components": document["components"]}
            if not list(jsonschema.Draft202012Validator(schema).iter_errors(value)):
                return str(name)
    pytest.fail(f"{channel} has no message like {value}")


@pytest.mark.parametrize(("document", "channel"), [(LIVE, "staff"), (LIVE, "caller"), (RTC, "rtc")])
def test_examples_fit(document: dict[str, Any], channel: str) -> None:
    for name in document["channels"][channel]["messages"]:
        value = document["components"]["messages"][name]["examples"][0]["payload"]
        assert fits(document, channel, value)
    with pytest.raises(pytest.fail.Exception):
        fits(document, channel, {"type": "pong", "at": "soon"})


async def heard(socket: aiohttp.ClientWebSocketResponse, wanted: str) -> list[str]:
    """Every frame until one of this type."""
    found: list[str] = []
    while not found or json.loads(found[-1])["type"] != wanted:
        found.append((await socket.receive(timeout=30)).data)
    return found


async def test_the_live_feed_says_what_the_document_says(site: Site) -> None:
    desk = await site.staff("desk1")
    async with desk.ws_connect(f"{site.api}/live?face=console") as staff:
        said = await heard(staff, "snapshot")
        receipt = await site.report(words="有人晕倒")
        said += await heard(staff, "incident")
        await staff.send_json({"type": "ping", "at": 1})
        said += await heard(staff, "pong")
    names = {fits(LIVE, "staff", one) for one in said}
    assert {"Snapshot", "IncidentChange", "Pong"} <= names
    async with site.anybody().ws_connect(f"{site.api}/live/caller") as caller:
        await caller.send_json({"type": "hello", "token": receipt["token"]})
        said = await heard(caller, "caller")
    async with site.anybody().ws_connect(f"{site.api}/live/caller") as caller:
        await caller.send_json({"type": "hello", "token": "nobody's"})
        said += await heard(caller, "error")
    assert {fits(LIVE, "caller", one) for one in said} >= {"CallerSnapshot", "LiveProblem"}


async def test_the_signalling_socket_says_what_the_document_says(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    module = example()
    said: list[dict[str, Any]] = []

    class Listening(module.Call):  # type: ignore[name-defined, misc]
        def _hear(self, message: dict[str, Any]) -> None:
            said.append(message)
            super()._hear(message)

    incident = new_incident(process.store)
    url = process.url.replace("http", "ws") + "/rtc"
    calls = [Listening(), Listening()]
    for at, call in enumerate(calls):
        await call.connect(process.session, url, process.ticket(incident, at))
    wanted = {"welcome", "answer", "connected", "participant", "slot", "quality", "pong"}
    async with asyncio.timeout(30):
        while not wanted <= {one["type"] for one in said}:
            await asyncio.sleep(0.05)
    for call in calls:
        await call.leave()
    socket = await process.connect()
    await socket.send_str("{}")
    said.append(await socket.receive_json(timeout=30))
    names = {fits(RTC, "rtc", one) for one in said}
    assert {"Welcome", "Answer", "Connected", "SlotShows", "Quality", "Error"} <= names


async def test_the_server_answers_with_the_document(site: Site) -> None:
    async with site.anybody().get(f"{site.api}/asyncapi.json") as answer:
        assert await answer.json() == json.loads(msgspec.json.encode(LIVE))
    assert Path(asyncapi.FILE).name in (ROOT / "webrtc" / "PROTOCOL.md").read_text("utf-8")
