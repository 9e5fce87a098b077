"""A running media process as tests see it, with a store in memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from domain import call as calls
from domain import evidence
from domain.call import Call, CallState, Participant, ParticipantRole
from domain.evidence import Log
from domain.incident import Incident, IncidentState, Kind
from domain.people import CALLER
from domain.ticket import Ticket, issue_ticket, random_id
from tests.webrtc.memory_store import MemoryStore
from webrtc.app import MediaServer

SECRET = b"s" * 32


def new_incident(store: MemoryStore, people: int = 3) -> Incident:
    """An answered incident with a call of this many participants, in the store."""
    now = int(time.time() * 1000)
    call = calls.new_call(now)
    call.state = CallState.ACTIVE
    roles = [ParticipantRole.DISPATCHER, ParticipantRole.STATION, ParticipantRole.GUEST]
    for at in range(1, people):
        role = roles[min(at - 1, 2)]
        call.participants.append(Participant(random_id(), role, f"participant {at}"))
    id = random_id()
    incident = Incident(
        id, "110", id, Kind.UNKNOWN, False, IncidentState.ANSWERED, now, now, log=Log(id)
    )
    incident.calls.append(call)
    evidence.append(incident.log, CALLER, "incident.raised", now)
    store.incidents.items[id] = incident
    return incident


@dataclass
class Process:
    """A running media process and what tests need to talk to it."""

    server: MediaServer
    store: MemoryStore
    url: str
    spool: Path
    session: ClientSession = field(repr=False)

    def ticket(self, incident: Incident, at: int, /, **other: Any) -> str:
        call: Call = incident.call
        one = call.participants[at]
        fields = {
            "incident": incident.id,
            "call": call.id,
            "participant": one.id,
            "role": str(one.role),
            "name": one.name,
            "media": self.server.media_id,
            "expires": int(time.time() * 1000) + 60_000,
            "nonce": random_id(),
        }
        return issue_ticket(SECRET, Ticket(**{**fields, **other}))

    async def connect(self) -> ClientWebSocketResponse:
        return await self.session.ws_connect(self.url.replace("http", "ws") + "/rtc")

    def entries(self, incident: Incident) -> list[str]:
        return [entry.what for entry in self.store.incidents.items[incident.id].log.entries]
