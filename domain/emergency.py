"""What words say about danger: the one place where the product reads them for it.

Pure and without I/O: what a resident writes to the bot and what comes with a report is folded
(traditional to simplified, full width, emoji) and matched against ``emergency_words.py``. Rules, no
list of sentences, and no judgement of people: a text is read, nobody is scored.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from domain import emergency_words as words_of


class Gravity(StrEnum):
    """How much hangs on the next minute. Ordered by ``graver``."""

    LIFE = "LIFE"  # 危及生命
    URGENT = "URGENT"  # 紧急
    ORDINARY = "ORDINARY"  # 一般


GRAVEST_FIRST = tuple(Gravity)
# Of a long text its beginning and its end are read: a cry is at one of them.
_BEGINNING, _END = 1_000, 200
# A quoted text of this length and more tells a story; a cry is short.
_STORY = 40
_TABLE = Path(__file__).with_name("simplified.txt").read_text("utf-8").split("\n")
_SIMPLE = str.maketrans(_TABLE[1], _TABLE[2])
_SIGNS = str.maketrans({"🆘": " sos ", "\u2019": "'", "\u2018": "'", "\u0060": "'"})
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\ufe0f]")
_INSIDE = re.compile(r"[\s·_*~^|/\\\"'“”‘’「」『』【】\[\]()（）<>《》-]+")
_BETWEEN = re.compile(r"[，,。.！!？?；;：:、…]+")
_SPACES = re.compile(r"[^a-z0-9!]+")
_HAN = re.compile("[\u4e00-\u9fff]")


def graver(one: Gravity, other: Gravity) -> Gravity:
    """The graver of the two."""
    return min(one, other, key=GRAVEST_FIRST.index)


def fold(text: str) -> str:
    """``text`` as the words are written: simplified, half width, lower case, emoji as letters; of a long
    text its beginning and its end."""
    if len(text) > _BEGINNING + _END:
        text = f"{text[:_BEGINNING]}，{text[-_END:]}"
    return simple(text)


def simple(text: str) -> str:
    """The whole of a text as ``fold`` writes it, however long."""
    seen = _UNSEEN.sub("", text.translate(_SIGNS))
    return unicodedata.normalize("NFKC", seen).lower().translate(_SIMPLE)


@lru_cache(maxsize=1_024)
def gravity(text: str) -> Gravity:
    """What the words say about danger. Total, for any text; what is doubtful counts as grave."""
    folded = fold(text)
    chinese = _chinese(folded)
    if chinese is Gravity.LIFE:
        return chinese
    return graver(chinese, _latin(folded))


@lru_cache(maxsize=1_024)
def calm(text: str) -> bool:
    """Whether the words say that nobody is in danger: it is over, was none, or only sounds like it."""
    dense = _dense(fold(text))
    if gravity(text) is not Gravity.ORDINARY or not dense:
        return False
    harmless = words_of.HARMLESS.search(dense) or words_of.DENIED.search(dense)
    return bool(harmless) or _tells(dense)


def urgent(text: str, quoted: bool = False) -> bool:
    """Whether ``text`` calls for help; ``quoted`` when it is probably somebody else's words."""
    if not quoted:
        return gravity(text) is not Gravity.ORDINARY
    folded = fold(text)
    dense = words_of.HARMLESS.sub("", _dense(folded).replace("，", ""))
    plain = _plain(folded)
    if len(dense) > _STORY and not dense.startswith(("救命", "helpme")):
        return False
    return bool(words_of.QUOTED_CRY.search(dense) or words_of.EN_QUOTED_CRY.search(plain))


def _dense(folded: str) -> str:
    return _BETWEEN.sub("，", _INSIDE.sub("", folded))


def _plain(folded: str) -> str:
    return _SPACES.sub(" ", folded.replace("'", "")).strip()


def _chinese(folded: str) -> Gravity:
    text = _dense(folded)
    if not (_HAN.search(text) or "sos" in text):
        return Gravity.ORDINARY
    text = words_of.DENIED.sub("", words_of.HARMLESS.sub("", text))
    idle = words_of.IDLE.search(text)
    text = words_of.IDLE.sub("", text)
    if _tells(text):
        return Gravity.ORDINARY
    # 火锅救命太好吃了: with what is only too much, a cry alone means nothing.
    if not idle and any(words_of.CRY.search(one) for one in (text, text.replace("，", ""))):
        return Gravity.LIFE
    if words_of.LIFE.search(text):
        return Gravity.LIFE
    return Gravity.URGENT if words_of.URGENT.search(text) else Gravity.ORDINARY


def _tells(text: str) -> bool:
    """Whether it speaks of what is over, or of what never was."""
    if words_of.NOW.search(text):
        return False
    if words_of.FALSE.search(text):
        return True
    return bool(words_of.PAST.search(text) and words_of.DONE.search(text))


def _latin(folded: str) -> Gravity:
    plain = words_of.EN_HARMLESS.sub("", _plain(folded))
    if plain == "s o s":
        return Gravity.LIFE
    if words_of.EN_LIFE.search(plain) or words_of.PINYIN_LIFE.search(plain):
        return Gravity.LIFE
    if words_of.EN_URGENT.search(plain) or words_of.PINYIN_URGENT.search(plain):
        return Gravity.URGENT
    return Gravity.ORDINARY
