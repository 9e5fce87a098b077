"""One try to log in: counted before the password is looked at, given back when it was right.

The same for accounts that exist and those that do not, at every step. ``api/login_policy.py`` says who
has to wait.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from api import login_policy as policy
from api.devices import known_here
from api.lanes import Place
from api.passwords import totp_step
from api.recovery import matching
from api.routes import Ask
from domain.errors import LOGIN_FAILED, LOGIN_SLOWED, Conflict, NotFound, Refused
from domain.forgetting import forget_all
from domain.people import Attempts, Person
from domain.ports import Store
from domain.queries_people import attempts_before, attempts_of, person_named
from domain.revise import revise

if TYPE_CHECKING:
    from api.bodies import LoginIn, SecondFactorIn
    from api.house import House

DECOY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # accounts without a second factor take as long


@dataclass(frozen=True, slots=True)
class Try:
    """What somebody claims. ``password_alone``: who is logged in needs no code."""

    login: str
    password: str
    code: str | None = None
    recovery: str | None = None
    password_alone: bool = False


async def check_log_in(ask: Ask, body: LoginIn) -> Person:
    """The person; raises ``login_slowed`` or ``login_failed``."""
    one = Try(body.login.lower(), body.password, body.code, body.recovery)
    found = await ask.house.store.people.find(person_named(one.login), limit=1)
    person = found[0] if found and not found[0].disabled else None
    if not await _check(ask, person, one) or person is None:
        await ask.house.audit(None, "login.failed", one.login[:64], refused=True)
        raise Refused(LOGIN_FAILED)
    return person


async def check_password(ask: Ask, person: Person, password: str) -> None:
    """The password of who is logged in, asked for once more and counted as a log-in is; raises
    ``login_slowed`` or ``login_failed``."""
    one = Try(person.login.lower(), password, password_alone=True)
    if not await _check(ask, person, one):
        await ask.house.audit(ask.who, "password.failed", refused=True)
        raise Refused(LOGIN_FAILED)


async def check_owner(ask: Ask, person: Person, given: SecondFactorIn) -> None:
    """Password and, of who has one, a code of the second factor or a recovery code, asked for once more and
    counted as a log-in is; raises ``login_slowed`` or ``login_failed``. The code is used up. Recovery codes
    are good here as at the log-in, which proves as much: without them whoever has lost the authenticator
    could not set up another one."""
    one = Try(person.login.lower(), given.password, given.code, given.recovery)
    if not await _check(ask, person, one):
        await ask.house.audit(ask.who, "totp.failed", refused=True)
        raise Refused(LOGIN_FAILED)


async def _check(ask: Ask, person: Person | None, one: Try) -> bool:
    house, login, origin = ask.house, one.login, ask.house.origin(ask.request)
    device = known_here(house, ask.request, person, ask.now)
    opened = device is None and _fits(house, person, one)
    if device is not None:
        doors = [policy.device_door(device)]
        lane = policy.lane(True, False, None, None, ask.now)
    else:
        pair, account = policy.pair_door(login, origin), policy.login_door(login)
        if not opened:
            doors = [pair, account]
        elif one.recovery is None:
            doors = [pair]
        else:
            # A one-time code is good for a minute, a recovery code until it is used: whoever found one would
            # try passwords with it from everywhere. Its own door: strangers without one must not shut it.
            doors = [pair, policy.recovery_door(login)]
        address = await _attempts(house, policy.address_mark(origin))
        lane = policy.lane(False, opened, address, await _attempts(house, account), ask.now)
    with house.passwords.place(lane, device or origin) as place:
        paid = await _count(house, doors, ask.now, guessed=bool(one.code or one.recovery))
        right = await _right(house, person, one, place, paid)
    if not right:
        if device is None:
            await _blame(house, origin, ask.now)
        return False
    await house.store.attempts.remove(doors[0])
    await _give_back(house, paid[1:])
    return True


async def forgive(store: Store, person: Person) -> None:
    """Forget the failed log-ins of an account, whoever made them."""
    login = person.login.lower()
    await store.attempts.remove(policy.login_door(login))
    await store.attempts.remove(policy.recovery_door(login))
    await store.attempts.remove_many(attempts_of(login))


async def forget_attempts(house: House, now: int) -> int:
    """Remove what has aged to nothing and the marks of tickets that have expired; returns how many."""
    old = attempts_before(now - policy.FORGOTTEN_MS)
    return await forget_all(house.store.attempts, old, "at")


async def _right(
    house: House, person: Person | None, one: Try, place: Place, paid: list[policy.Charge]
) -> bool:
    """Whether password and code are right; a code is used up with a right password only."""
    try:
        hashed = person.password if person is not None else None
        right = await house.passwords.verify(hashed, one.password, place)
    except (asyncio.CancelledError, Refused):
        if not place.begun:  # nobody learnt anything
            task = asyncio.create_task(_give_back(house, paid), name="log-in given back")
            house.ending.add(task)
            task.add_done_callback(house.ending.discard)
        raise
    if right and person is not None and person.totp is not None and not one.password_alone:
        if one.recovery is not None:
            return await _use_recovery(house, person, one.recovery)
        return await _use_code(house, person, one.code or "")
    return right


def _fits(house: House, person: Person | None, one: Try) -> bool:
    if one.recovery is not None:
        return matching(house.secret, person, one.recovery) is not None
    return _code_fits(person, one.code)


def _code_fits(person: Person | None, code: str | None) -> bool:
    secret = person.totp if person is not None else None
    used = person.totp_used if person is not None else 0
    step = totp_step(secret or DECOY, code or "", used)
    return step is not None and secret is not None


async def _use_recovery(house: House, person: Person, code: str) -> bool:
    used = matching(house.secret, person, code)
    if used is None:
        return False
    person.recovery.remove(used)
    try:
        await house.store.people.save(person)
    except Conflict:
        return False  # the same code was used at the same moment
    await house.audit(person.who(), "recovery.used", f"{len(person.recovery)} left")
    return True


async def _use_code(house: House, person: Person, code: str) -> bool:
    step = totp_step(person.totp or "", code, person.totp_used)
    if step is None:
        return False
    person.totp_used = step
    try:
        await house.store.people.save(person)
    except Conflict:
        return False  # the same code was used at the same moment
    return True


async def _count(house: House, doors: list[str], now: int, *, guessed: bool) -> list[policy.Charge]:
    """Count the try at every door; raises ``login_slowed`` when one lets nobody pass now. A code that
    was sent along and is wrong has cost its try at the first door all the same: else codes could be
    tried for nothing while the second is shut."""
    paid: list[policy.Charge] = []
    try:
        for door in doors:
            paid.append(await _charge(house, door, now))
    except Refused:
        if not guessed:
            await _give_back(house, paid)
        raise
    return paid


async def _charge(house: House, door: str, now: int) -> policy.Charge:
    made: list[policy.Charge] = []

    def change(it: Attempts) -> None:
        it.login = policy.login_of(door)
        made[:] = [policy.charge(it, now)]

    try:
        await revise(house.store.attempts, door, change, lambda: Attempts(door))
    except Conflict:
        raise Refused(LOGIN_SLOWED, seconds=1) from None
    return made[0]


async def _give_back(house: House, paid: list[policy.Charge]) -> None:
    for one in paid:
        with suppress(Conflict, NotFound):
            it = await revise(house.store.attempts, one.door, partial(_less, one))
            if it.failures == 0:
                await house.store.attempts.remove(one.door)


def _less(paid: policy.Charge, it: Attempts) -> bool:
    policy.give_back(it, paid)
    return it.failures > 0  # what is empty is removed, not saved


async def _blame(house: House, origin: str, now: int) -> None:
    mark = policy.address_mark(origin)

    def change(it: Attempts) -> None:
        policy.add_failure(it, now)

    with suppress(Conflict):
        await revise(house.store.attempts, mark, change, lambda: Attempts(mark))


async def _attempts(house: House, id: str) -> Attempts | None:
    try:
        return await house.store.attempts.get(id)
    except NotFound:
        return None
