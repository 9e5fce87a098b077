"""Everybody changes his own password; an administrator gives a new one, which is good once."""

from __future__ import annotations

import time

import aiohttp
import pyotp
import pytest

from tests.api.conftest import PASSWORD, Site

NEW = "a new password of my own"


async def enter(site: Site, login: str, password: str, status: int = 200) -> aiohttp.ClientSession:
    client = site.anybody(**{"Jingmin-Face": "console"})
    body = {"login": login, "password": password}
    await site.ask(client, "POST", "/session", body, status=status)
    return client


async def id_of(site: Site, admin: aiohttp.ClientSession, login: str) -> str:
    people = (await site.ask(admin, "GET", "/people"))["people"]
    return str(next(one["id"] for one in people if one["login"] == login))


async def audited(site: Site, what: str) -> int:
    return len(await site.house.store.audit.find({"what": what}))


async def test_ones_own_password(site: Site) -> None:
    mine, other = await site.staff("desk1"), await site.staff("desk1")
    colleague = await site.staff("desk2")
    feed = await other.ws_connect(f"{site.api}/live")
    body = {"old": PASSWORD, "new": NEW}
    me = await site.ask(mine, "PUT", "/session/password", body)
    assert me["login"] == "desk1"

    await site.ask(mine, "GET", "/session")
    await site.ask(colleague, "GET", "/session")
    await site.ask(other, "GET", "/session", status=401)
    while (message := await feed.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT:
        pass
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4401)
    await enter(site, "desk1", PASSWORD, status=401)
    await enter(site, "desk1", NEW)
    assert await audited(site, "password.changed") == 1
    logged = await site.house.store.audit.find({"what": "password.changed"})
    assert PASSWORD not in str(logged)
    assert NEW not in str(logged)


async def test_it_needs_the_old_one_and_a_new_one(site: Site) -> None:
    client = await site.staff("desk1")
    for body, status in (
        ({"old": "not the old one", "new": NEW}, 401),
        ({"old": PASSWORD, "new": "short"}, 422),
        ({"old": PASSWORD, "new": PASSWORD}, 422),
        ({"new": NEW}, 422),
    ):
        await site.ask(client, "PUT", "/session/password", body, status=status)
    assert await audited(site, "password.failed") == 1
    await enter(site, "desk1", PASSWORD)


async def test_guesses_at_it_wait_as_log_ins_do(site: Site) -> None:
    client = await site.staff("desk1")
    answers = []
    for n in range(7):
        body = {"old": f"guess {n}", "new": NEW}
        async with client.put(f"{site.api}/session/password", json=body) as response:
            answers.append(response.status)
    assert answers == [401] * 5 + [429] * 2
    await site.ask(client, "PUT", "/session/password", {"old": PASSWORD, "new": NEW}, status=429)


async def test_it_asks_for_no_code(site: Site) -> None:
    client = await site.staff("chief")
    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    code = pyotp.TOTP(fresh["secret"]).generate_otp(int(time.time() // 30))
    await site.ask(client, "PUT", "/session/totp", {"code": code})
    await site.ask(client, "PUT", "/session/password", {"old": PASSWORD, "new": NEW})


async def test_a_password_from_the_administrator_is_changed_before_anything_else(
    site: Site,
) -> None:
    admin, before = await site.staff("admin"), await site.staff("desk1")
    id = await id_of(site, admin, "desk1")
    given = await site.ask(admin, "POST", f"/people/{id}/password")
    assert len(given["password"]) >= 12
    assert await audited(site, "person.password_reset") == 1
    assert given["password"] not in str(await site.house.store.audit.find({}, limit=100))
    await site.ask(before, "GET", "/session", status=401)
    await enter(site, "desk1", PASSWORD, status=401)

    client = await enter(site, "desk1", given["password"])
    assert (await site.ask(client, "GET", "/session"))["password_needed"] is True
    refused = await site.ask(client, "GET", "/incidents", status=403)
    assert refused["code"] == "password_needed"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect(f"{site.api}/live")
    body = {"old": given["password"], "new": NEW}
    me = await site.ask(client, "PUT", "/session/password", body)
    assert me["password_needed"] is False
    await site.ask(client, "GET", "/incidents")


async def test_so_is_the_first_one_of_a_new_account(site: Site) -> None:
    admin = await site.staff("admin")
    person = {"login": "new.one", "name": "新警官", "role": "DISPATCHER", "password": PASSWORD}
    await site.ask(admin, "POST", "/people", person, status=201)
    client = await enter(site, "new.one", PASSWORD)
    assert (await site.ask(client, "GET", "/session"))["password_needed"] is True


async def test_nobody_resets_his_own(site: Site) -> None:
    admin = await site.staff("admin")
    id = await id_of(site, admin, "admin")
    await site.ask(admin, "POST", f"/people/{id}/password", status=422)
    await site.ask(admin, "PATCH", f"/people/{id}", {"reset_totp": True}, status=422)
    await site.ask(admin, "GET", "/people")


async def test_the_code_is_reset_and_the_sessions_end(site: Site) -> None:
    admin, client = await site.staff("admin"), await site.staff("chief")
    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    totp, step = pyotp.TOTP(fresh["secret"]), int(time.time() // 30)
    await site.ask(client, "PUT", "/session/totp", {"code": totp.generate_otp(step - 1)})
    again = {"password": PASSWORD, "code": totp.generate_otp(step)}
    await site.ask(client, "POST", "/session/totp", again)
    id = await id_of(site, admin, "chief")
    after = await site.ask(admin, "PATCH", f"/people/{id}", {"reset_totp": True})
    assert after["totp"] is False
    await site.ask(client, "GET", "/session", status=401)
    assert await audited(site, "person.code_reset") == 1
    [person] = await site.house.store.people.find({"login": "chief"}, limit=1)
    assert person.totp_pending is None
