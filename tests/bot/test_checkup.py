"""What an operator is told about a configuration, against the simulated platforms."""

from __future__ import annotations

import dataclasses

import pytest

from bot.checkup import check
from bot.house import BotHouse, CallbackKeys
from bot.menu import buttons
from bot.platforms import connect
from domain.finding import Finding, Verdict
from domain.people import Person, Role
from domain.ticket import random_id
from tests.bot.conftest import Sim, with_official


async def findings(house: BotHouse) -> dict[str, Finding]:
    client = connect(house)
    try:
        return {one.about: one for one in await check(house)}
    finally:
        await client.close()


async def test_a_right_configuration(house: BotHouse, bot_url: str, sim: Sim) -> None:
    client = connect(house)
    await house.officials.of("").menu_create(buttons(house.settings, ""))
    await client.close()
    found = await findings(house)
    assert {one.verdict for one in found.values()} == {Verdict.WELL, Verdict.UNSEEN}
    assert len([one for one in found.values() if one.verdict is Verdict.UNSEEN]) == 2
    for door in ("official", "work", "contact"):
        assert found[f"{house.settings.url}/wechat/{door}"].verdict is Verdict.WELL
    for one in found.values():
        assert one.zh
        assert one.en


async def test_nobody_is_sent_anything(house: BotHouse, bot_url: str, sim: Sim) -> None:
    """bot/checkup.py, docs/wechat-setup.md: it can be run while the product is in service."""
    resident = await sim.resident()
    before = await sim.chat(resident), await sim.screen("Zhang")
    await findings(house)
    assert (await sim.chat(resident), await sim.screen("Zhang")) == before
    assert await house.store.messages.find({}, limit=1) == []
    for path in ("message/custom/send", "template/send", "message/send", "add_msg_template"):
        for call in await sim.calls(path):
            assert "nobody" in str(call), call


async def test_a_template_that_is_not_the_account_s_and_fields_it_has_not(
    house: BotHouse, bot_url: str, sim: Sim
) -> None:
    official = house.settings.officials[0]
    house.settings = dataclasses.replace(
        house.settings,
        officials=(
            dataclasses.replace(
                official,
                templates={"tip": "template-tip", "incident": "template-of-another"},
                fields={"tip": ["thing1", "number9", ""]},
            ),
        ),
    )
    found = await findings(house)
    assert found["official_template_incident"].verdict is Verdict.WRONG
    lacking = found["official_template_tip_fields"]
    assert lacking.verdict is Verdict.WRONG
    assert "number9" in lacking.zh
    assert "thing3" in lacking.en  # and what it has


async def test_what_is_wrong_is_said(house: BotHouse, bot_url: str, sim: Sim) -> None:
    official, work = house.settings.officials[0], house.settings.corps[0]
    other = CallbackKeys("another-token", work.contact.aes_key, work.contact.receiver)
    house.settings = dataclasses.replace(
        house.settings,
        officials=(dataclasses.replace(official, secret="wrong", templates={}),),
        corps=(dataclasses.replace(work, contact=other),),
    )
    await sim.post("settings", wecom_addresses=["203.0.113.1"])
    for login, userid in (("wang", None), ("zhao", "nobody")):
        await house.store.people.add(
            Person(random_id(), login, login, Role.COMMUNITY_OFFICER, "", userid=userid)
        )
    found = await findings(house)
    wrong = {about for about, one in found.items() if one.verdict is Verdict.WRONG}
    assert wrong >= {
        "公众号 access_token",
        "公众号 jsapi_ticket",
        "official_template_tip",
        "official_template_incident",
        "企业微信客户联系",
        "wang",
        "成员 nobody",
        f"{house.settings.url}/wechat/contact",
    }
    assert "企业可信IP" in found["企业微信客户联系"].zh
    assert found[f"{house.settings.url}/wechat/official"].verdict is Verdict.WELL


async def test_a_bot_that_does_not_run(house: BotHouse, sim: Sim) -> None:
    found = await findings(house)
    one = found[f"{house.settings.url}/wechat/official"]
    assert (one.verdict, "bot_url" in one.en) == (Verdict.WRONG, True)


def test_the_menu_keeps_to_the_platforms_sizes(house: BotHouse) -> None:
    top = buttons(house.settings, "")
    assert len(top) <= 3
    for button in top:
        assert len(button["name"].encode()) <= 16
        for sub in button.get("sub_button", []):
            assert len(sub["name"].encode()) <= 60
        assert len(button.get("sub_button", [])) <= 5


@pytest.mark.parametrize("officers", [0, 1, 130])
async def test_a_corp_of_more_than_a_thousand_members(
    house: BotHouse, bot_url: str, sim: Sim, officers: int
) -> None:
    """groupchat/list answers 81017 when nobody's groups are asked for by name."""
    await sim.post("settings", scope_limit=2)
    for number in range(officers):
        name = "Zhang" if number == 0 else f"o{number}"
        one = Person(random_id(), name, name, Role.COMMUNITY_OFFICER, "", userid=name)
        await house.store.people.add(one)
    found = await findings(house)
    assert found["企业微信客户联系"].verdict is Verdict.WELL
    await sim.post("settings", wecom_addresses=["203.0.113.1"])
    assert (await findings(house))["企业微信客户联系"].verdict is Verdict.WRONG


async def test_an_account_that_may_not_send_is_told_what_that_costs(
    house: BotHouse, bot_url: str, sim: Sim
) -> None:
    assert (await findings(house))["公众号客服消息"].verdict is Verdict.WELL
    await sim.fault("message/custom/send", "error", code=48001)
    one = (await findings(house))["公众号客服消息"]
    assert one.verdict is Verdict.WRONG
    assert "订阅号" in one.zh
    assert "official_sends = false" in one.en
    with_official(house, sends=False)
    assert (await findings(house))["公众号客服消息"].verdict is Verdict.WELL
