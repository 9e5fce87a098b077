"""Accounts of staff, for administrators."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from msgspec import UNSET, Meta, Struct

from api.bodies import PersonIn, PersonPatch
from api.charge import heir_of, pass_on
from api.desks import empty_hands
from api.login import forgive
from api.passwords import new_password
from api.proof import require_proof
from api.routes import Ask, Routes
from api.session import end_sessions
from api.shapes import CorpView, InitialPassword, PersonList, PersonView
from api.views import person_view
from domain.charge import Parts, require_heir
from domain.errors import CONFLICT, DUPLICATE, INVALID, PROOF_NEEDED, Refused
from domain.handing_over import follow_charge
from domain.people import COMMUNITY_PAGE, Person, Role, account
from domain.platform_ids import account_of
from domain.queries_people import people_after, people_with_account, person_of
from domain.ticket import random_id

ADMINS = (Role.ADMIN,)
STATIONED = (Role.STATION_OFFICER, Role.COMMUNITY_OFFICER)
routes = Routes()


class PeopleQuery(Struct, forbid_unknown_fields=True):
    """``after`` is a login."""

    after: Annotated[str, Meta(max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 1_000


@routes.add("GET", "/people", ADMINS)
async def list_people(ask: Ask, query: PeopleQuery) -> PersonList:
    """Members of staff by login, a page at a time."""
    people = await ask.house.store.people.find(
        people_after(query.after), order="login", limit=query.limit
    )
    following = people[-1].login if people.more else None
    corps = [CorpView(one.name, one.title) for one in ask.house.settings.corps]
    return PersonList([person_view(one) for one in people], following, corps)


@routes.add("POST", "/people", ADMINS, status=201, faults=(DUPLICATE, PROOF_NEEDED))
async def add_person(ask: Ask, body: PersonIn) -> PersonView:
    """A new account. Officers of stations and communities need a station of the boundary file; the
    password has to be changed at the first log-in. Asks for a proof (POST /session/proof)."""
    require_proof(ask)
    station = _station(ask, body.role, body.station)
    person = Person(
        random_id(),
        body.login,
        body.name,
        body.role,
        await ask.house.passwords.hash(body.password),
        station,
        password_initial=True,
        userid=await _free(ask, body.userid, None),
        communities=_communities(ask, station, body.communities),
    )
    await ask.house.store.people.add(person)
    await ask.house.audit(ask.who, "person.added", person.id)
    await _groups_follow(ask, person, [])
    return person_view(person)


@routes.add("PATCH", "/people/{id}", ADMINS, faults=(PROOF_NEEDED,))
async def change_person(ask: Ask, id: str, body: PersonPatch) -> PersonView:
    """Change role, station, password or second factor, disable or enable, WeCom account, communities,
    absence and deputy. Whoever is disabled, or gets another role or station, leaves nothing behind: open
    tips, communities and groups go to ``successor``; without one tips go to his deputy or are offered to
    those who answer for the place, and groups go to those who may own them. A community that moves from
    one community officer to another takes the groups of the first along, as PUT /groups/{id}/owner. Ends
    the person's sessions and his part in every call (his incidents wait in front), and no browser counts
    as known for his log-ins any more. A new password has to be changed at the next log-in, and forgets
    the account's failed log-ins. Nobody resets his own password or second factor here. What lets somebody
    in (password, second factor, role, station, WeCom account, enabled again) asks for a proof (POST
    /session/proof)."""
    if _lets_in(body):
        require_proof(ask)
    if id == ask.staff.id and (body.password is not None or body.reset_totp):
        raise Refused(INVALID, "one's own are changed by PUT /session/password and /session/totp")
    person = await ask.house.store.people.get(id)
    role, charge = person.role, person.communities
    before_all = replace(person)
    if body.role is not None:
        person.role = body.role
    if body.role is not None or body.station is not None:
        before, person.station = (
            person.station,
            _station(ask, person.role, body.station or person.station),
        )
        if person.station != before:
            person.communities, person.deputy = [], None
    if body.successor is not None:
        heir = await ask.house.store.people.get(body.successor)
        require_heir(before_all, heir, ask.now, Parts())
    if body.disabled is not None:
        if body.disabled and id == ask.staff.id:
            raise Refused(INVALID, "nobody locks himself out")
        person.disabled = body.disabled
    if body.userid is not UNSET:
        person.userid = await _free(ask, body.userid, id)
    if body.communities is not None:
        person.communities = _communities(ask, person.station, body.communities)
    if body.away_until is not UNSET:
        person.away_until = body.away_until
    if body.deputy is not UNSET:
        person.deputy = await _deputy(ask, person, body.deputy)
    if body.password is not None:
        person.password = await ask.house.passwords.hash(body.password)
        person.password_initial = True
    if body.reset_totp:
        person.totp, person.totp_pending, person.totp_used = None, None, 0
    await _save(ask, person, "disabled" if person.disabled else _cause(role, person.role))
    if body.password is not None:
        await forgive(ask.house, person)
        await ask.house.audit(ask.who, "person.password_reset", id)
    if body.reset_totp:
        await ask.house.audit(ask.who, "person.code_reset", id)
    await ask.house.audit(ask.who, "person.changed", id)
    await _leave_nothing(ask, before_all, person, body.successor)
    await _groups_follow(ask, person, charge)
    return person_view(await ask.house.store.people.get(id))


@routes.add("POST", "/people/{id}/password", ADMINS, faults=(CONFLICT, PROOF_NEEDED))
async def reset_password(ask: Ask, id: str) -> InitialPassword:
    """A new password made here, shown once and to be changed at the next log-in. Ends the person's
    sessions and forgets the account's failed log-ins. Asks for a proof (POST /session/proof)."""
    require_proof(ask)
    if id == ask.staff.id:
        raise Refused(INVALID, "one's own is changed by PUT /session/password")
    person = await ask.house.store.people.get(id)
    password = new_password()
    person.password = await ask.house.passwords.hash(password)
    person.password_initial = True
    await _save(ask, person, "logged_out")
    await forgive(ask.house, person)
    await ask.house.audit(ask.who, "person.password_reset", id)
    return InitialPassword(person.login, password)


