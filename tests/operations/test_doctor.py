"""``jingmin doctor`` finds nothing wrong with a healthy product, and each planted mistake, by its name."""

from __future__ import annotations

import asyncio
import json
import re
import resource
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pymongo
import pytest
from playwright.async_api import async_playwright

from api.routes import now_ms
from config import load
from domain.finding import Finding, Verdict
from jingmin.case import Case
from jingmin.checks_store import judge
from jingmin.checks_tls import check_redirect
from jingmin.doctor import examine
from storage.embedded import EmbeddedStore
from storage.examination import StoreFacts
from tests.city import small_city
from tests.installed import jingmin, outside
from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.operations.proxy import Proxy
from tests.operations.test_started_wrong import Machine, answers, until_it_answers
from tests.ports import free_port

pytestmark = pytest.mark.slow


PLATFORM = {
    "official_appid": "wx0123456789abcdef",
    "official_original_id": "gh_0123456789ab",
    "official_secret": "s" * 32,
    "official_token": "t" * 32,
    "official_aes_key": "k" * 43,
    "official_api": "http://127.0.0.1:9",  # nobody
}


class Front:
    """A product with embedded store, started once, and the proxy in front of it."""

    def __init__(self, machine: Machine, proxy: Proxy) -> None:
        self.proxy, self.machine = proxy, machine
        self.settings = machine.settings(
            "data",
            public_url=f"https://localhost:{proxy.ports['good']}",
            media_url=f"wss://localhost:{proxy.ports['good']}/rtc",
            media_udp_port=free_port(),
            proxies="127.0.0.1/32,203.0.113.9",
        )
        proxy.api = int(self.settings["JINGMIN_PORT"])
        proxy.media = int(self.settings["JINGMIN_MEDIA_PORT"])
        self.process = machine.start("serve", self.settings)
        until_it_answers(self.process, self.settings)
        end = time.monotonic() + 60
        while not answers(self.settings["JINGMIN_MEDIA_PORT"]):
            assert time.monotonic() < end
            time.sleep(0.1)

    @property
    def data(self) -> Path:
        return Path(self.settings["JINGMIN_DATA"])

    def store(self) -> str:
        return EmbeddedStore(self.data / "store", int(self.settings["JINGMIN_STORE_PORT"])).uri

    def case(self, **more: Any) -> Case:
        changed = {f"JINGMIN_{name.upper()}": str(value) for name, value in more.items()}
        return Case.of(load(None, {**self.settings, **changed}, complete=False))


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("doctor")
    proxy, machine = Proxy(folder), Machine(folder)
    proxy.start()
    try:
        yield Front(machine, proxy)
    finally:
        machine.stop()
        proxy.stop()


