"""When a log-in has to wait, and where: the one table, and what is decided by it. Nothing here waits.

Errors cost who made them. A browser in which the person logged in before (``api/devices.py``) is counted
by itself alone. Anybody else is counted for this account from this address, and for this account from
anywhere; the second is opened by a right one-time code, so that strangers who hammer at an account do
not keep its owner out. An address by itself refuses nobody: with many errors its log-ins come after
the others'.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from domain.clock import elapsed
from domain.errors import LOGIN_SLOWED, Refused
from domain.people import Attempts

HALVED_MS = 10 * 60_000  # failures are halved each time this has passed
FORGOTTEN_MS = 3 * 3_600_000  # by then they were halved to nothing, and nobody waits any more


@dataclass(frozen=True, slots=True)
class Door:
    """So many failures are ``free``; after each further one the next try has to wait, first
    ``first_ms``, then twice as long each time, at most ``longest_ms``."""

    free: int
    first_ms: int
    longest_ms: int


DOORS = {
    "device": Door(5, 1_000, 60_000),
    "pair": Door(4, 1_000, 15 * 60_000),
    "login": Door(60, 10_000, 10_000),
}
SLOW_FROM = 60  # more wrong guesses than this move an address to the slow lane


class Lane(IntEnum):
    """Whose password is looked at first."""

    DEVICE = 0
    CLEAN = 1
    SLOW = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many log-ins may be under way in one lane, and how many of one origin or device."""

    all: int
    each: int


BOUNDS = {
    Lane.DEVICE: Bounds(200, 8),
    Lane.CLEAN: Bounds(200, 200),
    Lane.SLOW: Bounds(60, 4),
}


@dataclass(frozen=True, slots=True)
class Charge:
    """One counted try: what ``until`` of its door was before, and what it made of it."""

    door: str
    before: int
    after: int


def device_door(nonce: str) -> str:
    return f"device:{nonce}"


def pair_door(login: str, origin: str) -> str:
    return f"pair:{login}@{origin}"


def login_of(door: str) -> str:
    """Whose the door of an account from one address is; "" of others."""
    kind, _, whose = door.partition(":")
    return whose.rpartition("@")[0] if kind == "pair" else ""


def login_door(login: str) -> str:
    return f"login:{login}"


def recovery_door(login: str) -> str:
    """Wrong passwords with a right recovery code, from anywhere; as wide as the account's own."""
    return f"{login_door(login)} recovery"


def address_mark(origin: str) -> str:
    """Not a door: wrong guesses of an address, whatever the account."""
    return f"addr:{origin}"


def charge(it: Attempts, now: int) -> Charge:
    """Count a try; raises ``login_slowed``, with nothing counted, when it has to wait."""
    door = DOORS[it.id.partition(":")[0]]
    wait = it.until - now
    if 0 < wait <= door.longest_ms:  # longer waits were written by a clock that ran ahead
        raise Refused(LOGIN_SLOWED, seconds=(wait + 999) // 1000)
    before = it.until
    add_failure(it, now)
    beyond = it.failures - door.free
    if beyond >= 0:
        it.until = now + min(door.first_ms * 2 ** min(beyond, 20), door.longest_ms)
    return Charge(it.id, before, it.until)


def give_back(it: Attempts, paid: Charge) -> None:
    """As if the try had not been; what others did to the door meanwhile stays."""
    it.failures = max(0, it.failures - 1)
    if it.until == paid.after:
        it.until = paid.before


def add_failure(it: Attempts, now: int) -> None:
    """Count one failure more, the old ones aged."""
    it.failures = aged(it, now) + 1
    whole = elapsed(it.at, now) // HALVED_MS * HALVED_MS
    it.at = it.at + whole if it.failures > 1 and it.at <= now else now


def aged(it: Attempts, now: int) -> int:
    """What is left of the failures."""
    return it.failures >> min(elapsed(it.at, now) // HALVED_MS, 60)


def lane(
    known: bool, opened: bool, address: Attempts | None, login: Attempts | None, now: int
) -> Lane:
    """Where a log-in waits. ``known``: a known device; ``opened``: the one-time code was right."""
    if known:
        return Lane.DEVICE
    if opened:
        return Lane.CLEAN
    many = address is not None and aged(address, now) > SLOW_FROM
    hammered = login is not None and aged(login, now) >= DOORS["login"].free
    return Lane.SLOW if many or hammered else Lane.CLEAN