def _lets_in(body: PersonPatch) -> bool:
    """Whether the change could be a way in for whoever asks for it."""
    return (
        body.password is not None
        or body.reset_totp
        or body.role is not None
        or body.station is not None
        or body.userid is not UNSET
        or body.disabled is False
    )


async def _save(ask: Ask, person: Person, cause: str) -> None:
    """Save; whoever was in with the account before is out, on every browser, and of every call."""
    person.devices += 1
    await ask.house.store.people.save(person)
    await end_sessions(ask.house, person.id)
    await empty_hands(ask.house, person.id, cause)


async def _leave_nothing(ask: Ask, before: Person, now: Person, successor: str | None) -> None:
    """What somebody can see no more goes to somebody who can."""
    same = (before.role, before.station) == (now.role, now.station)
    if before.role not in COMMUNITY_PAGE or (same and not now.disabled):
        return
    heir = successor or await heir_of(ask, before)
    await pass_on(ask, before, heir, Parts(communities=successor is not None))


async def _groups_follow(ask: Ask, person: Person, before: list[str]) -> None:
    """Groups of communities that moved from one officer to another go along."""
    moved = set(before) ^ set(person.communities)
    for id in await follow_charge(ask.house.store, ask.staff, person, moved, ask.now):
        await ask.house.audit(ask.who, "group.handing", id)


def _cause(before: Role, now: Role) -> str:
    return "logged_out" if before is now else "role"


def _station(ask: Ask, role: Role, station: str | None) -> str | None:
    if role not in STATIONED:
        return None
    if station is None:
        raise Refused(INVALID, "an officer needs a station", field="station")
    return ask.house.finder.station(station).id


def _communities(ask: Ask, station: str | None, wanted: list[str]) -> list[str]:
    known = {one.id for one in ask.house.finder.communities(station or "")}
    if not known.issuperset(wanted):
        raise Refused(INVALID, "communities of the person's own station", field="communities")
    return sorted(set(wanted))


async def _free(ask: Ask, userid: str | None, id: str | None) -> str | None:
    """A WeCom account logs in one person."""
    if userid is not None:
        userid, corp = account(userid), account_of(userid)
        if corp and corp not in [one.name for one in ask.house.settings.corps]:
            raise Refused(INVALID, "no such corp", field="userid")
        found = await ask.house.store.people.find(people_with_account(userid), limit=2)
        if any(one.id != id for one in found):
            raise Refused(DUPLICATE, "somebody else has this WeCom account", field="userid")
    return userid


async def _deputy(ask: Ask, person: Person, deputy: str | None) -> str | None:
    if deputy is not None:
        found = await ask.house.store.people.find(person_of(deputy), limit=1)
        same = bool(found) and (found[0].station, found[0].role) == (person.station, person.role)
        if not same or deputy == person.id:
            raise Refused(INVALID, "somebody else of the same station and role", field="deputy")
    return deputy
