"""Raising the alarm: a report becomes an incident, whatever is missing from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain import evidence
from domain.call import new_call
from domain.errors import Duplicate
from domain.evidence import Log
from domain.incident import Incident, IncidentState, Kind
from domain.message import log_position
from domain.people import CALLER
from domain.place import Fix
from domain.ports import Store


@dataclass(slots=True)
class Report:
    """What a resident sent. Nothing but ``key`` is required; ``missing`` names what could not be used.

    ``received_at`` is the server's clock, ``device_at`` the sender's, both Unix ms; ``notice`` is the
    version of the purpose notice the page showed.
    """

    id: str
    key: str
    number: str
    received_at: int
    kind: Kind = Kind.UNKNOWN
    silent: bool = False
    words: str = ""
    lang: str = "zh-CN"
    via: str = "web"
    device_at: int | None = None
    notice: str = ""
    position: Fix | None = None
    resident: str = ""  # who WeChat says it is; goes to the resident's row, never into the incident
    missing: list[str] = field(default_factory=list)


def compose(report: Report, now: int) -> Incident:
    """The incident a report raises: RAISED, its call RINGING, log entry 1 (and 2 with a position).

    ``now`` later than ``received_at`` means the report waited in the journal; the log says so.
    """
    it = Incident(
        id=report.id,
        number=report.number,
        key=report.key,
        kind=report.kind,
        silent=report.silent,
        state=IncidentState.RAISED,
        raised_at=report.received_at,
        updated_at=now,
        words=report.words,
        lang=report.lang,
        via=report.via,
        missing=list(report.missing),
        position=report.position,
        calls=[new_call(report.received_at)],
        log=Log(report.id),
    )
    evidence.append(
        it.log,
        CALLER,
        "incident.raised",
        now,
        report.device_at,
        number=report.number,
        kind=str(report.kind),
        silent=report.silent,
        words=report.words,
        missing=list(report.missing),
        via=report.via,
        notice=report.notice,
    )
    if report.position is not None:
        log_position(it, report.position, now)
    if now != report.received_at:
        evidence.append(it.log, CALLER, "incident.journaled", now, received_at=report.received_at)
    return it


async def raise_alarm(store: Store, report: Report, now: int) -> Incident:
    """Make the report durable. The same key again gives the incident of the first.

    Raises ``StoreDown`` when the store does not answer; the caller of this then journals the report.
    """
    it = compose(report, now)
    try:
        await store.incidents.add(it)
    except Duplicate:
        return await store.incidents.get(report.id)
    return it
