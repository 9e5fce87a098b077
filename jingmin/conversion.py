"""``jingmin convert``: a boundary file from the layers that an office has."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from config import Settings
from domain.place import Datum, Level
from jingmin.command import Declare
from locate.boundaries import Boundaries
from locate.conversion import Layer, convert
from locate.decoding import read_file

LEVELS = {
    "bureaus": Level.BUREAU,
    "stations": Level.STATION,
    "communities": Level.COMMUNITY,
    "grids": Level.GRID,
}


def declare(command: Declare) -> None:
    """The command and its options."""
    one = command(
        "convert",
        "make a boundary file from GeoJSON layers, one for each level; then boundaries check it",
        run,
        lenient=True,
    )
    one.add_argument("out", type=Path, metavar="FILE", help="boundary file to write; must be new")
    for name, level in LEVELS.items():
        needed = level in (Level.BUREAU, Level.STATION)
        one.add_argument(
            f"--{name}", type=Path, metavar="LAYER", required=needed, help=f"GeoJSON of {name}"
        )
    one.add_argument("--version-name", required=True, metavar="NAME", help="jinzhou-2026-01")
    one.add_argument(
        "--datum",
        choices=[str(one) for one in Datum],
        default="WGS84",
        help="of the layers (WGS84); GCJ02 when they were drawn on a Chinese web map",
    )
    one.add_argument("--id", default="", metavar="COLUMN", help="column of ids, if none is found")
    one.add_argument("--name", default="", metavar="COLUMN", help="column of names, the same")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Write the file; 1 when it is not good yet: it is written all the same, to be mended. Raises ``Refused``
    where the layers cannot be put together."""
    layers = [
        Layer(level, read_file(path), options.id, options.name)
        for name, level in LEVELS.items()
        if (path := getattr(options, name)) is not None
    ]
    found = convert(layers, options.version_name, Datum(options.datum))
    try:
        with open(options.out, "x", encoding="utf-8", opener=_private) as file:
            json.dump(found, file, ensure_ascii=False, separators=(",", ":"))
    except FileExistsError:
        print(
            f"jingmin: {options.out} is there already; a version is never edited", file=sys.stderr
        )
        return 2
    print(f"written: {options.out}, {len(found['features'])} areas")
    Boundaries.from_geojson(found)
    print("good")

    return 0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o644)
