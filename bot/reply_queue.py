"""What waits for a resident, taken as the reply to his own message.

An account that may not send by itself (订阅号, an account that is not verified: 48001) has this way alone.
So the webhook waits until the message was dealt with, as long as the platform does, and says what came
of it; what comes later waits for the next message. The platform takes one text of 2,048 bytes.
"""

from __future__ import annotations

import asyncio
import time

from bot import neighbours
from bot.house import BotHouse
from bot.post import TEXT_BYTES, letter_text, open_letter
from domain.arrival import Arrival, ArrivalState
from domain.errors import Conflict, NotFound, Refused, StoreDown
from domain.outgoing import Message, MessageState, claim, sent
from domain.queries_messages import messages_to_in

BY = "passive"
LOOK_S = 0.1
TRIES = 3
KEPT_S = 30.0  # the platform delivers again within 15 s
MOST_KEPT = 2_000


class ReplyQueue:
    """Of one process, which keeps what it replied for when the platform asks again."""

    def __init__(self, house: BotHouse) -> None:
        self._house = house
        self._replied: dict[str, tuple[float, asyncio.Task[str]]] = {}

    async def reply(self, arrival: Arrival, deadline: float) -> str:
        """What there is to say once this was dealt with, or at the deadline (seconds of the monotonic
        clock); the same arrival again gets the same. Empty when there is nothing, or when an answer
        could betray somebody."""
        kept = self._replied.get(arrival.id)
        if kept is None:
            self._forget()
            task = asyncio.create_task(self._take(arrival, deadline), name="reply")
            kept = self._replied[arrival.id] = time.monotonic(), task
        return await asyncio.shield(kept[1])

    def _forget(self) -> None:
        old = time.monotonic() - KEPT_S
        for id, (at, _) in list(self._replied.items()):
            if at >= old and len(self._replied) < MOST_KEPT:
                break
            del self._replied[id]

    async def _take(self, arrival: Arrival, deadline: float) -> str:
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                while not await self._dealt_with(arrival):
                    await asyncio.sleep(LOOK_S)
        except (StoreDown, TimeoutError):
            pass
        try:
            return await self._waiting(arrival.person)
        except Refused:
            return ""

    async def _dealt_with(self, arrival: Arrival) -> bool:
        try:
            return (
                await self._house.store.arrivals.get(arrival.id)
            ).state is not ArrivalState.RECEIVED
        except NotFound:
            return False  # on disk still

    async def _waiting(self, person: str) -> str:
        """As much as one reply takes of what waits for this person, in its order, and said with it."""
        house = self._house
        try:
            resident = await house.store.residents.get(person)
        except NotFound:
            return ""
        if await neighbours.silent(house, resident):
            return ""
        waiting = house.store.messages.every(messages_to_in(person, MessageState.QUEUED))
        said: list[str] = []
        for message in sorted([one async for one in waiting], key=lambda one: (one.rank, one.seq)):
            text = await self._text(message)
            if not text:
                continue
            if len("\n".join([*said, text]).encode()) > TEXT_BYTES:
                break
            if await self._said(message):
                said.append(text)
        return "\n".join(said)

    async def _text(self, message: Message) -> str:
        try:
            return letter_text(open_letter(self._house, message))
        except Refused:
            return ""  # it cannot be read

    async def _said(self, message: Message) -> bool:
        """Whether nobody else said it; the outbox writes to it, too."""
        shelf, clock = self._house.store.messages, self._house.clock
        for _ in range(TRIES):
            if message.state is not MessageState.QUEUED:
                return False
            claim(message, self._house.settings.process, clock(), BY)
            try:
                await shelf.save(message)
                sent(message, clock(), BY)
                await shelf.save(message)
            except Conflict:
                message = await shelf.get(message.id)
            else:
                return True
        return False
