"""The routes of ``jingmin doctor``: with a pass of this installation alone."""

from __future__ import annotations

import json
import re
from functools import partial
from html import unescape

import pytest

from api.probe import HEADER_OF_PASS
from api.proxies import networks
from api.routes import now_ms
from config import Settings
from domain.probe import ProbeKind, issue_probe
from jingmin.assembly.api import _targets
from tests.api.conftest import Site


async def test_how_a_request_looks_is_told_to_who_has_a_pass(site: Site) -> None:
    given = issue_probe(site.house.secret, ProbeKind.FRONT, now_ms()).text()
    headers = {HEADER_OF_PASS: given, "X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    async with site.anybody().get(f"{site.api}/probe", headers=headers) as response:
        assert response.status == 200
        view = await response.json()
    # No proxy is named in these settings: what the header says is shown, and not believed.
    assert view["hops"] == ["198.51.100.7", "203.0.113.9"]
    assert (view["believed"], view["address"]) == (False, view["peer"])


async def test_a_proxy_that_adds_a_line_of_its_own_is_believed_before_a_stranger(
    site: Site,
) -> None:
    site.house.proxies = networks(["127.0.0.0/8", "::1"])
    given = issue_probe(site.house.secret, ProbeKind.FRONT, now_ms()).text()
    headers = [
        (HEADER_OF_PASS, given),
        ("X-Forwarded-For", "198.51.100.110"),
        ("X-Forwarded-For", "203.0.113.9"),
    ]
    async with site.anybody().get(f"{site.api}/probe", headers=headers) as response:
        assert (await response.json())["address"] == "203.0.113.9"


@pytest.mark.parametrize("path", ["/probe", "/probe/page"])
async def test_nobody_else_is_told_anything(site: Site, path: str) -> None:
    kind = ProbeKind.FRONT if path == "/probe" else ProbeKind.PAGE
    passes = [
        "",
        issue_probe(b"another installation's secret...", kind, now_ms()).text(),
        issue_probe(site.house.secret, ProbeKind.MEDIA, now_ms()).text(),
        issue_probe(site.house.secret, kind, now_ms() - 61_000).text(),
    ]
    for given in passes:
        async with site.anybody().get(
            f"{site.api}{path}",
            headers={HEADER_OF_PASS: given},
            params={"pass": given} if path == "/probe/page" else {},
        ) as response:
            assert response.status == 401
            assert (await response.json())["code"] == "token_bad"


async def test_what_the_page_holds_ends_with_its_pass(site: Site) -> None:
    relay = {"turn_urls": ["turn:relay.example.cn"], "turn_secret": "of the relay"}
    site.house.targets = partial(_targets, Settings(**relay))
    now = now_ms()
    given = issue_probe(site.house.secret, ProbeKind.PAGE, now, 40)
    async with site.anybody().get(
        f"{site.api}/probe/page", params={"pass": given.text()}
    ) as response:
        (plan,) = re.findall(r'data-plan="([^"]+)"', await response.text())
    end = given.name.partition("/")[2]
    found = json.loads(unescape(plan))
    assert found["name"] == f"media/{end}"
    assert [one["username"] for one in found["relays"]] == [f"{end}:probe"]
    # Too late to try anything: that the relay refuses would be taken for its fault.
    late = issue_probe(site.house.secret, ProbeKind.PAGE, now, 15).text()
    async with site.anybody().get(f"{site.api}/probe/page", params={"pass": late}) as response:
        assert response.status == 401


async def test_the_page_holds_no_secret_and_runs_its_own_script_alone(site: Site) -> None:
    given = issue_probe(site.house.secret, ProbeKind.PAGE, now_ms()).text()
    async with site.anybody().get(f"{site.api}/probe/page", params={"pass": given}) as response:
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    assert "unsafe" not in policy
    assert site.house.secret.decode("latin-1") not in text
