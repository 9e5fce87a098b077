"""Accounts of staff: how they are added, changed, and ended everywhere at once. One way for all who may,
the API's administrators (api/people.py) and the command on the machine (``jingmin people``)."""

from __future__ import annotations

from dataclasses import replace

from msgspec import UNSET

from api.bodies import PersonIn, PersonPatch
from api.charge import heir_of, pass_on
from api.desks import empty_hands
from api.login import forgive
from api.office import Office
from api.passwords import new_password
from api.session import end_sessions
from domain.charge import Parts, require_heir
from domain.errors import DUPLICATE, INVALID, Refused
from domain.handing_over import follow_charge
from domain.people import COMMUNITY_PAGE, STAFF, Person, Role, account
from domain.platform_ids import account_of
from domain.queries_people import (
    people_of_role,
    people_with_account,
    person_named,
    person_of,
)
from domain.ticket import random_id

STATIONED = (Role.STATION_OFFICER, Role.COMMUNITY_OFFICER)


async def add(office: Office, given: PersonIn) -> Person:
    """A new account, whose password has to be changed at the first log-in. Raises ``duplicate`` for a
    login or WeCom account that is somebody's, ``invalid`` for a role that is no member of staff's or an
    officer without a station, ``not_found`` for a station that is not on the map."""
    _require_staff(given.role)
    station = _station(office, given.role, given.station)
    if await office.store.people.find(person_named(given.login), limit=1):
        raise Refused(DUPLICATE, "somebody else has this login", field="login")
    person = Person(
        random_id(),
        given.login,
        given.name,
        given.role,
        await office.passwords.hash(given.password),
        station,
        password_initial=True,
        userid=await _free(office, given.userid, None),
        communities=_communities(office, station, given.communities),
    )
    await office.store.people.add(person)
    await office.note("person.added", person.id)
    await _groups_follow(office, person, [])
    return person


async def change(
    office: Office, id: str, given: PersonPatch, *, last_administrator: bool = False
) -> Person:
    """The account as it is after the change; whoever was in with it is out. Raises ``invalid``,
    ``not_found``, ``duplicate`` and ``conflict``, with nothing changed; the last administrator who may log
    in stays one unless ``last_administrator``."""
    person = await office.store.people.get(id)
    before = replace(person)
    if given.role is not None:
        _require_staff(given.role)
        person.role = given.role
    if given.role is not None or given.station is not None:
        person.station = _station(office, person.role, given.station or person.station)
        if person.station != before.station:
            person.communities, person.deputy = [], None
    if given.successor is not None:
        heir = await office.store.people.get(given.successor)
        require_heir(before, heir, office.now, Parts())
    if given.disabled is not None:
        person.disabled = given.disabled
    if given.userid is not UNSET:
        person.userid = await _free(office, given.userid, id)
    if given.communities is not None:
        person.communities = _communities(office, person.station, given.communities)
    if given.away_until is not UNSET:
        person.away_until = given.away_until
    if given.deputy is not UNSET:
        person.deputy = await _deputy(office, person, given.deputy)
    if not last_administrator:
        await _require_an_administrator(office, before, person)
    if given.password is not None:
        person.password = await office.passwords.hash(given.password)
        person.password_initial = True
    if given.reset_totp:
        person.totp, person.totp_pending, person.totp_used = None, None, 0
        person.recovery = []
    await _save(office, person, _cause(before, person))
    if given.password is not None:
        await forgive(office.store, person)
        await office.note("person.password_reset", id)
    if given.reset_totp:
        await office.note("person.code_reset", id)
    await office.note("person.changed", id)
    await _leave_nothing(office, before, person, given.successor)
    await _groups_follow(office, person, before.communities)
    return await office.store.people.get(id)


async def reset_password(office: Office, id: str, *, second_factor: bool = False) -> str:
    """A password made here, to be changed at the next log-in; the account's failed log-ins are forgotten.
    With ``second_factor`` its one-time code and recovery codes are gone, too."""
    password = new_password()
    await change(office, id, PersonPatch(password=password, reset_totp=second_factor))
    return password


async def end(office: Office, person: Person) -> None:
    """Whoever is in with the account is out, on every browser."""
    await _save(office, person, "logged_out")
    await office.note("person.sessions_ended", person.id)


async def _save(office: Office, person: Person, cause: str) -> None:
    """Save; whoever was in with the account before is out, on every browser, and of every call."""
    person.devices += 1
    await office.store.people.save(person)
    await end_sessions(office.store, person.id)
    await empty_hands(office.store, person.id, office.now, cause)


async def _leave_nothing(
    office: Office, before: Person, now: Person, successor: str | None
) -> None:
    """What somebody can see no more goes to somebody who can."""
    same = (before.role, before.station) == (now.role, now.station)
    if before.role not in COMMUNITY_PAGE or (same and not now.disabled):
        return
    heir = successor or await heir_of(office, before)
    await pass_on(office, before, heir, Parts(communities=successor is not None))


async def _groups_follow(office: Office, person: Person, before: list[str]) -> None:
    """Groups of communities that moved from one officer to another go along."""
    moved = set(before) ^ set(person.communities)
    for id in await follow_charge(office.store, office.who, person, moved, office.now):
        await office.note("group.handing", id)


def _cause(before: Person, now: Person) -> str:
    if now.disabled:
        return "disabled"
    return "logged_out" if before.role is now.role else "role"


def _require_staff(role: Role) -> None:
    if role not in STAFF:
        raise Refused(INVALID, "a role of staff", field="role")


async def _require_an_administrator(office: Office, before: Person, now: Person) -> None:
    """Raises ``invalid`` when nobody who may log in would be administrator any more."""
    if not _administers(before) or _administers(now):
        return
    async for one in office.store.people.every(people_of_role(Role.ADMIN)):
        if one.id != now.id and _administers(one):
            return
    raise Refused(INVALID, "the last administrator")


def _administers(one: Person) -> bool:
    return one.role is Role.ADMIN and not one.disabled


def _station(office: Office, role: Role, station: str | None) -> str | None:
    if role not in STATIONED:
        return None
    if station is None:
        raise Refused(INVALID, "an officer needs a station", field="station")
    return office.finder.station(station).id


def _communities(office: Office, station: str | None, wanted: list[str]) -> list[str]:
    known = {one.id for one in office.finder.communities(station or "")}
    if not known.issuperset(wanted):
        raise Refused(INVALID, "communities of the person's own station", field="communities")
    return sorted(set(wanted))


async def _free(office: Office, userid: str | None, id: str | None) -> str | None:
    """A WeCom account logs in one person."""
    if userid is not None:
        userid, corp = account(userid), account_of(userid)
        if corp and corp not in office.corps:
            raise Refused(INVALID, "no such corp", field="userid")
        found = await office.store.people.find(people_with_account(userid), limit=2)
        if any(one.id != id for one in found):
            raise Refused(DUPLICATE, "somebody else has this WeCom account", field="userid")
    return userid


async def _deputy(office: Office, person: Person, deputy: str | None) -> str | None:
    if deputy is not None:
        found = await office.store.people.find(person_of(deputy), limit=1)
        same = bool(found) and (found[0].station, found[0].role) == (person.station, person.role)
        if not same or deputy == person.id:
            raise Refused(INVALID, "somebody else of the same station and role", field="deputy")
    return deputy
