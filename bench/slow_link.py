"""A TCP relay that is as slow as a mobile network: time there and back, rate, and the handshake of a new
connection, which a relay on one machine would otherwise hide. It counts what passes."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field

PIECE = 1460  # what one packet carries


@dataclass(slots=True)
class Passed:
    """One connection: bytes towards the client, and how often the client asked and was answered."""

    down: int = 0
    turns: int = 0
    asking: bool = False


@dataclass(slots=True)
class SlowLink:
    """Relays ``port`` of this machine to ``target``. ``handshakes`` times there and back pass before the
    first byte: 1 is TCP, 2 TLS 1.3 upon it. All connections share ``bits`` a second downwards."""

    target: int
    rtt_s: float = 0.0
    bits: float = 0.0
    handshakes: int = 1
    port: int = 0
    connections: list[Passed] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _free_at: float = 0.0

    async def __aenter__(self) -> SlowLink:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        passed = Passed()
        self.connections.append(passed)
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            opened = asyncio.get_running_loop().time() + self.handshakes * self.rtt_s
            await asyncio.gather(
                self._carry(reader, back, passed, up=True, opened=opened),
                self._carry(there, writer, passed, up=False, opened=opened),
            )
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            for one in (writer, back):
                one.close()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        passed: Passed,
        *,
        up: bool,
        opened: float,
    ) -> None:
        clock = asyncio.get_running_loop().time
        waiting: deque[tuple[float, bytes]] = deque()
        more = asyncio.Event()

        async def deliver() -> None:
            while True:
                await more.wait()
                while waiting:
                    due, data = waiting.popleft()
                    await asyncio.sleep(max(0.0, due - clock()))
                    if not data:
                        if writer.can_write_eof():
                            writer.write_eof()
                        return
                    writer.write(data)
                    await writer.drain()
                more.clear()

        delivery = asyncio.create_task(deliver())
        try:
            data = b"-"
            while data:
                data = await reader.read(PIECE)
                leaves = max(clock(), opened)
                if up:
                    passed.asking = passed.asking or bool(data)
                else:
                    passed.down += len(data)
                    passed.turns += passed.asking and bool(data)
                    passed.asking = False
                    if self.bits:
                        self._free_at = max(self._free_at, leaves) + len(data) * 8 / self.bits
                        leaves = self._free_at
                waiting.append((leaves + self.rtt_s / 2, data))
                more.set()
            await delivery
        finally:
            delivery.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await delivery
