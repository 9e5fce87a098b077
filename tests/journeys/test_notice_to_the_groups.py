"""A notice to forty groups of twelve owners: written by one, approved by another, confirmed by ten, put
right, and what two never sent is stopped.

Reminders need hours of the product's own clock, which no page moves: tests/bot/test_notices.py has them.
"""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import Demo, read, staff
from tests.journeys.wechat import control, eventually, opens, phones, sit, tab

STATION = "210702-01"
OWNERS = [f"owner-{number:02}" for number in range(1, 13)]
LATE = OWNERS[10:]
GROUPS = 40
TITLE, RIGHT = "周六停水通知", "停水改为周日"


async def test_a_notice_reaches_forty_groups_and_is_put_right(demo: Demo, browser: Browser) -> None:
    chief = await staff(browser, demo, "chief", "community")
    writer = await staff(browser, demo, f"station-{STATION}", "community")
    places = [one["id"] for one in await communities(writer)]
    groups = await forty_groups(demo, await communities(writer))
    await bind(chief, groups)
    (capped,) = [chat for chat, (_, _, place) in groups.items() if place == places[-1]]
    await had_its_share(demo, writer, chief, places[-1])
    people = {one["id"]: one["members"] for one in await listed(writer)}
    assert set(people) == set(groups)

    await writes(writer, f"{sum(people.values())} 人 · 40 个群 · 12 位群主")
    await expect(writer.get_by_test_id("plan")).to_contain_text("其中 1 个群今天已经发过一条")
    await expect(writer.get_by_test_id("publish")).to_have_count(0)
    await expect(writer.get_by_test_id("approve")).to_have_count(0)
    await submits(writer, chief)
    await returns(chief, TITLE, "写明储水到几点")
    await expect(writer.get_by_test_id("returned")).to_contain_text("写明储水到几点")
    await submits(writer, chief)
    await approves(chief, TITLE)
    await expect(chief.get_by_test_id("to-approve")).to_have_count(0)
    await expect(writer.get_by_test_id("plan")).not_to_contain_text("需要另一个人审核")
    await publishes(writer)
    wrong = writer.url.rpartition("/")[2]

    world = await phones(browser, demo)
    owner = await sit(world, "owner", OWNERS[0])
    await tab(owner, "群发")
    task = owner.locator(".task").filter(has_text=TITLE)
    await task.get_by_role("button", name="确认发送").click()
    await expect(task).to_contain_text("已发送")
    for one in OWNERS[1:10]:
        await confirms(demo, one, TITLE)
    waiting = {chat for chat, (its, _, _) in groups.items() if its in LATE}
    sent = set(groups) - waiting - {capped}
    reached = sum(people[chat] for chat in sent)
    await shows(writer, 已送达=len(sent), 等群主确认=len(waiting), 额度已满=1)
    for page in (writer, chief):
        await expect(page.locator(".totals-head")).to_contain_text(f"到达 {reached} 人")
    totals = (await read(writer, f"/notices/{wrong}/deliveries", "community"))["totals"]
    assert (totals["sent"], totals["waiting"], totals["capped"]) == (len(sent), len(waiting), 1)

    # Another rule for groups at the corp: or none of them could get a second one today.
    await control(demo, "settings", {"mass_cap_day": 0})
    await corrects(writer)
    await approves(chief, RIGHT)
    await publishes(writer)
    await tab(owner, "群聊")
    reader = next(
        one for chat, (its, one, _) in groups.items() if its == OWNERS[0] and chat in sent
    )
    await owner.locator(".list li").filter(has_text=reader).click()
    old = await opens(world, owner.locator(".article").filter(has_text=TITLE))
    await expect(old.get_by_role("status")).to_contain_text("已更正")
    await old.get_by_role("link", name="查看更正").click()
    await expect(old.get_by_role("status")).to_contain_text("有效")
    await expect(old.get_by_role("heading", level=1)).to_have_text(RIGHT)

    # Nobody sends the wrong one any more; then the right one is taken back after one owner sent it.
    late = await sit(world, "owner", LATE[0])
    await tab(late, "群发")
    await expect(late.locator(".task.cancelled").filter(has_text=TITLE)).to_contain_text("已停止")
    await expect(late.locator(".task.open").filter(has_text=RIGHT)).to_be_visible()
    await confirms(demo, OWNERS[0], RIGHT)
    told = sent | waiting
    one = sum(groups[chat][0] == OWNERS[0] for chat in told)
    await shows(writer, 已送达=one, 等群主确认=len(told) - one)
    await withdraws(writer)
    await shows(writer, 已送达=one, 等群主确认=0, 已停止=len(told) - one)
    stopped = late.locator(".task.cancelled").filter(has_text=RIGHT)
    await expect(stopped.get_by_role("button")).to_have_count(0)
    await writer.goto(f"{demo.url}/community/#/notices/{wrong}")
    await expect(writer.get_by_test_id("notice-detail")).to_contain_text("已由")
    await shows(writer, 已送达=len(sent), 等群主确认=0, 额度已满=1, 已停止=len(waiting))
    await old.reload()
    await expect(old.get_by_role("status")).to_contain_text("已撤回")
    for page in (writer, chief, world, old):
        assert page.errors == [], page.url  # type: ignore[attr-defined]


