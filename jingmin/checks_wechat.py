"""What ``jingmin doctor`` asks the platforms: what ``jingmin wechat check`` does, and their clock."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import replace
from pathlib import Path

from domain.errors import Refused
from domain.finding import Finding, unseen
from jingmin.assembly.areas import boundaries_known, boundaries_of
from jingmin.assembly.bot import build_bot
from jingmin.case import Case
from storage.store import MongoStore


async def check_wechat(case: Case) -> list[Finding]:
    """Everything that is wrong with WeChat and WeCom as configured. In the store it leaves what ``jingmin
    wechat check`` does: access tokens that it fetched, and no alarm of what goes through again."""
    if not case.settings.has_bot:
        return []
    # wechatpy and its requests are slow to load: not on the loop.
    for name in ("bot.checkup", "bot.platforms"):
        await asyncio.to_thread(importlib.import_module, name)
    from bot.alarm_rows import trying
    from bot.checkup import check
    from bot.platforms import connect

    if not case.store_uri or case.secret is None:
        return [_unasked("store")]
    path = case.settings.boundaries or case.settings.data / "sample-city.geojson"
    if not await asyncio.to_thread(_known, path, case.settings.data):
        return [_unasked("boundaries")]  # to read it now would keep it in the data folder
    store = MongoStore(case.store_uri, case.settings.store_database, ())
    try:
        boundaries = await asyncio.to_thread(boundaries_of, case.settings)
        house = await asyncio.to_thread(build_bot, case.settings, store, boundaries)
        client = connect(house)
        try:
            async with trying(house):
                findings = await check(house)
        finally:
            await client.close()
    except Refused as refused:
        return [_unasked(refused.fault.code)]
    finally:
        await store.close()
    return [replace(one, about=f"wechat: {one.about}") for one in findings]


def _known(path: Path, data: Path) -> bool:
    try:
        return boundaries_known(path, data)
    except (OSError, Refused):
        return False


def _unasked(why: str) -> Finding:
    return unseen(
        "wechat",
        f"没有检查微信（{why}）：先解决其他问题，再运行 jingmin wechat check",
        f"WeChat was not asked ({why}): mend the rest, then run jingmin wechat check",
    )
