"""``POST /incidents``: a report is durable before it is answered, and refused for nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import msgspec

from api.bodies import Ms, PositionIn
from api.house import House
from api.positions import position_of
from api.routes import BODY_LIMIT, PUBLIC, Ask, Routes, read_body
from api.shapes import Receipt
from domain.entry import link, spend
from domain.errors import Refused, StoreDown
from domain.incident import Incident, Kind
from domain.intake import Report, raise_alarm
from domain.json_limits import check_json
from domain.ticket import EntryKind, incident_id_for, issue_resume, random_id, read_entry

STORE_PATIENCE_S = 2.0
log = logging.getLogger("jingmin.intake")
WORDS_KEPT = 4000

routes = Routes()


@routes.add("POST", "/incidents", PUBLIC, status=201, raw_body=True)
async def report(ask: Ask) -> Receipt:
    """Report an emergency.

    The body is a JSON object; every member is optional: ``key`` (idempotency key, also as the header
    Idempotency-Key), ``kind``, ``silent``, ``words``, ``position`` {lon, lat, datum, accuracy, source, at},
    ``lang``, ``device_at``, ``notice``, ``wechat`` (the entry ticket of somebody who came from WeChat, who
    is told there how it goes). What cannot be used is left out and named in ``missing``. The answer
    comes only after the report is durable; the same key again gives the same answer.
    """
    started = time.monotonic()
    house = ask.house
    members = await _members(ask)
    one = read_report(house, members, ask.request.headers, ask.now)
    await _enter(house, one, members, ask.now)
    incident = await _store(house, one)
    journaled = incident is None
    if incident is None:
        kept = await _keep(house, one)
        if isinstance(kept, Incident):
            return receipt_of(house, kept, journaled=False)
        incident = house.board.show_journaled(kept)
        house.metrics.journaled.set(len(house.journal.waiting()))
    house.metrics.reports.labels("journal" if journaled else "store").inc()
    house.metrics.report_seconds.observe(time.monotonic() - started)
    return receipt_of(house, incident, journaled)


async def _enter(house: House, one: Report, members: dict[str, Any], now: int) -> None:
    """Whoever came from WeChat; a ticket that is no good is named in ``missing``, nothing more."""
    token = members.get("wechat")
    if token is None:
        return
    try:
        ticket = read_entry(house.secret, str(token), EntryKind.RESIDENT, now)
        if house.store_up:
            async with asyncio.timeout(STORE_PATIENCE_S):
                await spend(house.store, ticket, now)
    except (StoreDown, TimeoutError):
        pass  # whether it was used before nobody can say now; the report goes first
    except Refused:
        one.missing.append("wechat")
        return
    one.via, one.resident = "wechat", ticket.subject


async def _link(house: House, one: Report) -> None:
    if not one.resident:
        return
    try:
        async with asyncio.timeout(STORE_PATIENCE_S):
            await link(house.store, one.resident, one.id)
    except (Refused, TimeoutError):
        log.warning("report %s: its resident could not be linked", one.id)


async def _keep(house: House, one: Report) -> Report | Incident:
    """The report on disk; in the store after all when the disk is full; else ``store_down``."""
    try:
        return await house.journal.keep(one)
    except OSError as error:
        log.error("the journal cannot be written: %s", error.strerror)
        async with asyncio.timeout(STORE_PATIENCE_S):
            return await raise_alarm(house.store, one, one.received_at)


def receipt_of(house: House, incident: Incident, journaled: bool) -> Receipt:
    """What the caller's page needs to go on with the incident."""
    return Receipt(
        id=incident.id,
        number=incident.number,
        token=issue_resume(house.secret, incident.id),
        raised_at=incident.raised_at,
        missing=[*incident.log.entries[0].data["missing"]],
        journaled=journaled,
        silent=incident.silent,
    )


def read_report(house: House, members: dict[str, Any], headers: Any, now: int) -> Report:
    """A report from whatever arrived; never raises."""
    missing: list[str] = members.pop("__missing__", [])

    def member(name: str, kind: Any, otherwise: Any) -> Any:
        value = members.get(name)
        if value is None:
            return otherwise
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError:
            missing.append(name)
            return otherwise

    key = member("key", str, "") or headers.get("Idempotency-Key", "")
    if not (8 <= len(key) <= 128 and key.isascii() and key.isprintable()):
        if key:
            missing.append("key")
        key = random_id()
    words = member("words", str, "")
    if len(words) > WORDS_KEPT:
        missing.append("words_end")
    report = Report(
        id=incident_id_for(house.secret, key),
        key=key,
        number=house.numbers.take(now),
        received_at=now,
        kind=member("kind", Kind, Kind.UNKNOWN),
        silent=member("silent", bool, False),
        words=words[:WORDS_KEPT],
        lang=member("lang", str, "zh-CN")[:16],
        device_at=member("device_at", Ms, None),
        notice=member("notice", str, "")[:32],
        missing=missing,
    )
    position = member("position", PositionIn, None)
    if position is not None:
        try:
            report.position = house.fix(position_of(position), now)
        except Refused:
            missing.append("position")
    elif "position" not in missing:
        missing.append("position")
    return report


async def replay(house: House) -> int:
    """Put what waits in the journal into the store; returns how many. Stops when it is down."""
    count = 0
    for waiting in house.journal.waiting():
        try:
            await raise_alarm(house.store, waiting, house.clock())
            await _link(house, waiting)
        except StoreDown:
            break
        except Exception:  # one that cannot be stored must not hold up the others
            log.exception("report %s stays in the journal", waiting.id)
            continue
        try:
            await house.journal.done(waiting.id)
        except OSError as error:
            log.error("the journal cannot be written: %s", error.strerror)
        house.board.forget_journaled(waiting.id)
        house.board.tell("incident", waiting.id)
        count += 1
    house.metrics.journaled.set(len(house.journal.waiting()))
    return count


async def _members(ask: Ask) -> dict[str, Any]:
    try:
        text = await read_body(ask.request, BODY_LIMIT)
        check_json(text, BODY_LIMIT)
        body = msgspec.json.decode(text or b"{}")
    except (Refused, msgspec.DecodeError, UnicodeDecodeError):
        return {"__missing__": ["body"]}
    if not isinstance(body, dict):
        return {"__missing__": ["body"]}
    body.pop("__missing__", None)
    return body


async def _store(house: House, one: Report) -> Incident | None:
    """The incident in the store, or None when the store does not answer in time."""
    if not house.store_up or house.journal.find(one.id) is not None:
        return None
    try:
        async with asyncio.timeout(STORE_PATIENCE_S):
            it = await raise_alarm(house.store, one, one.received_at)
    except (StoreDown, TimeoutError):
        house.store_up = False
        house.board.tell("store")
        return None
    await _link(house, one)
    return it