async def communities(page: Page) -> list[dict[str, Any]]:
    found = (await read(page, "/groups/communities", "community"))["communities"]
    return [one for one in found if one["station"] == STATION]


async def listed(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await read(page, "/groups", "community"))["groups"]
    return found


async def forty_groups(demo: Demo, places: list[dict[str, Any]]) -> dict[str, tuple[str, str, str]]:
    """Owner, name and community by chat; the last community has one group only."""
    for one in OWNERS:
        await control(demo, "members", {"userid": one, "name": f"网格员 {one[-2:]}"})
    found = {}
    for number in range(GROUPS):
        place = places[-1] if number == 0 else places[number % (len(places) - 1)]
        owner, name = OWNERS[number % len(OWNERS)], f"{place['name']}{number + 1}号楼群"
        made = await control(
            demo, "groups", {"owner": owner, "name": name, "seeded": 20 + 7 * number}
        )
        found[made["chat_id"]] = (owner, name, place["id"])
    return found


async def bind(chief: Page, groups: dict[str, tuple[str, str, str]]) -> None:
    """They show up by themselves; one is put where it belongs on the page, the others like it."""
    first, *rest = groups
    await chief.get_by_test_id("nav-groups").click()
    unbound = chief.get_by_test_id("unbound")
    await eventually(
        lambda: read(chief, "/groups?unbound=true&limit=500", "community"),
        lambda found: set(groups) <= {one["id"] for one in found["groups"] if one["name"]},
    )
    await unbound.locator("summary").click()
    row = unbound.locator("form").filter(has_text=groups[first][1])
    await expect(row.locator("select")).to_have_value(groups[first][2])
    await row.get_by_role("button", name="归入").click()
    await expect(row).to_have_count(0)
    for chat in rest:
        await does(chief, "PATCH", f"/groups/{chat}", {"community": groups[chat][2]})


async def had_its_share(demo: Demo, writer: Page, chief: Page, place: str) -> None:
    """The only group of this community gets a notice before: its one of today."""
    body = {"key": "share-of-today-01", "title": "今晚消防演练", "text": "请勿惊慌", "urgent": True}
    made = await does(writer, "POST", "/notices", {**body, "communities": [place]})
    await does(chief, "POST", f"/notices/{made['id']}/approve", {"version": made["version"]})
    await does(writer, "POST", f"/notices/{made['id']}/publish", {})
    await confirms(demo, OWNERS[0], "今晚消防演练")
    await eventually(
        lambda: read(writer, f"/notices/{made['id']}", "community"),
        lambda found: found["totals"]["sent"] == 1,
    )


