"""Is this ours, and does it still hold? Compares what a resident forwards with the notices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from domain.notice import Notice, NoticeState

ALIKE = 0.6
SHORTEST = 8
COMPARED = 1_000
_NUMBER = re.compile(r"N-\d{6}-[A-Z2-7]{8}")
_KEPT = re.compile(r"[\W_]+")


class Verdict(StrEnum):
    CURRENT = "current"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


# What was never published is nobody's word.
PUBLIC = (NoticeState.PUBLISHED, NoticeState.WITHDRAWN, NoticeState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Match:
    """A notice that may be meant; a ``likeness`` of 2 leaves no doubt, 1 is the same text."""

    likeness: float
    notice: Notice


def numbers(text: str, url: str) -> set[str]:
    """What looks like the number of a notice."""
    return set(_NUMBER.findall(f"{text} {url}".upper()))


def published(notice: Notice) -> bool:
    """Whether it is, or was, our word."""
    return notice.state in PUBLIC and notice.published_at is not None


def find(notices: Iterable[Notice], text: str, url: str) -> Match | None:
    """The notice that was meant: by link, title or likeness of the text; the first of the best."""
    said = _plain(text)
    best: Match | None = None
    for one in notices:
        if not published(one):
            continue
        linked = one.link and one.link in (url or text)
        likeness = 2.0 if linked else _likeness(said, one)
        if likeness >= ALIKE and (best is None or likeness > best.likeness):
            best = Match(likeness, one)
    return best


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
    matcher = SequenceMatcher(None, said[:COMPARED], (title + text)[:COMPARED], False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0  # upper bounds, a hundred times quicker
    return matcher.ratio()


def _plain(text: str) -> str:
    return _KEPT.sub("", text).lower()
