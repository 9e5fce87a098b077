"""Connections over a real WebSocket: order, tickets, limits. Wrong ones end alone."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from domain.call import CallState
from domain.workflow import mermaid
from tests.webrtc.conftest import Start
from tests.webrtc.media_process import Process, new_incident
from tests.webrtc.test_description import offer, text
from webrtc import signaling
from webrtc.ice import Relay
from webrtc.phase import PHASES, Phase


async def say(socket: ClientWebSocketResponse, **message: Any) -> None:
    await socket.send_str(json.dumps(message))


async def hear(socket: ClientWebSocketResponse) -> dict[str, Any]:
    heard: dict[str, Any] = await socket.receive_json(timeout=30)
    return heard


async def greet(process: Process, ticket: str) -> ClientWebSocketResponse:
    socket = await process.connect()
    await say(socket, type="hello", protocol=1, ticket=ticket)
    return socket


async def ended(socket: ClientWebSocketResponse, code: str) -> None:
    """The connection ends with this error and a policy violation."""
    while (message := await hear(socket))["type"] != "error":
        pass
    assert message["code"] == code
    assert message["title_zh"]
    assert (await socket.receive(timeout=30)).type is WSMsgType.CLOSE
    assert socket.close_code == 1008


async def test_welcome(start: Start) -> None:
    process = await start(relay=Relay(["turn:turn.example"], "shared"))
    incident = new_incident(process.store)
    socket = await greet(process, process.ticket(incident, 0, silent=True))
    welcome = await hear(socket)
    assert welcome["type"] == "welcome"
    assert (welcome["role"], welcome["slots"], welcome["silent"]) == ("CALLER", 3, True)
    assert welcome["ice_servers"][0]["urls"] == ["turn:turn.example"]
    assert welcome["participants"] == []
    await say(socket, type="ping", at=5)
    pong = await hear(socket)
    assert (pong["type"], pong["at"]) == ("pong", 5)
    await say(socket, type="bye")
    assert await hear(socket) == {"type": "end", "reason": "bye"}
    await asyncio.sleep(0.05)
    assert process.server.metrics.rooms == 0


async def test_tickets(process: Process) -> None:
    incident = new_incident(process.store)
    once = process.ticket(incident, 0)
    first = await greet(process, once)
    assert (await hear(first))["type"] == "welcome"
    await ended(await greet(process, once), "ticket_bad")
    await ended(await greet(process, "nonsense"), "ticket_bad")
    await ended(await greet(process, process.ticket(incident, 1, expires=5)), "ticket_bad")
    await ended(await greet(process, process.ticket(incident, 1, media="other")), "ticket_bad")
    await first.close()


async def test_the_second_connection_replaces_the_first(process: Process) -> None:
    incident = new_incident(process.store)
    first = await greet(process, process.ticket(incident, 0))
    await hear(first)
    second = await greet(process, process.ticket(incident, 0))
    assert (await hear(second))["type"] == "welcome"
    assert await hear(first) == {"type": "end", "reason": "replaced"}
    await second.close()


async def test_who_stands_by_is_in_nobodys_room(process: Process) -> None:
    incident = new_incident(process.store)
    first = await greet(process, process.ticket(incident, 1))
    await hear(first)
    standing = await greet(process, process.ticket(incident, 1, standby=True))
    welcome = await hear(standing)
    assert welcome["participants"] == []
    await say(first, type="ping", at=1)
    assert (await hear(first))["type"] == "pong"
    await say(first, type="bye")
    await first.close()
    await asyncio.sleep(0.05)
    assert process.server.metrics.rooms == 0

    await say(standing, type="enter", ticket=process.ticket(incident, 1))
    await say(standing, type="ping", at=2)
    assert (await hear(standing))["type"] == "pong"
    assert process.server.metrics.rooms == 1
    await say(standing, type="enter", ticket=process.ticket(incident, 1))
    await ended(standing, "protocol")


@pytest.mark.parametrize(("at", "standby"), [(2, False), (1, True)])
async def test_only_the_own_full_ticket_lets_in(process: Process, at: int, standby: bool) -> None:
    incident = new_incident(process.store)
    standing = await greet(process, process.ticket(incident, 1, standby=True))
    await hear(standing)
    await say(standing, type="enter", ticket=process.ticket(incident, at, standby=standby))
    await ended(standing, "ticket_bad")
    await asyncio.sleep(0.05)
    assert process.server.metrics.rooms == 0


async def test_entering_is_for_who_stands_by(process: Process) -> None:
    incident = new_incident(process.store)
    socket = await greet(process, process.ticket(incident, 1))
    await hear(socket)
    await say(socket, type="enter", ticket=process.ticket(incident, 1))
    await ended(socket, "protocol")


async def test_a_call_that_is_over(process: Process) -> None:
    incident = new_incident(process.store)
    incident.call.state = CallState.ENDED
    await ended(await greet(process, process.ticket(incident, 0)), "room_ended")
    await ended(await greet(process, process.ticket(incident, 0, incident="no")), "room_ended")


async def test_the_fifth_is_refused(process: Process) -> None:
    incident = new_incident(process.store, people=5)
    sockets = [await greet(process, process.ticket(incident, at)) for at in range(4)]
    for socket in sockets:
        assert (await hear(socket))["type"] == "welcome"
    await ended(await greet(process, process.ticket(incident, 4)), "room_full")
    for socket in sockets:
        await say(socket, type="ping", at=1)
        assert (await hear(socket))["type"] == "pong"
        await socket.close()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("{", "protocol"),
        ('{"type":"offer","sdp":"v=0"}', "protocol"),
        ('{"type":"hello","protocol":2,"ticket":"x"}', "protocol"),
        ('{"type":"hello","protocol":1,"ticket":7}', "protocol"),
        ('{"type":"rung","rung":"video","cause":"user"}', "protocol"),
        ('{"type":"hello","protocol":1,"ticket":"' + "x" * (65 << 10) + '"}', "too_large"),
        ("x" * (300 << 10), "too_large"),
    ],
)
async def test_what_is_wrong_before_hello(process: Process, wrong: str, code: str) -> None:
    socket = await process.connect()
    await socket.send_str(wrong)
    if len(wrong) > 256 << 10:
        closed = await socket.receive(timeout=30)
        assert closed.type in (WSMsgType.CLOSE, WSMsgType.TEXT)
    else:
        await ended(socket, code)


async def test_what_is_wrong_after_hello(process: Process) -> None:
    incident = new_incident(process.store)
    for wrong in ("v=0", text(offer()).replace("VP8", "AV1")):
        socket = await greet(process, process.ticket(incident, 0))
        await say(socket, type="offer", sdp=wrong)
        await ended(socket, "sdp_bad")
    socket = await greet(process, process.ticket(incident, 0))
    await socket.send_bytes(b"\0\1")
    await ended(socket, "protocol")
    socket = await greet(process, process.ticket(incident, 0))
    for at in range(80):
        await say(socket, type="ping", at=at)
    await ended(socket, "too_many")


async def test_only_one_offer(process: Process) -> None:
    incident = new_incident(process.store)
    socket = await greet(process, process.ticket(incident, 0))
    assert (await hear(socket))["type"] == "welcome"
    await say(socket, type="offer", sdp=text(offer()))
    answer = await hear(socket)
    assert answer["type"] == "answer"
    assert answer["slots"][0] == {"slot": 0, "audio_mid": "2", "video_mid": "3"}
    await say(socket, type="candidate", candidate="rubbish", sdpMid="0")
    await say(socket, type="candidate", candidate=None)
    await say(socket, type="offer", sdp=text(offer()))
    await ended(socket, "protocol")
    assert process.server.metrics.drops["candidate"] == 1


async def test_patience_ends(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {phase: (0.1, fault) for phase, (_, fault) in signaling.PATIENCE.items()}
    monkeypatch.setattr(signaling, "PATIENCE", quick)
    await ended(await process.connect(), "protocol")
    incident = new_incident(process.store)
    await ended(await greet(process, process.ticket(incident, 0)), "protocol")
    socket = await greet(process, process.ticket(incident, 1))
    await say(socket, type="offer", sdp=text(offer()))
    await ended(socket, "media_lost")
    assert process.entries(incident) == ["incident.raised"]


async def test_origins(process: Process) -> None:
    url = process.url.replace("http", "ws") + "/rtc"
    with pytest.raises(WSServerHandshakeError) as caught:
        await process.session.ws_connect(url, headers={"Origin": "http://evil.example"})
    assert caught.value.status == 403
    socket = await process.session.ws_connect(url, headers={"Origin": process.url})
    await socket.close()


async def test_a_room_ends_with_its_call(process: Process) -> None:
    incident = new_incident(process.store)
    socket = await greet(process, process.ticket(incident, 0))
    assert (await hear(socket))["type"] == "welcome"
    stored = await process.store.incidents.get(incident.id)
    stored.call.state = CallState.ENDED
    await process.store.incidents.save(stored)
    assert await hear(socket) == {"type": "end", "reason": "closed"}


async def test_joining_works_while_the_store_is_down(process: Process) -> None:
    incident = new_incident(process.store)
    process.store.down = True
    socket = await greet(process, process.ticket(incident, 0))
    assert (await hear(socket))["type"] == "welcome"
    answer = await process.session.get(process.url + "/healthz")
    assert answer.status == 503
    process.store.down = False
    assert (await process.session.get(process.url + "/healthz")).status == 200
    await socket.close()


async def test_metrics_and_registration(process: Process) -> None:
    (record,) = process.store.media_processes.items.values()
    assert (record.id, record.url) == ("media-1", "ws://127.0.0.1/rtc")
    answer = await process.session.get(process.url + "/metrics")
    body = await answer.text()
    for name in ("packets_in_total", "drops_total", "rooms", "nacks_sent_total"):
        assert f"jingmin_media_{name}" in body
    await process.server.stop(1.0)
    assert process.store.media_processes.items == {}


def test_the_table_can_be_drawn() -> None:
    assert "ANSWERED --> CONNECTED: secured" in mermaid(PHASES, Phase.GREETING)
