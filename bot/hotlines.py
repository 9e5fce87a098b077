"""Whom to call, at the end of every answer to what somebody wrote in words of their own."""

from __future__ import annotations

import msgspec

from bot.house import BotHouse
from bot.meaning import Token, complaint, token
from bot.parcel import Kind, unpack
from bot.texts import say
from bot.turn import Came, State, What
from domain.arrival import Arrival, Platform
from domain.hotline import numbers
from domain.resident import Language

_FREE = frozenset({Token.TEXT, Token.URGENT, Token.LINK})


def written(house: BotHouse, arrival: Arrival, state: State) -> str:
    """What the resident wrote or said freely; empty for commands, choices and events."""
    if not arrival.body or arrival.platform is not Platform.OFFICIAL:
        return ""
    try:
        one = unpack(house.identity.open(arrival.body))
    except msgspec.DecodeError:
        return ""  # what cannot be read is answered with an excuse
    if one.kind not in (Kind.TEXT, Kind.VOICE):
        return ""
    free = token(state, Came(What.TEXT, one.text)) in _FREE or complaint(one.text)
    return one.text if free else ""


def ended(answer: str, said: str, language: Language) -> str:
    """The answer, with the telephone as its last line when it names none, and other numbers that what
    was said is a case for."""
    if not said:
        return answer
    lines = [answer]
    for one in numbers(said):
        line = say(f"number_{one}", language)
        if line not in answer:
            lines.append(line)
    if "tel:110" not in "".join(lines):
        lines.append(say("number_110", language))
    return "\n".join(lines)
