"""Whose page is open, in any process: a desk's, for callers are told at once when none is, and an incident
is handed over only to somebody who is at one; a station's, for whom a call reaches."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from api.house import House
from api.on_duty import PREFIX
from api.open_pages import page_is_open
from api.seats import seat
from domain.people import DESK, Person, Role, Session


@contextlib.asynccontextmanager
async def connected_desk(house: House, session: Session, person: Person) -> AsyncIterator[None]:
    """While inside, every process knows that this desk is there; pages of others are no desk."""
    if person.role not in DESK or session.face != "console":
        yield
        return
    # A desk has several windows: closing one of them is not leaving.
    async with page_is_open(house, seat(session.id, person.id), remembered=True):
        yield


@contextlib.asynccontextmanager
async def on_duty(house: House, person: Person, face: str) -> AsyncIterator[None]:
    """While it lasts, this person's station page is open; of other faces nothing is kept."""
    if face != "station" or person.role is not Role.STATION_OFFICER or person.station is None:
        yield
        return
    async with page_is_open(house, f"{PREFIX}{person.station}:{person.id}"):
        yield
