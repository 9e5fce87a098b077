"""How a caller may be reached: one line he leaves if he likes, a telephone number or a name.

The whole line is the desk's. A station sees it while its officers are at work on the incident: they may
have to ask at the door. Before it has taken the incident and after it has finished it sees a masked one.
The log holds the masked one alone: what was taken back is nowhere any more.
"""

from __future__ import annotations

from domain import evidence
from domain.contact_line import masked as masked
from domain.contact_line import telephone as telephone
from domain.errors import INVALID, TOO_MANY, Refused
from domain.incident import Incident, amend
from domain.people import CALLER
from domain.ports import Store
from domain.responder import ResponderState

LONGEST = 60
CHANGES = 20
AT_WORK = (ResponderState.ACKNOWLEDGED, ResponderState.EN_ROUTE, ResponderState.ON_SCENE)


def needs_contact(it: Incident, station: str | None) -> bool:
    """Whether this station's officers may see the whole line now."""
    return any(one.station == station and one.state in AT_WORK for one in it.responders)


async def leave_contact(store: Store, id: str, line: str, now: int) -> Incident:
    """The caller leaves a number or a name; the last one counts, an empty one takes it back.

    Allowed in every state. Raises ``invalid`` beyond 60 characters, ``too_many`` after 20 changes.
    """
    line = " ".join(line.split())
    if len(line) > LONGEST:
        raise Refused(INVALID, f"at most {LONGEST} characters", field="contact")

    def change(it: Incident) -> None:
        if it.contact == line:
            return
        if sum(entry.what == "caller.contact" for entry in it.log.entries) >= CHANGES:
            raise Refused(TOO_MANY, "the contact was changed too often")
        it.contact = line
        evidence.append(
            it.log,
            CALLER,
            "caller.contact",
            now,
            contact=masked(line) if line else "",
            telephone=telephone(line) is not None,
        )

    return await amend(store, id, change)
