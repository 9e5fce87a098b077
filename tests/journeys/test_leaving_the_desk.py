"""Nobody leaves the desk with callers in his hands: by name at log-out, at once when he has to go."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, expect

from tests.journeys.conftest import Demo, read, sees, staff
from tests.journeys.desk import THROUGH, answer, reported


async def test_hand_over_at_log_out_and_disabled_in_a_call(demo: Demo, browser: Browser) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    chief = await staff(browser, demo, "chief", "console")
    phone, one = await reported(browser, demo)
    await answer(desk, one)
    await sees(desk, 1, video=False)
    await sees(phone, 1, video=False)

    # 转交 by name: the log-out waits for it, the colleague takes it with one press.
    colleague = (await read(chief, "/session"))["id"]
    await desk.get_by_test_id("menu").click()
    await desk.get_by_test_id("log-out").click()
    await expect(desk.get_by_test_id("leave-desk")).to_contain_text(one)
    await expect(desk.get_by_test_id("leave-go")).to_be_disabled()
    await desk.get_by_test_id(f"to-{colleague}").click()
    await expect(phone.get_by_test_id("away")).to_contain_text(THROUGH)
    await expect(chief.get_by_test_id(f"card-{one}")).to_contain_text("转交给您")
    await desk.get_by_test_id("leave-go").click()
    await expect(desk.get_by_test_id("menu")).to_have_count(0)
    await chief.get_by_test_id(f"answer-{one}").click()
    await sees(chief, 1, video=False)
    await sees(phone, 1, video=False)
    await expect(phone.get_by_test_id("away")).to_have_count(0)

    # An administrator ends it for somebody in the call: out of it at once, and the case waits in front.
    admin = await staff(browser, demo, "admin", "console")

    async def change(**patch: Any) -> None:
        done = await admin.context.request.patch(
            f"{demo.url}/api/v1/people/{colleague}",
            data=patch,
            headers={"Origin": demo.url, "Jingmin-Face": "console"},
        )
        assert done.ok, await done.text()

    other = await staff(browser, demo, "desk2", "console")
    await change(disabled=True)
    try:
        await expect(phone.get_by_test_id("away")).to_contain_text(THROUGH)
        await expect(chief.get_by_test_id("menu")).to_have_count(0)
        await answer(other, one)
        await sees(other, 1, video=False)
        await sees(phone, 1, video=False)
        await expect(phone.get_by_test_id("away")).to_have_count(0)
    finally:
        await change(disabled=False)
    for page in (desk, other, phone, chief):
        assert page.errors == []  # type: ignore[attr-defined]

    # A desk that is lost: nobody could be asked. Its caller is put through, another desk rings.
    desk = await staff(browser, demo, "desk1", "console")
    await other.close()
    await expect(phone.get_by_test_id("away")).to_contain_text(THROUGH, timeout=90_000)
    await answer(desk, one)
    await sees(desk, 1, video=False)
    await sees(phone, 1, video=False)
