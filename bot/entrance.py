"""The residents' way in: to the 110 page in three seconds at most, known to us if WeChat says so in time.

Whatever fails on the way, the resident gets the page as a caller we do not know: a platform that is
slow or refuses, a code that was used, a browser outside WeChat, a store that is away. Some clients are
delivered twice with one code; the second gets what the first one brought.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from bot.door_answers import began_here, came_back, on, out_since, sent_to, snapshot
from bot.errors import CallFailed
from bot.house import BotHouse
from bot.official import OfficialApi, Visitor
from bot.passive import entrance
from domain.clock import within
from domain.errors import Conflict, Refused
from domain.resident import Resident, resident_id
from domain.revise import revise
from domain.ticket import EntryKind, issue_entry

# For all of the platform and the store; the rest of the three seconds is the network's
WAIT_S = 2.0
# Who was sent to the platform this long ago and opens the door again did not get through.
LOST_MS = 5_000
TWICE_S = 3.0  # a second delivery comes within this; later somebody pressed something
KEPT_S = 60.0  # how long a code's outcome is kept
MOST_KEPT = 10_000
NOTE_S = 30.0
log = logging.getLogger("jingmin.bot.doors")


@dataclass(slots=True)
class Passage:
    """A code on its way to become a visitor, or what came of it."""

    visitor: asyncio.Task[Visitor | None]
    begun: float  # by the event loop's clock


class Entrance:
    """``/wechat/enter`` of one account in one process."""

    def __init__(self, house: BotHouse, account: str) -> None:
        self._house = house
        self._account = account
        self._passages: dict[str, Passage] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A redirect to WeChat or to the page; the page of a preview says how to leave it."""
        house = self._house
        official = house.officials.named(self._account)
        if official is None:
            raise web.HTTPNotFound
        if "code" not in request.query:
            refused = "state" in request.query  # came back with nothing
            if refused or not self._in_wechat(request) or self._lost(request):
                return on(house, "/110/")
            return self._round(official)
        # A code of somebody else's would make his a report that is not: it stays unused.
        passage = self._passage(request, official) if began_here(request) else None
        # Shielded: the first delivery may be cut off while the second waits for what it brings.
        visitor = await asyncio.shield(passage.visitor) if passage is not None else None
        response: web.Response
        if passage is None or visitor is None:
            response = on(house, "/110/")
        elif visitor.snapshot:
            if _now() > passage.begun + TWICE_S:
                return self._round(official)  # 使用完整服务 loads the same address again
            response = snapshot(house)
        else:
            id = resident_id(house.secret, visitor.openid)
            ticket = issue_entry(house.secret, EntryKind.RESIDENT, id, house.clock())
            response = on(house, f"/110/#wx={ticket}")
        came_back(house, response, request)
        return response

    def _in_wechat(self, request: web.Request) -> bool:
        """Elsewhere WeChat's page says no more than that it is not for this browser."""
        agent = request.headers.get("User-Agent", "").lower()
        # The demo's phones are ordinary browsers with the simulated platform's mark.
        played = self._house.settings.demo and "sim_openid" in request.cookies
        return played or ("micromessenger" in agent and "wxwork" not in agent)

    def _lost(self, request: web.Request) -> bool:
        since = out_since(request)
        return since is not None and not within(since, self._house.clock(), LOST_MS)

    def _round(self, official: OfficialApi) -> web.Response:
        here = entrance(self._house.settings, self._account)
        return sent_to(self._house, lambda state: official.oauth_url(here, state))

    def _passage(self, request: web.Request, official: OfficialApi) -> Passage:
        code = request.query["code"]
        key = f"{request.query['state']}\n{code}"
        digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        passage, now = self._passages.get(digest), _now()
        if passage is None or passage.begun + KEPT_S < now:
            self._forget(now)
            learning = asyncio.create_task(self._learn(official, code), name="visitor")
            passage = self._passages[digest] = Passage(learning, now)
        return passage

    def _forget(self, now: float) -> None:
        for key, one in list(self._passages.items()):
            if one.begun + KEPT_S >= now and len(self._passages) < MOST_KEPT:
                break
            del self._passages[key]

    async def _learn(self, official: OfficialApi, code: str) -> Visitor | None:
        """Whom the code stands for, in time; None when nobody can say."""
        end = _now() + WAIT_S
        ready = asyncio.create_task(self._ready(official, end), name="page ticket")
        visitor = None
        try:
            async with asyncio.timeout_at(end):
                visitor = await official.oauth(code)
        except (CallFailed, Refused, TimeoutError) as error:
            log.warning("a visitor is not known: %s", _code(error))
        if visitor is not None and not visitor.snapshot:
            note = asyncio.create_task(self._note(visitor.openid), name="visitor's row")
            self._notes.add(note)
            note.add_done_callback(self._notes.discard)
            await asyncio.wait({note, ready}, timeout=end - _now())
        return visitor

    async def _ready(self, official: OfficialApi, end: float) -> None:
        """The page is about to ask for a signature, which needs the ticket in the store; it does
        without when the platform is slow."""
        with suppress(CallFailed, Refused, TimeoutError):
            async with asyncio.timeout_at(end):
                await official.jsapi_ticket()

    async def _note(self, openid: str) -> None:
        """A row for whoever comes for the first time: without it nothing can be said to him later. The
        page does not wait for a store that is away."""
        house = self._house
        id = resident_id(house.secret, openid)

        def heard(row: Resident) -> None:
            row.heard_at = house.clock()

        def fresh() -> Resident:
            return Resident(id, house.identity.close(openid))

        try:
            async with asyncio.timeout(NOTE_S):
                while True:
                    try:
                        await revise(house.store.residents, id, heard, fresh)
                        return
                    except Conflict:
                        return  # others write to the row: then it is there
                    except Refused:
                        await asyncio.sleep(1.0)
        except TimeoutError:
            log.warning("a visitor's row was not written")


def _now() -> float:
    return asyncio.get_running_loop().time()


def _code(error: Exception) -> str:
    """The platform's code, or what kind of failure it was."""
    return str(getattr(error, "code", 0) or type(error).__name__)
