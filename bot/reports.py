"""Emergency reports from the chat: raised without the page, and everything that follows on the thread."""

from __future__ import annotations

import logging

import msgspec

from bot import loose, neighbours, subscriptions
from bot.dialog import LATE_MS
from bot.house import BotHouse
from bot.scene import Scene
from bot.tips import locate
from bot.turn import Line, read
from domain.caller_position import move
from domain.errors import TOO_MANY, NotFound, Refused, WrongState
from domain.incident import LIVE, Incident
from domain.intake import Report, raise_alarm
from domain.message import attach, say
from domain.outgoing import mark
from domain.people import CALLER
from domain.resident import Resident
from domain.ticket import incident_id_for

WORDS = 4_000
log = logging.getLogger("jingmin.bot.reports")


async def raise_report(scene: Scene, lines: list[Line]) -> None:
    """110 gets what was said so far as a report; the same arrival again gives the first."""
    house, now = scene.house, scene.house.clock()
    key = _key(house, scene.arrival.id)
    place = next((one for one in reversed(lines) if one.placed), None)
    fix = locate(house, place, now) if place is not None else None
    words, rest = _fitting([line.text for line in lines if line.text])
    report = Report(
        id=incident_id_for(house.secret, key),
        key=key,
        number=house.numbers.take(now),
        received_at=now,
        words=words,
        lang=str(scene.speaks),
        via="chat",
        device_at=scene.arrival.sent_at,
        position=fix,
        missing=[] if fix is not None else ["position"],
    )
    incident = await raise_alarm(house.store, report, now)
    if incident.number != report.number:
        house.numbers.give_back(report.number)

    def link(row: Resident) -> None:
        row.incident = incident.id

    scene.resident = await neighbours.amend(house, scene.resident.id, link) or scene.resident
    for number, said in enumerate(lines):
        line = await loose.keep(house, said)
        if line.file is not None:
            await attach(house.store, CALLER, incident.id, f"{key}:{number}", line.file, now)
    for number, text in enumerate(rest):
        await say(house.store, CALLER, incident.id, f"{key}:more:{number}", text, now)
    more = await subscriptions.offer(house, scene.resident, "incident", scene.speaks)
    await scene.say("raised", urgent=True, number=incident.number, more=more)


def _fitting(texts: list[str]) -> tuple[str, list[str]]:
    """What the report itself takes, and what follows it on the thread: no word is cut off."""
    room = WORDS
    for number, text in enumerate(texts):
        room -= len(text) + (number > 0)
        if room < 0:
            first = max(number, 1)
            return "\n".join(texts[:first])[:WORDS], texts[first:]
    return "\n".join(texts), []


async def add_to_report(scene: Scene, line: Line) -> None:
    """What the resident sends now is part of the open report."""
    house, now, id = scene.house, scene.house.clock(), scene.resident.incident or ""
    key = mark(house.secret, scene.arrival.id, "thread")
    at = scene.arrival.sent_at
    fix = locate(house, line, now)
    line = await loose.keep(house, line)
    silent = (await house.store.incidents.get(id)).silent
    try:
        if fix is not None:
            await move(house.store, id, fix, now)
        if line.file is not None:
            await attach(house.store, CALLER, id, f"{key}:file", line.file, now, at)
        if line.text:
            await say(house.store, CALLER, id, key, line.text, now, at)
    except WrongState:
        pass  # closed a moment ago: positions are not followed any more
    except Refused as refused:
        if refused.fault is not TOO_MANY:
            raise
        incident = await house.store.incidents.get(id)
        await loose.refused(house, scene.resident.id, line, incident.log)
        if not silent:
            await scene.say("thread_full", urgent=True)
        return
    if not silent:  # a phone that lights up can betray its owner
        await scene.say("thread_noted", urgent=True)


async def bring_cry(house: BotHouse, incident: Incident, resident: str) -> None:
    """What was cried in the chat before the link was opened belongs to the report made on the page.
    Again changes nothing."""
    try:
        dialog = await house.store.dialogs.get(resident)
    except NotFound:
        return
    said = dialog.at
    if not dialog.data or not 0 <= incident.raised_at - said <= LATE_MS:
        return
    try:
        cry = read(house.content.open(house.identity.open(dialog.data)).encode()).cry
    except msgspec.DecodeError:
        log.error("dialog %s has another shape", dialog.id)
        return
    await bring(house, incident.id, cry, said)


async def bring(house: BotHouse, incident: str, cry: list[Line], said: int | None) -> None:
    """Add what was cried before the report, at ``said`` (Unix ms) if that is known; once, whoever does it."""
    now = house.clock()
    for number, cried in enumerate(cry):
        key = mark(house.secret, f"{incident}:{number}", "cry")
        line = await loose.keep(house, cried)
        try:
            if line.file is not None:
                await attach(house.store, CALLER, incident, f"{key}:file", line.file, now, said)
            if line.text:
                await say(house.store, CALLER, incident, key, line.text, now, said)
        except Refused as refused:
            if refused.fault is not TOO_MANY and not isinstance(refused, WrongState):
                raise
            return


async def open_report(house: BotHouse, resident: Resident, arrival: str) -> Incident | None:
    """The resident's emergency report while it is open. One that this very arrival raised, before a
    process died of it, does not count: the arrival is to raise it, not to add to it."""
    if resident.incident in (None, incident_id_for(house.secret, _key(house, arrival))):
        return None
    try:
        incident = await house.store.incidents.get(resident.incident or "")
    except NotFound:
        return None
    return incident if incident.state in LIVE else None


def _key(house: BotHouse, arrival: str) -> str:
    return mark(house.secret, arrival, "report")
