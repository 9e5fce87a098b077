"""Accounts of staff, for administrators."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct

from api import personnel
from api.bodies import PersonIn, PersonPatch
from api.office import office
from api.proof import require_proof
from api.routes import Ask, Routes
from api.shapes import CorpView, InitialPassword, PersonList, PersonView
from api.views import person_view
from domain.errors import CONFLICT, DUPLICATE, INVALID, PROOF_NEEDED, Refused
from domain.people import Role
from domain.queries_people import people_after

ADMINS = (Role.ADMIN,)
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
    return person_view(await personnel.add(office(ask), body))


@routes.add("PATCH", "/people/{id}", ADMINS, faults=(PROOF_NEEDED,))
async def change_person(ask: Ask, id: str, body: PersonPatch) -> PersonView:
    """Change role, station, password or second factor, disable or enable, WeCom account, communities,
    absence and deputy. Whoever is disabled, or gets another role or station, leaves nothing behind: open
    tips, communities and groups go to ``successor``; without one tips go to his deputy or are offered to
    those who answer for the place, and groups go to those who may own them. A community that moves from
    one community officer to another takes the groups of the first along, as PUT /groups/{id}/owner. Ends
    the person's sessions and his part in every call (his incidents wait in front), and no browser counts
    as known for his log-ins any more. A new password has to be changed at the next log-in, and forgets
    the account's failed log-ins; the recovery codes go with the second factor. Nobody resets his own
    password or second factor here, and the last administrator stays one. What lets somebody in (password,
    second factor, role, station, WeCom account, enabled again) asks for a proof (POST /session/proof)."""
    if _lets_in(body):
        require_proof(ask)
    if id == ask.staff.id and (body.password is not None or body.reset_totp):
        raise Refused(INVALID, "one's own are changed by PUT /session/password and /session/totp")
    if id == ask.staff.id and body.disabled:
        raise Refused(INVALID, "nobody locks himself out")
    return person_view(await personnel.change(office(ask), id, body))


@routes.add("POST", "/people/{id}/password", ADMINS, faults=(CONFLICT, PROOF_NEEDED))
async def reset_password(ask: Ask, id: str) -> InitialPassword:
    """A new password made here, shown once and to be changed at the next log-in. Ends the person's
    sessions and forgets the account's failed log-ins. Asks for a proof (POST /session/proof)."""
    require_proof(ask)
    if id == ask.staff.id:
        raise Refused(INVALID, "one's own is changed by PUT /session/password")
    person = await ask.house.store.people.get(id)
    return InitialPassword(person.login, await personnel.reset_password(office(ask), id))


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
