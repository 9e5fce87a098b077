"""Raising the alarm: a report becomes an incident, whatever is missing from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain import evidence
from domain.call import new_call
from domain.caller_position import take
from domain.channel import ReportChannel
from domain.emergency import gravity
from domain.errors import Duplicate, NotFound
from domain.evidence import Log
from domain.incident import Incident, IncidentState, Kind, abandon, give_up
from domain.people import CALLER
from domain.place import Fix
from domain.ports import Store
from domain.receipt_numbers import unreserved
from domain.together import Together


@dataclass(slots=True)
class Report:
    """What a resident sent. Nothing but ``key`` is required; ``missing`` names what could not be used.

    ``received_at`` is the server's clock, ``device_at`` the sender's, both Unix ms; ``notice`` is the
    version of the purpose notice the page showed. ``hung_up``: the caller hung up before the receipt came.
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
    origin: str = ""  # a keyed hash of the address it came from: of IPv6 the first 64 bits
    resident: str = ""  # who WeChat says it is; goes to the resident's row, never into the incident
    missing: list[str] = field(default_factory=list)
    hung_up: bool = False
    channel: ReportChannel | None = None  # the integrator's app it came through
    sandbox: bool = False


def compose(report: Report, now: int) -> Incident:
    """The incident a report raises: RAISED, its call RINGING, log entry 1 (and 2 with a position);
    ABANDONED when its caller has hung up meanwhile.

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
        origin=report.origin,
        missing=list(report.missing),
        gravity=gravity(report.words),
        calls=[new_call(report.received_at)],
        log=Log(report.id),
        channel=report.channel,
        sandbox=report.sandbox,
    )
    through = {} if report.channel is None else {"channel": report.channel.for_log()}
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
        **through,
    )
    if report.position is not None:
        take(it, report.position, now)
    if now != report.received_at:
        evidence.append(it.log, CALLER, "incident.journaled", now, received_at=report.received_at)
    if report.hung_up:
        give_up(it, now)
    return it


async def raise_alarm(
    store: Store, report: Report, now: int, together: Together[Incident] | None = None
) -> Incident:
    """Make the report durable, ``together`` with others that come now. The same id again gives the
    incident of the first.

    Raises ``StoreDown`` when the store does not answer; the caller of this then journals the report.
    """
    it = compose(report, now)
    add = together.add if together is not None else store.incidents.add
    try:
        await add(it)
    except Duplicate:
        try:
            known = await store.incidents.get(report.id)
            return await abandon(store, known.id, now) if report.hung_up else known
        except NotFound:  # not the id: a store of before still refuses a number that exists
            report.number = unreserved(now)
            it = compose(report, now)
            await add(it)
    return it
