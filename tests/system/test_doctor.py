"""``jingmin doctor`` behind the guide's nginx, with a real coturn: well as the guide says, and each planted
mistake of theirs named."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import async_playwright

from api.routes import now_ms
from config import load
from domain.finding import Verdict
from domain.probe import LONGEST_S, ProbeKind, issue_probe
from jingmin.case import Case
from jingmin.checks_media import check_turn
from jingmin.doctor import examine
from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.ports import free_port
from tests.system.conftest import Front
from tests.system.coturn import Coturn
from tests.system.product import NAME

pytestmark = pytest.mark.system
OF_ONES_OWN = "proxy_set_header X-Forwarded-For $remote_addr;"


def case(front: Front, **more: Any) -> Case:
    return Case.of(load(front.product.file, {}, more))


@pytest.fixture(autouse=True)
def _known(behind_nginx: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's name is this machine, and its certificate is trusted."""
    look_up = socket.getaddrinfo

    def here(host: Any, *more: Any, **others: Any) -> Any:
        return look_up("127.0.0.1" if host == NAME else host, *more, **others)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    monkeypatch.setenv("SSL_CERT_FILE", str(behind_nginx.proxy.certificate))


@pytest.fixture
def _changed(behind_nginx: Front) -> Iterator[None]:
    site = behind_nginx.proxy.folder / "site.conf"
    before = site.read_text()
    yield
    site.write_text(before)
    behind_nginx.proxy.reload()


async def test_the_guide_s_own_proxy_and_relay_are_well(front: Front, coturn: Coturn) -> None:
    findings = await examine(case(front))
    wrong = {one.about for one in findings if one.verdict is Verdict.WRONG}
    assert wrong == set()
    well = {one.about for one in findings if one.verdict is Verdict.WELL}
    assert well >= {
        "rtc",
        "proxy",
        "addresses",
        "compression",
        "headers",
        "live",
        "metrics",
        "uploads",
    }
    assert well >= {"udp", f"turn {coturn.url}"}


@pytest.mark.usefixtures("_changed")
@pytest.mark.parametrize(
    ("written", "instead", "about"),
    [
        # One header of a place's own, and it has no other: that is how nginx takes them.
        ("location / { proxy_pass", f"location / {{ {OF_ONES_OWN} proxy_pass", "live"),
        ("location = /rtc { ", f"location = /rtc {{ {OF_ONES_OWN} ", "rtc"),
        ("  proxy_set_header X-Forwarded-For $remote_addr;\n", "", "addresses"),
        ("  location = /metrics { return 404; }\n", "", "metrics"),
        ("110m", "1m", "uploads"),
        ("gzip off;", "gzip on; gzip_types *;", "compression"),
        ("server_name", "proxy_hide_header Strict-Transport-Security; server_name", "headers"),
    ],
)
async def test_what_is_left_out_of_the_guide_is_named(
    front: Front, written: str, instead: str, about: str
) -> None:
    site = front.proxy.folder / "site.conf"
    text = site.read_text()
    assert written in text
    site.write_text(text.replace(written, instead))
    front.proxy.reload()
    for _ in range(20):  # old workers finish what they have
        findings = await examine(case(front))
        wrong = {one.about for one in findings if one.verdict is Verdict.WRONG}
        if about in wrong:
            break
    assert wrong == {about}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"turn_secret": "another than coturn has"}, "static-auth-secret"),
        ({"turn_urls": [f"turn:127.0.0.1:{free_port()}?transport=tcp"]}, "does not answer"),
        ({"media_addresses": ["127.0.0.1=0.0.0.1"]}, "denied-peer-ip"),
    ],
)
async def test_a_relay_that_gives_nothing_is_named(
    front: Front, coturn: Coturn, more: dict[str, Any], says: str
) -> None:
    found = [one for one in await check_turn(case(front, **more)) if one.verdict is Verdict.WRONG]
    assert len(found) == 1
    assert says in found[0].en


async def test_the_page_for_a_phone_tries_the_relay_too(front: Front, coturn: Coturn) -> None:
    secret = case(front).secret
    assert secret is not None
    given = issue_probe(secret, ProbeKind.PAGE, now_ms(), LONGEST_S).text()
    there = [*ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=there)
        page = await browser.new_page(ignore_https_errors=True)
        await page.goto(f"{front.api}/probe/page?pass={quote(given, safe='')}")
        await page.wait_for_selector("main[data-done=yes]", timeout=60_000)
        said = {
            await one.inner_text(): await one.get_attribute("data-sign")
            for one in await page.locator("li").all()
        }
        await browser.close()
    assert set(said.values()) == {"✓"}
    assert any(coturn.url in line for line in said)
    assert len(said) == 2


def test_a_disk_without_room_is_named(front: Front, tmp_path: Path) -> None:
    """A small tmpfs in a mount namespace of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = " ".join(front.product.command("doctor", "--json", "--data", str(disk)))
    script = f"mount -t tmpfs -o size=50m tmpfs {disk} && exec {command}"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    wrong = {
        one["about"]: one["en"] for one in json.loads(done.stdout) if one["verdict"] == "WRONG"
    }
    assert "below 3 GiB" in wrong["disk"]
    assert "in memory" in wrong["data"]


def test_it_is_typed_as_the_guide_says(front: Front) -> None:
    command = [*front.product.command("doctor"), "--lang", "en"]
    env = {**os.environ, "SSL_CERT_FILE": str(front.proxy.certificate)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1  # the name is nobody's here
    assert re.search(r"^✗ tls\n    110\.example\.cn:\d+ cannot be reached", done.stdout, re.M)
    said = subprocess.run(
        [*command, "--json"], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert {"verdict", "about", "zh", "en"} == set(json.loads(said.stdout)[0])
