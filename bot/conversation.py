"""A resident's conversation in the store: each arrival takes it one step further, and time ends it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

import msgspec

from bot import loose, neighbours
from bot.dialog import KEEPS_FILES, LATE_MS, late, turn
from bot.effects import apply
from bot.hearing import FILES, FileLost, hear, trigger
from bot.house import BotHouse
from bot.meaning import spoken
from bot.parcel import Incoming
from bot.post import close
from bot.reports import open_report
from bot.scene import Scene
from bot.turn import Came, Data, Effect, Following, Say, State, What, read
from domain.arrival import Arrival, Platform
from domain.clock import ahead
from domain.errors import Conflict, Duplicate, NotFound, StoreDown
from domain.queries_messages import dialogs_after, dialogs_in
from domain.resident import Dialog, Language, LanguageBy, Resident, follow_at

FILE_TRIES = 3  # then what follows the file must not wait any longer
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
log = logging.getLogger("jingmin.bot.conversation")


async def from_resident(house: BotHouse, arrival: Arrival, one: Incoming) -> None:
    """Deal with what a resident sent or did; again changes nothing. Raises ``Conflict`` when another
    process took a step of the same conversation."""
    dialog = await _dialog(house, arrival.person)
    if arrival.id in (dialog.last, dialog.overtook) or await _met(house, arrival, one) is None:
        return
    state, _ = _so_far(house, dialog, arrival)
    came = await _heard(house, arrival, one, state)
    # Only from here on the conversation matters: it may have gone on while a file was fetched.
    async with _turn_of(arrival.person):
        await _take_in(house, arrival, came)


async def _take_in(house: BotHouse, arrival: Arrival, came: Came | str) -> None:
    """One step of the conversation, and what follows from it; ``came`` is a sentence's name for a file
    that is lost."""
    dialog = await _dialog(house, arrival.person)
    if arrival.id in (dialog.last, dialog.overtook):
        return
    overtaken = arrival.seq < dialog.seq
    try:
        resident = await house.store.residents.get(arrival.person)
    except NotFound:
        return  # withdrawn meanwhile
    scene = Scene(house, arrival, resident, *_so_far(house, dialog, arrival))
    draft = loose.names(scene.data.lines)
    for effect in await _turn(scene, came, overtaken):
        await apply(scene, effect)
    if overtaken:  # what overtook it is not forgotten with the next
        dialog.overtook = dialog.overtook or dialog.last
    else:
        dialog.overtook = ""
    dialog.state, dialog.last = str(scene.state), arrival.id
    later = ahead(dialog.at, arrival.at, LATE_MS)
    dialog.at = dialog.at if later else arrival.at
    dialog.seq = max(dialog.seq, arrival.seq)
    dialog.data = "" if scene.data == Data() else close(house, scene.data)
    await house.store.dialogs.save(dialog)
    for file in draft - loose.names(scene.data.said()):
        await loose.let_go(house, file)


def _turn_of(person: str) -> asyncio.Lock:
    """In this process one step of a person's conversation is taken at a time."""
    lock = _turns.get(person)
    if lock is None:
        lock = _turns[person] = asyncio.Lock()
    return lock


async def _met(house: BotHouse, arrival: Arrival, one: Incoming) -> Resident | None:
    """The resident, who may be answered now: what waited goes out first. None for an event that
    addresses nothing to us, of somebody who is not known."""
    earns = trigger(one)
    if earns is None:
        try:
            return await house.store.residents.get(arrival.person)
        except NotFound:
            return None
    resident = await neighbours.known(house, arrival.person, one.sender, arrival.at)
    await neighbours.earned(house, arrival, earns)

    def heard(row: Resident) -> None:
        row.heard_at = max(row.heard_at, arrival.at)
        follow_at(row, True, arrival.sent_at)

    resident = await neighbours.amend(house, resident.id, heard) or resident
    await neighbours.heard(house, resident.id)
    return resident


async def _heard(house: BotHouse, arrival: Arrival, one: Incoming, state: State) -> Came | str:
    """What came, its file fetched and kept; when that cannot be had, the sentence that says so."""
    try:
        return await hear(house, arrival.id, one, files=state in KEEPS_FILES)
    except FileLost as lost:
        return "tip_media_useless" if lost.useless else "tip_media_lost"
    except Exception:
        if one.kind in FILES and arrival.attempts >= FILE_TRIES:
            return "tip_media_lost"
        raise


