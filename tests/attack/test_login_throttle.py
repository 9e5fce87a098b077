"""Wrong passwords cost who made them: they age, and do not shut out a room or an account's owner."""

from __future__ import annotations

import asyncio

from api.routes import now_ms
from domain.people import Attempts, Session
from tests.api.conftest import PASSWORD, Site, build_house, hire, run_site, site

__all__ = ["build_house", "hire", "run_site", "site"]


async def _try(site: Site, login: str, password: str = PASSWORD) -> int:
    body = {"login": login, "password": password}
    async with site.anybody().post(f"{site.api}/session", json=body) as response:
        return response.status


async def test_of_thirty_wrong_passwords_at_once_four_are_looked_at(site: Site) -> None:
    answers = await asyncio.gather(*(_try(site, "desk1", f"wrong {n}") for n in range(30)))
    assert len([one for one in answers if one != 429]) <= 4


async def test_old_errors_of_an_address_are_forgotten(site: Site) -> None:
    long_ago = now_ms() - 24 * 3_600_000
    await site.house.store.attempts.add(Attempts("addr:127.0.0.1", 300, 0, long_ago))
    assert await _try(site, "desk1", "a typo") == 401
    assert await _try(site, "desk2") == 200


async def test_sixty_right_passwords_at_once_from_one_address(site: Site) -> None:
    assert await _try(site, "desk1") == 200
    for _ in range(60):
        assert await _try(site, "desk1") == 200


async def test_strangers_do_not_keep_an_owner_out(site: Site) -> None:
    assert await _try(site, "desk1") == 200
    shut = now_ms() + 10_000
    for door in ("login:desk1", "addr:127.0.0.1"):
        await site.house.store.attempts.remove(door)
        await site.house.store.attempts.add(Attempts(door, 90, shut, now_ms()))
    assert await _try(site, "desk1") == 200
    assert await _try(site, "desk2") == 429


async def test_revoking_ends_more_than_a_thousand_sessions(site: Site) -> None:
    admin = await site.staff("admin")
    [person] = await site.house.store.people.find({"login": "desk2"}, limit=1)
    now = now_ms()
    for n in range(1005):
        await site.house.store.sessions.add(
            Session(f"{n:064x}", person.id, "console", now, now + 3_600_000)
        )
    await site.ask(admin, "PATCH", f"/people/{person.id}", {"reset_totp": True})
    assert not await site.house.store.sessions.find({"person": person.id}, limit=1)
