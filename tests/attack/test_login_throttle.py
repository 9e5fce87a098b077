"""Wrong passwords cost who made them: they age, and shut out neither a room nor an account's owner."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pyotp
import pytest

from api.lanes import Place
from api.limits import Limits
from api.login import forget_attempts, forgive
from api.login_policy import HALVED_MS
from api.passwords import Passwords
from api.proxies import networks
from api.recovery import hashed as hashed_code
from api.routes import now_ms
from api.session import ENDED_KEPT_MS, forget_sessions
from domain.people import Attempts, Person, Role, Session
from domain.ticket import Known, issue_device, random_id
from tests.api.conftest import (
    CHEAP,
    PASSWORD,
    SECRET,
    Site,
    another,
    site,
    until,
)

__all__ = ["site"]


@pytest.fixture
def crowd(site: Site) -> Site:
    """Behind a proxy that says who comes from where."""
    site.house.proxies = networks(("127.0.0.1/32",))
    site.house.limits = Limits()
    return site


class Door:
    """The log-in as somebody at one address meets it; cookies are kept only with ``jar``."""

    def __init__(self, site: Site, address: str = "198.51.100.1", jar: bool = False) -> None:
        self._url = f"{site.api}/session"
        self.client = site.anybody(**{"X-Forwarded-For": address, "Jingmin-Face": "console"})
        if not jar:
            self.client._cookie_jar = aiohttp.DummyCookieJar()

    async def answer(
        self, login: str, password: str = PASSWORD, code: str | None = None, **more: str
    ) -> tuple[int, dict[str, Any], str]:
        body = {"login": login, "password": password, "code": code, **more}
        async with self.client.post(self._url, json=body) as response:
            said: dict[str, Any] = await response.json()
            return response.status, said, response.headers.get("Retry-After", "")

    async def status(
        self, login: str, password: str = PASSWORD, code: str | None = None, **more: str
    ) -> int:
        return (await self.answer(login, password, code, **more))[0]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were looked at."""
    found: list[str] = []
    real = Passwords.verify

    async def verify(self: Passwords, kept: str | None, password: str, place: Place) -> bool:
        found.append(password)
        return await real(self, kept, password, place)

    monkeypatch.setattr(Passwords, "verify", verify)
    return found


async def second_factor(site: Site, login: str) -> pyotp.TOTP:
    person = await named(site, login)
    person.totp = pyotp.random_base32()
    await site.house.store.people.save(person)
    return pyotp.TOTP(person.totp)


async def named(site: Site, login: str) -> Person:
    [person] = await site.house.store.people.find({"login": login}, limit=1)
    return person


async def hammer(site: Site, login: str) -> None:
    """Sixty strangers' guesses: the account is shut then."""
    await asyncio.gather(*(guess(Door(site, f"192.0.2.{n}"), login, 4) for n in range(16)))
    assert await Door(site, "192.0.2.99").status(login) == 429


async def guess(stranger: Door, login: str, times: int) -> None:
    for n in range(times):
        await stranger.status(login, f"guess {n}")


async def shut(site: Site, login: str) -> None:
    """As strangers leave an account."""
    left = Attempts(f"login:{login}", 70, now_ms() + 10_000, now_ms())
    await site.house.store.attempts.remove(left.id)
    await site.house.store.attempts.add(left)


async def test_of_thirty_wrong_passwords_at_once_four_are_looked_at(
    crowd: Site, hashed: list[str]
) -> None:
    door = Door(crowd)
    answers = await asyncio.gather(*(door.status("desk1", f"wrong {n}") for n in range(30)))
    assert 1 <= len(hashed) <= 4
    assert Counter(answers)[401] == len(hashed)


async def test_nor_are_more_when_two_processes_are_asked(
    crowd: Site, hashed: list[str], tmp_path: Path
) -> None:
    async for other in another(crowd, tmp_path / "other"):
        doors = [Door(crowd), Door(other)]
        await asyncio.gather(*(doors[n % 2].status("desk1", f"wrong {n}") for n in range(30)))
        assert 1 <= len(hashed) <= 4


async def test_old_errors_of_an_address_are_forgotten(crowd: Site) -> None:
    door = Door(crowd)
    for n in range(30):
        await door.status(f"nobody{n}", "wrong")
    for one in await crowd.house.store.attempts.find(limit=200):
        one.at -= 24 * 3_600_000
        one.until -= 24 * 3_600_000
        await crowd.house.store.attempts.save(one)
    assert await door.status("desk1", "a typo") == 401
    assert await door.status("desk1") == 200
    assert await door.status("desk2") == 200


