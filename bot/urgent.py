"""Words that must not wait: whether somebody is calling for help.

Outside a rumour check every doubt goes to 110: too often costs one link, too seldom a life. Inside
one the text is somebody else's, so only a cry in the first person counts.
"""

from __future__ import annotations

import re

_SPACES = re.compile(r"[\s\u200b-\u200f\ufeff、，。！？!?,.~～…·*_-]+")

# Without spaces and punctuation, lower case.
_ZH = (
    "救命|救救我|救救他|救救她|救救孩子|快来人|快救|要死了|杀人|砍人|捅人|持刀|拿刀|带刀|动刀|持枪|枪声|开枪|爆炸|炸弹|"
    "着火|起火|失火|火灾|冒浓烟|煤气泄漏|燃气泄漏|中毒了|溺水|落水|掉水里|掉河里|坠楼|跳楼|要跳|轻生|自杀|自尽|割腕|上吊|"
    "不想活|活不下去|绑架|被绑|劫持|人质|抢劫|强奸|性侵|被侵犯|家暴|打死我|要打死|在打我|正在打|被困|困在|迷路|迷失方向|"
    "找不到下山|下不了山|昏迷|晕倒|没呼吸|没有呼吸|大出血|流血不止|心脏病发|孩子丢了|孩子不见了|小孩丢了|小孩不见了|"
    "老人走失|被拐|入室|有人撬门|跟踪我|尾随我|我要报警|帮我报警|快报警|紧急求助|救援|sos"
)
_EN = "|".join(
    (
        r"\bhelp me\b|\bhelp!|\bsave (me|us)\b|\bsos\b|\bmayday\b|\bemergency\b",
        r"\bcall (the )?police\b|\bon fire\b|\bfire!|\bthere('s| is) a fire\b",
        r"\bgunshots?\b|\bshooting\b|\b(with|has) a (knife|gun)\b|\bstabb(ed|ing)\b",
        r"\bkill (me|myself|him|her|us)\b|\bkilling\b|\bsuicid\w*|\bend my life\b",
        r"\bwant to die\b|\bkidnap\w*|\bhostage\b|\braped?\b|\bdrown\w*|\bbleeding\b",
        r"\bunconscious\b|\bnot breathing\b|\bcan'?t breathe\b|\bheart attack\b",
        r"\btrapped\b|\bexplo(sion|ded)\b|\bbomb\b|\bgas leak\b|\bbreaking in\b",
        r"\bbeing (robbed|attacked|followed)\b|\bmissing child\b|\bi('?m| am) lost\b",
        r"\bmy (child|son|daughter|kid) is missing\b",
    )
)
_CRY_ZH = (
    "救命|救救我|救救我们|快来救|我要报警|帮我报警|我被困|我们被困|我不想活|我要自杀|我想自杀|我要跳|"
    "(我|我们)(家|这|这里|这儿|楼上|楼下|隔壁|店里)?(现在|正在|刚刚)?(着火|起火|被绑|被打|被砍|被抢|被跟踪|被劫持|有人持刀)|在打我|跟踪我|尾随我|打死我"
)
_CRY_EN = "|".join(
    (
        r"\bhelp me\b|\bsave (me|us)\b|\bmy house is on fire\b|\bkill (me|myself)\b",
        r"\bi('m| am) (trapped|bleeding|drowning|lost|being \w+)\b|\bi want to die\b",
        r"\bend my life\b",
    )
)
# Not cries for help, whatever they contain.
_HARMLESS = re.compile(
    "救命之恩|救命恩人|救命钱|救命药|救命稻草|灭火器|防火|消防演练|反恐演练|演练|演习|紧急集合|应急管理|救援队招募|"
    "预防溺水|防溺水|防自杀|枪战片|爆炸头|迷路的小狗|手机着火吗"
)
_ZH_RE, _EN_RE = re.compile(_ZH), re.compile(_EN)
_CRY_ZH_RE, _CRY_EN_RE = re.compile(_CRY_ZH), re.compile(_CRY_EN)
# A quoted text of this length and more tells a story; a cry is short.
_STORY = 40
LONGEST = 2_000


def urgent(text: str, quoted: bool = False) -> bool:
    """Whether ``text`` calls for help; ``quoted`` when it is probably somebody else's words."""
    text = text[:LONGEST].lower().replace("\u2019", "'")
    dense = _HARMLESS.sub("", _SPACES.sub("", text))
    if not quoted:
        return bool(_ZH_RE.search(dense) or _EN_RE.search(text))
    if len(dense) > _STORY and not text.startswith(("救命", "help me")):
        return False
    return bool(_CRY_ZH_RE.search(dense) or _CRY_EN_RE.search(text))
