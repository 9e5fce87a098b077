"""Coming in from WeChat: an entry ticket counts once, and a resident is linked to the report he made."""

from __future__ import annotations

from contextlib import suppress

from domain.errors import TICKET_BAD, Duplicate, NotFound, Refused
from domain.people import Attempts
from domain.ports import Store
from domain.resident import Resident
from domain.revise import revise
from domain.ticket import EntryTicket


async def spend(store: Store, ticket: EntryTicket, now: int) -> None:
    """Use the ticket up; raises ``ticket_bad`` when it was used before."""
    try:
        await store.attempts.add(Attempts(f"entry:{ticket.nonce}", 0, ticket.expires, now))
    except Duplicate:
        raise Refused(TICKET_BAD, "ticket was used before") from None


async def link(store: Store, resident: str, incident: str) -> None:
    """The resident's row says which report is his, so that WeChat can tell him how it goes. The
    incident names nobody. A resident who is not known is left out."""

    def follow(row: Resident) -> bool:
        if row.incident == incident:
            return False
        row.incident = incident
        return True

    with suppress(NotFound):
        await revise(store.residents, resident, follow)