async def test_an_address_with_many_errors_does_not_shut(crowd: Site) -> None:
    door = Door(crowd)
    for n in range(80):
        assert await door.status(f"nobody{n}", "wrong") == 401
    assert await door.status("desk1", "a typo") == 401
    assert await door.status("desk1") == 200


async def test_sixty_right_passwords_at_once_from_one_address(crowd: Site) -> None:
    kept = CHEAP.hash(PASSWORD)
    await crowd.house.store.people.add_many(
        [Person(random_id(), f"shift{n}", "x", Role.DISPATCHER, kept) for n in range(60)]
    )
    door = Door(crowd)
    answers = await asyncio.gather(*(door.status(f"shift{n}") for n in range(60)))
    assert set(answers) == {200}
    assert await crowd.house.store.attempts.find(limit=1) == [], "right passwords leave no trace"


async def test_strangers_do_not_keep_an_owner_out_of_his_own_browser(crowd: Site) -> None:
    owner = Door(crowd, "203.0.113.5", jar=True)
    assert await owner.status("desk1") == 200
    strangers = [Door(crowd, f"192.0.2.{n}") for n in range(41)]
    attack = asyncio.gather(*(guess(one, "desk1", 5) for one in strangers))
    answers = [await owner.status("desk1") for _ in range(16)]
    await attack
    assert answers == [200] * 16
    assert await Door(crowd, "192.0.2.99").status("desk1") == 429, "the account was not shut"
    assert await owner.status("desk1") == 200


async def test_the_second_factor_opens_a_shut_account(crowd: Site) -> None:
    totp = await second_factor(crowd, "desk1")
    await hammer(crowd, "desk1")
    owner = Door(crowd, "203.0.113.5")
    assert await owner.status("desk1", code=f"{(int(totp.now()) + 1) % 1_000_000:06}") == 429
    assert await owner.status("desk1", "a typo", totp.now()) == 401
    assert await owner.status("desk1", code=totp.now()) == 200, "the typo used the code up"


async def test_so_does_a_recovery_code_and_none_is_guessed_for_nothing(crowd: Site) -> None:
    await second_factor(crowd, "desk1")
    person = await named(crowd, "desk1")
    person.recovery = [hashed_code(SECRET, person.id, "abcd-efgh-jkmn")]
    await crowd.house.store.people.save(person)
    for login in ("desk1", "nobody"):
        await shut(crowd, login)
        guesser = Door(crowd, "203.0.113.6")
        for n in range(8):
            assert await guesser.status(login, "x", recovery=f"aaaa-bbbb-ccc{n}") == 429
        found = await crowd.house.store.attempts.find(limit=200)
        assert max(one.failures for one in found if one.id.startswith(f"pair:{login}@")) == 4
    owner = Door(crowd, "203.0.113.5")
    assert await owner.status("desk1", "a typo", recovery="abcd-efgh-jkmn") == 401
    assert await owner.status("desk1", recovery="abcd-efgh-jkmn") == 200


async def test_who_found_a_recovery_code_tries_no_passwords_from_everywhere(crowd: Site) -> None:
    await second_factor(crowd, "desk1")
    person = await named(crowd, "desk1")
    person.recovery = [hashed_code(SECRET, person.id, "abcd-efgh-jkmn")]
    await crowd.house.store.people.save(person)
    answers = []
    for n in range(17):
        finder = Door(crowd, f"203.0.113.{n}")
        for _ in range(4):
            answers.append(await finder.status("desk1", "x", recovery="abcd-efgh-jkmn"))
    assert answers[:60] == [401] * 60
    assert 429 in answers[60:]
    owner = Door(crowd, "203.0.113.200")
    assert await owner.status("desk1", recovery="abcd-efgh-jkmn") == 429
    await forgive(crowd.house.store, await named(crowd, "desk1"))
    assert await owner.status("desk1", recovery="abcd-efgh-jkmn") == 200


async def test_codes_are_not_guessed_for_nothing_at_a_shut_account(crowd: Site) -> None:
    await second_factor(crowd, "desk1")
    for login in ("desk1", "nobody"):
        await shut(crowd, login)
        guesser = Door(crowd, "203.0.113.6")
        for n in range(8):
            assert await guesser.status(login, "x", f"{n:06}") == 429
        found = await crowd.house.store.attempts.find(limit=200)
        pairs = [one.failures for one in found if one.id.startswith(f"pair:{login}@")]
        assert pairs == [4], login


async def test_known_and_unknown_accounts_answer_alike(crowd: Site) -> None:
    said: dict[str, list[Any]] = {}
    for number, login in enumerate(("desk1", "nobody")):
        door, answers = Door(crowd, f"203.0.113.{number}"), []
        for n in range(8):
            status, body, later = await door.answer(login, f"wrong {n}")
            answers.append((status, body["code"], later))
        said[login] = answers
    assert said["desk1"] == said["nobody"]
    assert said["desk1"][-1][0] == 429
    assert said["desk1"][-1][2] == "1"


