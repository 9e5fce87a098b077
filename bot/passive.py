"""What the webhook itself answers to a call for help: no token, quota or store is needed for it.

Pure, so that a re-delivery gets the same. Source (被动回复用户消息):
developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.hearing import words
from bot.hotlines import ended
from bot.house import BotSettings, address
from bot.meaning import Token, english, token
from bot.parcel import Incoming
from bot.texts import say
from bot.turn import State
from bot.wechat import text_reply
from domain.platform_ids import account_of, at_platform
from domain.resident import Language

_TEXTS = {Token.URGENT: "urgent", Token.ALARM: "alarm"}


@dataclass(frozen=True, slots=True)
class Passive:
    """A sentence of ``bot/texts.py`` by its name, and what stands in it."""

    name: str
    text: str


def passive(one: Incoming, settings: BotSettings) -> Passive | None:
    """The answer to what calls for help or asks for 110, in whatever state its sender is; else None."""
    came = words(one)
    name = _TEXTS.get(token(State.IDLE, came))
    if name is None:
        return None
    language = Language.EN if english(came.text) else Language.ZH
    link = entrance(settings, account_of(one.sender))
    text = say(name, language, link=link, city=settings.city)
    return Passive(name, ended(text, came.text, language))


def entrance(settings: BotSettings, account: str) -> str:
    """Where the online 110 is entered from WeChat, by followers of this account."""
    return settings.url + address("enter", account)


def reply_to(one: Incoming, text: str, at_ms: int) -> str:
    """``text`` as the XML that answers ``one``."""
    return text_reply(one.receiver, at_platform(one.sender), text, at_ms // 1000)
