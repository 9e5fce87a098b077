"""A resident and officers on the simulated phones, with the bot's worker between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.house import BotHouse
from domain.people import Person, Role
from domain.resident import resident_id
from domain.tip import Tip
from storage.store import MongoStore
from tests.bot.conftest import Sim

PATIENCE_S = 30.0
# In station w1, community w1-c5.
LAT, LON = 41.05, 121.056


async def until(check: Callable[[], Awaitable[Any]], patience: float = PATIENCE_S) -> Any:
    """What ``check`` returns once it is true; fails when it stays untrue."""
    end = time.monotonic() + patience
    while True:
        found = await check()
        if found:
            return found
        assert time.monotonic() < end, "did not happen"
        await asyncio.sleep(0.05)


def officer(id: str, userid: str | None, name: str, station: str = "w1", **more: Any) -> Person:
    role = more.pop("role", Role.COMMUNITY_OFFICER)
    return Person(id, id, name, role, "", station=station, userid=userid, **more)


@dataclass
class Street:
    """What tests do and look at."""

    sim: Sim
    house: BotHouse
    store: MongoStore
    openid: str

    async def say(self, text: str) -> None:
        await self.sim.post(f"residents/{self.openid}/text", content=text, wait=True)

    async def do(self, what: str, **facts: Any) -> None:
        await self.sim.post(f"residents/{self.openid}/{what}", wait=True, **facts)

    async def heard(self) -> list[str]:
        """Everything the account said to the resident."""
        lines = await self.sim.chat(self.openid)
        return [
            str(line["data"].get("content", ""))
            for line in lines
            if line["who"] == "account" and line.get("via") in ("custom", "passive")
        ]

    async def hears(self, part: str, after: int = 0) -> str:
        """Waits until the account said something with ``part`` in it."""

        async def found() -> str:
            said = [text for text in (await self.heard())[after:] if part in text]
            return said[0] if said else ""

        try:
            return str(await until(found))
        except AssertionError:
            waiting = [
                (one.state, one.reason, one.attempts, one.due_at)
                for one in await self.store.messages.find({}, order="seq")
                if one.state != "SENT"
            ]
            arrivals = [
                (one.state, one.attempts)
                for one in await self.store.arrivals.find({})
                if one.state != "HANDLED"
            ]
            text = f"{part!r} not among {await self.heard()}; {waiting}; {arrivals}"
            raise AssertionError(text) from None

    async def cards(self, userid: str) -> list[dict[str, Any]]:
        lines = await self.sim.screen(userid)
        return [line for line in lines if line["kind"] == "template_card"]

    async def card(self, userid: str, count: int = 1) -> dict[str, Any]:
        """The officer's newest card, when there are ``count``."""

        async def found() -> dict[str, Any] | None:
            cards = await self.cards(userid)
            return cards[-1] if len(cards) >= count else None

        return dict(await until(found))

    async def press(self, userid: str, card: dict[str, Any], key: str = "take") -> None:
        await self.sim.post(
            f"members/{userid}/press", msgid=card["data"]["msgid"], key=key, wait=True
        )

    async def officer_reads(self, userid: str, part: str) -> str:
        async def found() -> str:
            lines = await self.sim.screen(userid)
            texts = [str(line["data"].get("content", "")) for line in lines]
            return next((text for text in texts if part in text), "")

        return str(await until(found))

    async def tip(self) -> Tip:
        """The only tip."""

        async def found() -> list[Tip]:
            return await self.store.tips.find({})

        tips = await until(found)
        assert len(tips) == 1
        return tips[0]

    @property
    def resident(self) -> str:
        return resident_id(self.house.secret, self.openid)
