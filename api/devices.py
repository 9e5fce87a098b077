"""Known devices: a browser keeps who logged in with it, signed, so that strangers' errors are not theirs.

A desk's browser is shared by the people of several shifts: it remembers the last eight.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from aiohttp import web

from domain.people import Person
from domain.ticket import DEVICE_MS, Known, issue_device, read_device

if TYPE_CHECKING:
    from api.house import House

COOKIE = "jingmin_device"
PATH = "/api/v1/session"
REMEMBERED = 8


def known_here(house: House, request: web.Request, person: Person | None, now: int) -> str | None:
    """The name under which this browser's errors are counted, when the person logged in with it."""
    found = None
    id = person.id if person is not None else ""
    for one in read_device(house.secret, request.cookies.get(COOKIE, ""), now):
        same = hmac.compare_digest(one.person.encode(), id.encode())
        if same and person is not None and one.devices == person.devices:
            found = one.nonce
    return found


def browser(secret: bytes, request: web.Request, now: int) -> str | None:
    """A name of this browser, when anybody logged in with it."""
    known = read_device(secret, request.cookies.get(COOKIE, ""), now)
    return known[0].nonce if known else None


def remember(
    house: House, request: web.Request, response: web.Response, person: Person, now: int
) -> None:
    """The answer's cookie says that the person logged in with this browser."""
    others = read_device(house.secret, request.cookies.get(COOKIE, ""), now)
    known = [one for one in others if one.person != person.id][: REMEMBERED - 1]
    known.insert(0, Known(person.id, person.devices, secrets.token_hex(8), now))
    response.set_cookie(
        COOKIE,
        issue_device(house.secret, known),
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=house.settings.secure,
        max_age=DEVICE_MS // 1000,
    )
