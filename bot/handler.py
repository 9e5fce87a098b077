"""The worker that deals with what arrived: each person's arrivals in their order, each once in effect.

An arrival is claimed by moving its ``due_at`` under its version; whoever claims it alone deals with
it until then. Everything that follows has an id made of the arrival's, the conversation remembers the
last one it took in, and the arrival is marked when all is written: killed at any point, the next try
finds what was done and does the rest.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Hashable

from bot import groups, meters, outbox, subscriptions
from bot.cards import from_officer
from bot.conversation import from_resident
from bot.hearing import TEMPLATE_RESULT
from bot.house import BotHouse
from bot.parcel import unpack
from bot.places import Places
from bot.rounds import rounds
from bot.scene import Scene
from bot.turn import Data, State
from domain.arrival import (
    ARRIVAL,
    HANDLE_TRIES,
    KEEP_BROKEN_MS,
    KEEP_MS,
    Arrival,
    ArrivalState,
    Lane,
    Platform,
)
from domain.clock import ahead
from domain.errors import Conflict, NotFound, Refused
from domain.forgetting import forget_all
from domain.outgoing import MessageState
from domain.ports import Change
from domain.queries_messages import (
    answers_before,
    arrivals_before,
    arrivals_from,
    arrivals_from_in_lane,
    arrivals_in_lane,
)
from domain.workflow import step

CLAIM_MS = 60_000
HANDLE_S = 50.0
PAUSE_MS = (500, 1_000, 2_000, 5_000, 15_000, 30_000, 60_000)
AHEAD = 20
CONFLICTS = 4
# One place for so many of the house's: a crowd that joins a group, and videos that have to be fetched,
# keep nobody waiting who writes to us.
SHARES = {Lane.QUICK: 1, Lane.FILE: 2, Lane.GROUP: 4}
FOR_URGENT = 4
log = logging.getLogger("jingmin.bot.handler")


async def run(house: BotHouse) -> None:
    """Deal with arrivals until cancelled: woken by the feed, and every second for the rest."""
    async with asyncio.TaskGroup() as group:
        for lane in Lane:
            group.create_task(_run(house, lane))


async def _run(house: BotHouse, lane: Lane) -> None:
    def fresh(change: Change) -> bool:
        one = change.item
        return (
            isinstance(one, Arrival)
            and one.lane is lane
            and one.state is ArrivalState.RECEIVED
            and not one.attempts
        )

    wake = asyncio.Event()
    async with Places(_count(house, lane), wake) as places:
        await rounds(house, lambda house: _start(house, lane, places), fresh, wake)


def _count(house: BotHouse, lane: Lane) -> int:
    """How many of a lane are dealt with at once."""
    at_once = house.settings.at_once
    return max(FOR_URGENT, at_once) if lane is Lane.URGENT else max(1, at_once // SHARES[lane])


async def sweep(house: BotHouse) -> bool:
    """Deal once with all that may be dealt with now; whether there was any."""
    did = False
    for lane in Lane:
        async with Places(_count(house, lane)) as places:
            await _start(house, lane, places)
            did = await places.rest() or did
    return did


async def _start(house: BotHouse, lane: Lane, places: Places) -> bool:
    """Give a place to the first arrival of each person; whether somebody who had to wait need not any
    more. What is read is read to its end: to begin anew costs the store all that waits."""
    places.wakes, waits, ended = False, False, places.ended
    # Nothing but what the index holds: with anything beside it the embedded store reads all there are.
    found = house.store.arrivals.every(arrivals_in_lane(ArrivalState.RECEIVED, lane), order="seq")
    seen: set[Hashable] = set()
    async for arrival in found:
        key = _key(arrival)
        if key in seen:
            waits = True  # for the one before it
            continue
        seen.add(key)
        if ahead(arrival.due_at, house.clock(), CLAIM_MS):
            continue
        if places.holds(key) or not await _is_next(house, arrival):
            waits = True  # and takes no place
        else:
            await places.start(key, _deal_with(house, arrival))
    places.wakes = waits
    return waits and places.ended != ended


def _key(arrival: Arrival) -> Hashable:
    return arrival.platform, arrival.person


async def _deal_with(house: BotHouse, arrival: Arrival) -> bool:
    """Claim and handle its person's next; whether nobody else had claimed it."""
    arrival.attempts += 1
    arrival.due_at = house.clock() + CLAIM_MS
    try:
        await house.store.arrivals.save(arrival)
    except (Conflict, NotFound):
        return False
    try:
        if arrival.attempts > 2 * HANDLE_TRIES:
            raise TimeoutError  # it never comes back: as if it ended the process each time
        async with asyncio.timeout(HANDLE_S):
            await _handle_beside_others(house, arrival)
    except Exception as error:  # whatever it is, the next arrival must not wait for ever
        await _again(house, arrival, error)
    else:
        arrival.state = step(ARRIVAL, arrival.state, "handle")
        await _done(house, arrival, "handled")
    return True


