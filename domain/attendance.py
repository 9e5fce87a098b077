"""What media processes report about a call: who joined, who left, what was recorded."""

from __future__ import annotations

from domain import bounds, evidence
from domain.call import (
    HERE,
    PARTICIPANT,
    CallState,
    Participant,
    ParticipantRole,
    ParticipantState,
    Recording,
    drop,
)
from domain.dispatch import take
from domain.errors import ROOM_ENDED, TICKET_BAD, Refused
from domain.incident import Incident, amend
from domain.people import SYSTEM
from domain.ports import Store
from domain.workflow import step

INTERRUPTED, CONTINUED = "recording.interrupted", "recording.continued"
JOINED, LEFT, LEVEL = "participant.joined", "participant.left", "participant.rung"


async def joined(
    store: Store, incident: str, call: str, participant: str, now: int, media: str
) -> Incident:
    """A participant's media is connected. Raises ``room_ended`` when the call is over.

    The document always says so; the log within ``bounds.ATTENDANCE`` (see ``is_told``).
    """

    def change(it: Incident) -> bool:
        one_call = it.find_call(call)
        if one_call.state in (CallState.ENDED, CallState.ABANDONED):
            raise Refused(ROOM_ENDED)
        one = one_call.participant(participant)
        if one.removed:
            raise Refused(TICKET_BAD, "no longer invited to this call")
        one.state = step(PARTICIPANT, one.state, "join")
        if one.away_at is not None and one.state is ParticipantState.JOINED:
            one.state = step(PARTICIPANT, one.state, "go_away")
        one.joined_at, one.left_at = now, None
        one.joins += 1
        # Where it was placed meanwhile all others go: who comes late does not take it back.
        one_call.media = one_call.media or media
        if one.person is not None and one.person == it.dispatcher:
            it.unattended_at = None
        _tell_joined(it, one, now)
        if one.role is ParticipantRole.STATION:
            take(it, one, now)
        return True

    return await amend(store, incident, change)


async def still_here(
    store: Store, incident: str, call: str, participant: str, now: int
) -> Incident:
    """Write down that a participant is here whose coming was not written when he came; once a
    minute at most, and nothing when the log knows."""

    def change(it: Incident) -> None:
        one = it.find_call(call).participant(participant)
        if one.state in HERE and not is_told(it, participant):
            _tell_joined(it, one, now)

    return await amend(store, incident, change)


def is_told(it: Incident, participant: str) -> bool:
    """Whether the last word of the log about a participant is that he is here."""
    words = bounds.said(it.log, (JOINED, LEFT), participant=participant)
    return bool(words) and words[-1].what == JOINED


def _tell_joined(it: Incident, one: Participant, now: int) -> None:
    role, name = str(one.role), one.name
    # The caller is another participant in each call, but one person, who can make calls.
    caller = one.role is ParticipantRole.CALLER
    same = {"role": role} if caller else {"participant": one.id}
    more = bounds.allowance(it.log, (JOINED,), now, bounds.ATTENDANCE, **same)
    if more is None:
        return
    if more:
        everywhere = [person for call in it.calls for person in call.participants]
        more["times"] = sum(
            person.joins
            for person in everywhere
            if person is one or (caller and person.role is one.role)
        )
    evidence.append(it.log, SYSTEM, JOINED, now, participant=one.id, role=role, name=name, **more)


async def left(
    store: Store, incident: str, call: str, participant: str, now: int, cause: str
) -> Incident:
    """A participant is gone. ``cause``: bye, media_lost, socket_lost, replaced, ended, protocol.

    In the log only when it says that he was here.
    """

    def change(it: Incident) -> bool:
        one = it.find_call(call).participant(participant)
        if one.state not in HERE:
            return False
        drop(one, now)
        if is_told(it, participant):
            role = str(one.role)
            evidence.append(it.log, SYSTEM, LEFT, now, participant=one.id, role=role, cause=cause)
        return True

    return await amend(store, incident, change)


async def rung(
    store: Store, incident: str, participant: str, now: int, rung: str, cause: str
) -> Incident:
    """The quality level of a participant changed (video, small, audio, stills or text), and why.

    The level the log has already is no change; at most ``bounds.LEVELS`` of one participant.
    """

    def change(it: Incident) -> None:
        words = bounds.said(it.log, (LEVEL, JOINED), participant=participant)
        levels = [entry for entry in words if entry.what == LEVEL]
        if len(levels) >= bounds.LEVELS or (levels and words[-1].data.get("rung") == rung):
            return
        evidence.append(it.log, SYSTEM, LEVEL, now, participant=participant, rung=rung, cause=cause)

    return await amend(store, incident, change)


async def merged(store: Store, incident: str, now: int, count: int) -> Incident:
    """So many facts of this incident were not written one by one, while the store was away or slow:
    only what was true at the end."""

    def change(it: Incident) -> None:
        evidence.append(it.log, SYSTEM, "facts.merged", now, count=count)

    return await amend(store, incident, change)


async def recording_interrupted(
    store: Store, incident: str, call: str, participant: str, now: int, cause: str
) -> Incident:
    """From now on this participant is not recorded. ``cause``: disk_full, failed.

    What the log says already is not said again; within ``bounds.GAPS``.
    """

    def change(it: Incident) -> bool:
        one = it.find_call(call).participant(participant)
        if _is_interrupted(it, participant):
            return False
        same = {"participant": participant}
        more = bounds.allowance(it.log, (INTERRUPTED,), now, bounds.GAPS, **same)
        if more is None:
            return False
        more |= {"participant": participant, "role": str(one.role), "cause": cause}
        evidence.append(it.log, SYSTEM, INTERRUPTED, now, **more)
        return True

    return await amend(store, incident, change)


async def recording_continued(
    store: Store, incident: str, call: str, participant: str, now: int, seconds: float
) -> Incident:
    """This participant is recorded again, after so many seconds; in the log only when it says that
    he was not."""

    def change(it: Incident) -> bool:
        one = it.find_call(call).participant(participant)
        if not _is_interrupted(it, participant):
            return False
        evidence.append(
            it.log,
            SYSTEM,
            CONTINUED,
            now,
            participant=participant,
            role=str(one.role),
            seconds=round(seconds, 3),
        )
        return True

    return await amend(store, incident, change)


def _is_interrupted(it: Incident, participant: str) -> bool:
    words = bounds.said(it.log, (INTERRUPTED, CONTINUED), participant=participant)
    return bool(words) and words[-1].what == INTERRUPTED


async def recording_sealed(
    store: Store, incident: str, call: str, recording: Recording, now: int
) -> Incident:
    """A recording is in the store's files; its SHA-256 goes into the log. Twice is once."""

    def change(it: Incident) -> None:
        one_call = it.find_call(call)
        if any(r.file == recording.file for r in one_call.recordings):
            return
        one_call.recordings.append(recording)
        evidence.append(
            it.log,
            SYSTEM,
            "recording.sealed",
            now,
            file=recording.file,
            participant=recording.participant,
            role=str(recording.role),
            sha256=recording.sha256,
            bytes=recording.bytes,
            started_at=recording.started_at,
            seconds=round(recording.seconds, 3),
        )

    return await amend(store, incident, change)
