"""A call to a station reaches its officers in WeCom, too: whoever has no page open learns of it there.

Only what is fresh is told: later, the station was released or the next was called. A message has an id
made of the entry it tells of, so that nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.house import BotHouse
from bot.post import to_officers
from bot.texts import say
from domain.clock import within
from domain.evidence import Entry
from domain.incident import Incident
from domain.people import Role
from domain.queries_people import people_of_role_at
from domain.resident import Language

FRESH_MS = 120_000
TELLS = {"station.called": "station_called", "station.changed": "station_changed"}
KNOWN = 10_000


class StationCalls:
    """``_told`` only saves work: what counts is in the store."""

    def __init__(self, house: BotHouse) -> None:
        self._house = house
        self._told: dict[str, None] = {}

    async def tell(self, it: Incident, entries: Iterable[Entry]) -> None:
        """Tell the officers of each station that one of these entries calls."""
        if not self._house.corps:
            return
        now = self._house.clock()
        for entry in entries:
            id = f"{it.id}:{entry.seq}:station"
            if entry.what not in TELLS or id in self._told or not within(entry.at, now, FRESH_MS):
                continue
            await self._tell(it, entry, id)
            self._told[id] = None
            if len(self._told) > KNOWN:
                del self._told[next(iter(self._told))]

    async def _tell(self, it: Incident, entry: Entry, id: str) -> None:
        wanted = people_of_role_at(Role.STATION_OFFICER, entry.data["station"])
        officers = [one async for one in self._house.store.people.every(wanted)]
        users = [one.userid for one in officers if one.userid and not one.disabled]
        if not users:
            return
        place = it.where.located.place if it.where is not None else ""
        lines = [
            say(TELLS[entry.what], Language.ZH, number=it.number, place=place),
            say("station_silent", Language.ZH) if it.silent else "",
            f"{self._house.settings.site}/station/",
        ]
        content = "\n".join(line for line in lines if line)
        body = {"msgtype": "text", "text": {"content": content}}
        await to_officers(self._house, id, users, body, it.id, urgent=True)
