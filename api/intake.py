"""``POST /incidents``: a report is durable before it is answered, and refused for nothing."""

from __future__ import annotations

import asyncio
import logging
import time

from api.bodies import ReportIn
from api.channels import integrator_of_report, through
from api.house import STORE_PATIENCE_S, House
from api.members import Members, key, text, word
from api.routes import PUBLIC, Ask, Routes
from api.shapes import Receipt
from domain.entry import link, spend
from domain.errors import NOT_TAKEN, UNREADABLE, Refused, StoreDown
from domain.incident import Incident, IncidentState, Kind, abandon
from domain.intake import Report, raise_alarm
from domain.position import read_position, unix_ms
from domain.ticket import EntryKind, incident_id_for, issue_resume, random_id, read_entry

# A store that is slow holds up no receipt: the report goes to disk meanwhile.
STORE_FIRST_S = 0.003
STORE_ONCE_MORE_S = 0.5
log = logging.getLogger("jingmin.intake")
WORDS_KEPT = 4000
AT_ONCE = 100  # as many as are written together

routes = Routes()


@routes.add("POST", "/incidents", PUBLIC, status=201, lenient=ReportIn, faults=(NOT_TAKEN,))
async def report(ask: Ask, members: Members) -> Receipt:
    """Report an emergency.

    The body is a JSON object; every member is optional: ``key`` (idempotency key, also as the header
    Idempotency-Key), ``kind``, ``silent``, ``words``, ``position`` {lon, lat, datum, accuracy, altitude,
    source, at}, ``lang``, ``device_at``, ``notice``, ``hung_up`` (the caller went before the receipt came: to
    be called back), ``wechat`` (the entry ticket of somebody who came from WeChat, who is told there how
    it goes). With an integrator's key (``Jingmin-Key``, scope ``caller``) also ``external_id`` (the same
    one is the same report), ``caller_name`` and ``caller_telephone``, as the app has verified them; without
    such a key they are not believed, and named in ``missing``. With a key of the sandbox it is a test that
    rings nowhere (``sandbox``), or is refused with ``token_bad`` when the key is no good. What cannot be
    used is left out and named there (of a position its member: ``position.accuracy``); members not known
    are ignored. The answer comes only after the report is durable; the same key again gives the same answer.
    """
    started = time.monotonic()
    house = ask.house
    one = read_report(house, members, ask.request.headers.get("Idempotency-Key", ""), ask.now)
    one.origin = house.origin(ask.request)
    await _enter(house, one, members, ask.now)
    of = ask.integrator or await integrator_of_report(house, ask.request, members)
    through(house, one, members, of)
    known = None if one.hung_up else house.board.get(one.id)
    incident = known or await _store(house, one) or await _keep(house, one)
    if one.hung_up and incident.state is IncidentState.RAISED:
        incident = await _give_up(house, incident, ask.now)
    if incident.number != one.number:
        house.numbers.give_back(one.number)
    journaled = house.board.on_disk(incident.id)
    house.metrics.reports.labels("journal" if journaled else "store").inc()
    house.metrics.report_seconds.observe(time.monotonic() - started)
    return receipt_of(house, incident, journaled)


async def _give_up(house: House, incident: Incident, now: int) -> Incident:
    """A report known from before, whose caller has gone since. The page says so again (/my/hangup) when
    the store does not take it now."""
    try:
        await house.settled(incident.id)
        async with asyncio.timeout(STORE_PATIENCE_S):
            return await abandon(house.store, incident.id, now)
    except (Refused, TimeoutError):
        return incident


async def _enter(house: House, one: Report, members: Members, now: int) -> None:
    """Whoever came from WeChat; a ticket that is no good is named in ``missing``, nothing more."""
    if members.values.get("wechat") is None:
        return
    token = members.take("wechat", text, "")
    if not token:
        one.missing += [] if "wechat" in one.missing else ["wechat"]
        return
    try:
        ticket = read_entry(house.secret, token, EntryKind.RESIDENT, now)
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


async def _store(house: House, one: Report) -> Incident | None:
    """The incident in the store; None when the store did not answer at once. It may do so later."""
    if not house.store_up or house.journal.find(one.id) is not None:
        return None
    writing = house.writing.get(one.id)
    if writing is None:
        writing = house.writing[one.id] = asyncio.create_task(_write(house, one), name="report")
    # A report that waits first and goes to disk then has waited twice.
    first = STORE_FIRST_S if house.together.took < STORE_FIRST_S else 0.0
    await asyncio.wait({writing}, timeout=first)
    return writing.result() if writing.done() else None


