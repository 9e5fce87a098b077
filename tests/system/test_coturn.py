"""The credentials that a call is given open a real coturn, for ten minutes and for nobody else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from typing import Any

import pytest
from aioice import stun, turn

from tests.system.conftest import Front
from tests.system.coturn import SECRET, Coturn
from tests.system.test_behind_nginx import hear, report

pytestmark = pytest.mark.system


class Ear(asyncio.DatagramProtocol):
    """Keeps what it hears; a peer sends it back."""

    def __init__(self, answers: bool = False) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._answers = answers
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.put_nowait(data)
        if self._answers:
            self._transport.sendto(b"heard " + data, addr)


async def credentials(front: Front) -> dict[str, Any]:
    """What the welcome of a call says of relays."""
    receipt = await report(front)
    desk = front.somebody(**{"Jingmin-Face": "console"})
    assert await front.log_in(desk, "desk1") == 200
    async with desk.post(f"{front.api}/incidents/{receipt['id']}/answer") as response:
        assert response.status == 200
    caller = front.somebody(Authorization=f"Bearer {receipt['token']}")
    async with caller.post(f"{front.api}/my/join") as response:
        join = await response.json()
    socket = await caller.ws_connect(join["media_url"])
    await socket.send_json({"type": "hello", "protocol": 1, "ticket": join["ticket"]})
    welcome = await hear(socket, "welcome")
    await socket.close()
    (server,) = welcome["ice_servers"]
    return dict(server)


async def relayed(coturn: Coturn, username: str, password: str) -> bytes:
    """What comes back from a peer through the relay."""
    loop = asyncio.get_running_loop()
    peer, _ = await loop.create_datagram_endpoint(
        lambda: Ear(answers=True), local_addr=("127.0.0.1", 0)
    )
    try:
        async with asyncio.timeout(20):
            transport, ear = await turn.create_turn_endpoint(
                Ear, ("127.0.0.1", coturn.port), username, password
            )
            try:
                transport.sendto(b"a packet", peer.get_extra_info("sockname"))
                return await ear.heard.get()
            finally:
                transport.close()
                await asyncio.sleep(0.2)
    finally:
        peer.close()


async def test_the_welcome_s_credentials_relay(front: Front, coturn: Coturn) -> None:
    server = await credentials(front)
    assert server["urls"] == [coturn.url]
    until = int(server["username"].split(":")[0]) - time.time()
    assert 0 < until <= 600
    assert await relayed(coturn, server["username"], server["credential"]) == b"heard a packet"


@pytest.mark.parametrize("flaw", ["expired", "longer", "another secret"])
async def test_no_others_do(coturn: Coturn, flaw: str) -> None:
    def signed(username: str, secret: str = SECRET) -> str:
        mac = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
        return base64.b64encode(mac).decode()

    now = int(time.time())
    username = f"{now - 60 if flaw == 'expired' else now + 60}:somebody"
    password = signed(username, "wrong" if flaw == "another secret" else SECRET)
    if flaw == "longer":
        username = f"{now + 6_000}:somebody"
    with pytest.raises(stun.TransactionFailed) as refused:
        await relayed(coturn, username, password)
    assert refused.value.response.attributes["ERROR-CODE"][0] == 401
