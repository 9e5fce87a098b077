"""What an officer is in charge of, and how all of it goes to a colleague in one act."""

from __future__ import annotations

from api.bodies import ChargeTransferIn
from api.office import Office, office
from api.routes import Ask, Routes
from api.shapes_charge import ChargeGroup, ChargeTip, ChargeView, HeirView, TransferView
from domain.beat import away
from domain.charge import Moved, Parts, charge_of, deputy_of, require_heir, transfer
from domain.errors import FORBIDDEN, Refused
from domain.hearers import WORKS, around
from domain.people import COMMUNITY_PAGE, Person, Role

ASKERS = (*COMMUNITY_PAGE, Role.ADMIN)
ANYBODY_S = (Role.ADMIN, Role.SUPERVISOR)
routes = Routes()


@routes.add("GET", "/people/{id}/charge", ASKERS, faults=(FORBIDDEN,))
async def read_charge(ask: Ask, id: str) -> ChargeView:
    """Open tips, communities and groups of an officer: one's own, an administrator's and supervisor's of
    anybody."""
    return await _view(ask, await _whose(ask, id))


@routes.add("POST", "/people/{id}/charge/transfer", ASKERS, faults=(FORBIDDEN,))
async def transfer_charge(ask: Ask, id: str, body: ChargeTransferIn) -> TransferView:
    """What is asked for goes to a colleague of his station, who is told. Without one tips are offered to
    those who answer for the place, groups go to those who may own them, and communities stay. Each
    tip's log says so. Asked again, the rest goes."""
    person = await _whose(ask, id)
    parts = Parts(body.tips, body.communities, body.groups)
    moved = await pass_on(office(ask), person, body.to, parts)
    left = await _view(ask, await ask.house.store.people.get(id))
    return TransferView(len(moved.tips), len(moved.communities), len(moved.groups), left)


async def pass_on(by: Office, person: Person, to: str | None, parts: Parts) -> Moved:
    """Transfer, and note it in the audit. Raises ``invalid`` for who may not have it."""
    heir = await by.store.people.get(to) if to is not None else None
    if heir is not None:
        require_heir(person, heir, by.now, parts)
    moved = await transfer(by.store, by.who, by.finder, person, heir, by.now, parts)
    for group in moved.groups:
        await by.note("group.handing", f"{group} {to or ''}".strip())
    if moved.tips or moved.communities:
        await by.note("charge.transferred", f"{person.id} {to or ''}".strip())
    return moved


async def heir_of(by: Office, person: Person) -> str | None:
    """His deputy, when that one may have his tips now."""
    people = await around(by.store, person.station) if person.station else []
    deputy = deputy_of(person, people, by.now)
    try:
        if deputy is not None:
            require_heir(person, deputy, by.now, Parts(communities=False))
    except Refused:
        return None
    return deputy.id if deputy is not None else None


async def _whose(ask: Ask, id: str) -> Person:
    if ask.staff.role not in ANYBODY_S and id != ask.staff.id:
        raise Refused(FORBIDDEN, "somebody else's")
    return await ask.house.store.people.get(id)


async def _view(ask: Ask, person: Person) -> ChargeView:
    house = ask.house
    charge = await charge_of(house.store, house.finder, person)
    people = await around(house.store, person.station) if person.station else []
    heirs = [
        HeirView(one.id, one.name, one.role, one.userid is not None)
        for one in sorted(people, key=lambda one: (one.role is not person.role, one.name))
        if one.id != person.id and one.role in WORKS and one.station == person.station
        if not one.disabled and not away(one, ask.now)
    ]
    return ChargeView(
        person.id,
        person.name,
        [
            ChargeTip(
                it.id, it.number, it.state, it.community_name, it.opened_at, it.officer is not None
            )
            for it in charge.tips
        ],
        charge.communities,
        [ChargeGroup(it.id, it.name, it.community, it.handing) for it in charge.groups],
        heirs,
        await heir_of(office(ask), person),
    )
