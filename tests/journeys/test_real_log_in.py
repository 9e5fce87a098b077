"""Log-in as it is outside the demo, at every face: password, one-time code, and nothing thrown away."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pymongo
import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import opened
from tests.ports import free_port
from tests.system.conftest import wait_for
from tests.system.product import INITIAL, PASSWORD, Product

OWN = "a password of one's own"
# What each face shows to whoever is in.
FACES = {
    "console": ("desk1", "DISPATCHER", "queue"),
    "station": ("w1", "STATION_OFFICER", "empty"),
    "community": ("community1", "COMMUNITY_OFFICER", "nav-tips"),
}


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """``jingmin serve`` on this machine, with nobody in front, the second factor on."""
    port, media = free_port(), free_port()
    own: dict[str, Any] = {
        "port": port,
        "media_port": media,
        "public_url": f"http://127.0.0.1:{port}",
        "media_url": f"ws://127.0.0.1:{media}/rtc",
        "proxies": [],
    }
    one = Product(tmp_path_factory.mktemp("product"), port, **own)
    one.port, one.media_port, one.public_url = port, media, own["public_url"]
    hire(one, "admin1", "ADMIN")
    for login, role, _ in FACES.values():
        hire(one, login, role, *([] if role == "DISPATCHER" else ["--station", "w1"]))
    one.start()
    try:
        wait_for(one)
        yield one
    finally:
        one.stop()


def hire(product: Product, login: str, role: str, *more: str) -> None:
    subprocess.run(
        product.command("people", "add", login, f"{login} 警官", "--role", role, *more),
        env={**os.environ, "JINGMIN_PASSWORD": INITIAL},
        check=True,
        capture_output=True,
        timeout=60,
    )


class Authenticator:
    """The codes of one person, each given once: the last half minute's first, which still counts."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._given = 0
        self.recovery: list[str] = []

    async def code(self) -> str:
        while (step := self._good()) <= self._given:
            await asyncio.sleep(0.5)
        self._given = step
        return self._totp.generate_otp(step)

    def _good(self) -> int:
        step, into = divmod(time.time(), 30)
        # With little left of the half minute the last code would come too late.
        return int(step) - 1 if self._given == 0 and into < 20 else int(step)


async def log_in(page: Page, login: str, password: str = PASSWORD, code: str = "") -> None:
    await page.get_by_test_id("login").fill(login)
    await page.get_by_test_id("password").fill(password)
    await page.get_by_test_id("code").fill(code)
    await page.get_by_test_id("log-in").click()


async def log_in_first(page: Page, login: str) -> None:
    """As the operator made the account: the password is changed before anything else."""
    await log_in(page, login, INITIAL)
    await change_password(page, INITIAL, PASSWORD)


async def set_up_code(page: Page, password: str = PASSWORD) -> Authenticator:
    """Say the password once more, scan, type the first code, and keep the recovery codes."""
    await page.get_by_test_id("totp-password").fill(password)
    await page.get_by_test_id("totp-go").click()
    secret = await page.get_by_test_id("totp-secret").inner_text()
    authenticator = Authenticator(secret.replace(" ", ""))
    await page.get_by_test_id("totp-code").fill(await authenticator.code())
    await page.get_by_test_id("totp-go").click()
    authenticator.recovery = await kept_codes(page)
    return authenticator


async def kept_codes(page: Page) -> list[str]:
    """The recovery codes that are shown, which is over then."""
    shown = page.get_by_test_id("recovery-codes").locator("li")
    await expect(shown).to_have_count(10)
    codes = await shown.all_inner_texts()
    await page.get_by_test_id("recovery-print").click()
    sheet = page.frame_locator("iframe").locator("pre")
    assert await sheet.all_inner_texts() == codes
    await page.get_by_test_id("recovery-saved").click()
    await expect(page.locator("iframe")).to_have_count(0)
    return codes


