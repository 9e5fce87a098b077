"""A session alone, stolen or left open, gives nobody a way in and sends nothing elsewhere."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from api.house import session_id
from api.proof import PROVED_MS
from tests.api.conftest import PASSWORD, Site
from tests.attack.test_second_factor import with_code

PERSON = {
    "login": "planted",
    "name": "王丽",
    "role": "ADMIN",
    "password": "a password of 12",
}
# What lets somebody in, or sends data elsewhere; {person} and {key} are there already.
WAYS_IN: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/people", PERSON),
    ("POST", "/people/{person}/password", None),
    ("PATCH", "/people/{person}", {"password": "a password of 12"}),
    ("PATCH", "/people/{person}", {"reset_totp": True}),
    ("PATCH", "/people/{person}", {"role": "ADMIN"}),
    ("PATCH", "/people/{person}", {"station": "e1"}),
    ("PATCH", "/people/{person}", {"userid": "planted"}),
    ("PATCH", "/people/{person}", {"userid": None}),
    ("PATCH", "/people/{person}", {"disabled": False}),
    ("POST", "/integrators", {"name": "planted", "scopes": ["public"]}),
    ("PUT", "/integrators/{key}/webhook", {"url": "https://93.184.216.34/in"}),
]


async def age(site: Site, by: int) -> None:
    """Let the proof of every session be that old."""
    async for one in site.house.store.sessions.every():
        one.proved_at -= by
        await site.house.store.sessions.save(one)


async def administrator(site: Site) -> tuple[aiohttp.ClientSession, dict[str, str]]:
    client = await site.staff("admin")
    listed = await site.ask(client, "GET", "/people")
    person = next(one["id"] for one in listed["people"] if one["login"] == "w1")
    made = await site.ask(client, "POST", "/integrators", {"name": "a", "scopes": ["public"]}, 201)
    return client, {"person": person, "key": made["integrator"]["id"]}


@pytest.mark.parametrize(("method", "path", "body"), WAYS_IN)
async def test_no_way_in_without_password_and_code(
    site: Site, method: str, path: str, body: dict[str, Any] | None
) -> None:
    client, there = await administrator(site)
    await age(site, PROVED_MS + 60_000)
    before = [one async for one in site.house.store.people.every()]
    refused = await site.ask(client, method, path.format_map(there), body, 403)
    assert refused["code"] == "proof_needed"
    assert [one async for one in site.house.store.people.every()] == before
    await site.ask(client, "POST", "/session/proof", {"password": "a guess"}, 401)
    assert (await site.ask(client, method, path.format_map(there), body, 403))["code"] == (
        "proof_needed"
    )
    await site.ask(client, "POST", "/session/proof", {"password": PASSWORD})
    async with client.request(method, f"{site.api}{path.format_map(there)}", json=body) as answer:
        assert answer.status in (200, 201), await answer.text()


async def test_other_changes_of_a_person_are_not_asked_for(site: Site) -> None:
    client, there = await administrator(site)
    await age(site, PROVED_MS + 60_000)
    await site.ask(client, "PATCH", f"/people/{there['person']}", {"disabled": True})
    await site.ask(client, "DELETE", f"/integrators/{there['key']}")


async def test_a_proof_needs_the_code_and_is_of_one_session(site: Site) -> None:
    other = await site.staff("admin")
    client, totp, step = await with_code(site, "admin")
    await age(site, PROVED_MS + 60_000)
    await site.ask(client, "POST", "/session/proof", {"password": PASSWORD}, 401)
    await site.ask(client, "POST", "/people", PERSON, 403)
    given = {"password": PASSWORD, "code": totp.generate_otp(step)}
    await site.ask(client, "POST", "/session/proof", given)
    await site.ask(client, "POST", "/session/proof", given, 401)  # the code is used up
    ids = {session_id(cookie.value) for cookie in other.cookie_jar}
    assert len(ids & {one.id async for one in site.house.store.sessions.every()}) == 1
    await site.ask(other, "POST", "/people", PERSON, 403)
    await site.ask(client, "POST", "/people", PERSON, 201)


async def test_guesses_wait_as_log_ins_do(site: Site) -> None:
    client = await site.staff("admin")
    answers = []
    for n in range(7):
        body = {"password": f"guess {n}"}
        async with client.post(f"{site.api}/session/proof", json=body) as response:
            answers.append(response.status)
    assert answers == [401] * 5 + [429] * 2


async def test_a_log_in_without_a_password_proves_nothing(site: Site) -> None:
    """As through the door of WeCom: the session is there, its owner showed no password."""
    client = await site.staff("admin")
    async for one in site.house.store.sessions.every():
        one.proved_at = 0
        await site.house.store.sessions.save(one)
    assert (await site.ask(client, "POST", "/people", PERSON, 403))["code"] == "proof_needed"
