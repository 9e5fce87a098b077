"""Joining a call: which media process holds its room, and a ticket for it."""

from __future__ import annotations

from api.routes import Ask
from api.shapes import JoinView
from domain import bounds, evidence
from domain.call import CallState, MediaProcess, Participant
from domain.errors import NO_MEDIA, WRONG_STATE, Refused
from domain.incident import Incident, amend, system_entry
from domain.ticket import TICKET_SECONDS, Ticket, issue_ticket, random_id


async def join_call(
    ask: Ask, it: Incident, one: Participant, *, standby: bool = False, lost: str = ""
) -> JoinView:
    """Place the room if its media process is gone or never was, and sign a ticket.

    A ``standby`` ticket is not in the log: nothing can be seen or heard with it. ``lost`` is the url of
    the media process that the page has just lost: without a sign of life for 3.5 s it is gone.

    Raises ``wrong_state`` when the call is over, ``no_media`` when no media process lives.
    """
    if it.call.state not in (CallState.RINGING, CallState.ACTIVE):
        raise Refused(WRONG_STATE, "the call is over", state=str(it.state))
    # Right after an outage of the store every heartbeat is old: the room is where it was.
    judged = ask.house.may_judge_media(ask.now)
    living = ask.house.board.media(ask.now if judged else None)
    if not living:
        raise Refused(NO_MEDIA)
    if judged:  # where there is no other it may come back
        board = ask.house.board
        living = [one for one in living if one.url != lost or not board.doubts(one)] or living
    chosen = _choose(it, living)
    if it.call.media != chosen.id:
        it = await _place(ask, it, chosen, {process.id for process in living})
        chosen = _choose(it, living)
    if ask.who is not None and not standby:
        who = ask.who

        def admit(doc: Incident) -> None:
            what = "participant.admitted"
            more = bounds.allowance(doc.log, (what,), ask.now, bounds.ADMITTED, participant=one.id)
            if more is not None:
                evidence.append(doc.log, who, what, ask.now, participant=one.id, **more)

        it = await amend(ask.house.store, it.id, admit)
    ticket = Ticket(
        incident=it.id,
        call=it.call.id,
        participant=one.id,
        role=str(one.role),
        name=one.name,
        media=chosen.id,
        expires=ask.now + TICKET_SECONDS * 1000,
        nonce=random_id(),
        silent=it.silent,
        standby=standby,
    )
    return JoinView(chosen.url, issue_ticket(ask.house.secret, ticket), one.id, it.call.id)


def _choose(it: Incident, living: list[MediaProcess]) -> MediaProcess:
    for process in living:
        if process.id == it.call.media:
            return process
    return living[0]


async def _place(ask: Ask, it: Incident, chosen: MediaProcess, living: set[str]) -> Incident:
    call = it.call.id

    def change(doc: Incident) -> None:
        found = doc.find_call(call)
        if found.media in living:
            return  # somebody else placed it meanwhile: all must meet in one room
        before, found.media = found.media, chosen.id
        system_entry(
            doc,
            "call.placed",
            ask.now,
            call=call,
            media=chosen.id,
            cause="moved" if before else "new",
        )

    return await amend(ask.house.store, it.id, change)
