"""A session alone, stolen or left open, is not enough to get in again without its owner."""

from __future__ import annotations

import time

import aiohttp
import pyotp
import pytest

from tests.api.conftest import PASSWORD, Site


async def with_code(
    site: Site, login: str = "chief"
) -> tuple[aiohttp.ClientSession, pyotp.TOTP, int]:
    client = await site.staff(login)
    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    totp, step = pyotp.TOTP(fresh["secret"]), int(time.time() // 30)
    await site.ask(client, "PUT", "/session/totp", {"code": totp.generate_otp(step - 1)})
    return client, totp, step


async def secret_of(site: Site) -> tuple[str | None, str | None]:
    [person] = await site.house.store.people.find({"login": "chief"}, limit=1)
    return person.totp, person.totp_pending


async def test_a_session_alone_replaces_no_second_factor(site: Site) -> None:
    client, totp, step = await with_code(site)
    right = totp.generate_otp(step)
    before = await secret_of(site)
    for body, status in (
        (None, 422),
        ({"code": right}, 422),
        ({"password": PASSWORD}, 401),
        ({"password": PASSWORD, "code": totp.generate_otp(step - 1)}, 401),  # used
        ({"password": PASSWORD, "code": totp.generate_otp(step + 9)}, 401),
    ):
        await site.ask(client, "POST", "/session/totp", body, status=status)
    assert await secret_of(site) == before
    await site.ask(client, "PUT", "/session/totp", {"code": right}, status=401)
    failed = await site.house.store.audit.find({"what": "totp.failed"})
    assert len(failed) == 3
    assert PASSWORD not in str(failed)


async def test_password_and_present_code_replace_it_and_the_code_is_used_up(site: Site) -> None:
    client, totp, _ = await with_code(site)
    code = totp.generate_otp(int(time.time() // 30))
    given = {"password": PASSWORD, "code": code}
    fresh = await site.ask(client, "POST", "/session/totp", given)
    await site.ask(client, "POST", "/session/totp", given, status=401)
    assert await secret_of(site) == (totp.secret, fresh["secret"])
    new = pyotp.TOTP(fresh["secret"]).now()
    await site.ask(client, "PUT", "/session/totp", {"code": new})
    assert (await secret_of(site))[0] == fresh["secret"]


@pytest.mark.parametrize("right_password", [True, False])
async def test_guesses_at_it_wait_as_log_ins_do(site: Site, right_password: bool) -> None:
    client, _, _ = await with_code(site)
    answers = []
    for n in range(7):
        body = {"password": PASSWORD if right_password else f"guess {n}", "code": f"00000{n}"}
        async with client.post(f"{site.api}/session/totp", json=body) as response:
            answers.append(response.status)
    assert answers == [401] * 5 + [429] * 2


async def test_who_has_none_yet_says_the_password(site: Site) -> None:
    client = await site.staff("desk1")
    await site.ask(client, "POST", "/session/totp", {"password": "not the password"}, status=401)
    await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})


async def test_a_set_up_that_nobody_finished_cannot_be_guessed_through(site: Site) -> None:
    client = await site.staff("chief")
    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    right = pyotp.TOTP(fresh["secret"])
    wrong = [f"{n:06}" for n in range(9) if f"{n:06}" != right.now()][:5]
    for code in wrong:
        await site.ask(client, "PUT", "/session/totp", {"code": code}, status=401)
    refused = await site.ask(client, "PUT", "/session/totp", {"code": right.now()}, status=409)
    assert refused["code"] == "wrong_state"
    assert len(await site.house.store.audit.find({"what": "totp.failed"})) == 5
    # Whoever knows the password begins anew, and has half an hour.
    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    code = {"code": pyotp.TOTP(fresh["secret"]).now()}
    [person] = await site.house.store.people.find({"login": "chief"}, limit=1)
    person.totp_pending_at -= 31 * 60_000
    await site.house.store.people.save(person)
    await site.ask(client, "PUT", "/session/totp", code, status=409)
    person.totp_pending_at += 31 * 60_000
    await site.house.store.people.save(person)
    await site.ask(client, "PUT", "/session/totp", code)