async def _is_next(house: BotHouse, arrival: Arrival) -> bool:
    """Whether what came before it from its person is done with, or need not be waited for: a call for
    help waits only for another, and in an emergency nothing waits for a file."""
    before = arrivals_from(arrival.person, ArrivalState.RECEIVED)
    if arrival.lane is Lane.URGENT:
        before = arrivals_from_in_lane(arrival.person, ArrivalState.RECEIVED, Lane.URGENT)
    ahead = await house.store.arrivals.find(before, order="seq", limit=AHEAD)
    ids = [one.id for one in ahead]
    if arrival.id not in ids:
        return False
    waits_for = ahead[: ids.index(arrival.id)]
    if not waits_for:
        return True
    if arrival.lane is Lane.FILE or any(one.lane is not Lane.FILE for one in waits_for):
        return False
    try:
        return (await house.store.dialogs.get(arrival.person)).state == State.EMERGENCY
    except NotFound:
        return False


async def _again(house: BotHouse, arrival: Arrival, error: Exception) -> None:
    """Try again later, or give up and say so. The error's text may hold what was written: not logged."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    what = error.fault.code if isinstance(error, Refused) else type(error).__name__
    log.warning("arrival %s: %s at %s:%s", arrival.id, what, where.filename, where.lineno)
    if arrival.attempts < HANDLE_TRIES:
        arrival.due_at = house.clock() + PAUSE_MS[min(arrival.attempts, len(PAUSE_MS)) - 1]
        await house.store.arrivals.save(arrival)
        return
    log.error("arrival %s is given up", arrival.id)
    if arrival.platform is Platform.OFFICIAL:
        try:
            resident = await house.store.residents.get(arrival.person)
            await Scene(house, arrival, resident, State.IDLE, Data()).say("sorry")
        except Refused:
            log.error("arrival %s: nobody could be told", arrival.id)
    arrival.state = step(ARRIVAL, arrival.state, "give_up")
    await _done(house, arrival, "broken")


async def _done(house: BotHouse, arrival: Arrival, became: str) -> None:
    arrival.body = ""
    try:
        await house.store.arrivals.save(arrival)
    except Conflict:
        return  # the claim had ended and another process dealt with it: with the same effect
    meters.ARRIVALS.labels(became).inc()
    log.info("arrival %s %s", arrival.id, became)


async def _handle_beside_others(house: BotHouse, arrival: Arrival) -> None:
    """What overtakes changes the conversation beside what it overtook: whoever is later takes it in
    again."""
    for left in reversed(range(CONFLICTS)):
        try:
            await _handle(house, arrival)
        except Conflict:
            if not left:
                raise
        else:
            return


async def _handle(house: BotHouse, arrival: Arrival) -> None:
    one = unpack(house.identity.open(arrival.body))
    if arrival.platform is Platform.CONTACT:
        await groups.changed(house, one)
    elif arrival.platform is Platform.WORK:
        await from_officer(house, arrival, one)
    elif one.event.lower() in subscriptions.EVENTS:
        await subscriptions.chosen(house, arrival, one)
    elif one.event.lower() == TEMPLATE_RESULT:
        await outbox.finished(house, arrival.person, one.message, one.status)
    else:
        await from_resident(house, arrival, one)


async def purge(house: BotHouse) -> int:
    """Remove callbacks that were handled three days ago or given up thirty days ago and more, and
    answers to them; how many."""
    store, now = house.store, house.clock()
    before, count = now - KEEP_MS, 0
    for state, since in (
        (ArrivalState.HANDLED, before),
        (ArrivalState.BROKEN, now - KEEP_BROKEN_MS),
    ):
        old = arrivals_before(state, since * 1_000_000)
        count += await forget_all(store.arrivals, old, "seq")
    # What tells of a tip, notice or report stays: its id keeps it from being told again.
    for outcome in (MessageState.SENT, MessageState.FAILED):
        count += await forget_all(store.messages, answers_before(outcome, before), "created_at")
    return count
