"""Accounts of staff, for administrators."""

from __future__ import annotations

from api.bodies import PersonIn, PersonPatch
from api.routes import Ask, Routes
from api.session import end_sessions
from api.shapes import PersonList, PersonView
from api.views import person_view
from domain.errors import DUPLICATE, INVALID, Refused
from domain.people import Person, Role
from domain.ticket import random_id

ADMINS = (Role.ADMIN,)
routes = Routes()


@routes.add("GET", "/people", ADMINS)
async def list_people(ask: Ask) -> PersonList:
    """All members of staff, by login."""
    people = await ask.house.store.people.find(order="login", limit=2000)
    return PersonList([person_view(one) for one in people])


@routes.add("POST", "/people", ADMINS, status=201, faults=(DUPLICATE,))
async def add_person(ask: Ask, body: PersonIn) -> PersonView:
    """A new account. A station officer needs a station of the boundary file."""
    station = _station(ask, body.role, body.station)
    person = Person(
        random_id(),
        body.login,
        body.name,
        body.role,
        await ask.house.passwords.hash(body.password),
        station,
    )
    await ask.house.store.people.add(person)
    await ask.house.audit(ask.who, "person.added", person.id)
    return person_view(person)


@routes.add("PATCH", "/people/{id}", ADMINS)
async def change_person(ask: Ask, id: str, body: PersonPatch) -> PersonView:
    """Change role, station, password or second factor, disable or enable. Ends the person's sessions."""
    person = await ask.house.store.people.get(id)
    if body.role is not None:
        person.role = body.role
    if body.role is not None or body.station is not None:
        person.station = _station(ask, person.role, body.station or person.station)
    if body.disabled is not None:
        if body.disabled and id == ask.staff.id:
            raise Refused(INVALID, "nobody locks himself out")
        person.disabled = body.disabled
    if body.password is not None:
        person.password = await ask.house.passwords.hash(body.password)
    if body.reset_totp:
        person.totp, person.totp_used = None, 0
    await ask.house.store.people.save(person)
    await end_sessions(ask.house, id)
    await ask.house.audit(ask.who, "person.changed", id)
    return person_view(person)


def _station(ask: Ask, role: Role, station: str | None) -> str | None:
    if role is not Role.STATION_OFFICER:
        return None
    if station is None:
        raise Refused(INVALID, "a station officer needs a station", field="station")
    return ask.house.finder.station(station).id
