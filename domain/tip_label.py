"""Labels of a tip: one category of a fixed list, and tags in officers' own words.

Kept in the document (``Tip.labels``) once for its station and once for all, so that the store finds and
orders those of a label by one equal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.tip import Tip

MOST_TAGS, TAG_LENGTH = 10, 12


class Category(StrEnum):
    """What a tip is about; none until an officer says so."""

    NONE = ""
    NOISE = "noise"
    FRAUD = "fraud"
    FAMILY = "family"
    NEIGHBOURS = "neighbours"
    TRAFFIC = "traffic"
    FIRE = "fire"
    SUSPICIOUS = "suspicious"
    THEFT = "theft"
    GAMBLING = "gambling"
    DRUGS = "drugs"
    MISSING = "missing"
    LOST = "lost"
    ANIMALS = "animals"
    OTHER = "other"


def tag_of(text: str) -> str:
    """A tag as it is kept: without what makes two of the same, empty for no tag."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).lower()
    fit = len(plain) <= TAG_LENGTH and plain.isprintable()
    return plain if fit else ""


def label(station: str, category: Category = Category.NONE, tag: str = "") -> str:
    """What to look for in ``labels``: a tag, or a category, of a station or (empty) of all."""
    return f"{station}/#{tag}" if tag else f"{station}/{category}"


def labels_of(it: Tip) -> list[str]:
    """Everything by which the tip is found."""
    return [one for station in ("", it.station) for one in _labels(station, it.category, it.tags)]


def _labels(station: str, category: Category, tags: Iterable[str]) -> list[str]:
    found = [label(station, category)] if category else []
    return [*found, *(label(station, tag=tag) for tag in tags)]
