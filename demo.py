"""The demo's staff: people who do not exist, with a log-in that exists in the demo only."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence

from domain.errors import Duplicate
from domain.people import Person, Role
from domain.place import Jurisdiction
from domain.ports import Store
from domain.ticket import random_id

DESK = (
    ("desk1", "接警员 01", Role.DISPATCHER),
    ("desk2", "接警员 02", Role.DISPATCHER),
    ("chief", "值班长", Role.SUPERVISOR),
    ("admin", "管理员", Role.ADMIN),
)


async def seed(
    store: Store,
    stations: Sequence[Jurisdiction],
    hash_password: Callable[[str], Awaitable[str]],
) -> None:
    """Add the demo staff that is not there yet: the desk, and one officer for every station.

    Nobody knows their password; the demo's one-click log-in is the only way in.
    """
    wanted: list[tuple[str, str, Role, str | None]] = [
        (login, name, role, None) for login, name, role in DESK
    ]
    for station in stations:
        login = f"station-{station.id}".lower()
        wanted.append((login, f"{station.name} 值班民警", Role.STATION_OFFICER, station.id))
    known = {one.login for one in await store.people.find({"demo": True}, limit=5000)}
    missing = [one for one in wanted if one[0] not in known]
    if not missing:
        return
    hashed = await hash_password(secrets.token_urlsafe(32))
    for login, name, role, at in missing:
        try:
            await store.people.add(Person(random_id(), login, name, role, hashed, at, demo=True))
        except Duplicate:
            continue