async def test_a_neighbour_may_still_log_in(crowd: Site) -> None:
    bad = Door(crowd)
    for n in range(6):
        await bad.status("desk1", f"wrong {n}")
    assert await bad.status("desk1") == 429
    assert await Door(crowd).status("desk2") == 200
    assert await Door(crowd, "198.51.100.2").status("desk1") == 200


async def test_addresses_of_one_network_are_one_origin(crowd: Site) -> None:
    for n in range(5):
        await Door(crowd, f"2001:db8:1:1::{n + 1:x}").status("desk1", "wrong")
    assert await Door(crowd, "2001:db8:1:1::99").status("desk1") == 429
    assert await Door(crowd, "2001:db8:1:2::1").status("desk1") == 200


async def test_a_known_browser_waits_for_its_own_errors_only(crowd: Site) -> None:
    owner = Door(crowd, jar=True)
    assert await owner.status("desk1") == 200
    answers = [await owner.status("desk1", f"wrong {n}") for n in range(7)]
    assert answers == [401] * 5 + [429] * 2
    assert await owner.status("desk2") == 200, "somebody else with the same browser"
    assert await Door(crowd).status("desk1") == 200, "nobody else pays for it"
    await asyncio.sleep(1.2)
    assert await owner.status("desk1") == 200


async def test_a_browser_knows_all_who_share_it(crowd: Site) -> None:
    shared = Door(crowd, jar=True)
    shift = ("desk1", "desk2", "chief")
    for login in shift:
        assert await shared.status(login) == 200
    for login in shift:
        await shut(crowd, login)
        assert await shared.status(login) == 200


async def test_a_changed_person_is_known_nowhere(crowd: Site) -> None:
    owner = Door(crowd, "203.0.113.5", jar=True)
    assert await owner.status("desk1") == 200
    admin = await crowd.staff("admin")
    id = (await named(crowd, "desk1")).id
    await crowd.ask(admin, "PATCH", f"/people/{id}", {"role": "SUPERVISOR"})
    await shut(crowd, "desk1")
    assert await owner.status("desk1") == 429


async def test_a_new_password_frees_an_account(crowd: Site) -> None:
    door = Door(crowd)
    await guess(door, "desk1", 6)
    await shut(crowd, "desk1")
    admin, id = await crowd.staff("admin"), (await named(crowd, "desk1")).id
    await crowd.ask(admin, "PATCH", f"/people/{id}", {"password": "a new one, long enough"})
    assert await door.status("desk1", "a new one, long enough") == 200


async def test_a_forged_or_old_device_is_none(crowd: Site) -> None:
    await shut(crowd, "desk1")
    id = (await named(crowd, "desk1")).id
    old = now_ms() - 181 * 86_400_000
    for token in (
        issue_device(b"another secret, thirty-two bytes long", [Known(id, 0, "n", now_ms())]),
        issue_device(SECRET, [Known(id, 0, "n", old)]),
        issue_device(SECRET, [Known("somebody else", 0, "n", now_ms())]),
        "x" * 5_000,
        "a.b",
    ):
        door = Door(crowd, "203.0.113.7")
        door.client.headers["Cookie"] = f"jingmin_device={token}"
        assert await door.status("desk1") == 429


async def test_a_right_password_does_not_undo_what_others_did(crowd: Site) -> None:
    """Giving back one try leaves the account shut for strangers."""
    totp = await second_factor(crowd, "desk1")
    await shut(crowd, "desk1")
    before = await crowd.house.store.attempts.get("login:desk1")
    assert await Door(crowd, "203.0.113.5").status("desk1", code=totp.now()) == 200
    after = await crowd.house.store.attempts.get("login:desk1")
    assert (after.failures, after.until) == (before.failures, before.until)


async def test_a_right_password_among_errors_gives_back_its_own(crowd: Site) -> None:
    await crowd.house.store.attempts.add(Attempts("login:desk1", 70, now_ms() - 1, now_ms()))
    before = await crowd.house.store.attempts.get("login:desk1")
    assert await Door(crowd).status("desk1") == 200
    after = await crowd.house.store.attempts.get("login:desk1")
    assert (after.failures, after.until) == (before.failures, before.until)


async def test_a_clock_that_ran_ahead_shuts_nobody_out(crowd: Site) -> None:
    await crowd.house.store.attempts.add(
        Attempts("login:desk1", 70, now_ms() + 86_400_000, now_ms() + 86_400_000)
    )
    assert await Door(crowd).status("desk1") == 200


