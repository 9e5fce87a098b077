"""Reports an emergency, joins its call with aiortc, sends picture and sound, and counts what comes back.

    pip install aiohttp aiortc
    python call.py https://110.example.cn

What goes over the socket is described in webrtc/PROTOCOL.md and webrtc/protocol.asyncapi.json.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections import Counter
from typing import Any

import aiohttp
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack

PING_S = 2.0


class Refused(Exception):
    """The service refused; ``code`` is stable, the text names the request for whoever reads its log."""

    def __init__(self, problem: dict[str, Any]) -> None:
        about = problem.get("detail") or problem.get("title_en", "")
        super().__init__(f"{problem['code']}: {about} (request {problem.get('request_id', '-')})")
        self.code = problem["code"]


class Caller:
    """The caller's side of the REST API of one installation."""

    def __init__(self, site: str, session: aiohttp.ClientSession) -> None:
        self._site, self._session = site, session
        self._token = ""

    async def report(self, words: str, **position: Any) -> dict[str, Any]:
        """Report. The key makes it safe to send again when no answer comes."""
        body = {"key": str(uuid.uuid4()), "words": words, "position": position or None}
        receipt = await self._post("/incidents", body)
        self._token = receipt["token"]
        return receipt

    async def join(self) -> dict[str, Any]:
        """``media_url`` and a ``ticket`` that opens one connection within a minute."""
        return await self._post("/my/join", {})

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        url = f"{self._site}/api/v1{path}"
        async with self._session.post(url, json=body, headers=headers) as answer:
            found: dict[str, Any] = await answer.json(content_type=None)
            if answer.status >= 400:
                raise Refused(found)
            return found


class Call:
    """One connection to the room of a call; ``frames`` counts what came of each kind."""

    def __init__(self, policy: RTCBundlePolicy = RTCBundlePolicy.MAX_BUNDLE) -> None:
        # aiortc alone is BALANCED, with which the slots' pictures would go to a transport that it closes.
        self._policy = policy
        self.frames: Counter[str] = Counter()
        self.people: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self, session: aiohttp.ClientSession, media_url: str, ticket: str) -> None:
        """Returns when media can flow; raises ``Refused`` when the server ends it before."""
        self._socket = await session.ws_connect(media_url)
        await self._socket.send_json({"type": "hello", "protocol": 1, "ticket": ticket})
        welcome = await self._until("welcome")
        servers = [RTCIceServer(**one) for one in welcome["ice_servers"]]
        self._peer = RTCPeerConnection(RTCConfiguration(servers, bundlePolicy=self._policy))
        self._peer.on("track", self._count)
        # The order that the protocol asks for: one's own, then a pair for each slot.
        self._peer.addTransceiver(AudioStreamTrack(), "sendonly")
        self._peer.addTransceiver(VideoStreamTrack(), "sendonly")
        for _ in range(welcome["slots"]):
            self._peer.addTransceiver("audio", "recvonly")
            self._peer.addTransceiver("video", "recvonly")
        await self._peer.setLocalDescription(await self._peer.createOffer())
        await self._socket.send_json({"type": "offer", "sdp": self._peer.localDescription.sdp})
        answer = await self._until("answer")
        description = RTCSessionDescription(answer["sdp"], "answer")
        await self._peer.setRemoteDescription(description)
        await self._until("connected")
        self._tasks += [asyncio.create_task(self._listen()), asyncio.create_task(self._ping())]

    async def leave(self) -> None:
        """Say goodbye and close."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if not self._socket.closed:
            await self._socket.send_json({"type": "bye"})
        await self._peer.close()
        await self._socket.close()

    async def _until(self, wanted: str) -> dict[str, Any]:
        while True:
            frame = await self._socket.receive()
            if frame.type is not aiohttp.WSMsgType.TEXT:
                raise ConnectionError("the socket was closed")
            message: dict[str, Any] = json.loads(frame.data)
            if message["type"] == "error":
                raise Refused(message)
            self._hear(message)
            if message["type"] == wanted:
                return message

    def _hear(self, message: dict[str, Any]) -> None:
        for one in message.get("participants", []):
            self.people[one["participant"]] = one["role"]
        if message["type"] == "participant":
            if message["state"] == "joined":
                self.people[message["participant"]] = message["role"]
            else:
                self.people.pop(message["participant"], None)

    async def _listen(self) -> None:
        await self._until("end")

    async def _ping(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._socket.send_json({"type": "ping", "at": int(loop.time() * 1000)})
            await asyncio.sleep(PING_S)

    def _count(self, track: MediaStreamTrack) -> None:
        async def count() -> None:
            try:
                while True:
                    await track.recv()
                    self.frames[track.kind] += 1
            except MediaStreamError:
                pass

        self._tasks.append(asyncio.create_task(count()))


async def main(site: str) -> None:
    async with aiohttp.ClientSession() as session:
        caller = Caller(site, session)
        receipt = await caller.report(
            "演习：测试呼叫", lon=121.13, lat=41.11, datum="WGS84", accuracy=25
        )
        print("reported as", receipt["number"])
        join = await caller.join()
        call = Call()
        await call.connect(session, join["media_url"], join["ticket"])
        print("in the call; answer it at the desk")
        try:
            while True:
                await asyncio.sleep(2)
                print(sorted(call.people.values()), dict(call.frames))
        finally:
            await call.leave()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
