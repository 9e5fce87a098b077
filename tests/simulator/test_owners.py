"""Groups handed to another owner: what the platform asks of both, and how often it does it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Stage
from tests.simulator.test_groups import ROOT, group, read

DAY_S = 86_400


async def give(stage: Stage, chats: list[str], owner: str, call: str = "onjob_transfer") -> Any:
    return await stage.work(ROOT + call, {"chat_id_list": chats, "new_owner": owner})


def codes(answer: dict[str, Any]) -> list[int]:
    assert answer["errcode"] == 0, answer
    return [one["errcode"] for one in answer["failed_chat_list"]]


async def test_an_owner_who_works_there_hands_over_and_stays_in_the_group(stage: Stage) -> None:
    chat = await group(stage)
    assert codes(await give(stage, [chat, "wrX"], "li")) == [90501]
    whole = (await read(stage, chat))["group_chat"]
    assert whole["owner"] == "li"
    assert {one["userid"] for one in whole["member_list"]} == {"zhang", "li"}
    assert codes(await give(stage, [chat], "li")) == [90504]
    listed = await stage.work(ROOT + "list", {"limit": 10, "status_filter": 0})
    assert [one["status"] for one in listed["group_chat_list"]] == [0]


async def test_each_call_is_for_owners_of_its_own_kind(stage: Stage) -> None:
    chat = await group(stage)
    assert codes(await give(stage, [chat], "li", "transfer")) == [90500]
    await stage.sim("members/zhang", left=True)
    assert codes(await give(stage, [chat], "li")) == [90502]
    assert codes(await give(stage, [chat], "li", "transfer")) == []
    assert codes(await give(stage, [chat], "li", "transfer")) == [90508]


@pytest.mark.parametrize(
    ("what", "code"), [("contact_right", 84083), ("verified", 40098), ("active", 40098)]
)
async def test_the_next_owner_must_be_able_to_own(stage: Stage, what: str, code: int) -> None:
    chat = await group(stage)
    await stage.sim("members/li", **{what: False})
    assert (await give(stage, [chat], "li"))["errcode"] == code
    assert (await give(stage, [chat], "nobody"))["errcode"] == 60111
    assert (await give(stage, [], "zhang"))["errcode"] == 40058
    assert (await give(stage, [chat] * 101, "zhang"))["errcode"] == 40058


async def test_a_group_is_handed_over_twice_in_ninety_days(stage: Stage) -> None:
    chat = await group(stage)
    for owner in ("li", "zhang"):
        assert codes(await give(stage, [chat], owner)) == []
    assert codes(await give(stage, [chat], "li")) == [40128]
    await stage.advance(90 * DAY_S + 1)
    assert codes(await give(stage, [chat], "li")) == []


async def test_an_owner_gives_so_many_groups_a_day(stage: Stage) -> None:
    await stage.sim("settings", hand_day=2)
    chats = [await group(stage) for _ in range(3)]
    assert codes(await give(stage, chats, "li")) == [45009]
    await stage.advance(DAY_S)
    assert codes(await give(stage, chats[2:], "li")) == []
