"""The clock of a running api is set an hour forth or back: reports go on, nobody is logged out or in
longer than said, nothing is taken away before it is old."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

import api.routes
from api.limits import Rate
from api.login import forget_attempts
from api.routes import now_ms
from api.session import forget_sessions
from domain.errors import Refused
from domain.incident import IncidentState
from domain.presence import forget
from tests.api.conftest import PASSWORD, Site, until

HOUR = 3_600_000
STEPS = pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forth", "back"])


@dataclass
class Hands:
    """The wall clock of the api, ``ahead`` of this machine's by so many ms."""

    ahead: int = 0

    def time_ns(self) -> int:
        return time.time_ns() + self.ahead * 1_000_000


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    one = Hands()
    monkeypatch.setattr(api.routes, "time", one)
    return one


def rings(site: Site, id: str) -> Callable[[], bool]:
    return lambda: any(it.id == id for it in site.house.board.sweepable())


@STEPS
async def test_reports_before_and_after_the_step_ring_are_answered_and_closed(
    site: Site, hands: Hands, step: int
) -> None:
    desk = await site.staff("desk1")
    before = await site.report(words="有人撬门")
    await until(rings(site, before["id"]))
    hands.ahead = step
    after = await site.report(words="有人受伤")
    await until(rings(site, after["id"]))
    for receipt in (after, before):
        path, caller = f"/incidents/{receipt['id']}", site.caller(receipt)
        await site.ask(caller, "POST", "/my/messages", {"text": "还在吗"})
        answered = await site.ask(desk, "POST", f"{path}/answer")
        assert answered["state"] == "ANSWERED"
        await site.ask(desk, "POST", f"{path}/messages", {"key": f"k-{step}-1", "text": "在"})
        await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED", "words": ""})
        stored = await site.stored(receipt["id"])
        waited = [one.data["waited_ms"] for one in stored.log.entries if "waited_ms" in one.data]
        assert waited
        assert min(waited) >= 0
        assert stored.state is IncidentState.CLOSED
        checked = await site.ask(desk, "GET", f"{path}/verify")
        assert [one["what"] for one in checked["flaws"] if "checkpoint" not in one["what"]] == []


@STEPS
async def test_who_waits_is_escalated_and_not_forgotten(
    site: Site, hands: Hands, step: int
) -> None:
    receipt = await site.report(words="有人撬门")
    await until(rings(site, receipt["id"]))
    hands.ahead = step

    async def escalated() -> bool:
        return (await site.stored(receipt["id"])).escalation > 0

    await until(escalated)
    assert (await site.stored(receipt["id"])).state is IncidentState.RAISED


@STEPS
async def test_nobody_is_logged_out_and_nothing_goes_that_is_not_old(
    site: Site, hands: Hands, step: int
) -> None:
    desk = await site.staff("desk1")
    hands.ahead = step
    assert await forget_sessions(site.house, now_ms()) == 0
    assert await forget(site.house.store, now_ms()) == 0
    await site.ask(desk, "GET", "/session")


@STEPS
async def test_who_was_slowed_may_log_in_within_the_time_that_was_said(
    site: Site, hands: Hands, step: int
) -> None:
    async def log_in(password: str) -> int:
        body = {"login": "desk1", "password": password}
        async with site.anybody().post(f"{site.api}/session", json=body) as response:
            await response.read()
            return response.status

    # On a machine so busy that each try takes seconds, what is to be waited for is over before the next one.
    for _ in range(60):
        if await log_in("a wrong password") == 429:
            break
    else:
        pytest.fail("nobody was slowed")
    hands.ahead = step
    assert await log_in(PASSWORD) == 200
    await forget_attempts(site.house, now_ms())


@STEPS
async def test_rate_limits_neither_open_nor_shut(site: Site, hands: Hands, step: int) -> None:
    def spend() -> None:
        site.house.limits.spend("a key", "test", rate=Rate(0.001, 2))

    spend()
    spend()
    hands.ahead = step
    with pytest.raises(Refused):
        spend()
