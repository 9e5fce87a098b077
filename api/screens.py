"""One screen on the live feed: its socket, what it has to be told, and how many one may have."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
from aiohttp import WSMsgType, web

from api.house import House
from api.messages import Hello, LiveProblem, Ping, encode
from domain.errors import Fault, Refused
from domain.json_limits import check_json

SEND_S = 15.0
FRAME = 8 * 1024
SESSION_OVER = 4401
NO_HELLO = 4408
TRY_LATER = 1013

_decoder: msgspec.json.Decoder[Hello | Ping] = msgspec.json.Decoder(Hello | Ping)


@dataclass(slots=True, eq=False)
class Screen:
    """What one screen has been told, and what it has to be told."""

    socket: web.WebSocketResponse
    dirty: dict[str, None] = field(default_factory=dict)
    touched: dict[str, None] = field(default_factory=dict)
    moved: dict[str, None] = field(default_factory=dict)
    reach: dict[str, None] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    pongs: list[int] = field(default_factory=list)
    reset: str | None = "first"
    store_changed: bool = False
    over: bool = False
    replaced: bool = False  # a newer one came
    hello: asyncio.Timeout | None = None
    pinged: Callable[[Ping], None] = lambda ping: None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def go(self) -> None:
        """Make room: the socket is closed by whoever serves it."""
        self.replaced = True
        self.wake.set()
        if self.hello is not None:
            self.hello.reschedule(0)

    async def send(self, item: object) -> None:
        await self.send_text(encode(item))

    async def send_text(self, text: bytes) -> None:
        async with asyncio.timeout(SEND_S):
            await self.socket.send_frame(text, WSMsgType.TEXT)


async def open_screen(request: web.Request) -> Screen:
    screen = Screen(web.WebSocketResponse(max_msg_size=FRAME, compress=False))
    await screen.socket.prepare(request)
    return screen


async def turn_away(screen: Screen, refused: Refused) -> web.WebSocketResponse:
    await say_problem(screen, refused.fault)
    later = refused.fault.status in (429, 503)
    await screen.socket.close(code=TRY_LATER if later else SESSION_OVER)
    return screen.socket


@contextlib.contextmanager
def one_of(house: House, key: str, screen: Screen, most: int) -> Iterator[None]:
    """Count the socket as one of ``key``; the oldest beyond ``most`` have to go."""
    for old in house.sockets.add(key, screen, most):
        old.go()
    try:
        yield
    finally:
        house.sockets.remove(key, screen)


async def say_problem(screen: Screen, fault: Fault) -> None:
    try:
        await screen.send(LiveProblem(fault.code, fault.zh, fault.en))
    except (ConnectionError, TimeoutError):
        return


def read_message(text: str) -> Hello | Ping:
    """What a page says; raises ``msgspec.DecodeError``."""
    try:
        check_json(text, FRAME)
    except Refused as refused:
        raise msgspec.DecodeError(refused.detail) from None
    return _decoder.decode(text)