async def writes(page: Page, sum: str) -> None:
    await page.get_by_test_id("nav-notices").click()
    await page.get_by_test_id("notice-new").click()
    await page.get_by_test_id("f-title").fill(TITLE)
    await page.get_by_test_id("f-text").fill("周六 8 时至 18 时停水, 请提前储水。")
    await page.get_by_role("button", name="全选").click()
    await page.get_by_label("紧急通告").check()
    await expect(page.get_by_test_id("sum")).to_have_text(sum)
    await page.get_by_test_id("save").click()
    await expect(page.get_by_test_id("notice-detail")).to_be_visible()
    await expect(page.get_by_test_id("plan-sum")).to_have_text(sum)
    await expect(page.locator(".acts")).to_contain_text("需要另一个人审核后才能发布")


async def submits(writer: Page, chief: Page) -> None:
    """Whoever may approve it sees at once that something waits."""
    await writer.get_by_test_id("submit").click()
    await expect(writer.get_by_test_id("submitted")).to_contain_text("等")
    await expect(chief.get_by_test_id("to-approve")).to_have_text("1")


async def returns(page: Page, title: str, why: str) -> None:
    await page.get_by_test_id("nav-notices").click()
    await page.get_by_test_id("notice").filter(has_text=title).click()
    review = page.get_by_test_id("review")
    await expect(review).to_contain_text("不失效")
    await page.get_by_test_id("return").click()
    await page.get_by_test_id("return-reason").fill(why)
    await page.get_by_test_id("return-go").click()
    await expect(page.locator(".detail-head")).to_contain_text("草稿")
    await page.get_by_test_id("history").locator("summary").click()
    await expect(page.get_by_test_id("history")).to_contain_text(f"退回 · {why}")


async def approves(page: Page, title: str) -> None:
    await page.get_by_test_id("nav-notices").click()
    await page.get_by_test_id("notice").filter(has_text=title).click()
    await page.get_by_test_id("approve").click()
    await expect(page.locator(".detail-head")).to_contain_text("已审核")


async def publishes(page: Page) -> None:
    await page.get_by_test_id("publish").click()
    await page.get_by_test_id("publish-now").click()
    await expect(page.locator(".detail-head")).to_contain_text("已发布")
    await expect(page.get_by_test_id("deliveries")).to_be_visible()


async def confirms(demo: Demo, owner: str, title: str) -> None:
    """The owner presses 确认发送 as soon as the task is there."""

    def open_ones(found: dict[str, Any]) -> list[str]:
        return [
            one["msgid"] for one in found["tasks"] if title in str(one) and one["state"] == "open"
        ]

    tasks = await eventually(lambda: control(demo, f"members/{owner}/tasks"), open_ones)
    for msgid in open_ones(tasks):
        await control(demo, f"members/{owner}/tasks/{msgid}/confirm", {})


async def shows(page: Page, **counts: int) -> None:
    for words, count in counts.items():
        row = page.locator(".totals li").filter(has_text=words)
        await expect(row.locator("b")).to_have_text(str(count))


async def corrects(page: Page) -> None:
    await page.get_by_test_id("correct").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("标题").fill(RIGHT)
    await dialog.get_by_label("正文").fill("停水改为周日 8 时至 18 时。")
    await dialog.get_by_role("button", name="保存草稿").click()
    # One group never had the mistake, and so is not told of it.
    await expect(page.get_by_test_id("plan-sum")).to_contain_text("39 个群 · 12 位群主")
    await expect(page.get_by_test_id("notice-detail")).to_contain_text("更正 N-")


async def withdraws(page: Page) -> None:
    await page.get_by_test_id("withdraw").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("理由").fill("日期有误")
    await dialog.get_by_role("button", name="撤回").click()
    await expect(page.locator(".detail-head")).to_contain_text("已撤回")


async def does(page: Page, method: str, path: str, body: dict[str, Any]) -> Any:
    """A call of the API with the page's own session."""
    site = page.url.split("/community")[0]
    response = await page.context.request.fetch(
        f"{site}/api/v1{path}",
        method=method,
        data=body,
        headers={"Origin": site, "Jingmin-Face": "community"},
    )
    assert response.ok, await response.text()
    return await response.json()
