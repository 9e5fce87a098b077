"""What media processes report about a call: who joined, who left, what was recorded."""

from __future__ import annotations

from domain import evidence
from domain.call import PARTICIPANT, CallState, ParticipantState, Recording
from domain.errors import ROOM_ENDED, TICKET_BAD, Refused
from domain.incident import Incident, amend
from domain.people import SYSTEM
from domain.ports import Store
from domain.workflow import step


async def joined(
    store: Store, incident: str, call: str, participant: str, now: int, media: str
) -> Incident:
    """A participant's media is connected. Raises ``room_ended`` when the call is over."""

    def change(it: Incident) -> None:
        one_call = it.find_call(call)
        if one_call.state in (CallState.ENDED, CallState.ABANDONED):
            raise Refused(ROOM_ENDED)
        one = one_call.participant(participant)
        if one.removed:
            raise Refused(TICKET_BAD, "no longer invited to this call")
        one.state = step(PARTICIPANT, one.state, "join")
        one.joined_at, one.left_at = now, None
        one_call.media = media
        if one.person is not None and one.person == it.dispatcher:
            it.unattended_at = None
        evidence.append(
            it.log,
            SYSTEM,
            "participant.joined",
            now,
            participant=one.id,
            role=str(one.role),
            name=one.name,
        )

    return await amend(store, incident, change)


async def left(
    store: Store, incident: str, call: str, participant: str, now: int, cause: str
) -> Incident:
    """A participant is gone. ``cause``: bye, media_lost, socket_lost, replaced, ended, protocol."""

    def change(it: Incident) -> None:
        one = it.find_call(call).participant(participant)
        if one.state is not ParticipantState.JOINED:
            return
        one.state = step(PARTICIPANT, one.state, "leave")
        one.left_at = now
        evidence.append(
            it.log,
            SYSTEM,
            "participant.left",
            now,
            participant=one.id,
            role=str(one.role),
            cause=cause,
        )

    return await amend(store, incident, change)


async def rung(
    store: Store, incident: str, participant: str, now: int, rung: str, cause: str
) -> Incident:
    """The ladder step of a participant changed (video, small, audio, stills or text), and why."""

    def change(it: Incident) -> None:
        evidence.append(
            it.log,
            SYSTEM,
            "participant.rung",
            now,
            participant=participant,
            rung=rung,
            cause=cause,
        )

    return await amend(store, incident, change)


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
