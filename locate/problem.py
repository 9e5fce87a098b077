"""What is wrong with a boundary file, where, and between which areas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from domain.errors import BOUNDARY_BROKEN, Refused

SHOWN = 100  # problems listed in one refusal; the rest are counted
# Kinds that make a file no map at all, rather than a map with faults.
UNUSABLE = frozenset({"file", "size", "json", "axes", "metres", "zero"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. ``kind`` is stable; ``reason`` and ``reason_zh`` are sentences for people.

    ``areas`` are (id, name) of the areas concerned; ``lon`` and ``lat`` a point of the fault in
    WGS-84 degrees, None only when the fault has no place (a missing datum).
    """

    kind: str
    reason: str
    reason_zh: str
    areas: tuple[tuple[str, str], ...] = ()
    lon: float | None = None
    lat: float | None = None

    def facts(self) -> dict[str, object]:
        """The problem as JSON for a page."""
        first = self.areas[0] if self.areas else ("", "")
        return {
            "kind": self.kind,
            "feature": first[0],
            "name": first[1],
            "areas": [{"id": id, "name": name} for id, name in self.areas],
            "reason": self.reason,
            "reason_zh": self.reason_zh,
            "lon": None if self.lon is None else round(self.lon, 5),
            "lat": None if self.lat is None else round(self.lat, 5),
        }

    def __str__(self) -> str:
        where = "" if self.lon is None else f" at {self.lon:.5f}, {self.lat:.5f}"
        who = " and ".join(f"{id} ({name})" if name else id for id, name in self.areas)
        return f"{who}: {self.reason}{where}" if who else f"{self.reason}{where}"


def refuse(problems: Sequence[Problem]) -> NoReturn:
    """Refuse the whole file: ``Refused(BOUNDARY_BROKEN)`` with ``problems`` and their ``total``."""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    raise Refused(
        BOUNDARY_BROKEN,
        f"{problems[0]}{more}",
        problems=[problem.facts() for problem in problems[:SHOWN]],
        total=len(problems),
    )


def sentences(refused: Refused, zh: bool) -> Iterator[str]:
    """A refusal of ``refuse`` to read: one line for each problem, with areas, reason and place."""
    problems: Any = refused.facts.get("problems", [])
    total: Any = refused.facts.get("total", len(problems))
    if len(problems) == 1 and not problems[0]["areas"]:
        yield problems[0]["reason_zh" if zh else "reason"]
        return
    # The search between areas ends at about a hundred.
    if zh:
        yield f"共{'至少 ' if total >= SHOWN else ' '}{total} 个问题，整个文件不予采用："
    else:
        count = f"{'at least ' if total >= SHOWN else ''}{total} problem{'s' * (total != 1)}"
        yield f"{count}; the file is refused as a whole:"
    for number, one in enumerate(problems, 1):
        who = [f"{a['id']} ({a['name']})" if a["name"] else a["id"] for a in one["areas"]]
        names = (("、" if zh else " and ").join(who) + ": ") if who else ""
        place = "" if one["lon"] is None else f"{one['lon']:.5f}, {one['lat']:.5f}"
        where = (f" 位置 {place}" if zh else f", at {place}") if place else ""
        yield f"{number:>4}. {names}{one['reason_zh' if zh else 'reason']}{where}"
    if total > len(problems):
        more = total - len(problems)
        yield f"      另有 {more} 个未列出。" if zh else f"      and {more} more, not listed."
