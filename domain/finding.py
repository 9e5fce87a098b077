"""One thing that was looked at for an operator, and what was found, in words he can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    WELL = "WELL"
    WRONG = "WRONG"
    DOUBTFUL = "DOUBTFUL"  # can be right, and seldom is
    UNSEEN = (
        "UNSEEN"  # could not be looked at: a person has to look, or something else to be mended
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``zh`` and ``en`` say what was found and what to do."""

    verdict: Verdict
    about: str
    zh: str
    en: str
