"""What happens to tips and reports, told to whom it concerns: residents in WeChat, officers in WeCom.

Follows the change feed, and reads again what changed lately, at the start and now and then: a message
has an id made of the entry it tells of, so that nothing is told twice. A silent report is never spoken
of in the chat: a phone that lights up can betray its owner.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from bot import cards, handing_on, withdrawal
from bot.deadline_lines import tell_overdue
from bot.house import BotHouse
from bot.lines import line_id, tell_desk, tell_desk_again
from bot.post import Notice, Subject, to_resident
from bot.reports import bring_cry
from bot.review_lines import tell_review
from bot.standing import CHANGES, KEPT_CREDIT, tell_standing
from bot.station_calls import FRESH_MS, StationCalls
from bot.texts import say
from bot.tips import teller_of
from bot.trial_lines import tell_trial
from domain.errors import Conflict, NotFound, Refused
from domain.evidence import Entry
from domain.incident import LIVE, Incident
from domain.notice import Notice as NoticeOfPolice
from domain.outgoing import Message, about, telling_id
from domain.people import CALLER
from domain.ports import Change, Lost
from domain.queries import incidents_changed, tips_changed
from domain.queries_groups import notices_changed
from domain.queries_messages import residents_of
from domain.resident import Language, Resident
from domain.tip import TELLER, Tip
from domain.tip_deadline import OVERDUE

EVERY_S = 30.0
LOOK_BACK_MS = 3 * 24 * 3_600_000
RECENT_MS = 15 * 60_000
KNOWN = 20_000
LINKED = ("wechat", "chat")  # ways to report by which a resident's row names the report
# What the resident is told of a tip's log; those with a template are worth an announcement.
TIP_STEPS = {
    "tip.handed_over": "step_handed_over",
    "tip.taken": "step_taken",
    "tip.asked": "step_asked",
    "tip.answered": "step_answered",
    "tip.closed": "step_closed",
    "tip.rejected": "step_rejected",
    "tip.supplemented": "step_supplemented",
    "tip.reopened": "step_reopened",
    "tip.called_back": "step_handed_over",
    "tip.became_incident": "step_became_incident",
}
ADDED = ("message", "upload", "position")
ANNOUNCED = {
    "tip.asked": "template_asked",
    "tip.answered": "template_answered",
    "tip.closed": "template_closed",
    "tip.rejected": "template_rejected",
    "tip.supplemented": "template_answered",
    "tip.reopened": "template_answered",
}
INCIDENT_STEPS = {
    "incident.answered": "incident_answered",
    "station.called": "incident_called",
    "station.depart": "incident_coming",
    "station.arrive": "incident_arrived",
    "incident.handed": "incident_handed",
    "incident.closed": "incident_closed",
    "caller.called_back": "incident_call_back",
}
# What ends a report; nothing is said after it that credits would be kept for.
LAST = ("incident.handed", "incident.closed")
Told = TypeVar("Told", Tip, Incident)
log = logging.getLogger("jingmin.bot.progress")


class Progress:
    """The follower of one process. ``_told`` only saves work: what counts is in the store."""

    def __init__(self, house: BotHouse) -> None:
        self._house = house
        self._told: dict[str, int] = {}
        self._calls = StationCalls(house)

    async def run(self) -> None:
        """Follow until cancelled."""
        changes = self._house.store.feed.subscribe(10_000)
        await self.read_again(LOOK_BACK_MS)
        following = asyncio.ensure_future(anext(changes))
        try:
            again = time.monotonic() + EVERY_S
            while True:
                left = again - time.monotonic()
                done, _ = await asyncio.wait({following}, timeout=max(0, left))
                if left <= 0:
                    await self.read_again(RECENT_MS)
                    again = time.monotonic() + EVERY_S
                if not done:
                    continue
                change = following.result()
                following = asyncio.ensure_future(anext(changes))
                await self._changed(change)
        finally:
            following.cancel()

    async def _changed(self, change: Change | Lost) -> None:
        if isinstance(change, Lost):
            await self.read_again(LOOK_BACK_MS)
        elif isinstance(change.item, Tip):
            await self.tip(change.item)
        elif isinstance(change.item, Incident):
            await self.incident(change.item)
        elif isinstance(change.item, NoticeOfPolice):
            await self.notice(change.item)
        elif isinstance(change.item, Message):
            await tell_desk(self._house, change.item)

    async def read_again(self, back_ms: int) -> None:
        """Tell what changed in this time and was not told: a process may have died in between."""
        since = self._house.clock() - back_ms
        store = self._house.store
        async for tip in store.tips.every(tips_changed(since), order="updated_at"):
            await self.tip(tip)
        async for notice in store.notices.every(notices_changed(since), order="updated_at"):
            await self.notice(notice)
        fresh = incidents_changed(self._house.clock() - FRESH_MS)
        async for incident in store.incidents.every(fresh, order="updated_at"):
            await self._calls.tell(incident, incident.log.entries)
        # By one range, which an index answers; the others are few beside what they would cost.
        async for incident in store.incidents.every(incidents_changed(since), order="updated_at"):
            if incident.via not in LINKED:
                continue
            await self.incident(incident)
            if incident.via == "chat":
                await tell_desk_again(self._house, incident)

    async def notice(self, it: NoticeOfPolice) -> None:
        """Tell what this notice's log says of its approval, and trials of it, that was not told yet."""
        fresh = list(self._new(it.id, it.log.entries))
        await tell_review(self._house, it, fresh)
        await tell_trial(self._house, it, fresh)
        self._remember(it.id, it.log.length)

    # ---- tips

    async def tip(self, tip: Tip) -> None:
        """Tell everything in this tip's log that was not told yet."""
        for entry in self._new(tip.id, tip.log.entries):
            try:
                await self._tip_entry(tip, entry)
            except Conflict:
                return  # read again later
            except Refused as refused:
                if refused.fault.code == "store_down":
                    raise
                log.error("tip %s entry %s: %s", tip.id, entry.seq, refused.fault.code)
        self._remember(tip.id, tip.log.length)

    async def _tip_entry(self, tip: Tip, entry: Entry) -> None:
        house = self._house
        if entry.what in cards.OFFERS:
            await cards.offer(house, tip, entry.seq)
        if entry.what == "tip.handed_over":
            await cards.settle(house, tip, entry.seq, cards.word("card_gone"))
        elif entry.what == "tip.called_back":
            await cards.settle(house, tip, entry.seq, cards.word("card_back"))
            if tip.officer is None:
                await cards.offer(house, tip, entry.seq)
        elif entry.what == "tip.became_incident":
            await cards.settle(house, tip, entry.seq, "110")
        elif entry.what in ("tip.taken", "tip.taken_over", "tip.reassigned"):
            has_it = str(entry.data.get("to", entry.who.name))
            label = cards.word("card_taken", officer=has_it)
            await cards.settle(house, tip, entry.seq, label)
        elif entry.who.id == TELLER.id:
            await self._more(tip, entry)
        if entry.what == OVERDUE:
            await tell_overdue(house, tip, entry)
        if entry.what in handing_on.STEPS:
            await handing_on.tell(house, tip, entry)
        if entry.what in TIP_STEPS:
            await self._tell_teller(tip, entry)

    async def _more(self, tip: Tip, entry: Entry) -> None:
        """Who has it, or is called, hears of everything that was added after it was offered."""
        offered = next((e.seq for e in tip.log.entries if e.what in cards.OFFERS), None)
        if entry.what not in (*ADDED, "tip.solved") or offered is None or entry.seq < offered:
            return
        added = [e.seq for e in tip.log.entries if e.who.id == TELLER.id and e.what in ADDED]
        count = sum(offered < seq <= entry.seq for seq in added)
        text = "officer_solved" if entry.what == "tip.solved" else "officer_more"
        said = self._still_wrong(tip, entry)
        if said:
            text = "officer_still_wrong"
            await cards.complete(self._house, tip, entry, said)
        users = await cards.hearing(self._house, tip)
        id, number = f"{tip.id}:{entry.seq}", str(count)
        await cards.tell(self._house, id, users, text, tip, count=number, text=_plain(said))

    def _still_wrong(self, tip: Tip, entry: Entry) -> str:
        """What the resident wrote first after a bare 没有解决; empty when it is not that: he says that
        it is solved, or the police answered meanwhile."""
        if entry.what not in ADDED:
            return ""
        before = [e for e in tip.log.entries if e.seq < entry.seq and e.who.id == TELLER.id]
        last = before[-1] if before else None
        if last is None or last.what != cards.NOT_SOLVED or not entry.data.get("text"):
            return ""
        since = [e.what for e in tip.log.entries if last.seq < e.seq < entry.seq]
        if cards.still_wrong(self._house, tip, last.seq) or cards.REPLIES & set(since):
            return ""
        return self._house.content.open(str(entry.data["text"]))

    async def _tell_teller(self, tip: Tip, entry: Entry) -> None:
        house = self._house
        resident = await self._resident(await teller_of(house, tip.id))
        if resident is None:
            return
        sealed = entry.data.get("text") if entry.what != "tip.handed_over" else None
        speak = partial(say, TIP_STEPS[entry.what], resident.language)
        text = speak(
            number=tip.number,
            station=_station(house, entry, tip),
            officer=entry.who.name,
            text=house.content.open(str(sealed)) if sealed else "",
        )
        subject = Subject(
            about(house.secret, tip.id), True, self._announcement(tip, entry, resident)
        )
        await to_resident(
            house, telling_id(house.secret, tip.id, entry.seq), resident.id, text, subject
        )

    def _announcement(self, tip: Tip, entry: Entry, resident: Resident) -> Notice | None:
        if entry.what not in ANNOUNCED:
            return None
        return _notice("tip", ANNOUNCED[entry.what], tip.number, resident.language)

    async def _resident(self, id: str | None) -> Resident | None:
        if id is None:
            return None
        try:
            return await self._house.store.residents.get(id)
        except NotFound:
            return None

    # ---- emergency reports

    async def incident(self, incident: Incident) -> None:
        """Tell the resident whose report this is, if WeChat brought it and it is not silent."""
        new = self._new(incident.id, incident.log.entries)
        await self._calls.tell(incident, new)
        raised = incident.via == "wechat" and any(one.what == "incident.raised" for one in new)
        fresh = [
            entry for entry in new if entry.what in INCIDENT_STEPS or _said_in_chat(incident, entry)
        ]
        chat = incident.via == "chat" and any(entry.what in CHANGES for entry in new)
        if incident.silent:
            fresh, chat = [], False
        over = bool(new) and incident.via in LINKED and incident.state not in LIVE
        if fresh or raised or chat or over:
            linked = self._house.store.residents.every(residents_of(incident.id))
            rows = [one async for one in linked]
            for row in rows:
                if raised:
                    await bring_cry(self._house, incident, row.id)
                for entry in fresh:
                    await self._tell_caller(incident, entry, row)
                if chat:
                    await tell_standing(self._house, incident, row)
                if row.leaving and incident.state not in LIVE:
                    await withdrawal.forget(self._house, row.id)
            if not rows:
                return  # the link may come a moment after the report
        self._remember(incident.id, incident.log.length)

    async def _tell_caller(self, incident: Incident, entry: Entry, row: Resident) -> None:
        going_on = entry.data.get("going_on") or entry.data.get("stations") or []
        name = INCIDENT_STEPS.get(entry.what, "incident_said")
        text = say(
            "incident_closed_going" if name == "incident_closed" and going_on else name,
            row.language,
            number=incident.number,
            station=str(entry.data.get("name", "")) or "、".join(going_on),
            text=str(entry.data.get("text", "")),
        )
        status = entry.what in INCIDENT_STEPS and entry.what != "caller.called_back"
        news = "template_incident" if status else "template_words"
        notice = _notice("incident", news, incident.number, row.language)
        # Who reads the thread on a page hears nothing else in the chat.
        words = status and incident.via == "chat" and entry.what not in LAST
        await to_resident(
            self._house,
            line_id(incident.id, entry.seq, row.id),
            row.id,
            text,
            Subject(incident.id, False, notice, status, KEPT_CREDIT if words else 0),
        )

    # ---- what was told

    def _new(self, id: str, entries: Sequence[Entry]) -> list[Entry]:
        since = self._house.clock() - LOOK_BACK_MS
        told = self._told.get(id, 0)
        return [entry for entry in entries if entry.seq > told and entry.at >= since]

    def _remember(self, id: str, length: int) -> None:
        self._told.pop(id, None)
        self._told[id] = length
        if len(self._told) > KNOWN:
            self._told.pop(next(iter(self._told)))


def _said_in_chat(incident: Incident, entry: Entry) -> bool:
    """What 110 writes to somebody who reported in the chat, and so has no page to read it on."""
    return incident.via == "chat" and entry.what == "message" and entry.who.id != CALLER.id


def _plain(text: str) -> str:
    """As it was written, short, and no link of somebody else's in a message of ours."""
    return text[: cards.SAID].replace("<", "＜").replace(">", "＞")


def _station(house: BotHouse, entry: Entry, tip: Tip) -> str:
    """The station's name as of this entry."""
    try:
        return house.finder.station(str(entry.data["station"])).name
    except (KeyError, NotFound):
        return tip.station_name


def _notice(purpose: str, text: str, number: str, language: Language) -> Notice:
    """What a template says: what, which one, and what to do. No more: it is shown on a locked phone."""
    return Notice(
        purpose,
        {
            "what": say(text, language),
            "number": number,
            "hint": say("template_hint", language),
        },
    )


async def run(house: BotHouse) -> None:
    """Follow until cancelled."""
    await Progress(house).run()