async def _turn(scene: Scene, came: Came | str, overtaken: bool) -> list[Effect]:
    """One step of the conversation. What was said before a call for help that overtook it belongs to
    that, or changes nothing."""
    if isinstance(came, str):
        return [Say(came)]
    about_following = came.what in (What.FOLLOW, What.UNFOLLOW)
    if about_following and scene.arrival.sent_at < scene.resident.following_at:
        return []  # it was overtaken by what is known already
    at110 = await open_report(scene.house, scene.resident, scene.arrival.id) is not None
    came = replace(came, at110=at110)
    if scene.state is not State.RUMOUR:
        await _listen(scene, came.text)
    step = turn(scene.state, scene.data, came)
    if overtaken and scene.state is State.EMERGENCY and step.state is not State.EMERGENCY:
        return [one for one in step.effects if isinstance(one, Following)]
    scene.state, scene.data = step.state, step.data
    return step.effects


async def _listen(scene: Scene, text: str) -> None:
    """Answers are in the language that was written last, and stay in it through numbers and the menu,
    unless another was chosen."""
    heard, now = spoken(text), scene.resident
    scene.language = Language.EN if heard is Language.EN else None
    by = now.language_by
    # Before it was kept what a language is known by, only a chosen one was English.
    chosen = by is LanguageBy.CHOSEN or (by is LanguageBy.NOTHING and now.language is Language.EN)
    if heard is None or heard is now.language or chosen:
        return

    def speak(row: Resident) -> None:
        row.language, row.language_by = heard, LanguageBy.HEARD

    scene.resident = await neighbours.amend(scene.house, now.id, speak) or now


def _so_far(house: BotHouse, dialog: Dialog, arrival: Arrival) -> tuple[State, Data]:
    """Where the conversation is; one that nobody went on with for 30 minutes has ended."""
    state = State(dialog.state) if dialog.state in list(State) else State.IDLE
    data = Data()
    if dialog.data:
        try:
            data = read(house.content.open(house.identity.open(dialog.data)).encode())
        except msgspec.DecodeError:
            log.error("dialog %s has another shape", dialog.id)
            state = State.IDLE
    if state is not State.IDLE and arrival.at - dialog.at > LATE_MS:
        ended = late(state, data)
        return ended.state, ended.data
    return state, data


async def _dialog(house: BotHouse, id: str) -> Dialog:
    try:
        return await house.store.dialogs.get(id)
    except NotFound:
        fresh = Dialog(id)
    try:
        await house.store.dialogs.add(fresh)
    except Duplicate:
        return await house.store.dialogs.get(id)
    return fresh


async def end_late(house: BotHouse) -> int:
    """End conversations that stopped half-way, politely; how many. The half hour of one in which somebody
    wrote before the clock was set back begins now."""
    now, count = house.clock(), 0
    for state in State:
        if state is State.IDLE:
            continue  # nearly all of them
        half_way = dialogs_in(state, now - 48 * 3_600_000, now - LATE_MS)
        async for dialog in house.store.dialogs.every(half_way):
            try:
                count += await _end(house, dialog, now)
            except StoreDown:
                raise
            except Exception as error:  # one that cannot be ended must not keep the others
                log.error("dialog %s is not ended: %s", dialog.id, type(error).__name__)
        async for dialog in house.store.dialogs.every(dialogs_after(state, now + LATE_MS)):
            dialog.at = now
            with suppress(Conflict, NotFound):  # somebody wrote meanwhile
                await house.store.dialogs.save(dialog)
    return count


async def _end(house: BotHouse, dialog: Dialog, now: int) -> bool:
    stand_in = Arrival(
        f"late:{dialog.id}:{dialog.at}", Platform.OFFICIAL, dialog.id, "", dialog.at, now, 0
    )
    state, data = _so_far(house, dialog, Arrival("", Platform.OFFICIAL, "", "", 0, dialog.at, 0))
    ended = late(state, data)
    try:
        resident = await house.store.residents.get(dialog.id)
        scene = Scene(house, stand_in, resident, ended.state, ended.data)
        if await neighbours.may_send(house, dialog.id, now):
            for effect in ended.effects:
                await apply(scene, effect)
    except NotFound:
        ended.data.lines = []
    dialog.state = str(ended.state)
    dialog.data = "" if ended.data == Data() else close(house, ended.data)
    try:
        await house.store.dialogs.save(dialog)
    except Conflict:
        return False  # somebody wrote meanwhile
    return True
