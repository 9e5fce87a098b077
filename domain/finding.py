"""One thing that was looked at for an operator, and what was found, in words he can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What somebody who looked says of it."""

    WELL = "WELL"
    WRONG = "WRONG"
    DOUBTFUL = "DOUBTFUL"  # can be right, and seldom is
    UNSEEN = "UNSEEN"  # could not be looked at: a person has to, or something else be mended

    @property
    def sign(self) -> str:
        """Before what it is about, on a terminal."""
        return {"WELL": "✓", "WRONG": "✗", "DOUBTFUL": "!", "UNSEEN": "?"}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``zh`` and ``en`` say what was found and what to do."""

    verdict: Verdict
    about: str
    zh: str
    en: str


def well(about: str, zh: str, en: str) -> Finding:
    return Finding(Verdict.WELL, about, zh, en)


def wrong(about: str, zh: str, en: str) -> Finding:
    return Finding(Verdict.WRONG, about, zh, en)


def doubtful(about: str, zh: str, en: str) -> Finding:
    return Finding(Verdict.DOUBTFUL, about, zh, en)


def unseen(about: str, zh: str, en: str) -> Finding:
    return Finding(Verdict.UNSEEN, about, zh, en)
