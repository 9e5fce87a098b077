"""``jingmin wechat``: whether the platforms are set up, and the menu."""

from __future__ import annotations

from bot.alarm_rows import trying
from bot.checkup import check as check_platforms
from bot.errors import CallFailed
from bot.house import BotHouse
from bot.menu import buttons
from bot.platforms import connect
from domain.errors import INVALID, Refused
from domain.finding import Verdict


async def wechat(house: BotHouse, what: str) -> int:
    """``check`` says what works and what does not, 1 when something is wrong; ``menu`` makes the menu
    of the Official Account."""
    client = connect(house)
    try:
        if what == "menu":
            if not house.officials:
                raise Refused(INVALID, "official_appid: no Official Account is configured")
            try:
                async with trying(house):
                    for name, official in house.officials:
                        await official.menu_create(buttons(house.settings, name))
            except CallFailed as error:
                print(f"menu: {error}")
                return 1
            print("menu created; phones show it within five minutes")
            return 0
        async with trying(house):
            findings = await check_platforms(house)
    finally:
        await client.close()
    for one in findings:
        print(f"{one.verdict.sign} {one.about}\n    {one.zh}\n    {one.en}")
    return 1 if any(one.verdict is Verdict.WRONG for one in findings) else 0
