"""Keys of integrators: limits and scopes of their own, revoked at once, and never in the way of a report."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from api.integrators import HEADER
from api.limits import RATES, Limits
from domain.errors import StoreDown
from domain.integrator import Scope, is_key, issue_key
from tests.api.conftest import SECRET, Site

UPLOADS = 60
VOICE = b"OggS" + bytes(600)


async def a_key(site: Site, **members: Any) -> dict[str, Any]:
    admin = await site.staff("admin")
    body = {"name": "市民APP", "scopes": ["public", "caller"], **members}
    made: dict[str, Any] = await site.ask(admin, "POST", "/integrators", body, status=201)
    return made


async def uploads(site: Site, receipt: dict[str, Any], **headers: str) -> list[int]:
    caller = site.anybody(Authorization=f"Bearer {receipt['token']}", **headers)
    statuses = []
    for number in range(UPLOADS):
        path = f"{site.api}/my/uploads?key=one-of-many-{number}"
        async with caller.post(path, data=VOICE) as answer:
            statuses.append(answer.status)
    return statuses


async def test_files_of_a_server_have_the_limits_of_its_key(site: Site) -> None:
    made = await a_key(site)
    slow = RATES | {"upload": RATES["upload"].__class__(0.001, 40)}
    site.house.limits = Limits(slow)
    without = await uploads(site, await site.report())
    assert without.count(429) == UPLOADS - 40
    assert await uploads(site, await site.report(), **{HEADER: made["key"]}) == [200] * UPLOADS


async def test_a_key_has_limits(site: Site) -> None:
    made = await a_key(site, requests_a_second=0.1, uploads_a_second=0.1)
    app = site.anybody(**{HEADER: made["key"]})
    await site.ask(app, "GET", "/config")
    problem = await site.ask(app, "GET", "/config", status=429)
    assert problem["code"] == "too_many"
    assert problem["facts"]["seconds"] > 0
    await site.ask(site.anybody(), "GET", "/config")


async def test_a_key_is_for_what_it_says(site: Site) -> None:
    made = await a_key(site, scopes=["public"])
    receipt = await site.report()
    headers = {HEADER: made["key"], "Authorization": f"Bearer {receipt['token']}"}
    app = site.anybody(**headers)
    await site.ask(app, "GET", "/config")
    assert (await site.ask(app, "GET", "/my/incident", status=403))["code"] == "forbidden"
    await site.ask(site.anybody(**{HEADER: made["key"]}), "GET", "/people", status=401)


async def test_a_revoked_key_is_no_good_at_once_and_is_listed(site: Site) -> None:
    made = await a_key(site)
    app, admin = site.anybody(**{HEADER: made["key"]}), await site.staff("admin")
    await site.ask(app, "GET", "/config")
    path = f"/integrators/{made['integrator']['id']}"
    first = await site.ask(admin, "DELETE", path)
    assert (await site.ask(app, "GET", "/config", status=401))["code"] == "token_bad"
    assert (await site.ask(admin, "DELETE", path))["revoked_at"] == first["revoked_at"]
    listed = await site.ask(admin, "GET", "/integrators")
    assert listed["integrators"] == [first]
    assert made["key"] not in str(listed)


@pytest.mark.parametrize(
    "key",
    ["", "jk-forged", issue_key(b"another installation")],
    ids=["none", "forged", "another installation's"],
)
async def test_a_forged_key_is_refused_but_never_a_report(site: Site, key: str) -> None:
    app = site.anybody(**{HEADER: key})
    assert (await site.ask(app, "GET", "/config", status=401))["code"] == "token_bad"
    async with app.post(f"{site.api}/incidents", json={}) as answer:
        assert answer.status == 201
    assert not is_key(SECRET, key)
    assert is_key(SECRET, issue_key(SECRET))


async def test_while_the_store_is_away_a_key_counts_as_none(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await a_key(site)

    async def away(id: str) -> None:
        raise StoreDown()

    monkeypatch.setattr(site.house.store.integrators, "get", away)
    await site.ask(site.anybody(**{HEADER: made["key"]}), "GET", "/config")


async def test_a_key_makes_no_log_in_easier_to_try(site: Site) -> None:
    made = await a_key(site)
    site.house.limits = Limits(RATES | {"public": RATES["public"].__class__(0.001, 1)})
    app: aiohttp.ClientSession = site.anybody(**{HEADER: made["key"]})
    body = {"login": "desk1", "password": "wrong"}
    await site.ask(app, "POST", "/session", body, status=401)
    await site.ask(app, "POST", "/session", body, status=429)
    await site.ask(app, "GET", "/config")
    assert set(made["integrator"]["scopes"]) == {str(scope) for scope in Scope}
