"""A resident and a dispatcher, each in a real Firefox: the report, the answer, the call, the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.conftest import GUTA, Demo, demo
from tests.system.firefox import ELEMENT, Firefox

__all__ = ["demo"]
pytestmark = pytest.mark.system


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Firefox]:
    one = Firefox(tmp_path / "phone", 480, 900, GUTA)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Firefox]:
    one = Firefox(tmp_path / "desk", 1440, 900, GUTA)
    await one.start()
    yield one
    await one.stop()


async def log_in(desk: Firefox, demo: Demo, login: str, face: str) -> None:
    await desk.go(f"{demo.url}/")
    status = await desk.wait_for(
        """const [login, face, done] = arguments;
        fetch('/api/v1/session/demo', {method: 'POST', body: JSON.stringify({login}),
          headers: {'Content-Type': 'application/json', 'Jingmin-Face': face}})
          .then(answer => done(answer.status), error => done(String(error)))""",
        login,
        face,
    )
    assert status == 200, status
    await desk.go(f"{demo.url}/{face}/")


async def test_a_report_and_its_answer(demo: Demo, phone: Firefox, desk: Firefox) -> None:
    await log_in(desk, demo, "desk1", "console")
    await phone.go(f"{demo.url}/110/")
    await phone.click("report")
    await phone.says("number", "0110-")
    number = await phone.text("number")
    dial = await phone.find('[data-testid="dial"]')
    href = await phone.command("WebDriver:GetElementAttribute", id=dial[ELEMENT], name="href")
    assert href == "tel:110"

    await desk.find(f'[data-testid="card-{number}"]')
    await desk.click(f"answer-{number}")
    await phone.find('[data-testid="step-answered"][data-done="true"]')
    await desk.sees(1)
    await phone.sees(1)

    # Where the phone is, as Firefox says it, leads to the right station.
    await desk.says("call-station", "古塔分局样例十二派出所")

    await phone.type("text-input", "我在一块大石头旁边")
    await phone.click("text-send")
    await desk.says("thread", "我在一块大石头旁边")
    await desk.type("text-input", "民警已经出发")
    await desk.click("text-send")
    await phone.says("thread", "民警已经出发")

    await desk.click("close")
    await desk.run("document.querySelector('[data-testid=\"disposition-RESOLVED\"]').click()")
    await desk.click("confirm-close")
    await phone.find('[data-testid="over"]')
