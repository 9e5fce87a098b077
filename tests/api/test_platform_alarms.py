"""What the platforms refuse, as the administrator reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.routes import now_ms
from domain.platform_alarm import LATE_MS, PlatformAlarm, Trouble, alarm_id
from tests.api.conftest import Site

WORDS = Path(__file__).parents[2] / "pages/console/alarmwords.ts"
OF_ACCOUNT = (Trouble.TEMPLATE, Trouble.MENU)  # a corp has neither
SEND = "/cgi-bin/message/custom/send"


def alarm(code: Trouble, call: str, since: int, met_at: int, **more: Any) -> PlatformAlarm:
    id = alarm_id(code, "official", call, more.get("machine", ""))
    return PlatformAlarm(id, code, "official", call, 45009, since, met_at, **more)


async def test_what_is_refused_is_read_oldest_first_and_what_nobody_meets_is_not(
    site: Site,
) -> None:
    admin, now = await site.staff("admin"), now_ms()
    assert await site.ask(admin, "GET", "/platform-alarms") == {"alarms": [], "webhooks": []}
    shelf = site.house.store.platform_alarms
    await shelf.add(alarm(Trouble.QUOTA, SEND, now - 60_000, now))
    machine = {"machine": "bot1", "address": "203.0.113.7"}
    await shelf.add(alarm(Trouble.ALLOW_LIST, "", now - 90_000, now, **machine))
    await shelf.add(alarm(Trouble.MENU, "/x", now - 2 * LATE_MS, now - LATE_MS - 1))
    found = (await site.ask(admin, "GET", "/platform-alarms"))["alarms"]
    assert found == [
        {
            "code": "wechat_allow_list",
            "platform": "official",
            "account": "",
            "call": "",
            "errcode": 45009,
            "since": now - 90_000,
            "met_at": now,
            "machine": "bot1",
            "address": "203.0.113.7",
        },
        {
            "code": "wechat_quota",
            "platform": "official",
            "account": "",
            "call": SEND,
            "errcode": 45009,
            "since": now - 60_000,
            "met_at": now,
            "machine": "",
            "address": "",
        },
    ]


@pytest.mark.parametrize("code", Trouble)
def test_the_page_has_words_for_each(code: Trouble) -> None:
    text = WORDS.read_text("utf-8")
    for platform in ("official",) if code in OF_ACCOUNT else ("official", "work"):
        for what in ("", ".do"):
            assert f"  'alarms.{code}.{platform}{what}': [" in text
