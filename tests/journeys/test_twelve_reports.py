"""Twelve reports of mixed gravity wait, and two dispatchers play everything that can go wrong with them.

The order of the board, the race for one card, a second call with the first away, a message while away, the
end of a call, a close, 情况有变, 转交 at log-out, a desk that is lost; and at the end what the board and the
sealed logs say is what happened.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp
from playwright.async_api import Browser, Page, Route, expect

from tests.journeys.conftest import STATION_LOGIN, Demo, heard_only, read, sees, staff
from tests.journeys.desk import (
    AT,
    AWAY,
    THROUGH,
    act,
    answer,
    closes,
    dispatcher,
    found,
    hears_on,
    look,
    post,
    reported,
    stands,
    write,
)

ONE, TWO = "接警员 01", "接警员 02"
# Who talks on a telephone comes after these; the second was closed before, and its caller came back.
NOBODY_TALKS = (
    ("wallet", "钱包丢在公交车上", "OTHER"),
    ("again", "邻居吵架", "DISPUTE"),
    ("noise", "楼上噪音太大", "DISPUTE"),
    ("theft", "手机被偷了", "CRIME"),
    ("fire", "煤气爆炸 有人被压", "FIRE"),
    ("scrape", "两车剐蹭，没有受伤", "TRAFFIC"),
    ("gone", "老人出门没回来", "LOST"),
    ("silent", "", "CRIME"),
    ("water", "有人掉进水库了", "RESCUE"),
    ("advice", "想问户口怎么办", "OTHER"),
)
# The gravest first, and of the same gravity the longest wait.
LIFE, BACK, URGENT = ("fire", "water", "knife"), ("silent", "again"), ("theft", "gone")
ORDER = (*LIFE, *BACK, *URGENT, "wallet", "noise", "scrape", "advice", "plain")


class Cases:
    """The twelve by the name the journey has for them."""

    def __init__(self) -> None:
        self.number: dict[str, str] = {}
        self.id: dict[str, str] = {}
        self.raised: dict[str, int] = {}

    async def note(self, desk: Page, name: str, number: str) -> None:
        self.number[name] = number
        one = await found(desk, number)
        self.id[name], self.raised[name] = one["id"], one["raised_at"]

    def but(self, *names: str, first: tuple[str, ...] = ()) -> list[str]:
        """The numbers as they stand when ``names`` wait no more and ``first`` stand before all."""
        left = [one for one in ORDER if one not in names and one not in first]
        return [self.number[one] for one in (*first, *left)]


async def twelve(demo: Demo, browser: Browser, desk: Page) -> tuple[Cases, Page, Page]:
    """Ten whom nobody talks to, then two who are heard: one of them writes what makes it grave."""
    cases = Cases()
    async with aiohttp.ClientSession(f"{demo.url}/api/v1/", headers={"Origin": demo.url}) as client:
        for name, words, kind in NOBODY_TALKS:
            members = {"words": words, "kind": kind, "position": AT, "silent": name == "silent"}
            case = await post(client, "incidents", members)
            if name == "again":
                await act(desk, demo, f"{case['id']}/answer", {})
                await act(desk, demo, f"{case['id']}/close", {"disposition": "ADVICE"})
                bearer = f"Bearer {case['token']}"
                await post(client, "my/return", {"changed": True}, Authorization=bearer)
            await cases.note(desk, name, case["number"])
    knife, number = await reported(browser, demo)
    await cases.note(desk, "knife", number)
    await write(knife, "有人拿刀追我")
    plain, number = await reported(browser, demo)
    await cases.note(desk, "plain", number)
    return cases, knife, plain


async def race(loser: Page, winner: Page, number: str) -> None:
    """Both press; the loser's press is on its way when the winner's is through. The server decides."""
    won = asyncio.Event()

    async def late(route: Route) -> None:
        await won.wait()
        await route.continue_()

    await loser.route("**/answer", late)
    await answer(loser, number)
    await loser.get_by_test_id("second-hold").click()
    await answer(winner, number)
    await expect(winner.get_by_test_id("case")).to_contain_text(number)
    won.set()
    await expect(loser.get_by_text(f"已由 {TWO} 接听")).to_be_visible()
    await loser.unroute("**/answer")


async def mine_read(phone: Page, text: str, arrived: str) -> None:
    line = phone.locator(".said.mine").filter(has_text=text)
    await expect(line.get_by_test_id("arrived")).to_contain_text(arrived)


async def theirs_read(desk: Page, text: str) -> None:
    line = desk.get_by_test_id("thread").locator(".entry").filter(has_text=text)
    await expect(line.get_by_test_id("arrived")).to_have_text("报警人已读")


def happened(log: list[dict[str, Any]], *wanted: tuple[str, str]) -> None:
    """These entries, each by this dispatcher or anybody, in this order, whatever lies between them."""
    left = iter(log)
    for what, name in wanted:
        if not any(one["what"] == what and name in ("", one["who"]["name"]) for one in left):
            said = [(one["what"], one["who"]["name"]) for one in log]
            raise AssertionError(f"{what} by {name or 'anybody'} is not in its place: {said}")


async def test_twelve_reports_and_two_dispatchers(demo: Demo, browser: Browser) -> None:
    desk = await heard_only(await staff(browser, demo, "desk1", "console"))
    other = await heard_only(await staff(browser, demo, "desk2", "console"))
    station = await heard_only(
        await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    )
    cases, first, second = await twelve(demo, browser, desk)
    knife, plain, fire = (cases.number[name] for name in ("knife", "plain", "fire"))
    for page in (desk, other):
        await stands(page, "waiting", *cases.but())
        await expect(page.get_by_test_id(f"card-{cases.number['again']}")).to_contain_text(
            "再次报警"
        )

    # The race for the gravest: who loses stays with his caller and is told who has it.
    await answer(desk, knife)
    await sees(desk, 1, video=False)
    await sees(first, 1, video=False)
    await race(desk, other, fire)
    await expect(desk.get_by_test_id("case")).to_contain_text(knife)
    await expect(desk.get_by_test_id("case")).not_to_contain_text(fire)
    await hears_on(first)
    assert (await dispatcher(desk, fire))["dispatcher"] == TWO
    here = await dispatcher(desk, knife)
    assert (here["dispatcher"], here["state"]) == (ONE, "JOINED")
    for page in (desk, other):
        await stands(page, "waiting", *cases.but("fire", "knife"))

    # A second call: asked first, and the first caller is told that the dispatcher is away.
    await answer(desk, plain)
    await expect(desk.get_by_test_id("answer-second")).to_contain_text(plain)
    await desk.get_by_test_id("second-hold").click()
    await sees(second, 1, video=False)
    await expect(first.get_by_test_id("away")).to_contain_text(AWAY)
    assert (await dispatcher(desk, knife))["state"] == "AWAY"

    # What he writes meanwhile is on the card, the lane and the title, and both see that it was read.
    await write(first, "他走到楼下了")
    await mine_read(first, "他走到楼下了", "已送达")
    card = desk.get_by_test_id(f"card-{knife}")
    await expect(card.get_by_test_id("unread")).to_contain_text("1")
    await expect(desk.get_by_test_id("unread-mine")).to_contain_text("1")
    await expect(desk).to_have_title(re.compile("1 起有新消息"))
    await look(desk, "mine", knife)
    await expect(card.get_by_test_id("unread")).to_have_count(0)
    await expect(desk).not_to_have_title(re.compile("新消息"))
    await mine_read(first, "他走到楼下了", "已读")
    await write(desk, "请锁好门，不要出声")
    await theirs_read(desk, "请锁好门")
    await expect(first.get_by_test_id("away")).to_contain_text(AWAY)

    # The call ends and the case does not; its station is on the way when it is closed.
    await look(desk, "mine", plain)
    await desk.get_by_test_id("text-input").blur()
    await desk.keyboard.press("s")
    await station.get_by_test_id("join").click()
    await sees(second, 2, video=False)
    await station.get_by_test_id("step-depart").click()
    await expect(station.get_by_test_id("step-depart")).to_have_attribute("data-done", "true")
    await desk.keyboard.press("e")
    await desk.get_by_test_id("end-keep").click()
    await expect(second.get_by_test_id("call-ended")).to_contain_text("通话已结束，案件继续")
    assert (await found(desk, plain))["state"] == "DISPATCHED"
    await closes(desk, "RESOLVED", going="on")
    await expect(second.get_by_test_id("still-coming")).to_contain_text("在路上")

    # 情况有变: it is back on both desks, its station still on the way and rung.
    await second.get_by_test_id("changed").click()
    await expect(station.get_by_test_id("ring")).to_contain_text("情况有变")
    await expect(station.get_by_text("不需要出警")).to_have_count(0)
    await station.get_by_test_id("read").click()
    await expect(station.get_by_test_id("step-depart")).to_have_attribute("data-done", "true")
    again = await found(desk, plain)
    assert again["raised_at"] == cases.raised["plain"] < again["waiting_since"]
    returned = ("water", "silent", "again", "plain")
    for page in (desk, other):
        await stands(page, "waiting", *cases.but("fire", "knife", first=returned))
        await expect(page.get_by_test_id(f"card-{plain}")).to_contain_text("再次报警")
    await answer(desk, plain)
    await sees(second, 1, video=False)
    await closes(desk, "RESOLVED", going="on")
    await desk.get_by_test_id(f"back-{knife}").click()
    await expect(first.get_by_test_id("away")).to_have_count(0)
    await sees(first, 1, video=False)
    await look(other, "mine", fire)
    await closes(other, "TRANSFERRED")

    # Log-out with a live case: refused until a colleague has it by name.
    colleague = (await read(other, "/session"))["id"]
    await desk.get_by_test_id("menu").click()
    await desk.get_by_test_id("log-out").click()
    await expect(desk.get_by_test_id("leave-desk")).to_contain_text(knife)
    await expect(desk.get_by_test_id("leave-go")).to_be_disabled()
    refused = await desk.context.request.delete(
        f"{demo.url}/api/v1/session", headers={"Origin": demo.url, "Jingmin-Face": "console"}
    )
    assert refused.status == 409
    await desk.get_by_test_id(f"to-{colleague}").click()
    await expect(first.get_by_test_id("away")).to_contain_text(THROUGH)
    await desk.get_by_test_id("leave-go").click()
    await expect(desk.get_by_test_id("menu")).to_have_count(0)
    await expect(other.get_by_test_id(f"card-{knife}")).to_contain_text("转交给您")
    await answer(other, knife)
    await sees(other, 1, video=False)
    await sees(first, 1, video=False)
    await expect(first.get_by_test_id("away")).to_have_count(0)

    # A desk that is lost: its caller is put through, and the case stands in front at the other.
    assert desk.errors == other.errors == []  # type: ignore[attr-defined]
    desk = await heard_only(await staff(browser, demo, "desk1", "console"))
    await stands(desk, "waiting", *cases.but("fire", "knife", "plain"))
    await other.context.close()
    await expect(first.get_by_test_id("away")).to_contain_text(THROUGH, timeout=90_000)
    await stands(desk, "waiting", *cases.but("fire", "plain", first=("knife",)))
    await answer(desk, knife)
    await sees(desk, 1, video=False)
    await sees(first, 1, video=False)
    await expect(first.get_by_test_id("away")).to_have_count(0)
    await closes(desk, "RESOLVED")
    await expect(first.get_by_test_id("over")).to_be_visible()
    await agrees(demo, desk, cases)
    for page in (desk, station, first, second):
        assert page.errors == [], page.url  # type: ignore[attr-defined]


async def agrees(demo: Demo, desk: Page, cases: Cases) -> None:
    """The board and each case's log say what was played, and every log is sound."""
    await stands(desk, "waiting", *cases.but("fire", "knife", "plain"))
    ended = {"fire": (TWO, "TRANSFERRED"), "knife": (ONE, "RESOLVED"), "plain": (ONE, "RESOLVED")}
    logs: dict[str, list[dict[str, Any]]] = {}
    for name, id in cases.id.items():
        one = await read(desk, f"/incidents/{id}")
        assert (await read(desk, f"/incidents/{id}/verify"))["sound"], name
        # That it is read here is in the log as well.
        logs[name] = [entry for entry in one["entries"] if entry["what"] != "incident.opened"]
        assert logs[name][0]["what"] == "incident.raised"
        assert one["raised_at"] == logs[name][0]["at"] == cases.raised[name], name
        assert one["state"] == ("CLOSED" if name in ended else "RAISED"), name
        if name in ended:
            assert (one["dispatcher_name"], one["disposition"]) == ended[name]
        elif name != "again":
            touched = {entry["who"]["name"] for entry in logs[name]} & {ONE, TWO}
            assert not touched, (name, logs[name])
    # Who lost the race is nowhere in it.
    assert {entry["who"]["name"] for entry in logs["fire"]} & {ONE, TWO} == {TWO}
    happened(logs["fire"], ("incident.answered", TWO), ("incident.closed", TWO))
    happened(
        logs["plain"],
        ("incident.answered", ONE),
        ("station.called", ONE),
        ("call.ended", ONE),
        ("incident.closed", ONE),
        ("incident.reopened", ""),
        ("station.changed", ""),
        ("incident.answered", ONE),
        ("incident.closed", ONE),
    )
    assert "station.stand_down" not in {entry["what"] for entry in logs["plain"]}
    happened(
        logs["knife"],
        ("incident.answered", ONE),
        ("participant.away", ONE),
        ("message", ""),
        ("participant.back", ONE),
        ("incident.transferred", ONE),
        ("incident.taken_over", TWO),
        ("incident.unattended", ""),
        ("incident.taken_over", ONE),
        ("incident.closed", ONE),
    )
    for name in ended:
        code, said = await asyncio.to_thread(demo.verify, cases.number[name])
        assert (code, "SOUND" in said) == (0, True), said