async def _write(house: House, one: Report) -> Incident | None:
    """The incident in the store, or None when the store does not answer in time."""
    try:
        async with asyncio.timeout(STORE_PATIENCE_S):
            it = await raise_alarm(house.store, one, one.received_at, house.together)
        house.board.raised(it)
        await _link(house, one)
        await _leave_journal(house, one.id)
        return it
    except (StoreDown, TimeoutError):
        house.store_up = False
        house.board.tell("store")
    except Exception:  # whatever it is, the report goes to disk
        log.exception("report %s could not be stored", one.id)
    finally:
        del house.writing[one.id]
    house.board.not_stored(one.id)
    return None


async def _keep(house: House, one: Report) -> Incident:
    """The incident of a report on disk; in the store after all when the disk is full; else
    ``not_taken``: whoever is in danger is told to dial."""
    try:
        kept = await house.journal.keep(one)
    except OSError as error:
        log.error("the journal cannot be written: %s", error.strerror)
        if (writing := house.writing.get(one.id)) is not None:
            await asyncio.wait({writing})
        try:
            # It may answer though it was away a moment ago; whoever is in danger is not kept waiting long.
            async with asyncio.timeout(STORE_PATIENCE_S if house.store_up else STORE_ONCE_MORE_S):
                return await raise_alarm(house.store, one, one.received_at)
        except (StoreDown, TimeoutError):
            log.error("report %s was NOT TAKEN: store and disk take nothing", one.id)
            raise Refused(NOT_TAKEN) from None
    house.metrics.journaled.set(len(house.journal.waiting()))
    return house.board.show_journaled(kept, coming=kept.id in house.writing)


async def _leave_journal(house: House, id: str) -> None:
    """It is in the store now. What cannot be noted on disk is replayed, which changes nothing."""
    if house.journal.find(id) is None:
        return
    try:
        await house.journal.done(id)
    except OSError as error:
        log.error("the journal cannot be written: %s", error.strerror)


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
        external_id="" if incident.channel is None else incident.channel.external,
        sandbox=incident.sandbox,
    )


def read_report(house: House, members: Members, header_key: str, now: int) -> Report:
    """A report from whatever arrived; never raises."""
    missing = members.missing
    given = members.take("key", key, "")
    if not given and header_key:
        given = Members({"key": header_key}, missing).take("key", key, "")
    words = members.take("words", text, "")
    if len(words) > WORDS_KEPT:
        missing.append("words_end")
    given = given or random_id()
    report = Report(
        id=incident_id_for(house.secret, given),
        key=given,
        number=house.numbers.take(now),
        received_at=now,
        kind=members.take("kind", word(Kind), Kind.UNKNOWN),
        silent=members.yes("silent"),
        words=words[:WORDS_KEPT],
        lang=members.take("lang", text, "zh-CN")[:16],
        device_at=members.take("device_at", unix_ms, None),
        notice=members.take("notice", text, "")[:32],
        missing=missing,
        hung_up=members.yes("hung_up"),
        sandbox=house.apart,
    )
    position, wrong = read_position(members.values.get("position"))
    missing += wrong
    if position is not None:
        report.position = house.fix(position, now, report.device_at)
    return report


async def replay(house: House) -> int:
    """Put what waits in the journal into the store, many at once; returns how many. Stops when the store is
    down."""
    count = 0
    # What is being written the store has already; only its answer is late.
    waiting = [one for one in house.journal.waiting() if one.id not in house.writing]
    for start in range(0, len(waiting), AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        stored = await asyncio.gather(*(_replayed(house, one) for one in some))
        count += stored.count(True)
        if None in stored:
            break
    house.metrics.journaled.set(len(house.journal.waiting()))
    return count


async def _replayed(house: House, one: Report) -> bool | None:
    """Whether it is in the store now; None when the store is down."""
    try:
        it = await raise_alarm(house.store, one, house.clock(), house.together)
        # Known without a gap: the feed brings it later, and who asks again meanwhile has one number.
        house.board.raised(it)
        await _link(house, one)
    except StoreDown:
        return None
    except Refused as refused:
        # It is there, and a newer version has worked on it: what more could be stored?
        if refused.fault is not UNREADABLE:
            log.exception("report %s stays in the journal", one.id)
            return False
    except Exception:  # one that cannot be stored must not hold up the others
        log.exception("report %s stays in the journal", one.id)
        return False
    await _leave_journal(house, one.id)
    house.board.forget_journaled(one.id)
    house.board.tell("incident", one.id)
    return True
