"""The Official Account's menu: three doors a thumb can reach, the first of them 110."""

from __future__ import annotations

from typing import Any

from bot.house import BotSettings
from bot.meaning import Token
from bot.passive import entrance


def buttons(settings: BotSettings, account: str) -> list[dict[str, Any]]:
    """The menu of this account as ``menu/create`` takes it. Names have at most 16
    bytes, of submenus 60."""

    def click(name: str, token: Token) -> dict[str, Any]:
        return {"type": "click", "name": name, "key": str(token)}

    return [
        {"type": "view", "name": "网上110", "url": entrance(settings, account)},
        {
            "name": "找民警",
            "sub_button": [
                click("提供线索", Token.TIP),
                click("我的社区民警", Token.OFFICER),
                click("我的线索和报警", Token.MINE),
            ],
        },
        {
            "name": "通告",
            "sub_button": [
                click("最新通告", Token.NOTICES),
                click("这是不是谣言", Token.RUMOUR),
                click("选择社区", Token.COMMUNITY),
                click("语言 Language", Token.LANGUAGE),
                click("撤回同意", Token.FORGET),
            ],
        },
    ]
