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

from domain import emergency_accidents as accidents
from domain import emergency_english as english
from domain import emergency_families as families
from domain import emergency_harmless as harmless
from domain import emergency_police as police
from domain import emergency_words as words_of
from domain.emergency_fold import emoji, from_pinyin, plain
from domain.emergency_signs import distressed, distressed_en, errands


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
_LIFE = (families.ATTACK, accidents.ILL, accidents.ELEMENTS, families.FAREWELL)
_TABLE = Path(__file__).with_name("simplified.txt").read_text("utf-8").split("\n")
_SIMPLE = str.maketrans(_TABLE[1], _TABLE[2])
_SIGNS = str.maketrans({"🆘": " sos ", "\u2019": "'", "\u2018": "'", "\u0060": "'"})
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\ufe0f]")
_INSIDE = re.compile(r"[\s·_*~^|/\\\"'“”‘’「」『』【】\[\]()（）<>《》-]+")
_BETWEEN = re.compile(r"[，,。.！!？?；;：:、…]+")
# A space between two characters parts two sentences, but not the characters of a word spelt out.
_PARTED = re.compile("(?<=[\u4e00-\u9fff]{2})\\s+(?=[\u4e00-\u9fff0-9a-z]{2})")
_DIGITS = re.compile("110")
# "so spicy" without its space is no SOS; one among words is found as English.
_NO_SOS = re.compile("(?<=[a-z])sos|sos(?=[a-z])")
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
    chinese = _chinese(_dense(folded))
    if chinese is Gravity.LIFE:
        return chinese
    return graver(chinese, _latin(folded))


@lru_cache(maxsize=1_024)
def calm(text: str) -> bool:
    """Whether the words say that nobody is in danger: it is over, was none, or only sounds like it."""
    dense = _dense(fold(text))
    if gravity(text) is not Gravity.ORDINARY or not dense:
        return False
    sounds = harmless.HARMLESS.search(dense) or harmless.DENIED.search(dense)
    return bool(sounds) or _over(dense)


def urgent(text: str, quoted: bool = False) -> bool:
    """Whether ``text`` calls for help; ``quoted`` when it is probably somebody else's words."""
    if not quoted:
        return gravity(text) is not Gravity.ORDINARY
    folded = fold(text)
    dense = harmless.HARMLESS.sub("", _dense(folded).replace("，", ""))
    words = _words(folded)
    if len(dense) > _STORY and not dense.startswith(("救命", "helpme")):
        return False
    return bool(words_of.QUOTED_CRY.search(dense) or english.EN_QUOTED_CRY.search(words))


def read(text: str) -> tuple[str, str]:
    """The text as the patterns of Chinese and of English are matched against it."""
    folded = fold(text)
    return _dense(folded), _words(folded)


def _dense(folded: str) -> str:
    """Chinese without spaces, ``，`` for every other sign and where a space parts two sentences."""
    marked = _PARTED.sub("，", emoji(folded))
    return plain(_BETWEEN.sub("，", _INSIDE.sub("", marked)))


def _words(folded: str) -> str:
    return _SPACES.sub(" ", folded.replace("'", "")).strip()


def _chinese(written: str) -> Gravity:
    written = _NO_SOS.sub("so", written)
    if not (_HAN.search(written) or "sos" in written or _DIGITS.search(written)):
        return Gravity.ORDINARY
    text = harmless.DENIED.sub("", harmless.HARMLESS.sub("，", written))
    idle = harmless.IDLE.search(text) or harmless.TOPIC.search(text)
    text = harmless.IDLE.sub("，", text)
    if _excused(written, text):
        return Gravity.ORDINARY
    # 火锅救命太好吃了: with what is only too much, a cry alone means nothing.
    if not idle and any(words_of.CRY.search(one) for one in (text, text.replace("，", ""))):
        return Gravity.LIFE
    if words_of.LIFE.search(text) or any(one.search(text) for one in _LIFE):
        return Gravity.LIFE
    if idle:
        text = police.PLEA.sub("", text)
    if words_of.URGENT.search(text) or any(one.search(text) for one in police.FAMILIES):
        return Gravity.URGENT
    if not idle and distressed(text, written):
        return Gravity.URGENT
    return Gravity.ORDINARY


def _over(text: str) -> bool:
    """Whether it speaks of what is over, or of what never was."""
    if harmless.NOW.search(text):
        return False
    if harmless.OVER.search(text) or harmless.FICTION.search(text):
        return True
    if harmless.JUST.search(text):
        return False
    return bool(harmless.PAST.search(text) and harmless.DONE.search(text))


def _excused(written: str, text: str) -> bool:
    """Whether the whole text, however grave its words, asks nobody to come."""
    if harmless.JOKE.search(written) or harmless.HONOURED.search(written):
        return True
    if harmless.STORY.search(written) and not harmless.OURS.search(written):
        return True
    if harmless.NOW.search(text):
        return False
    if harmless.HEARD.search(written):
        return True
    if families.FAREWELL.search(text) or police.VEILED.search(text):
        return False
    if harmless.OVER.search(written):
        return True
    if harmless.DIRECT.search(text) and not harmless.PAST.search(written):
        return False
    if _over(written):
        return True
    if harmless.JUST.search(text):
        return False
    if harmless.ASKED.search(written):
        return True
    if harmless.TIP.search(written) and not harmless.HURRY.search(text):
        return True
    if harmless.THANKS.search(written):
        return True
    return errands(written) > 1 and not harmless.HURRY.search(text)


def _latin(folded: str) -> Gravity:
    words = english.EN_HARMLESS.sub("", _words(folded))
    if words == "s o s":
        return Gravity.LIFE
    if english.EN_EXCUSE.search(words) and not english.EN_NOW.search(words):
        return Gravity.ORDINARY
    if english.EN_LIFE.search(words) or english.PINYIN_LIFE.search(words):
        return Gravity.LIFE
    if english.EN_URGENT.search(words) or english.PINYIN_URGENT.search(words):
        return Gravity.URGENT
    if distressed_en(words):
        return Gravity.URGENT
    sounded = "" if _HAN.search(folded) else from_pinyin(words)
    return _chinese(sounded) if sounded else Gravity.ORDINARY
