"""Calls in a real Chromium with fake cameras: everybody sees and hears everybody."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from domain.call import CallState
from domain.incident import Incident
from tests.webrtc.media_process import Process, new_incident
from tests.webrtc.test_recording import probe

BOTH = {"audio": True, "video": {"width": 640, "height": 360}}
Stats = dict[str, dict[str, float]]


async def join(
    chromium: Browser, process: Process, incident: Incident, at: int, wanted: Any = BOTH
) -> Page:
    """A page of its own, connected."""
    page = await (await chromium.new_context()).new_page()
    await page.goto(process.url + "/page")
    await again(page, process, incident, at, wanted)
    return page


async def again(
    page: Page, process: Process, incident: Incident, at: int, wanted: Any = BOTH
) -> None:
    url = process.url.replace("http", "ws") + "/rtc"
    order = [url, process.ticket(incident, at), wanted]
    await page.evaluate("([url, ticket, wanted]) => join(url, ticket, wanted)", order)
    await until(lambda: shows(page, "page.state === 'connected'"))


async def shows(page: Page, expression: str) -> bool:
    return bool(await page.evaluate(expression))


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < end, "too late"
        await asyncio.sleep(0.05)


async def stats(page: Page) -> Stats:
    found: Stats = await page.evaluate("page.stats()")
    return found


async def receives(page: Page, ids: list[str], frames: int, sound: int) -> bool:
    """Whether the page has decoded so many frames, and received so much sound, of all of them."""
    found = await stats(page)
    return all(
        id in found and found[id]["frames"] >= frames and found[id]["audio"] >= sound for id in ids
    )


def others(incident: Incident, at: int, count: int = 3) -> list[str]:
    return [one.id for index, one in enumerate(incident.call.participants[:count]) if index != at]


async def test_who_stands_by_sees_nothing_until_he_enters(
    chromium: Browser, process: Process
) -> None:
    incident = new_incident(process.store)
    phone = await join(chromium, process, incident, 0)
    station = await (await chromium.new_context()).new_page()
    await station.goto(process.url + "/page")
    url = process.url.replace("http", "ws") + "/rtc"
    order = [url, process.ticket(incident, 2, standby=True), BOTH]
    await station.evaluate("([url, ticket, wanted]) => join(url, ticket, wanted)", order)
    await until(lambda: shows(station, "page.secured"))
    await asyncio.sleep(1)
    assert await stats(station) == {}
    assert await stats(phone) == {}
    assert await said(process, incident, "participant.joined", 1)

    enter = {"type": "enter", "ticket": process.ticket(incident, 2)}
    await station.evaluate("(enter) => page.send(enter)", enter)
    caller, officer = (incident.call.participants[at].id for at in (0, 2))
    await until(lambda: receives(station, [caller], 5, 20))
    await until(lambda: receives(phone, [officer], 5, 20))
    await until(lambda: said(process, incident, "participant.joined", 2))


async def said(process: Process, incident: Incident, what: str, times: int) -> bool:
    return process.entries(incident).count(what) == times


async def test_three_people_one_returns_all_is_recorded(
    chromium: Browser, process: Process, tmp_path: Path
) -> None:
    incident = new_incident(process.store)
    pages = [await join(chromium, process, incident, at) for at in range(3)]
    for at, page in enumerate(pages):
        await until(lambda at=at, page=page: receives(page, others(incident, at), 30, 40))
    joined = [what for what in process.entries(incident) if what == "participant.joined"]
    assert len(joined) == 3

    caller = incident.call.participants[0].id
    before = await pages[1].evaluate(f"page.slots.findIndex(s => s.participant === '{caller}')")
    await pages[0].evaluate("page.vanish()")
    await until(lambda: shows(pages[1], f"page.slots[{before}].participant === null"))
    await again(pages[0], process, incident, 0)
    await until(lambda: shows(pages[1], f"page.slots[{before}].participant === '{caller}'"))
    frames = (await stats(pages[1]))[caller]["frames"]
    await until(lambda: receives(pages[1], [caller], int(frames) + 15, 40))
    await until(lambda: receives(pages[0], others(incident, 0), 15, 20))

    quality = await pages[2].evaluate("page.log.filter(m => m.type === 'quality').length")
    assert quality > 0
    stored = await process.store.incidents.get(incident.id)
    stored.call.state = CallState.ENDED
    await process.store.incidents.save(stored)
    for page in pages:
        await until(lambda page=page: shows(page, "page.state === 'closed'"))

    async def sealed() -> bool:
        return process.entries(incident).count("recording.sealed") == 4

    await until(sealed)
    for number, data in enumerate(process.store.files.held.values()):
        path = tmp_path / f"{number}.mkv"
        path.write_bytes(data)
        found = probe(path)
        assert found["vp8"] > 10
        assert found["opus"] > 10
    assert process.server.metrics.drops.get("recording", 0) == 0


async def test_sound_alone_and_nothing_at_all(chromium: Browser, process: Process) -> None:
    """One without camera, one without camera and microphone; a camera attached later is seen."""
    incident = new_incident(process.store)
    ids = [one.id for one in incident.call.participants]
    both = await join(chromium, process, incident, 0)
    sound = await join(chromium, process, incident, 1, {"audio": True})
    none = await join(chromium, process, incident, 2, None)
    await until(lambda: receives(none, [ids[0]], 15, 20))
    await until(lambda: receives(none, [ids[1]], 0, 20))
    await until(lambda: receives(both, [ids[1]], 0, 20))
    await sound.evaluate(
        """async () => {
          const stream = await navigator.mediaDevices.getUserMedia({ video: true });
          await page.senders[1].replaceTrack(stream.getVideoTracks()[0]);
          page.send({ type: 'media', audio: true, video: true });
          page.send({ type: 'rung', rung: 'small', cause: 'network' });
        }"""
    )
    await until(lambda: receives(both, [ids[1]], 15, 20))
    await until(lambda: receives(none, [ids[1]], 15, 20))
    told = await both.evaluate("page.log.filter(m => m.type === 'media' || m.type === 'rung')")
    assert {"type": "media", "participant": ids[1], "audio": True, "video": True} in told
    assert told[-1]["rung"] == "small"
    await asyncio.sleep(0.1)
    assert "participant.rung" in process.entries(incident)


async def test_garbage_disturbs_nobody(chromium: Browser, process: Process) -> None:
    """While two talk, strangers and a participant send rubbish of every kind."""
    incident = new_incident(process.store)
    ids = [one.id for one in incident.call.participants]
    pages = [await join(chromium, process, incident, at) for at in range(2)]
    for at, page in enumerate(pages):
        await until(lambda at=at, page=page: receives(page, [ids[1 - at]], 15, 20))
    before = [(await stats(page))[ids[1 - at]] for at, page in enumerate(pages)]
    chance = random.Random(1)
    port = process.server._ports[0].port
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.setblocking(False)
    ufrag = next(iter(process.server._ports[0]._links))
    name = f"{ufrag}:x".encode()
    name += bytes(-len(name) % 4)
    began = time.monotonic()
    while time.monotonic() - began < 2.0:
        for _ in range(20):
            data = bytearray(chance.randbytes(chance.randrange(0, 1900)))
            if data:
                data[0] = chance.choice([0, 1, 22, 128, 144, 191, data[0]])
            stranger.sendto(data, ("127.0.0.1", port))
            head = struct.pack("!HHI", 1, len(name) + 4, 0x2112A442) + os.urandom(12)
            stun = head + struct.pack("!HH", 6, len(name)) + name
            stranger.sendto(stun, ("127.0.0.1", port))
        wrong = await process.connect()
        await wrong.send_str(chance.choice(["{", "[]", '{"type":"offer"}', "x" * 100]))
        await wrong.close()
        await asyncio.sleep(0.02)
    bad = await process.connect()
    hello = {"type": "hello", "protocol": 1, "ticket": process.ticket(incident, 2)}
    await bad.send_str(json.dumps(hello))
    await bad.send_str(json.dumps({"type": "offer", "sdp": "v=0\r\nm=video 9 x y"}))
    seconds = time.monotonic() - began
    after = [(await stats(page))[ids[1 - at]] for at, page in enumerate(pages)]
    for old, new in zip(before, after, strict=True):
        assert new["frames"] - old["frames"] > 10 * seconds
        assert new["audio"] - old["audio"] > 30 * seconds
    drops = process.server.metrics.drops
    assert drops["stray"] > 100
    assert drops["stun_unknown"] + drops["stun_bad"] > 100
    stranger.close()


async def test_one_who_falls_silent_is_lost(
    chromium: Browser, process: Process, monkeypatch: Any
) -> None:
    monkeypatch.setattr("webrtc.server.MEDIA_SILENCE", 1.0)
    incident = new_incident(process.store)
    page = await join(chromium, process, incident, 0)
    await page.evaluate("page.pc.close()")

    async def lost() -> bool:
        return "participant.left" in process.entries(incident)

    await until(lost)
    entry = process.store.incidents.items[incident.id].log.entries[-1]
    assert "participant." in entry.what or entry.what == "recording.sealed"
    await until(lambda: shows(page, "page.state === 'media_lost'"))
