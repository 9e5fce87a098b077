"""Somebody who works through one api process is disabled through another: he is out of his call at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import Demo, heard_only, read, sees, staff
from tests.journeys.desk import THROUGH, answer, found, reported

LOST = "() => window.__call.stats().then((those) => those.length === 0)"


async def change(admin: Page, demo: Demo, person: str, **patch: Any) -> None:
    done = await admin.context.request.patch(
        f"{demo.url}/api/v1/people/{person}",
        data=patch,
        headers={"Origin": demo.url, "Jingmin-Face": "console"},
    )
    assert done.ok, await done.text()


async def test_disabled_in_one_process_and_out_of_the_call_in_the_other(
    demo: Demo, browser: Browser
) -> None:
    admin = await staff(browser, demo, "admin", "console")
    colleague = await staff(browser, demo, "desk2", "console")
    phone, number = await reported(browser, demo)
    (chief,) = (one for one in (await read(admin, "/people"))["people"] if one["login"] == "chief")
    station = (await found(colleague, number))["located"]["candidates"][0]["station"]
    changes = (
        ({"disabled": True}, {"disabled": False}),
        ({"role": "COMMUNITY_OFFICER", "station": station}, {"role": "SUPERVISOR"}),
    )
    async with demo.another_api() as other:
        for patch, back in changes:
            desk = await heard_only(await staff(browser, other, "chief", "console"))
            if "disabled" in patch:  # after that it is his own: the desk joins it by itself
                await answer(desk, number)
            await sees(desk, 1, video=False)
            await sees(phone, 1, video=False)
            await expect(phone.get_by_test_id("away")).to_have_count(0)
            await expect(colleague.get_by_test_id(f"card-{number}")).to_have_count(0)
            began = time.monotonic()

            async def after(what: str, seen: Any, began: float = began) -> str:
                await seen
                return f"{what} {time.monotonic() - began:.2f} s"

            try:
                _, *times = await asyncio.gather(
                    change(admin, demo, chief["id"], **patch),
                    after("out", expect(desk.get_by_test_id("menu")).to_have_count(0)),
                    after("call", phone.wait_for_function(LOST)),
                    after("caller", expect(phone.get_by_test_id("away")).to_contain_text(THROUGH)),
                    after(
                        "queue",
                        expect(colleague.get_by_test_id(f"answer-{number}")).to_be_visible(),
                    ),
                )
                print(patch, *times, sep=", ")
                assert (await found(colleague, number))["urgency"] == "BACK"
                refused = await desk.context.request.get(
                    f"{other.url}/api/v1/incidents", headers={"Jingmin-Face": "console"}
                )
                assert refused.status == 401
            finally:
                await change(admin, demo, chief["id"], **back)
            assert desk.errors == []  # type: ignore[attr-defined]
            await desk.context.close()
        await answer(colleague, number)
        await sees(colleague, 1, video=False)
        await expect(phone.get_by_test_id("away")).to_have_count(0)
    for page in (admin, colleague, phone):
        assert page.errors == []  # type: ignore[attr-defined]
