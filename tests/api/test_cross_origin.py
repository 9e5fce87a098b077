"""Pages of other sites: those that are named may use the caller's API, nobody the staff's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from api.app import all_routes
from api.cross_origin import OPEN, is_open
from tests.api.conftest import PASSWORD, Site, build_house, run_site, until
from tests.ports import free_port

APP = "https://app.example.cn"
ALLOWED = "Access-Control-Allow-Origin"
REPORT = {"key": "one-of-another-site"}


@pytest.fixture
async def named(site: Site, tmp_path: Path) -> AsyncIterator[Site]:
    """A site that names another one."""
    (tmp_path / "named").mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    house = build_house(site.house.store, site.house.finder, tmp_path / "named", url)  # type: ignore[arg-type]
    house.settings = replace(house.settings, cors_origins=(APP,))
    runner = await run_site(house, port)
    found = Site(house, url)
    await until(lambda: house.store_up)
    yield found
    await found.close()
    await runner.cleanup()
    house.journal.close()


async def preflight(site: Site, path: str, origin: str) -> tuple[int, dict[str, str]]:
    headers = {"Access-Control-Request-Method": "POST", "Origin": origin}
    async with site.anybody().options(site.api + path, headers=headers) as answer:
        return answer.status, dict(answer.headers)


def test_which_routes_are_open() -> None:
    routes = all_routes(demo=True)
    open_ = {route.name for route in routes if is_open(route)}
    assert set(OPEN) <= open_
    assert not open_ & {"log_in", "log_in_demo", "log_in_entry", "find_report", "read_demo"}
    assert not any(is_open(route) for route in routes if isinstance(route.access, tuple))


async def test_a_page_of_a_named_site_reports_and_goes_on(named: Site) -> None:
    status, headers = await preflight(named, "/incidents", APP)
    assert (status, headers[ALLOWED], headers["Access-Control-Allow-Methods"]) == (204, APP, "POST")
    assert "Authorization" in headers["Access-Control-Allow-Headers"]
    assert "Jingmin-Key" not in headers["Access-Control-Allow-Headers"]
    page = named.anybody(Origin=APP)
    async with page.post(f"{named.api}/incidents", json=REPORT) as answer:
        assert (answer.status, answer.headers[ALLOWED]) == (201, APP)
        assert "Origin" in answer.headers["Vary"]
        token = (await answer.json())["token"]
    caller = named.anybody(Origin=APP, Authorization=f"Bearer {token}")
    async with caller.post(f"{named.api}/my/messages", json={"text": "我在这里"}) as answer:
        assert (answer.status, answer.headers[ALLOWED]) == (200, APP)
        assert "Access-Control-Allow-Credentials" not in answer.headers
    async with caller.post(f"{named.api}/my/messages", json={}) as answer:
        assert (answer.status, answer.headers[ALLOWED]) == (422, APP)  # the page reads why, too
    async with caller.ws_connect(f"{named.url}/api/v1/live/caller") as socket:
        await socket.send_json({"type": "hello", "token": token})
        assert (await socket.receive(30)).type is aiohttp.WSMsgType.TEXT


@pytest.mark.parametrize(
    "origin", ["https://app.example.cn.evil.cn", "http://app.example.cn", "null", f"{APP}:444", "*"]
)
async def test_a_page_of_any_other_site_reads_nothing(named: Site, origin: str) -> None:
    status, headers = await preflight(named, "/incidents", origin)
    assert status == 204
    assert ALLOWED not in headers
    assert "Access-Control-Allow-Methods" not in headers
    assert "Origin" in headers["Vary"]
    page = named.anybody(Origin=origin)
    async with page.get(f"{named.api}/config") as answer:
        assert ALLOWED not in answer.headers
        assert "Origin" in answer.headers["Vary"]
    receipt = await named.report()
    caller = named.anybody(Origin=origin, Authorization=f"Bearer {receipt['token']}")
    async with caller.post(f"{named.api}/my/messages", json={"text": "我在这里"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", ["/session", "/people", "/integrators", "/tips", "/notices"])
async def test_the_staffs_api_answers_no_other_site(named: Site, path: str) -> None:
    status, headers = await preflight(named, path, APP)
    assert status == 405
    assert ALLOWED not in headers
    page = named.anybody(Origin=APP)
    async with page.get(named.api + path) as answer:
        assert ALLOWED not in answer.headers
    body = {"login": "admin", "password": PASSWORD}
    async with page.post(f"{named.api}/session", json=body) as answer:
        assert answer.status == 403


async def test_without_the_setting_nothing_is_said(site: Site) -> None:
    status, headers = await preflight(site, "/incidents", APP)
    assert status == 405
    assert not [name for name in headers if name.startswith("Access-Control")]
