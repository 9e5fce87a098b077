"""The yardstick for bench/media.py: the same signalling over stock aiortc and its MediaRelay.

Every picture and sound is decoded and encoded again for each receiver, as the library does it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import uvloop
from aiohttp import WSMsgType, web
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

relay = MediaRelay()
people: list[tuple[RTCPeerConnection, dict[str, Any], int]] = []


def loopback() -> None:
    """aioice leaves loopback addresses out; here there is nothing else."""
    import aioice.ice

    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


async def answer(sdp: str) -> str:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    await pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
    slots: list[tuple[Any, Any]] = []
    transceivers = pc.getTransceivers()
    for at in range(2, len(transceivers), 2):
        for one in transceivers[at : at + 2]:
            one.direction = "sendonly"
        slots.append((transceivers[at].sender, transceivers[at + 1].sender))
    tracks = {one.kind: one.receiver.track for one in transceivers[:2]}
    for at, (_, theirs, _) in enumerate(people):
        for kind, sender in zip(("audio", "video"), slots[at], strict=True):
            sender.replaceTrack(relay.subscribe(theirs[kind]))
    for _, _, used in people:
        assert used < len(slots)
    for at, (other, theirs, used) in enumerate(people):
        senders = other.getTransceivers()[2 + 2 * used : 4 + 2 * used]
        for one in senders:
            one.sender.replaceTrack(relay.subscribe(tracks[one.kind]))
        people[at] = (other, theirs, used + 1)
    people.append((pc, tracks, len(people)))
    await pc.setLocalDescription(await pc.createAnswer())
    return str(pc.localDescription.sdp)


async def rtc(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            break
        message = json.loads(frame.data)
        if message["type"] == "hello":
            await socket.send_json({"type": "welcome", "slots": 3})
        elif message["type"] == "offer":
            await socket.send_json({"type": "answer", "sdp": await answer(message["sdp"])})
            pc = people[-1][0]
            while pc.connectionState != "connected":
                await asyncio.sleep(0.01)
            await socket.send_json({"type": "connected"})
    return socket


async def main() -> None:
    logging.disable(logging.WARNING)
    loopback()
    app = web.Application()
    app.router.add_get("/rtc", rtc)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
