"""What a resident's message is to the conversation: a command, a cry for help, or something told."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from bot.turn import Came, State, What
from domain.emergency import urgent
from domain.resident import Language


class Token(StrEnum):
    """What came, as the table sees it. Menu keys have the same names."""

    ALARM = "ALARM"
    TIP = "TIP"
    OFFICER = "OFFICER"
    NOTICES = "NOTICES"
    RUMOUR = "RUMOUR"
    MINE = "MINE"
    COMMUNITY = "COMMUNITY"
    LANGUAGE = "LANGUAGE"
    FORGET = "FORGET"
    HELP = "HELP"
    URGENT = "URGENT"
    CANCEL = "CANCEL"
    NUMBER = "NUMBER"
    SOLVED = "SOLVED"
    NOT_SOLVED = "NOT_SOLVED"
    SIGN = "SIGN"
    COVER = "COVER"  # the numbers in a tip are not to be read
    PERSON = "PERSON"  # a human being is asked for
    LEAVE = "LEAVE"
    CONFIRM = "CONFIRM"
    CHINESE = "CHINESE"
    ENGLISH = "ENGLISH"
    TEXT = "TEXT"
    FILE = "FILE"
    PLACE = "PLACE"
    LINK = "LINK"
    TO_110 = "TO_110"  # something for the open emergency report
    FOLLOW = "FOLLOW"
    UNFOLLOW = "UNFOLLOW"
    REVOKE = "REVOKE"
    SCAN = "SCAN"
    OTHER = "OTHER"
    NOTHING = "NOTHING"


MENU = frozenset(list(Token)[:10])
_WORDS: dict[Token, str] = {
    Token.ALARM: "报警|110|网上110|打110|我要报警|alarm|emergency|report an emergency",
    Token.TIP: "线索|举报|提供线索|我要举报|tip",
    Token.OFFICER: "民警|社区民警|找民警|片警|officer",
    Token.NOTICES: "通告|公告|通知|notice|notices",
    Token.RUMOUR: "核实|辟谣|查证|谣言|check|rumour|rumor",
    Token.MINE: "我的|我的线索|进度|查询|mine|my tips",
    Token.COMMUNITY: "社区|选社区|小区|community",
    Token.LANGUAGE: "语言|language",
    Token.FORGET: "注销|撤回同意|删除我的信息|删除信息|forget me|delete my data",
    Token.HELP: "帮助|菜单|help|menu|?|？|你好|您好|hi|hello",
    Token.CANCEL: "0|取消|算了|退出|返回|cancel|exit",
    Token.SOLVED: "已解决|解决了|solved",
    Token.NOT_SOLVED: "没有解决|没解决|未解决|not solved",
    Token.SIGN: "署名|实名|sign",
    Token.COVER: "遮住|遮住号码|隐藏号码|cover|hide",
    Token.PERSON: "人工|转人工|人工客服|人工服务|找人工|真人|human|operator|a person|real person",
    Token.LEAVE: "退出社区|不再接收|leave",
    Token.CONFIRM: "确认删除|confirm delete",
    Token.CHINESE: "中文|汉语|chinese",
    Token.ENGLISH: "英文|英语|english",
}
_VOCABULARY = {word: token for token, words in _WORDS.items() for word in words.split("|")}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


_DONE = frozenset(("提交", "完成", "发完了", "好了", "done", "submit", "ok"))
_TRIM = re.compile(r"^[\s「『“\"'.。!！,，]+|[\s」』”\"'.。!！,，]+\Z")
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_PINYIN = re.compile(
    "(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:a|ai|an|ang|ao|e|ei|en|eng|er|i|ia|ian|iang|iao|ie|in|ing|iong|iu"
    "|o|ong|ou|u|ua|uai|uan|uang|ue|ui|un|uo|v|ve)",
    re.IGNORECASE,
)
# Free text is asked for here: only 0, numbers and the words on the screen are commands.
_LISTENING = frozenset(
    {State.TIP, State.PLACE, State.WHICH, State.NAME, State.RUMOUR, State.CHOSEN, State.EMERGENCY}
)
# Said about a rumour: somebody else's words. Nothing else makes danger anything but danger.
_HEARSAY = re.compile(
    "网传|听说|转发|朋友圈|真的假的|真的吗|真假|谣言|辟谣|新闻"
    r"|\b(share|forward(ed)?|rumou?r|true|fake)\b",
    re.IGNORECASE,
)
# In an emergency these are a yes and a no; a no about a report that is open is said to the desk.
_YES = _words("是|是的|对|对的|好|好的|快|快点|快快|要|需要|嗯|可以|请|yes|y|yeah|please")
_NO = _words("没事|没事了|没事儿|发错了|点错了|按错了|误触|不用了|不用|不是|不需要|no|nope")
_CHOOSES = re.compile(r"^(?:我?(?:回复|回覆|选择|选|按|第))?\s*(.+?)个?\Z")
_NUMERALS = {word: place for place, word in enumerate("一二三四五六七八九十", 1)}
# These work in every state.
_EVERYWHERE = frozenset({Token.PERSON, Token.MINE}), _words("线索|帮助|菜单|tip|help|menu")
# While a report is open, words belong to it in these; in the first two numbers do, too.
_OPEN = (State.IDLE, State.EMERGENCY, State.OFFERED, State.MINE, State.LANGUAGE, State.FORGET)
# A place belongs to the tip in these when the resident turned to it while his report is open.
_TELLING = frozenset({State.TIP, State.PLACE, State.WHICH, State.UNFINISHED, State.CHOSEN})
_COVERS = (State.TIP, State.PLACE, State.WHICH)
_STILL_WRONG = re.compile(
    r"(?:还是|仍然|还)?(?:没有解决|没解决|未解决|not solved)[\s,，。.:：;；!！、]+(\S.*)",
    re.DOTALL | re.IGNORECASE,
)
_ALWAYS = frozenset({Token.CANCEL, Token.SOLVED, Token.NOT_SOLVED, Token.SIGN, Token.ALARM})
_PLAIN = {
    What.FOLLOW: Token.FOLLOW,
    What.UNFOLLOW: Token.UNFOLLOW,
    What.REVOKE: Token.REVOKE,
    What.SCAN: Token.SCAN,
    What.NOTHING: Token.NOTHING,
    What.OTHER: Token.OTHER,
}


def token(state: State, came: Came, beside: bool = False) -> Token:
    """What the table is asked about; ``beside``: the resident turned to a tip while his report is open."""
    if came.what in _PLAIN:
        return _PLAIN[came.what]
    if came.what is What.CLICK:
        return Token(came.key) if came.key in MENU else Token.HELP
    if came.what is What.LINK:
        # A title is somebody else's words in any state.
        if urgent(came.text, quoted=True):
            return Token.TO_110 if came.at110 else Token.URGENT
        return Token.TO_110 if _to_110(state, came, beside) else Token.LINK
    said = _command(state, came.text, came.at110)
    if said is not None and not (said is Token.NUMBER and came.at110 and state in _OPEN[:2]):
        return said
    if urgent(came.text, quoted=state is State.RUMOUR and bool(_HEARSAY.search(came.text))):
        return Token.TO_110 if came.at110 else Token.URGENT
    if _to_110(state, came, beside):
        return Token.TO_110
    if came.what is What.TEXT and complaint(came.text):
        return Token.NOT_SOLVED
    if came.what is What.PLACE:
        return Token.PLACE
    if came.file is not None:
        return Token.FILE
    return Token.TEXT if came.text.strip() else Token.OTHER


def complaint(text: str) -> str:
    """What is still wrong, of 没有解决 with words behind it; empty for anything else."""
    found = _STILL_WRONG.fullmatch(text.strip())
    return found[1].strip(" \n。.!！") if found else ""


def number(text: str) -> int:
    """The number somebody chose (1 to 99), 0 when it is none."""
    bare = _bare(text)
    if bare in _DONE:
        return 1
    chosen = _CHOOSES.fullmatch(bare)
    said = chosen[1] if chosen else ""
    if said in _NUMERALS:
        return _NUMERALS[said]
    return int(said) if re.fullmatch(r"[1-9][0-9]?", said, re.ASCII) else 0


def english(text: str) -> bool:
    """Whether somebody writes English: two words and nothing Chinese, or a command in English. Chinese
    written in letters (ni hao) is none."""
    if _HAN.search(text):
        return False
    said = _VOCABULARY.get(_bare(text))
    if said is not None:
        return bool(_LATIN.search(text))
    words = _LATIN.findall(text)
    return len(words) >= 2 and not all(_PINYIN.fullmatch(one) for one in words)


def spoken(text: str) -> Language | None:
    """The language of what was written; None for what says nothing of it: numbers, signs, a name."""
    if english(text):
        return Language.EN
    return Language.ZH if _HAN.search(text) else None


def _to_110(state: State, came: Came, beside: bool) -> bool:
    """While a report is open, what is not part of something else goes to 110. A place does, unless the
    resident turned to a tip since: then it is the tip's."""
    if not came.at110:
        return False
    if came.what is What.PLACE:
        return not (beside and state in _TELLING)
    return state in _OPEN


def _bare(text: str) -> str:
    return _TRIM.sub("", unicodedata.normalize("NFKC", text[:64])).lower()


def _command(state: State, text: str, at110: bool) -> Token | None:
    if number(text):
        return Token.NUMBER
    bare = _bare(text)
    if state is State.EMERGENCY and not at110:
        if bare in _YES:
            return Token.NUMBER
        if bare in _NO:
            return Token.CANCEL
    found = _VOCABULARY.get(bare)
    if found is Token.COVER:
        return found if state in _COVERS else None
    tokens, words = _EVERYWHERE
    if found in tokens or bare in words:
        # In an emergency "help" is what it says.
        return None if state is State.EMERGENCY and urgent(bare) else found
    if found is None or (state in _LISTENING and found not in _ALWAYS):
        return None
    return found