@pytest.mark.parametrize("face", FACES)
async def test_who_sets_up_the_code_is_in_and_stays_in(
    product: Product, browser: Browser, face: str
) -> None:
    login, _, inside = FACES[face]
    page = await opened(browser, f"{product.public_url}/{face}/")
    await log_in_first(page, login)
    phone = await set_up_code(page)
    await expect(page.get_by_test_id(inside)).to_be_visible()
    await page.reload()
    await expect(page.get_by_test_id(inside)).to_be_visible()

    other = await opened(browser, f"{product.public_url}/{face}/")
    await log_in(other, login, code=await phone.code())
    await expect(other.get_by_test_id(inside)).to_be_visible()
    await reach(page, face, "change-password")
    await change_password(page, PASSWORD, OWN)
    await expect(page.get_by_test_id("password-form")).to_be_hidden()
    await page.reload()
    await expect(page.get_by_test_id(inside)).to_be_visible()
    await other.reload()
    await expect(other.get_by_test_id("log-in")).to_be_visible()

    # The authenticator is lost: in with a recovery code, and with another one to a new set.
    await other.get_by_test_id("use-recovery").click()
    await other.get_by_test_id("login").fill(login)
    await other.get_by_test_id("password").fill(OWN)
    await other.get_by_test_id("recovery").fill(phone.recovery[0])
    await other.get_by_test_id("log-in").click()
    await expect(other.get_by_test_id(inside)).to_be_visible()
    await reach(other, face, "change-code")
    await expect(other.get_by_test_id("recovery-left")).to_contain_text("9")
    await other.get_by_test_id("totp-password").fill(OWN)
    await other.get_by_test_id("use-recovery").click()
    await other.get_by_test_id("recovery").fill(phone.recovery[1])
    await other.get_by_test_id("recovery-renew").click()
    assert not set(await kept_codes(other)) & set(phone.recovery)
    await reach(other, face, "change-code")
    await expect(other.get_by_test_id("recovery-left")).to_contain_text("10")

    await reach(page, face, "log-out")
    await expect(page.get_by_test_id("log-in")).to_be_visible()
    for one in (page, other):
        assert one.errors == []  # type: ignore[attr-defined]


async def test_the_administrator_gives_passwords_that_are_good_once(
    product: Product, browser: Browser
) -> None:
    office = await opened(browser, f"{product.public_url}/console/")
    await log_in_first(office, "admin1")
    phone = await set_up_code(office)
    age_proofs(product)
    await office.get_by_test_id("people-add").click()
    await office.get_by_test_id("new-name").fill("新警官")
    await office.get_by_test_id("new-login").fill("new.one")
    await office.get_by_test_id("new-password").fill(PASSWORD)
    await office.get_by_test_id("new-save").click()
    # Asked over the dialog whose act goes on afterwards; first he gives up, and nothing is thrown away.
    await expect(office.get_by_test_id("proof-form")).to_be_visible()
    await office.keyboard.press("Escape")
    await expect(office.get_by_test_id("proof-form")).to_be_hidden()
    await office.get_by_test_id("new-save").click()
    await office.get_by_test_id("proof-password").fill(PASSWORD)
    await office.get_by_test_id("proof-code").fill(await phone.code())
    await office.get_by_test_id("proof-go").click()
    await expect(office.get_by_test_id("reset-password-new.one")).to_be_visible()

    desk = await opened(browser, f"{product.public_url}/console/")
    await log_in(desk, "new.one")
    await change_password(desk, PASSWORD, OWN)
    await set_up_code(desk, OWN)
    await expect(desk.get_by_test_id("queue")).to_be_visible()

    for what in ("password", "code"):
        await office.reload()
        await office.get_by_test_id(f"reset-{what}-new.one").click()
        await office.get_by_test_id("people-confirm").click()
        await expect(office.get_by_test_id("people-confirm")).to_be_hidden()
        if what == "password":
            given = await office.get_by_test_id("given-password").inner_text()
    await expect(desk.get_by_test_id("log-in")).to_be_visible()
    await log_in(desk, "new.one", given)
    await change_password(desk, given, OWN)
    await set_up_code(desk, OWN)
    await expect(desk.get_by_test_id("queue")).to_be_visible()
    for page in (office, desk):
        assert page.errors == []  # type: ignore[attr-defined]


def age_proofs(product: Product) -> None:
    """As if every log-in were longer ago than a proof is good for."""
    with pymongo.MongoClient[Any](product.store_uri()) as store:
        found = store["jingmin"]["sessions"].update_many({}, {"$set": {"proved_at": 1}})
    assert found.modified_count


async def change_password(page: Page, old: str, new: str) -> None:
    await page.get_by_test_id("password-old").fill(old)
    await page.get_by_test_id("password-new").fill(new)
    await page.get_by_test_id("password-again").fill(new)
    await page.get_by_test_id("password-save").click()


async def reach(page: Page, face: str, what: str) -> None:
    if face == "console":
        await page.get_by_test_id("menu").click()
    if face == "community":
        await page.get_by_test_id("nav-settings").click()
    await page.get_by_test_id(what).click()
