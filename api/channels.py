"""Reports that come through an integrator's app: by its key, never by what the body claims alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from api.integrators import HEADER
from api.members import Members, text
from domain.channel import ReportChannel, report_key
from domain.contact_line import telephone
from domain.errors import NotFound, StoreDown
from domain.integrator import Integrator, Scope, is_key, key_id
from domain.ticket import incident_id_for

if TYPE_CHECKING:
    from aiohttp import web

    from api.house import House
    from domain.intake import Report

CLAIMS = ("external_id", "caller_name", "caller_telephone")
LONGEST_ID = 128
LONGEST_NAME = 60
PATIENCE_S = 2.0


async def integrator_of_report(
    house: House, request: web.Request, members: Members
) -> Integrator | None:
    """Whose key the report carries. One that is no good costs the report nothing but what the app would
    have said, and is named in ``missing``; while the store is away the key counts as it was last read."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    found: Integrator | None = None
    if is_key(house.secret, key):
        id = key_id(key)
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = house.integrators[id] = await house.store.integrators.get(id)
        except (StoreDown, TimeoutError):
            found = house.integrators.get(id)
        except NotFound:
            found = None
    if found is None or found.revoked_at is not None or Scope.CALLER not in found.scopes:
        members.missing.append(HEADER)
        return None
    return found


def through(house: House, one: Report, members: Members, of: Integrator | None) -> None:
    """Write into the report what the app says; without one nothing of it is believed, and it is named in
    ``missing``. The same external id of one integrator is the same report."""
    if of is None:
        one.missing += [
            name
            for name in CLAIMS
            if members.values.get(name) is not None and name not in one.missing
        ]
        return
    external = members.take("external_id", _external, "")
    number = members.take("caller_telephone", _telephone, "")
    name = members.take("caller_name", _name, "")
    one.channel = ReportChannel(of.id, of.name, name, number, external)
    if one.via == "web":
        one.via = "app"
    if external:
        one.id = external_incident(house, of, external)


def external_incident(house: House, of: Integrator, external: str) -> str:
    """The id of the incident that this integrator calls ``external``."""
    return incident_id_for(house.secret, report_key(of.id, external))


def _external(value: object) -> str:
    found = text(value).strip()
    if not 1 <= len(found) <= LONGEST_ID or not found.isprintable():
        raise ValueError("not an external id")
    return found


def _telephone(value: object) -> str:
    found = telephone(text(value))
    if found is None:
        raise ValueError("not a telephone number")
    return found


def _name(value: object) -> str:
    return " ".join(text(value).split())[:LONGEST_NAME]
