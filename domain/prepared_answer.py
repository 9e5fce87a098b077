"""Prepared answers: what the officers of a station say often, kept for all of them.

A station has one document, so that their number is bounded and none is written over unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from domain.errors import INVALID, TOO_MANY, Conflict, NotFound, Refused
from domain.ports import Store
from domain.revise import revise

MOST, LENGTH = 30, 300
NUMBER, STATION = "{编号}", "{派出所}"
_BLANK = re.compile(r"\{[^{}]*\}")


@dataclass(slots=True)
class PreparedAnswer:
    """One text. ``version`` counts its changes."""

    id: str
    text: str
    version: int = 0


@dataclass(slots=True)
class PreparedAnswers:
    """Those of a station, whose id it has, in the order in which they were made."""

    id: str
    answers: list[PreparedAnswer] = field(default_factory=list)
    version: int = 0


def checked(text: str) -> str:
    """The text as it is kept; raises ``invalid`` unless it has 1 to 300 characters and no blanks but
    ``{编号}`` and ``{派出所}``, the number of a tip and its station."""
    text = text.strip()
    if not text or len(text) > LENGTH:
        raise Refused(INVALID, f"1 to {LENGTH} characters", field="text")
    left = text.replace(NUMBER, "").replace(STATION, "")
    if "{" in left or "}" in left:
        raise Refused(INVALID, f"no blanks but {NUMBER} and {STATION}", field="text")
    return text


def filled(text: str, number: str, station: str) -> str:
    """The text for one tip; other braces stay as they are."""
    given = {NUMBER: number, STATION: station}
    return _BLANK.sub(lambda blank: given.get(blank.group(), blank.group()), text)


async def prepared_answers(store: Store, station: str) -> PreparedAnswers:
    """Those of this station."""
    try:
        return await store.prepared_answers.get(station)
    except NotFound:
        return PreparedAnswers(station)


async def prepare(store: Store, station: str, id: str, text: str) -> PreparedAnswers:
    """One more; a station has 30 at most. The same id again changes nothing."""
    text = checked(text)

    def change(it: PreparedAnswers) -> bool:
        if any(one.id == id for one in it.answers):
            return False
        if len(it.answers) >= MOST:
            raise Refused(TOO_MANY, f"a station has {MOST} prepared answers at most")
        it.answers.append(PreparedAnswer(id, text))
        return True

    return await _revised(store, station, change)


async def change_answer(
    store: Store, station: str, id: str, version: int, text: str
) -> PreparedAnswers:
    """Another text. Raises ``Conflict`` unless it is still of this ``version``, ``NotFound`` when it was
    removed. The same text again changes nothing."""
    text = checked(text)

    def change(it: PreparedAnswers) -> bool:
        one = _one(it, id)
        if one.text == text:
            return False
        _require(one, version)
        one.text, one.version = text, one.version + 1
        return True

    return await _revised(store, station, change)


async def remove_answer(store: Store, station: str, id: str, version: int) -> PreparedAnswers:
    """Not there any more; removed before, nothing changes. Raises ``Conflict`` as ``change_answer``."""

    def change(it: PreparedAnswers) -> bool:
        try:
            one = _one(it, id)
        except NotFound:
            return False
        _require(one, version)
        it.answers.remove(one)
        return True

    return await _revised(store, station, change)


async def _revised(
    store: Store, station: str, change: Callable[[PreparedAnswers], bool]
) -> PreparedAnswers:
    return await revise(store.prepared_answers, station, change, lambda: PreparedAnswers(station))


def _one(it: PreparedAnswers, id: str) -> PreparedAnswer:
    found = next((one for one in it.answers if one.id == id), None)
    if found is None:
        raise NotFound("this answer was removed")
    return found


def _require(one: PreparedAnswer, version: int) -> None:
    if one.version != version:
        raise Conflict("somebody changed it meanwhile", version=one.version, text=one.text)
