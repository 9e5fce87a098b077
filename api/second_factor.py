"""One's own second factor: the authenticator's secret, and the recovery codes for when it is lost."""

from __future__ import annotations

import asyncio

import msgspec

from api import recovery
from api.bodies import CodeIn, SecondFactorIn
from api.login import check_owner
from api.passwords import drawn, new_totp, totp_step
from api.routes import Ask, Routes
from api.shapes import RecoverySheet, SecondFactorView, TotpView
from api.views import me_view
from domain.clock import within
from domain.errors import (
    CONFLICT,
    LOGIN_FAILED,
    LOGIN_SLOWED,
    SECOND_FACTOR,
    WRONG_STATE,
    Refused,
)
from domain.people import STAFF, Person

PENDING_MS = 30 * 60_000
TRIES = 5  # codes for one secret
routes = Routes()


@routes.add("POST", "/session/totp", STAFF, faults=(LOGIN_FAILED, LOGIN_SLOWED, CONFLICT))
async def new_second_factor(ask: Ask, body: SecondFactorIn) -> TotpView:
    """A secret for an authenticator; it counts once a code made with it was sent by PUT. Asks for the
    password, and for a code of the present second factor or a recovery code; tries count as log-ins. Who
    has lost both is helped by an administrator."""
    person = _person(ask)
    await check_owner(ask, person, body)
    secret, uri = new_totp(person.login)
    person.totp_pending, person.totp_pending_at, person.totp_tries = secret, ask.now, 0
    await ask.house.store.people.save(person)
    return TotpView(secret, uri, await asyncio.to_thread(drawn, uri))


@routes.add("PUT", "/session/totp", STAFF, faults=(LOGIN_FAILED, WRONG_STATE, CONFLICT))
async def confirm_second_factor(ask: Ask, body: CodeIn) -> SecondFactorView:
    """Switch the second factor on with its first code. The answer has ten recovery codes, shown once; those
    from before are void. ``wrong_state`` half an hour after the secret was given, and after five wrong
    codes: it is begun anew then, with the password."""
    person = _person(ask)
    secret = person.totp_pending
    if person.totp_tries >= TRIES or not within(person.totp_pending_at, ask.now, PENDING_MS):
        raise Refused(WRONG_STATE if secret or person.totp_tries else LOGIN_FAILED)
    if secret is None:
        raise Refused(LOGIN_FAILED, "no set-up is under way")
    step = totp_step(secret, body.code, 0)
    if step is None:
        person.totp_tries += 1
        await ask.house.store.people.save(person)
        await ask.house.audit(ask.who, "totp.failed", refused=True)
        raise Refused(LOGIN_FAILED, "the code does not belong to the new secret")
    person.totp, person.totp_pending, person.totp_used = secret, None, step
    person.totp_tries = 0
    codes = await _renew(ask, person)
    await ask.house.audit(ask.who, "totp.set")
    me = msgspec.structs.asdict(me_view(ask.house, person))
    return SecondFactorView(**me, recovery_codes=codes)


@routes.add(
    "POST",
    "/session/recovery",
    STAFF,
    faults=(LOGIN_FAILED, LOGIN_SLOWED, CONFLICT, SECOND_FACTOR),
)
async def renew_recovery_codes(ask: Ask, body: SecondFactorIn) -> RecoverySheet:
    """Ten new recovery codes, shown once; those from before are void. Asks for password and second factor
    as POST /session/totp does; ``second_factor`` while there is none."""
    person = _person(ask)
    if person.totp is None:
        raise Refused(SECOND_FACTOR)
    await check_owner(ask, person, body)
    codes = await _renew(ask, person)
    await ask.house.audit(ask.who, "recovery.made")
    return RecoverySheet(codes)


async def _renew(ask: Ask, person: Person) -> list[str]:
    codes = recovery.new_codes()
    person.recovery = [recovery.hashed(ask.house.secret, person.id, one) for one in codes]
    await ask.house.store.people.save(person)
    return codes


def _person(ask: Ask) -> Person:
    if ask.person is None:
        raise Refused(LOGIN_FAILED)
    return ask.person
