"""``jingmin locate`` and ``jingmin boundaries``: who answers for a point, and what is wrong with a map."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.errors import BOUNDARY_BROKEN, Refused
from domain.place import DATUMS, Datum, Level, Source
from domain.ports import Finder
from jingmin.assembly.areas import boundaries_known, load_boundaries
from jingmin.terminal import say, speaks_chinese
from locate.boundaries import Boundaries
from locate.decoding import read_file
from locate.kept import renamed
from locate.problem import UNUSABLE, refuse, sentences
from supervisor import PROGRAM

LEVELS_ZH = {
    Level.BUREAU: "分局",
    Level.STATION: "派出所",
    Level.COMMUNITY: "社区",
    Level.GRID: "网格",
}


def locate(finder: Finder, options: argparse.Namespace) -> dict[str, Any]:
    """The finder's answer as JSON values."""
    given = DATUMS[Datum(options.datum)](options.lon, options.lat, options.accuracy, Source.PICKED)
    wgs84 = finder.to_wgs84(given)
    found = finder.locate(wgs84)
    return {
        "wgs84": [round(wgs84.lon, 7), round(wgs84.lat, 7)],
        "certainty": str(found.certainty),
        "why_zh": found.why_zh,
        "why_en": found.why_en,
        "place": found.place,
        "boundary_version": found.boundary_version,
        "areas": [
            {"level": str(one.level), "id": one.id, "name": one.name, "share": round(one.share, 4)}
            for one in found.areas
        ],
        "candidates": [
            {
                "station": one.station,
                "name": one.name,
                "bureau": one.bureau,
                "share": round(one.share, 4),
                "distance_m": round(one.distance, 1),
            }
            for one in found.candidates
        ],
    }


def tell(found: dict[str, Any]) -> str:
    """The finder's answer to read."""
    lines = [
        f"{found['certainty']}  {found['place']}",
        found["why_zh"],
        found["why_en"],
        f"WGS-84 {found['wgs84'][0]}, {found['wgs84'][1]}   boundaries {found['boundary_version']}",
    ]
    lines += [
        f"  {one['share']:6.1%}  {one['distance_m']:9.1f} m  {one['station']:8}  {one['name']} "
        f"({one['bureau']})"
        for one in found["candidates"]
    ]
    lines += [f"  {one['share']:6.1%}  {one['id']}  {one['name']}" for one in found["areas"]]
    return "\n".join(lines)


def check_boundaries(data: Path, options: argparse.Namespace) -> int:
    """Say everything that is wrong with a boundary file, 1 then (2 when it cannot be read), or what
    is in it. Nothing is kept, so that a draft may be mended under its name; ``--keep`` is for
    ``judge``."""
    chinese = speaks_chinese(options.lang)
    try:
        if options.keep:
            load_boundaries(options.file, data)
            if boundaries_known(options.file, data):
                return 0
            folder = data / "boundaries"
            if chinese:
                say(f"辖区边界: {folder} 无法写入, 请检查权限和磁盘空间。", True)
            else:
                say(f"boundaries: {folder} cannot be written; check owner and free space", True)
            return 2
        boundaries = Boundaries.from_geojson(read_file(options.file))
        problem = renamed(boundaries, data / "boundaries")
        if problem is not None:
            refuse([problem])
    except Refused as refused:
        if refused.fault is not BOUNDARY_BROKEN:
            raise
        _list(refused, chinese, options.keep)
        return 2 if "file" in _kinds(refused) else 1
    counts = Counter(area.level for area in boundaries.areas)
    if chinese:
        levels = ", ".join(f"{LEVELS_ZH[level]} {counts[level]}" for level in Level)
        say(f"文件可用: {boundaries.full_version}\n  {levels}")
    else:
        levels = ", ".join(f"{level} {counts[level]}" for level in Level)
        say(f"good: {boundaries.full_version}\n  {levels}")
    return 0


async def judge(path: Path, data: Path, environment: Mapping[str, str]) -> bool:
    """Whether the product can start with this boundary file; if not, what is wrong was printed.

    A process of its own checks what was not seen before: a large map takes memory that the
    supervisor would keep for ever, and holds up an event loop for longer than its watchdog waits.
    What cannot be kept is not started from.
    """
    if await asyncio.to_thread(boundaries_known, path, data):
        return True
    arguments = ["boundaries", "check", "--keep", "--data", str(data), "--", str(path)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *PROGRAM, *arguments, env={**os.environ, **environment}
    )
    return await process.wait() == 0


def refused(refusal: Refused, command: str) -> int:
    """Print a refusal and say the exit code: 2 when the command cannot do anything without what is
    wrong, else 1."""
    if refusal.fault is not BOUNDARY_BROKEN:
        print(f"jingmin: {refusal.detail or refusal.fault.en}", file=sys.stderr)
        return 1
    _list(refusal, speaks_chinese(None), True)
    return 1 if command in ("locate", "wechat", "convert") and not _kinds(refusal) & UNUSABLE else 2


def _list(refusal: Refused, chinese: bool, error: bool) -> None:
    for number, line in enumerate(sentences(refusal, chinese)):
        say(line if number else f"{'辖区边界' if chinese else 'boundaries'}: {line}", error)


def _kinds(refusal: Refused) -> set[str]:
    problems: Any = refusal.facts.get("problems", [])
    return {one["kind"] for one in problems}