async def test_what_has_aged_to_nothing_is_removed(crowd: Site) -> None:
    store, now = crowd.house.store, now_ms()
    long_ago = now - 24 * 3_600_000
    await store.attempts.add_many(
        [Attempts(f"pair:x{n}@y", 3, long_ago, long_ago) for n in range(450)]
        + [Attempts(f"entry:{n}", 0, long_ago) for n in range(5)]
        + [Attempts("entry:used", 0, now + 60_000, now)]
        + [Attempts("pair:z@y", 3, now, now - HALVED_MS)]
    )
    assert await forget_attempts(crowd.house, now) == 455
    assert {one.id for one in await store.attempts.find(limit=10)} == {"entry:used", "pair:z@y"}


async def test_revoking_ends_more_than_a_thousand_sessions(site: Site) -> None:
    admin = await site.staff("admin")
    person = await named(site, "desk2")
    now = now_ms()
    await site.house.store.sessions.add_many(
        [Session(f"{n:064x}", person.id, "console", now, now + 3_600_000) for n in range(1005)]
    )
    await site.ask(admin, "PATCH", f"/people/{person.id}", {"reset_totp": True})
    assert not await site.house.store.sessions.find({"person": person.id}, limit=1)


def slow_hashes(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.03) -> None:
    real = Passwords._verify

    def verify(self: Passwords, kept: str, password: str) -> bool:
        time.sleep(seconds)
        return real(self, kept, password)

    monkeypatch.setattr(Passwords, "_verify", verify)


async def test_a_known_browser_is_before_a_flood_of_guesses(
    crowd: Site, monkeypatch: pytest.MonkeyPatch, hashed: list[str]
) -> None:
    owner, clean = Door(crowd, "203.0.113.5", jar=True), Door(crowd, "203.0.113.9")
    assert await owner.status("desk1") == 200
    looked: list[str] = []
    all_wait, real = threading.Event(), Passwords._verify

    def verify(self: Passwords, kept: str, password: str) -> bool:
        all_wait.wait(60)
        looked.append(password)
        return real(self, kept, password)

    monkeypatch.setattr(Passwords, "_verify", verify)
    doors = [Door(crowd, f"192.0.2.{n}") for n in range(10)]
    flood = [asyncio.create_task(doors[n % 10].status(f"nobody{n}", "guess")) for n in range(120)]
    await until(lambda: hashed.count("guess") + sum(one.done() for one in flood) == len(flood))
    assert hashed.count("guess") > 100
    others = [
        asyncio.create_task(owner.status("desk1")),
        asyncio.create_task(clean.status("desk2")),
    ]
    await until(lambda: hashed.count(PASSWORD) == 3)
    all_wait.set()
    assert await asyncio.gather(*others) == [200, 200]
    assert set(await asyncio.gather(*flood)) <= {401, 429}
    first, second = [place for place, one in enumerate(looked) if one == PASSWORD]
    assert first < 4, "behind those that were begun"
    assert second < 20, "one of each address was before it"


async def test_whoever_went_away_is_not_waited_for(
    crowd: Site, monkeypatch: pytest.MonkeyPatch, hashed: list[str]
) -> None:
    slow_hashes(monkeypatch, 1.0)
    looked: list[str] = []
    real = Passwords._verify

    def verify(self: Passwords, kept: str, password: str) -> bool:
        looked.append(password)
        return real(self, kept, password)

    monkeypatch.setattr(Passwords, "_verify", verify)
    door = Door(crowd)
    tries = [asyncio.create_task(door.status(f"nobody{n}", "guess")) for n in range(40)]
    await until(lambda: len(hashed) == 40)
    for one in tries:
        one.cancel()
    await asyncio.gather(*tries, return_exceptions=True)
    assert await Door(crowd, "203.0.113.5").status("desk1") == 200
    assert len(looked) < 12

    async def given_back() -> bool:
        left = await crowd.house.store.attempts.find(limit=200)
        return len([one for one in left if one.id.startswith("pair:")]) < 12

    await until(given_back)


async def test_sessions_that_ended_are_forgotten_however_many(crowd: Site) -> None:
    now, store = now_ms(), crowd.house.store
    ended = [
        Session(f"{n:064x}", "x", "console", 0, now - ENDED_KEPT_MS - 1 - n) for n in range(455)
    ]
    await store.sessions.add_many([*ended, Session("f" * 64, "x", "console", 0, now - 1)])
    assert await forget_sessions(crowd.house, now) == 455
    assert (await store.sessions.get("f" * 64)).expires_at == now - 1
