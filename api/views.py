"""Documents as people may see them: domain → shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.routes import now_ms
from api.shapes import (
    AreaShareView,
    CallerStation,
    CallerView,
    CandidateView,
    EntryView,
    IncidentView,
    LocatedView,
    MeView,
    PersonView,
    PositionView,
    ResponderView,
    WhoView,
)
from api.shapes_caller import CallerStanding, ChannelView
from api.shapes_calls import CallerParticipant, CallView, ParticipantView, RecordingView
from api.shapes_thread import ChatLineView, MarkView
from domain.call import Call
from domain.contact import masked, needs_contact, telephone
from domain.evidence import Entry
from domain.incident import Incident, IncidentState, watchers
from domain.marks import CALLER_SIDE, DESK_SIDE, SAID, read_by, side_of
from domain.message import CALLER_SEES
from domain.people import CALLER, Person
from domain.place import Fix, Located
from domain.track import stale
from domain.triage import gravity_of, urgency
from domain.unattended import cause_of, put_through_since

if TYPE_CHECKING:
    from api.board import Seen
    from api.house import House

# The caller learns which desk and station act, not staff ids.
CALLER_DATA = {
    "incident.raised": ("kind", "silent", "words", "missing"),
    "incident.closed": ("disposition", "going_on"),
    "incident.handed": ("stations",),
    "incident.transferred": ("name",),
    "station.called": ("station", "name"),
    "station.acknowledge": ("station", "name"),
    "station.depart": ("station", "name"),
    "station.arrive": ("station", "name"),
    "station.clear": ("station", "name"),
    "station.stand_down": ("station", "name"),
    "station.changed": ("station", "name"),
    "station.seen": ("station", "name"),
    "incident.resumed": ("name", "cause"),
    "participant.joined": ("participant", "role", "name"),
    "participant.left": ("participant", "role", "name", "cause"),
    "participant.away": ("participant", "role", "name"),
    "participant.back": ("participant", "role", "name", "seconds"),
    "message": ("key", "text", "ask", "answers"),
    "upload": ("key", "file", "kind", "type", "bytes", "width", "height"),
    "call.ended": ("reason",),
    "incident.abandoned": ("reason",),
    "caller.hung_up": ("reason",),
}


def incident_view(
    it: Incident,
    seen: Seen,
    after: int | None = None,
    journaled: bool = False,
    to: str | None = None,
) -> IncidentView:
    """The incident for staff, ``to`` a station or the desk (None), with log entries after ``after`` (None:
    none); unread is what that side has not read."""
    entries = it.log.entries
    sent = [entry for entry in entries if entry.who.id == CALLER.id]
    side = to or DESK_SIDE
    said = [one.seq for one in entries if one.what in SAID and side_of(one.who) != side]
    read = read_by(it.marks, side)
    kinds = [entry.data.get("kind") for entry in sent if entry.what == "upload"]
    return IncidentView(
        id=it.id,
        number=it.number,
        version=it.version,
        kind=it.kind,
        silent=it.silent,
        via=it.via,
        state=it.state,
        raised_at=it.raised_at,
        updated_at=it.updated_at,
        answered_at=it.answered_at,
        closed_at=it.closed_at,
        unattended_at=it.unattended_at,
        unattended_cause=cause_of(it),
        escalation=it.escalation,
        gravity=gravity_of(it),
        priority=it.priority,
        urgency=urgency(it),
        returns=it.returns,
        reopened_at=it.reopened_at,
        waiting_since=it.waiting_since,
        handed_at=it.handed_at,
        words=it.words,
        missing=it.missing,
        position=_position(it.position, seen.confirmed_at),
        located=_located(it.position),
        place=_position(it.place),
        place_located=_located(it.place),
        dispatcher=it.dispatcher,
        dispatcher_name=it.dispatcher_name,
        disposition=it.disposition,
        calls=[_call(call) for call in it.calls],
        responders=[
            ResponderView(
                one.station,
                one.name,
                one.bureau,
                one.state,
                one.assigned_at,
                one.reason,
                one.officer_name,
                one.unanswered_at,
                one.changed_at,
                one.at,
                one.radio,
            )
            for one in it.responders
        ],
        messages=sum(entry.what == "message" for entry in sent),
        pictures=kinds.count("picture"),
        voices=kinds.count("voice"),
        videos=kinds.count("video"),
        log_length=it.log.length,
        log_head=it.log.head,
        caller=_standing(it, sees_contact(it, to)),
        journaled=journaled,
        present=seen.present,
        confirmed_at=seen.confirmed_at,
        stands_for=seen.stands_for,
        said=said[-1] if said else 0,
        unread=sum(seq > read for seq in said),
        marks=[MarkView(one.side, one.received, one.read) for one in it.marks],
        chat=[ChatLineView(one.seq, one.state, one.reason) for one in it.chat],
        entries=[] if after is None else [entry_view(one) for one in entries[after:]],
    )


def view(house: House, it: Incident, after: int | None = 0, to: str | None = None) -> IncidentView:
    """The incident for the desk, or for the station ``to``, as this process sees it, with log entries
    after ``after`` (None: none)."""
    return incident_view(it, house.board.seen(it.id), after, house.board.journaled(it.id), to)


def sees_contact(it: Incident, to: str | None) -> bool:
    """Whether the desk (None) or this station sees the whole line the caller left."""
    return to is None or needs_contact(it, to)


def _standing(it: Incident, whole: bool) -> CallerStanding:
    return CallerStanding(
        it.hung_up_at,
        it.hung_up,
        it.called_back_at,
        it.contact if whole else masked(it.contact),
        telephone(it.contact) if whole else None,
        not whole and bool(it.contact),
        _channel(it, whole),
    )


def _channel(it: Incident, whole: bool) -> ChannelView | None:
    of = it.channel
    if of is None:
        return None
    if whole:
        return ChannelView(of.name, of.person, of.telephone, of.external)
    return ChannelView(of.name, masked(of.person), masked(of.telephone), "")


def caller_view(it: Incident, journaled: bool = False) -> CallerView:
    """The incident for its caller: what was sent, who has it, who is watching, how it goes."""
    return CallerView(
        id=it.id,
        number=it.number,
        version=it.version,
        silent=it.silent,
        kind=it.kind,
        state=it.state,
        raised_at=it.raised_at,
        waiting_since=it.waiting_since,
        answered_at=it.answered_at,
        closed_at=it.closed_at,
        handed_at=it.handed_at,
        disposition=it.disposition,
        put_through_since=put_through_since(it),
        tracking=it.state is not IncidentState.CLOSED,
        watchers=watchers(it),
        stations=[
            CallerStation(one.name, one.state, one.at.get(str(one.state), one.assigned_at))
            for one in it.responders
        ],
        call=it.call.id,
        call_state=it.call.state,
        participants=[
            CallerParticipant(one.id, one.role, one.name, one.state, one.away_at)
            for one in it.call.participants
        ],
        called_back_at=it.called_back_at,
        contact=it.contact,
        entries=[_for_caller(entry) for entry in it.log.entries if entry.what in CALLER_SEES],
        journaled=journaled,
        read=max((one.read for one in it.marks if one.side != CALLER_SIDE), default=0),
        sandbox=it.sandbox,
    )


def entry_view(entry: Entry) -> EntryView:
    who = WhoView(entry.who.id, entry.who.role, entry.who.name)
    return EntryView(entry.seq, entry.at, entry.device_at, who, entry.what, entry.data, entry.hash)


def me_view(house: House, person: Person) -> MeView:
    return MeView(
        person.id,
        person.login,
        person.name,
        person.role,
        person.station,
        house.station_name(person.station),
        person.totp is not None,
        person.demo,
        list(person.communities),
        person.away_until,
        person.deputy,
        house.needs_code(person),
        person.password_initial,
        len(person.recovery),
    )


def person_view(person: Person) -> PersonView:
    return PersonView(
        person.id,
        person.login,
        person.name,
        person.role,
        person.station,
        person.totp is not None,
        person.disabled,
        person.userid,
        list(person.communities),
        person.away_until,
        person.deputy,
    )


def located_view(located: Located) -> LocatedView:
    return LocatedView(
        located.certainty,
        [
            CandidateView(one.station, one.name, one.bureau, one.share, one.distance)
            for one in located.candidates
        ],
        located.why_zh,
        located.why_en,
        located.boundary_version,
        located.place,
        located.grid,
        located.community,
        area_shares(located),
    )


def area_shares(located: Located) -> list[AreaShareView]:
    return [AreaShareView(one.level, one.id, one.name, one.share) for one in located.areas]


def _for_caller(entry: Entry) -> EntryView:
    view = entry_view(entry)
    view.who.id = "caller" if entry.who.id == CALLER.id else str(entry.who.role).lower()
    keep = CALLER_DATA.get(entry.what, ())
    view.data = {name: value for name, value in view.data.items() if name in keep}
    return view


def _position(fix: Fix | None, confirmed_at: int | None = None) -> PositionView | None:
    if fix is None:
        return None
    at = fix.wgs84
    return PositionView(
        at.lon,
        at.lat,
        at.accuracy,
        at.source,
        at.at,
        fix.received_at,
        fix.taken,
        at.altitude,
        fix.abroad,
        stale(fix, now_ms(), confirmed_at),
    )


def _located(fix: Fix | None) -> LocatedView | None:
    return None if fix is None else located_view(fix.located)


def _call(call: Call) -> CallView:
    return CallView(
        call.id,
        call.state,
        call.started_at,
        call.ended_at,
        [
            ParticipantView(
                one.id,
                one.role,
                one.name,
                one.state,
                one.person,
                one.station,
                one.invited_at,
                one.joined_at,
                one.left_at,
                one.away_at,
                one.turned_at,
            )
            for one in call.participants
        ],
        [
            RecordingView(
                one.file,
                one.participant,
                one.role,
                one.started_at,
                one.seconds,
                one.bytes,
                one.sha256,
                one.video,
                one.audio,
            )
            for one in call.recordings
        ],
    )