@pytest.fixture
def trusting(front: Front, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    monkeypatch.setenv("SSL_CERT_FILE", str(front.proxy.trusted))
    yield front
    front.proxy.flaws.clear()


def of(findings: list[Finding], *verdicts: Verdict) -> dict[str, str]:
    return {one.about: f"{one.zh} {one.en}" for one in findings if one.verdict in verdicts}


def typed(front: Front, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [jingmin(), "doctor", *arguments]
    env = outside(**front.settings)
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_a_healthy_product_is_well(trusting: Front) -> None:
    done = typed(trusting, "--json")
    found = {one["about"]: one["verdict"] for one in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert "WRONG" not in found.values()
    assert {about for about, verdict in found.items() if verdict == "WELL"} >= {
        *("settings", "boundaries", "data", "disk", "files", "store", "store writes"),
        *("media processes", "api", "media", "tls", "proxy", "addresses", "compression"),
        *("headers", "live", "rtc", "metrics", "uploads", "udp"),
    }
    assert found["backup"] == found["turn"] == "DOUBTFUL"  # there is none yet


@pytest.mark.parametrize(
    ("flaw", "about", "says"),
    [
        ("upgrade", "live", "Upgrade"),
        ("upgrade", "rtc", "Upgrade"),
        ("rtc", "rtc", "location /rtc"),
        ("forgotten", "addresses", "no X-Forwarded-For"),
        ("forged", "addresses", "strangers write"),
        ("wide", "addresses", "proxies too wide"),
        ("stranger", "proxy", "another installation"),
        ("hsts", "headers", "Strict-Transport-Security"),
        ("policy", "headers", "Content-Security-Policy"),
        ("two", "headers", "of its own"),
        ("gzip", "compression", "gzip off"),
        ("metrics", "metrics", "return 404"),
        ("metrics/bot", "metrics", "/metrics/bot"),
        ("small", "uploads", "client_max_body_size"),
        ("clock", "clock", "differs"),
    ],
)
async def test_a_flaw_of_the_proxy_is_named(
    trusting: Front, flaw: str, about: str, says: str
) -> None:
    trusting.proxy.flaws.add(flaw)
    found = of(await examine(trusting.case()), Verdict.WRONG)
    assert says in found[about]
    allowed = {"upgrade": {"live", "rtc"}, "stranger": {"proxy", "uploads", "live"}}
    assert set(found) <= allowed.get(flaw, {about})


async def test_numbers_that_are_shown_compressed_are_shown(trusting: Front) -> None:
    trusting.proxy.flaws.update(("metrics", "gzip"))
    found = of(await examine(trusting.case()), Verdict.WRONG)
    assert "everybody sees /metrics" in found["metrics"]


@pytest.mark.parametrize(
    ("flaw", "verdict", "says"),
    [
        ("unnamed", Verdict.DOUBTFUL, "another proxy is in front, 192.0.2.80"),
        ("instead", Verdict.DOUBTFUL, "another proxy is in front, 192.0.2.80"),
        ("named", Verdict.WELL, "sees us at 192.0.2.7"),
        ("itself", Verdict.DOUBTFUL, "names this machine (127.0.0.1)"),
    ],
)
async def test_proxies_one_behind_the_other_are_judged(
    trusting: Front, flaw: str, verdict: Verdict, says: str
) -> None:
    trusting.proxy.flaws.add(flaw)
    assert says in of(await examine(trusting.case()), verdict)["addresses"]


async def test_a_version_that_is_told_is_doubted(trusting: Front) -> None:
    trusting.proxy.flaws.add("version")
    found = of(await examine(trusting.case()), Verdict.DOUBTFUL)
    assert "server_tokens off" in found["headers"]


@pytest.mark.parametrize(
    ("kind", "verdict", "says"),
    [
        ("expired", Verdict.WRONG, "has expired: renew"),
        ("another", Verdict.WRONG, "not for localhost"),
        ("unknown", Verdict.WRONG, "do not trust"),
        ("soon", Verdict.DOUBTFUL, "ends in 5 days"),
    ],
)
async def test_a_certificate_is_judged(
    trusting: Front, kind: str, verdict: Verdict, says: str
) -> None:
    url = f"https://localhost:{trusting.proxy.ports[kind]}"
    findings = await examine(trusting.case(public_url=url))
    assert says in of(findings, verdict)["tls"]
    # What is behind it is looked at all the same.
    assert "headers" in of(findings, Verdict.WELL)


async def test_who_comes_without_https_is_led_there(trusting: Front) -> None:
    case, port = trusting.case(), trusting.proxy.plain
    assert [one.verdict for one in await check_redirect(case, port)] == [Verdict.WELL]
    trusting.proxy.flaws.add("open")
    (found,) = await check_redirect(case, port)
    assert (found.verdict, found.about) == (Verdict.WRONG, "redirect")
    (found,) = await check_redirect(case, free_port())
    assert found.verdict is Verdict.DOUBTFUL


@pytest.mark.parametrize(
    ("settings", "about", "says"),
    [
        ({"media_url": "ws://localhost/rtc"}, "settings", "media_url"),
        ({"public_url": ""}, "settings", "public_url"),
        ({"media_addresses": "203.0.113.9"}, "media_addresses", "no address of this machine"),
        ({"media_addresses": "0.0.0.0"}, "media_addresses", "cannot be told"),
        ({"media_udp_port": "9"}, "udp", "nobody answers at 127.0.0.1:9/udp"),
        ({"port": "9"}, "api", "port 9"),
        ({"proxies": "0.0.0.0/0"}, "addresses", "proxies too wide"),
        ({"boundaries": "missing.geojson"}, "boundaries", "missing.geojson"),
        ({"turn_urls": "turn:127.0.0.1:9", "turn_secret": "s"}, "turn turn:127.0.0.1:9", "answer"),
        ({"secret": "of another installation, long enough"}, "proxy", "another installation"),
        ({"secret": "of another installation, long enough"}, "api", "another installation"),
        ({"public_url": "https://localhost:9"}, "tls", "cannot be reached"),
    ],
)
async def test_a_setting_that_does_not_fit_is_named(
    trusting: Front, settings: dict[str, str], about: str, says: str
) -> None:
    found = of(await examine(trusting.case(**settings)), Verdict.WRONG)
    assert says in found[about]


async def test_a_broken_map_is_named_with_its_place(trusting: Front, tmp_path: Path) -> None:
    city = small_city()
    city["features"][2]["geometry"]["coordinates"][0][1] = [121.3, 41.1]
    path = tmp_path / "broken.geojson"
    path.write_text(json.dumps(city))
    found = of(await examine(trusting.case(boundaries=path)), Verdict.WRONG)
    assert "w1" in found["boundaries"]
    assert list(found) == ["boundaries"]


def test_a_folder_open_to_others_is_named_and_left_as_it_is(trusting: Front) -> None:
    trusting.data.chmod(0o755)
    try:
        done = typed(trusting, "--lang", "en")
        assert trusting.data.stat().st_mode & 0o777 == 0o755
    finally:
        trusting.data.chmod(0o700)
    assert done.returncode == 1
    assert re.search(r"^✗ data\n    \S+ has mode 755, .*: chmod 700 ", done.stdout, re.M)
    assert "\n1 wrong, " in done.stdout


async def test_few_files_of_the_service_are_named(trusting: Front) -> None:
    few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (1024, 1024))
    with subprocess.Popen(["sleep", "60"], preexec_fn=few) as service:
        case = replace(trusting.case(), serving=service.pid)
        found = of(await examine(case), Verdict.WRONG)
        service.kill()
    assert list(found) == ["files"]
    assert "LimitNOFILE=65536" in found["files"]


@pytest.mark.parametrize("concern", ["w=1&journal=true", "w=majority", "w=majority&journal=false"])
async def test_writes_that_can_be_lost_are_named(trusting: Front, concern: str) -> None:
    uri = trusting.store().replace("w=majority&journal=true", concern)
    found = of(await examine(trusting.case(store_uri=uri)), Verdict.WRONG)
    assert "w=majority&journal=true" in found["store writes"]


@pytest.mark.parametrize(
    ("flaw", "about", "says"),
    [
        ({"replica_set": ""}, "store", "no replica set"),
        ({"version": "6.0.19"}, "store", "too old"),
        ({"kept": "WTimeoutError 64"}, "store writes", "members are missing"),
        ({"ahead_ms": -9_000}, "store clock", "-9.0 s"),
        ({"media": (("media-1", "wss://110.example.cn/rtc", 0),)}, "media processes", "none lives"),
        ({"media": "ws://10.0.0.5/rtc"}, "media processes", "no wss"),
    ],
)
def test_what_a_store_says_of_itself_is_judged(flaw: dict[str, Any], about: str, says: str) -> None:
    facts = StoreFacts(
        version="7.0.14",
        replica_set="rs0",
        concern=("majority", True),
        trip_ms=1.0,
        ahead_ms=20,
        backup_at=now_ms(),
        media=(("media-1", "wss://110.example.cn/rtc", now_ms()),),
    )
    assert {one.verdict for one in judge(facts, serving=True, public=True)} == {Verdict.WELL}
    if flaw.get("media") == "ws://10.0.0.5/rtc":
        flaw = {"media": (("media-1", flaw["media"], now_ms()),)}
    found = of(judge(replace(facts, **flaw), serving=True, public=True), Verdict.WRONG)
    assert list(found) == [about]
    assert says in found[about]


async def test_a_store_that_is_away_is_named_without_its_password(trusting: Front) -> None:
    uri = f"mongodb://jingmin:a-password@127.0.0.1:{free_port()}/?replicaSet=rs0"
    found = of(await examine(trusting.case(store_uri=uri)), Verdict.WRONG)
    assert "does not answer" in found["store"]
    assert "a-password" not in str(found)


async def test_the_age_of_the_last_backup_is_told(trusting: Front) -> None:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(trusting.store())
    backups, now = client.jingmin.backups, time.time_ns() // 1_000_000
    try:
        for hours, verdict in ((1, Verdict.WELL), (30, Verdict.DOUBTFUL), (200, Verdict.WRONG)):
            last = {"at": now - hours * 3_600_000}
            backups.update_one({"_id": "last"}, {"$set": last}, upsert=True)
            found = of(await examine(trusting.case()), verdict)
            assert f"{hours} h old" in found["backup"]
    finally:
        backups.drop()
        client.close()


async def test_a_document_of_another_version_is_named(trusting: Front) -> None:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(trusting.store())
    incidents, id = client.jingmin.incidents, "of-another-version"
    incidents.insert_one({"_id": id, "number": "0110-X", "state": "RAISED", "kind": "UNKNOWN"})
    try:
        async with asyncio.timeout(30):
            while "documents" not in (found := of(await examine(trusting.case()), Verdict.WRONG)):
                await asyncio.sleep(0.5)
        assert list(found) == ["documents"]
    finally:
        incidents.delete_one({"_id": id})
        client.close()
    async with asyncio.timeout(30):
        while of(await examine(trusting.case()), Verdict.WRONG):
            await asyncio.sleep(0.5)


async def test_wechat_is_asked_and_the_way_to_the_bot(trusting: Front) -> None:
    platform = {**PLATFORM, "bot_url": f"https://localhost:{trusting.proxy.ports['good']}"}
    found = of(await examine(trusting.case(**platform)), Verdict.WRONG)
    assert "port" in found["bot"]  # it is configured, and was not started again
    trusting.proxy.bot = int(trusting.settings["JINGMIN_BOT_PORT"])
    more = {f"JINGMIN_{name.upper()}": value for name, value in platform.items()}
    trusting.machine.start("bot", {**trusting.settings, **more})
    async with asyncio.timeout(60):
        while not answers(trusting.settings["JINGMIN_BOT_PORT"]):
            await asyncio.sleep(0.1)
    findings = await examine(trusting.case(**platform))
    assert {"bot", "bot path"} <= set(of(findings, Verdict.WELL))
    # The platform is away, which wechat check says in its own words; our callback address is well.
    assert "连接不到平台" in of(findings, Verdict.WRONG)["wechat: 公众号 access_token"]
    trusting.proxy.flaws.add("wechat")
    found = of(await examine(trusting.case(**platform)), Verdict.WRONG)
    assert "location /wechat/" in found["bot path"]


async def test_without_serve_what_answers_says_what_ought_to(trusting: Front) -> None:
    """Units of their own: the api answers, so a media process that nobody hears of is missed."""
    alone = replace(trusting.case(media_port="9", media_id="media-2"), serving=0)
    assert "port 9" in of(await examine(alone), Verdict.WRONG)["media"]
    elsewhere = replace(trusting.case(media_port="9"), serving=0)
    assert "port 9" in of(await examine(elsewhere), Verdict.UNSEEN)["media"]


async def test_what_was_never_started_is_looked_at_all_the_same(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    findings = await examine(Case.of(load(None, machine.settings("none"))))
    assert not of(findings, Verdict.WRONG)
    unseen = of(findings, Verdict.UNSEEN)
    assert {"data", "store", "api", "media", "public address"} <= set(unseen)
    assert not (tmp_path / "none").exists()


def test_settings_that_cannot_be_read_end_with_2(tmp_path: Path) -> None:
    file = tmp_path / "jingmin.toml"
    file.write_text("prot = 1\n")
    command = [jingmin(), "--config", str(file), "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "jingmin: unknown setting prot\n")


@pytest.mark.alone("a browser")
async def test_a_phone_tries_the_way_to_media(trusting: Front) -> None:
    """The page that is printed, opened in a browser: through to the media process, and no relay there."""
    done = await asyncio.to_thread(typed, trusting, "--lang", "en")
    (url,) = re.findall(r"^    (https://\S+/probe/page\S+)$", done.stdout, re.M)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(ignore_https_errors=True)
        answer = await page.goto(url)
        assert answer is not None
        assert answer.status == 200
        await page.wait_for_selector("main[data-done=yes]", timeout=60_000)
        (said,) = await page.locator("li").all_inner_texts()
        sign = await page.locator("li").get_attribute("data-sign")
        forged = await page.goto(url[:-4] + "AAAA")
        assert forged is not None
        assert forged.status == 401
        await browser.close()
    assert (sign, "open, calls need no relay" in said) == ("✓", True)
