"""Places that are named in words: which communities a text may mean, by the names on the map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any, cast

from domain.place import Jurisdiction
from domain.ports import Finder

SUFFIXES = ("社区", "居委会", "村委会")
SHORTEST = 3  # of a community's name without its suffix: 中心 is in 购物中心
READ = 500  # characters of one text
Names = dict[str, frozenset[str]]


def communities_named(finder: Finder, texts: Iterable[str]) -> list[Jurisdiction]:
    """The communities that the last of these texts with any names in it names, in the order of their ids;
    a name within a longer one (幸福 in 新幸福里) does not count."""
    names, lengths, areas = _index(cast(Hashable, finder))
    for text in reversed(list(texts)):
        found = _found(text[:READ], names, lengths)
        if found:
            return [areas[id] for id in sorted(found)]
    return []


def _found(text: str, names: Names, lengths: list[int]) -> set[str]:
    found: set[str] = set()
    end = 0
    for start in range(len(text)):
        for length in lengths:  # the longest first
            if start + length <= end:
                break
            ids = names.get(text[start : start + length])
            if ids is not None and start + length <= len(text):
                found |= ids
                end = start + length
                break
    return found


@lru_cache(maxsize=2)
def _index(finder: Any) -> tuple[Names, list[int], dict[str, Jurisdiction]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    areas: dict[str, Jurisdiction] = {}
    for station in finder.stations():
        for area in finder.communities(station.id):
            areas[area.id] = area
            for name in _names(area):
                names[name].add(area.id)
    lengths = sorted({len(name) for name in names}, reverse=True)
    return {name: frozenset(ids) for name, ids in names.items()}, lengths, areas


def _names(area: Jurisdiction) -> Iterable[str]:
    yield area.name
    yield from area.neighbourhoods
    for suffix in SUFFIXES:
        short = area.name.removesuffix(suffix).strip()
        if short != area.name and len(short) >= SHORTEST:
            yield short
