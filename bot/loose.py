"""Files from the chat belong to nothing until a tip or a report takes them; what none takes is deleted.

A ``LooseFile`` is stored before the file and removed when a record takes the file, so that whatever
dies in between, a file is in a record or can be found here. What the conversation let go of is deleted:
with the draft that is dropped at once, the rest by ``purge``.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from bot.house import BotHouse
from bot.turn import Line, read
from domain.arrival import ArrivalState
from domain.errors import Conflict, Duplicate, NotFound, WrongState
from domain.evidence import Log
from domain.queries_messages import arrivals_from, loose_files_before
from domain.resident import LOOSE_FILE, LooseFile, LooseState
from domain.revise import revise
from domain.workflow import step

AFTER_MS = 24 * 3_600_000
log = logging.getLogger("jingmin.bot.loose")


def names(lines: Iterable[Line]) -> set[str]:
    """The files of these lines."""
    return {line.file.file for line in lines if line.file is not None}


async def put(
    house: BotHouse, resident: str, name: str, data: bytes, original: bytes | None = None
) -> None:
    """Store a file that this resident sent, and beside it what it was made from; again changes nothing,
    and a file that a record has taken meanwhile stays the record's."""
    if await _stored(house, name):
        return
    await _loosen(house, resident, name)
    if original is not None:
        await house.store.files.put_bytes(f"{name}.original", original, {})
    await house.store.files.put_bytes(name, data, {})


async def keep(house: BotHouse, line: Line) -> Line:
    """The line for a record: its file is not deleted any more. Without the file when it was deleted.

    Called before the record is written; after it, a process that dies would leave evidence to ``purge``.
    """
    if line.file is None:
        return line

    def kept(it: LooseFile) -> None:
        it.state = step(LOOSE_FILE, it.state, "keep")
        it.sealed = ""

    name = line.file.file
    try:
        await revise(house.store.loose_files, name, kept)
    except NotFound:
        return line if await _stored(house, name) else replace(line, file=None)
    except WrongState:
        return replace(line, file=None)
    await house.store.loose_files.remove(name)
    return line


async def refused(house: BotHouse, resident: str, line: Line, record: Log) -> None:
    """The record, as it is now, did not take the line that was kept for it alone."""
    name = line.file.file if line.file is not None else ""
    if name and not any(entry.data.get("file") == name for entry in record.entries):
        await _loosen(house, resident, name)


async def let_go(house: BotHouse, name: str) -> None:
    """Delete a file unless a record takes it. Again finishes what was cut short."""

    def going(it: LooseFile) -> None:
        it.state = step(LOOSE_FILE, it.state, "let_go")

    try:
        await revise(house.store.loose_files, name, going)
    except (NotFound, WrongState):
        return
    await house.store.files.remove(f"{name}.original")
    await house.store.files.remove(name)
    await house.store.loose_files.remove(name)


async def purge(house: BotHouse) -> int:
    """Delete files that nothing has wanted for a day; how many."""
    now, count = house.clock(), 0
    async for it in house.store.loose_files.every(loose_files_before(now - AFTER_MS)):
        if it.state is LooseState.KEPT:
            await house.store.loose_files.remove(it.id)
        elif it.state is LooseState.LOOSE and await _wanted(house, it):
            it.at = now
            with contextlib.suppress(Conflict, NotFound):
                await house.store.loose_files.save(it)
        else:
            await let_go(house, it.id)
            count += 1
    return count


async def _wanted(house: BotHouse, it: LooseFile) -> bool:
    """Whether the conversation has it, or may have it when what waits is handled."""
    resident = house.identity.open(it.sealed)
    waiting = arrivals_from(resident, ArrivalState.RECEIVED)
    if await house.store.arrivals.find(waiting, order="seq", limit=1):
        return True
    try:
        dialog = await house.store.dialogs.get(resident)
    except NotFound:
        return False
    if not dialog.data:
        return False
    try:
        data = read(house.content.open(house.identity.open(dialog.data)).encode())
    except msgspec.DecodeError:
        log.error("dialog %s has another shape", dialog.id)
        return True
    return it.id in names(data.said())


async def _loosen(house: BotHouse, resident: str, name: str) -> None:
    with contextlib.suppress(Duplicate):
        await house.store.loose_files.add(
            LooseFile(name, house.identity.close(resident), house.clock())
        )


async def _stored(house: BotHouse, name: str) -> bool:
    try:
        await house.store.files.size(name)
    except NotFound:
        return False
    return True
