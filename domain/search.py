"""Which incidents somebody looks for: by what they are, where, who had them, and what was said.

Every word of the question must be found somewhere. Words are compared as ``emergency.simple`` writes
them: traditional characters find simplified ones, full width half width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.emergency import simple
from domain.incident import Disposition, Incident, Kind

KIND_WORDS = {
    Kind.UNKNOWN: "未分类 uncategorised",
    Kind.CRIME: "刑事 crime",
    Kind.ORDER: "治安 public order",
    Kind.DISPUTE: "纠纷 dispute",
    Kind.TRAFFIC: "交通 traffic",
    Kind.LOST: "走失迷路 lost",
    Kind.RESCUE: "遇险求助 rescue",
    Kind.FIRE: "火情 fire",
    Kind.MEDICAL: "医疗 medical",
    Kind.FRAUD: "诈骗 fraud",
    Kind.OTHER: "其他 other",
}
DISPOSITION_WORDS = {
    Disposition.RESOLVED: "已处置 resolved",
    Disposition.TRANSFERRED: "已移交 transferred",
    Disposition.ADVICE: "已答复 advice",
    Disposition.DUPLICATE: "重复报警 duplicate",
    Disposition.FALSE_ALARM: "误报 false alarm",
    Disposition.UNREACHABLE: "无法联系 unreachable",
}
# Entries with words that people wrote, and the member that holds them.
WRITTEN = {"message": "text", "incident.note": "words", "incident.closed": "words"}
AROUND = 24
DIGITS = re.compile(r"\D+")
FEW_DIGITS = 4


def words_of(question: str) -> list[str]:
    """The words of a question; none for one that asks for everything."""
    return simple(question).split()


def excerpt(it: Incident, words: list[str], *, contact: bool = True) -> str | None:
    """None when some word is nowhere in the incident; else the place in what was said or written that
    has one, cut to a line, and empty when it was found elsewhere. What a caller left to be reached by
    (``contact``) is looked through for those who see it whole."""
    left_by = _left(it) if contact else ""
    facts = simple(" ".join((*_facts(it), left_by)))
    number = DIGITS.sub("", left_by)
    line, left = "", set(words)
    for word in words:
        digits = DIGITS.sub("", word)
        if word in facts or (len(digits) >= FEW_DIGITS and digits in number):
            left.discard(word)
    for text in _said(it):
        if not left and line:
            break
        folded = simple(text)
        for word in words:
            at = folded.find(word)
            if at >= 0:
                left.discard(word)
                line = line or _cut(folded if len(folded) != len(text) else text, at, len(word))
    return None if left else line


def _left(it: Incident) -> str:
    of = it.channel
    return " ".join((it.contact, *(() if of is None else (of.person, of.telephone, of.external))))


def _facts(it: Incident) -> Iterator[str]:
    yield it.number
    yield it.dispatcher_name
    if it.channel is not None:
        yield it.channel.name
    yield KIND_WORDS[it.kind]
    if it.disposition is not None:
        yield DISPOSITION_WORDS[it.disposition]
    for one in it.responders:
        yield one.name
        yield one.officer_name
    for fix in (it.place, it.position):
        if fix is not None:
            yield fix.located.place


def _said(it: Incident) -> Iterator[str]:
    if it.words:
        yield it.words
    for entry in it.log.entries:
        member = WRITTEN.get(entry.what)
        if member is not None and (text := entry.data.get(member)):
            yield str(text)


def _cut(text: str, at: int, length: int) -> str:
    start, end = max(0, at - AROUND), at + length + AROUND
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    return head + " ".join(text[start:end].split()) + tail
