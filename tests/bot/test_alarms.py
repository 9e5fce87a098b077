"""What a platform refuses and only the operator can mend: log, metrics and health say it, then its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import aiohttp
import pytest

from bot.alarms import AGAIN_S, ALARMS, Alarms
from bot.errors import CallFailed
from bot.house import BotHouse
from bot.menu import buttons
from bot.worker import watch_menu
from tests.bot.conftest import Sim


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """One list a process, and here all tests are one."""
    ALARMS.__init__()  # type: ignore[misc]
    yield
    ALARMS.__init__()  # type: ignore[misc]


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]


@pytest.mark.parametrize(
    ("path", "errcode", "code"),
    [
        ("custom/send", 45009, "wechat_quota"),
        ("custom/send", 40164, "wechat_allow_list"),
        ("custom/send", 48001, "wechat_permission"),
        ("stable_token", 40125, "wechat_token"),
        ("stable_token", 40164, "wechat_allow_list"),
        ("template/send", 40037, "wechat_template"),
        ("template/send", 47003, "wechat_template"),
        ("menu/create", 40016, "wechat_menu"),
    ],
)
async def test_what_the_account_refuses_stands_until_it_goes_through(
    house: BotHouse,
    bot_url: str,
    sim: Sim,
    http: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
    path: str,
    errcode: int,
    code: str,
) -> None:
    openid = await sim.resident()
    await sim.post(f"residents/{openid}/text", content="你好")

    async def called() -> None:
        if path == "template/send":
            await house.officials.of("").send_template(openid, "template-tip", "", {"thing1": "x"})
        elif path == "menu/create":
            await house.officials.of("").menu_create(buttons(house.settings, ""))
        else:
            text = {"msgtype": "text", "text": {"content": "x"}}
            await house.officials.of("").send_custom(openid, text)

    async def alarms() -> list[str]:
        async with http.get(f"{bot_url}/healthz") as response:
            assert response.status == 200, "a platform's refusal is no reason to end the bot"
            return [one["code"] for one in (await response.json())["alarms"]]

    await sim.fault(path, "error", code=errcode)
    with pytest.raises(CallFailed):
        await called()
    assert await alarms() == [code]
    (line,) = said(caplog)
    assert line.startswith(f"{code}: official refuses")
    async with http.get(f"{bot_url}/metrics") as response:
        shown = await response.text()
    assert 'jingmin_platform_alarm{call="' in shown
    assert openid not in shown + line
    with pytest.raises(CallFailed):
        await called()
    assert len(said(caplog)) == 1, "said once, not with every call"
    async with http.delete(f"{sim._url}/sim/faults") as response:
        assert response.status == 200
    for known in house.officials.of("")._tokens._known.values():
        known.failed_until = 0.0  # as after the pause
    await called()
    assert await alarms() == []


@pytest.mark.parametrize("errcode", [45015, 45047, 43004, 48002, 45011, -1, 40003])
async def test_what_concerns_one_resident_or_a_moment_is_no_alarm(
    house: BotHouse, sim: Sim, errcode: int
) -> None:
    await sim.fault("custom/send", "error", code=errcode)
    with pytest.raises(CallFailed):
        await house.officials.of("").send_custom(
            "openid", {"msgtype": "text", "text": {"content": "x"}}
        )
    assert ALARMS.standing() == []


@pytest.mark.parametrize("errcode", [48002, 60020, 40091])
async def test_what_the_corp_refuses_is_an_alarm(house: BotHouse, sim: Sim, errcode: int) -> None:
    await sim.fault("groupchat/list", "error", code=errcode)
    with pytest.raises(CallFailed):
        await house.corps.of("").groups()
    (alarm,) = ALARMS.standing()
    assert (alarm.platform, alarm.errcode) == ("work", errcode)


async def test_oauth_that_is_refused_is_an_alarm(house: BotHouse, sim: Sim) -> None:
    await sim.fault("sns/oauth2/access_token", "error", code=45009)
    with pytest.raises(CallFailed):
        await house.officials.of("").oauth("code")
    assert [one.trouble for one in ALARMS.standing()] == ["wechat_quota"]


async def test_a_menu_that_somebody_changed_is_noticed(house: BotHouse, sim: Sim) -> None:
    assert await watch_menu(house) == 0
    assert [one.trouble for one in ALARMS.standing()] == ["wechat_menu"]
    await house.officials.of("").menu_create(buttons(house.settings, ""))
    assert ALARMS.standing() == []
    assert await watch_menu(house) == 1
    await house.officials.of("").menu_create([{"type": "click", "name": "优惠", "key": "x"}])
    assert await watch_menu(house) == 0
    assert len(ALARMS.standing()) == 1


def test_a_standing_alarm_is_said_again_and_ends_when_nobody_meets_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("bot.alarms.time.monotonic", lambda: now)
    alarms = Alarms()
    for _ in range(3):
        alarms.refused("official", "/x", 45009)
    now += AGAIN_S
    alarms.refused("official", "/x", 45009)
    assert len(said(caplog)) == 2
    alarms.went_through("official", "/y")
    alarms.went_through("work", "/x")
    assert len(alarms.standing()) == 1
    now += 27 * 3600
    assert alarms.standing() == []
