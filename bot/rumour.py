"""Is this ours, and does it still hold? Compares what a resident forwards with the notices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from domain.notice import Notice, NoticeState

ALIKE = 0.6
SHORTEST = 8
COMPARED = 1_000
_KEPT = re.compile(r"[\W_]+")


class Verdict(StrEnum):
    CURRENT = "current"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


# What was never published is nobody's word.
PUBLIC = (NoticeState.PUBLISHED, NoticeState.WITHDRAWN, NoticeState.EXPIRED)


def find(notices: Sequence[Notice], text: str, url: str) -> Notice | None:
    """The notice that was meant: by number, link, title or likeness of the text; the best one."""
    said, wanted = _plain(text), f"{text} {url}".upper()
    best: tuple[float, Notice] | None = None
    for one in notices:
        if one.state not in PUBLIC or one.published_at is None:
            continue
        if one.number.upper() in wanted or (one.link and one.link in (url or text)):
            return one
        likeness = _likeness(said, one)
        if likeness >= ALIKE and (best is None or likeness > best[0]):
            best = likeness, one
    return best[1] if best else None


def verdict(notice: Notice) -> Verdict:
    """What holds of it now."""
    if notice.corrected_by is not None:
        return Verdict.CORRECTED
    if notice.state is NoticeState.WITHDRAWN:
        return Verdict.WITHDRAWN
    return Verdict.EXPIRED if notice.state is NoticeState.EXPIRED else Verdict.CURRENT


def _likeness(said: str, notice: Notice) -> float:
    title, text = _plain(notice.title), _plain(notice.text)
    if len(said) < SHORTEST:
        return 1.0 if said and said == title else 0.0
    if said in text or (len(title) >= SHORTEST and title in said):
        return 1.0
    return SequenceMatcher(None, said[:COMPARED], (title + text)[:COMPARED], False).ratio()


def _plain(text: str) -> str:
    return _KEPT.sub("", text).lower()
