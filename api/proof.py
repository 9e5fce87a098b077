"""Password and second factor given once more, before what gives somebody a way in or sends data elsewhere.

A session alone, stolen or left open, must not make itself another way in.
"""

from __future__ import annotations

from api.bodies import SecondFactorIn
from api.login import check_owner
from api.routes import Ask, Routes
from api.shapes import Done
from domain.clock import MINUTE_MS, elapsed
from domain.errors import CONFLICT, LOGIN_FAILED, LOGIN_NEEDED, LOGIN_SLOWED, PROOF_NEEDED, Refused
from domain.people import STAFF, Session
from domain.revise import revise

PROVED_MS = 15 * MINUTE_MS
routes = Routes()


@routes.add("POST", "/session/proof", STAFF, faults=(LOGIN_FAILED, LOGIN_SLOWED, CONFLICT))
async def prove(ask: Ask, body: SecondFactorIn) -> Done:
    """Password and, of who has one, a code of the second factor, once more; tries count as log-ins. For
    15 minutes this session may then do what answers ``proof_needed``; a log-in by password counts as
    well."""
    if ask.person is None or ask.session is None:
        raise Refused(LOGIN_NEEDED)
    await check_owner(ask, ask.person, body)

    def change(session: Session) -> None:
        session.proved_at = ask.now

    await revise(ask.house.store.sessions, ask.session.id, change)
    await ask.house.audit(ask.who, "session.proved")
    return Done()


def require_proof(ask: Ask) -> None:
    """Raises ``proof_needed`` unless password and second factor were given in this session within 15
    minutes. Never in the demo, where nobody has either."""
    if ask.house.settings.demo:
        return
    session = ask.session
    if session is None or not session.proved_at or elapsed(session.proved_at, ask.now) > PROVED_MS:
        raise Refused(PROOF_NEEDED)
