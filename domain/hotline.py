"""Which telephone numbers a text makes worth naming beside 110.

Pure. Only numbers that hold in the whole country: 119 fire and rescue, 120 ambulance, 122 traffic,
12110 by text message, 96110 against fraud.
"""

from __future__ import annotations

import re
from enum import StrEnum

from domain.emergency import Gravity, gravity, read
from domain.emergency_accidents import ELEMENTS, ILL
from domain.emergency_police import FRAUD, VEILED

_SAID = re.compile(r"(?<!\d)(119|120|122|12110|96110)(?!\d)")
_FIRE = re.compile(
    "火(?!车|锅|腿|箭|山)|烟(?!花|草)|煤气|燃气|天然气|液化气|瓦斯|爆炸|炸了|塌|埋|被困|电梯|"
    "掉.{0,4}(?:井|河|水|冰)|"
    "溺水|落水|高处|窗外|楼顶|卡(?:在|住)|洪水"
)
_CAR = re.compile("车祸|追尾|撞(?:车|人|了|到|倒|飞)|翻车|剐蹭|刮蹭|肇事|酒驾|醉驾|交通事故|被车")
_CHEAT = re.compile("骗|诈|转账|汇款|公检法|安全账户|共享屏幕|验证码|刷单|解冻|裸聊|贷款")
_BODY = re.compile(
    "受伤|流血|好多血|昏|晕倒|没呼吸|心跳|抽搐|中毒|骨折|救护车|羊水|要生了|吞|农药|安眠药|割腕"
)
_EN = (
    ("119", re.compile(r"\b(?:fire|smoke|gas|explo\w+|trapped|elevator|drown\w*|burn\w*|flood\w*)\b")),
    ("120", re.compile(
        r"\b(?:bleed\w*|blood|unconscious|breath\w*|ambulance|heart|stroke|seizure|pills|poison\w*|"
        r"injured|"
        r"collapsed?|faint\w*|overdos\w*|labou?r|not moving|wont wake)\b"
    )),
    ("122", re.compile(r"\b(?:car|traffic|road) (?:accident|crash)\b|\bhit by a (?:car|bus|truck)\b")),
    ("96110", re.compile(r"\b(?:scam\w*|fraud\w*|transferred)\b")),
    ("12110", re.compile(r"\b(?:cant|cannot|can not) (?:talk|speak|call)\b")),
)  # fmt: skip
_MOST = 2


class Hotline(StrEnum):
    """A number; its line is ``number_…`` of the bot's sentences."""

    FIRE = "119"
    AMBULANCE = "120"
    TRAFFIC = "122"
    SILENT = "12110"
    FRAUD = "96110"


def numbers(text: str) -> tuple[Hotline, ...]:
    """The numbers this text speaks of or is a case for, at most two, those of life first. 110 is not
    among them: it is always named."""
    plain, words = read(text)
    found = {Hotline(one) for one in _SAID.findall(words)}
    serious = gravity(text) is not Gravity.ORDINARY
    if serious:
        if _FIRE.search(plain) and (ELEMENTS.search(plain) or "火" in plain):
            found.add(Hotline.FIRE)
        if _BODY.search(plain) or (ILL.search(plain) and not VEILED.search(plain)):
            found.add(Hotline.AMBULANCE)
        if _CAR.search(plain):
            found.add(Hotline.TRAFFIC)
        if VEILED.search(plain):
            found.add(Hotline.SILENT)
        found |= {Hotline(number) for number, sign in _EN if sign.search(words)}
    if (serious and FRAUD.search(plain)) or _CHEAT.search(plain):
        found.add(Hotline.FRAUD)
    return tuple(one for one in Hotline if one in found)[:_MOST]
