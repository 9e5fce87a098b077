"""Recovery codes: good once each in place of a one-time code, for who has lost the authenticator."""

from __future__ import annotations

import time
from typing import Any

import aiohttp
import pyotp

from domain.people import Person
from tests.api.conftest import PASSWORD, Site

ANYBODY = {"login": "chief", "password": PASSWORD}


async def set_up(site: Site) -> tuple[aiohttp.ClientSession, list[str]]:
    """Somebody with a second factor, and what was shown to him once."""
    client = await site.staff("chief")
    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    code = pyotp.TOTP(fresh["secret"]).generate_otp(int(time.time() // 30) - 1)
    me = await site.ask(client, "PUT", "/session/totp", {"code": code})
    assert (me["totp"], me["recovery_left"]) == (True, 10)
    return client, me["recovery_codes"]


async def enter(site: Site, code: str, status: int = 200) -> Any:
    client = site.anybody(**{"Jingmin-Face": "console"})
    return await site.ask(client, "POST", "/session", {**ANYBODY, "recovery": code}, status=status)


async def chief(site: Site) -> Person:
    [person] = await site.house.store.people.find({"login": "chief"}, limit=1)
    return person


async def test_ten_are_shown_once_and_kept_as_hashes(site: Site) -> None:
    client, codes = await set_up(site)
    assert len(set(codes)) == 10
    assert all(len(one.replace("-", "")) == 12 for one in codes)
    assert not set("".join(codes)) & set("il10o")  # nothing that is read as something else
    assert "recovery_codes" not in await site.ask(client, "GET", "/session")
    kept = str(await chief(site)) + str(await site.house.store.audit.find({}, limit=100))
    assert not [one for one in codes if one in kept or one.replace("-", "") in kept]


async def test_each_is_good_once_and_counted_down(site: Site) -> None:
    client, codes = await set_up(site)
    assert (await enter(site, codes[3]))["recovery_left"] == 9
    await enter(site, codes[3], status=401)
    # As it is written down, or typed on a phone.
    assert (await enter(site, codes[4].upper().replace("-", " ")))["recovery_left"] == 8
    assert (await site.ask(client, "GET", "/session"))["recovery_left"] == 8
    used = await site.house.store.audit.find({"what": "recovery.used"})
    about = [one.entry.data["about"] for one in sorted(used, key=lambda one: one.seq)]
    assert about == ["9 left", "8 left"]
    assert {one.person for one in used} == {(await chief(site)).id}


async def test_a_wrong_password_uses_none_up(site: Site) -> None:
    _, codes = await set_up(site)
    wrong = {"login": "chief", "password": "not the password", "recovery": codes[0]}
    stranger = site.anybody(**{"Jingmin-Face": "console"})
    await site.ask(stranger, "POST", "/session", wrong, status=401)
    assert (await enter(site, codes[0]))["recovery_left"] == 9


async def test_nobody_elses_code_is_good(site: Site) -> None:
    _, codes = await set_up(site)
    person = await chief(site)
    [other] = await site.house.store.people.find({"login": "desk1"}, limit=1)
    other.totp, other.recovery = person.totp, person.recovery
    await site.house.store.people.save(other)
    body = {"login": "desk1", "password": PASSWORD, "recovery": codes[0]}
    stranger = site.anybody(**{"Jingmin-Face": "console"})
    await site.ask(stranger, "POST", "/session", body, status=401)


async def test_guesses_wait_as_those_at_one_time_codes_do(site: Site) -> None:
    await set_up(site)
    client, answers = site.anybody(**{"Jingmin-Face": "console"}), []
    for n in range(7):
        body = {**ANYBODY, "recovery": f"aaaa-bbbb-ccc{n}"}
        async with client.post(f"{site.api}/session", json=body) as response:
            answers.append(response.status)
    assert answers[:4] == [401] * 4
    [door] = await site.house.store.attempts.find({"login": "chief"}, limit=2)
    assert door.failures == answers.count(401)


async def test_who_lost_the_authenticator_sets_up_another(site: Site) -> None:
    _, codes = await set_up(site)
    client = site.anybody(**{"Jingmin-Face": "console"})
    await site.ask(client, "POST", "/session", {**ANYBODY, "recovery": codes[0]})
    given = {"password": PASSWORD, "recovery": codes[1]}
    fresh = await site.ask(client, "POST", "/session/totp", given)
    code = pyotp.TOTP(fresh["secret"]).now()
    me = await site.ask(client, "PUT", "/session/totp", {"code": code})
    assert not set(me["recovery_codes"]) & set(codes)
    assert me["recovery_left"] == 10
    await enter(site, codes[2], status=401)  # those from before are void
    await enter(site, me["recovery_codes"][0])


async def test_a_new_set_needs_the_owner_and_voids_the_old_one(site: Site) -> None:
    client, codes = await set_up(site)
    await site.ask(client, "POST", "/session/recovery", {"password": PASSWORD}, status=401)
    body = {"password": PASSWORD, "recovery": codes[0]}
    new = (await site.ask(client, "POST", "/session/recovery", body))["recovery_codes"]
    assert len(set(new) - set(codes)) == 10
    assert len(await site.house.store.audit.find({"what": "recovery.made"})) == 1
    await enter(site, codes[1], status=401)
    assert (await enter(site, new[0]))["recovery_left"] == 9


async def test_there_are_none_without_a_second_factor(site: Site) -> None:
    client = await site.staff("chief")
    refused = await site.ask(
        client, "POST", "/session/recovery", {"password": PASSWORD}, status=403
    )
    assert refused["code"] == "second_factor"


async def test_one_proves_who_asks_for_something_grave(site: Site) -> None:
    client, codes = await set_up(site)
    body = {"password": PASSWORD, "recovery": codes[0]}
    await site.ask(client, "POST", "/session/proof", body)
    await site.ask(client, "POST", "/session/proof", body, status=401)


async def test_they_go_with_the_second_factor(site: Site) -> None:
    _, codes = await set_up(site)
    admin, id = await site.staff("admin"), (await chief(site)).id
    await site.ask(admin, "PATCH", f"/people/{id}", {"reset_totp": True})
    assert (await chief(site)).recovery == []
    # Nothing but the password is asked for until the next one is set up.
    assert (await enter(site, codes[0]))["recovery_left"] == 0
