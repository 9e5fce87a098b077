"""Boundaries that were checked, kept in our own form: what is accepted once starts for ever, and soon.

One file of the folder for each version and source file. Its name says what a damaged one cannot:
``<name>.<content>.<source>.kept1``: the first 16 hex digits of the version name's SHA-256, the
content hash (``Boundaries.digest``) and the SHA-256 of the source file's bytes. Inside: a first line, the
length of a header, the header in JSON (version, valid_from, digest, areas, lengths), the
geometries as WKB one after the other, and a SHA-256 of all this.

A kept file is written whole or not at all. One that is damaged, or of an older format, is made anew from
the source file. The digit of ``kept1`` is the format; it goes up when the meaning of the bytes changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import time
from datetime import date
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import shapely

from domain.place import Jurisdiction, Level
from locate.boundaries import HASH_SHOWN, Boundaries
from locate.decoding import read_file
from locate.problem import Problem, refuse

SUFFIX = "kept1"
_FIRST = b"jingmin boundaries 1\n"
_SEAL = 32  # bytes of the SHA-256 at the end
_ABANDONED_S = 3_600  # a part this old belongs to a process that was killed
log = logging.getLogger("jingmin.locate")


def load(path: Path, folder: Path) -> Boundaries:
    """The boundaries of a source file, from ``folder`` when it was checked before.

    Raises ``Refused(BOUNDARY_BROKEN)``: kind ``file`` when it cannot be read, ``version`` when its
    name is known here with another content, and what ``Boundaries.from_geojson`` finds.
    """
    data = read_file(path)
    source = hashlib.sha256(data).hexdigest()
    for kept in _kept(folder, source):
        boundaries = _read(kept)
        if boundaries is not None:
            return boundaries
        log.warning("%s is damaged; %s is checked once more", kept, path)
    boundaries = Boundaries.from_geojson(data)
    problem = renamed(boundaries, folder)
    if problem is not None:
        refuse([problem])
    try:
        _write(boundaries, source, folder)
    except OSError as error:
        log.warning("%s cannot be kept in %s: %s", boundaries.full_version, folder, error.strerror)
    return boundaries


def known(path: Path, folder: Path) -> bool:
    """Whether this source file was checked before, as it is now, and what was kept of it is whole.
    Refuses what cannot be read."""
    source = hashlib.sha256(read_file(path)).hexdigest()
    return any(_whole(kept) for kept in _kept(folder, source))


def renamed(boundaries: Boundaries, folder: Path) -> Problem | None:
    """The problem of a version whose name is known in ``folder`` with another content."""
    for kept in sorted(folder.glob(f"{_name(boundaries.version)}.*.kept*")):
        digest = kept.name.split(".")[1]
        if digest != boundaries.digest:
            name, mine, other = boundaries.version, boundaries.digest, digest[:HASH_SHOWN]
            en = f"version {name} is known with another content (#{other}, this file is "
            en += f"#{mine[:HASH_SHOWN]}); give the edited file a new version name"
            zh = f"版本 {name} 已经使用过，内容不同（原为 #{other}，本文件为 #{mine[:HASH_SHOWN]}）。"
            return Problem("version", en, f"{zh}修改后的文件请换一个新的版本名称。")
    return None


def _kept(folder: Path, source: str) -> list[Path]:
    return sorted(folder.glob(f"*.{source}.{SUFFIX}"))


def _name(version: str) -> str:
    return hashlib.sha256(version.encode()).hexdigest()[:16]


def _whole(path: Path) -> bytes | None:
    """What a kept file holds, None when not all of it is there."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    sealed = hashlib.sha256(memoryview(data)[:-_SEAL]).digest() == data[-_SEAL:]
    return data if sealed and data.startswith(_FIRST) else None


def _read(path: Path) -> Boundaries | None:
    """The boundaries of a kept file, None when it is not whole."""
    data = _whole(path)
    if data is None:
        return None
    try:
        body = memoryview(data)[:-_SEAL]
        start = len(_FIRST) + 8
        end = start + int.from_bytes(body[len(_FIRST) : start], "little")
        head = json.loads(bytes(body[start:end]))
        cuts = accumulate(head["lengths"], initial=end)
        shapes = shapely.from_wkb([data[a:b] for a, b in pairwise(cuts)])
        areas = tuple(
            Jurisdiction(id, name, Level(level), parent, synthetic, *_more(more))
            for id, name, level, parent, synthetic, *more in head["areas"]
        )
        day = head["valid_from"]
        valid_from = date.fromisoformat(day) if day else None
        return Boundaries(head["version"], areas, tuple(shapes), valid_from, head["digest"])
    except (OSError, ValueError, LookupError, TypeError, shapely.errors.ShapelyError):
        return None


def _more(more: list[Any]) -> tuple[str, tuple[str, ...]]:
    """Telephone and neighbourhoods; files of older releases have neither."""
    telephone, names = more or ("", ())
    return telephone, tuple(names)


def _write(boundaries: Boundaries, source: str, folder: Path) -> None:
    shapes = [
        shapely.to_wkb(one, output_dimension=2, byte_order=1) for one in boundaries.geometries
    ]
    head = {
        "version": boundaries.version,
        "digest": boundaries.digest,
        "valid_from": boundaries.valid_from.isoformat() if boundaries.valid_from else None,
        "areas": [
            [a.id, a.name, a.level, a.parent, a.synthetic, a.telephone, a.neighbourhoods]
            for a in boundaries.areas
        ],
        "lengths": [len(one) for one in shapes],
    }
    text = json.dumps(head).encode()
    body = b"".join((_FIRST, len(text).to_bytes(8, "little"), text, *shapes))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = f"{_name(boundaries.version)}.{boundaries.digest}"
    target = folder / f"{mine}.{source}.{SUFFIX}"
    part = folder / f"{source}.{os.getpid()}.part"
    with part.open("wb") as file:
        file.write(body)
        file.write(hashlib.sha256(body).digest())
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    # The same content was saved differently before, or a write was cut short.
    for old in {*folder.glob(f"{mine}.*"), *folder.glob("*.part")} - {target}:
        with contextlib.suppress(OSError):
            if old.suffix != ".part" or abs(time.time() - old.stat().st_mtime) > _ABANDONED_S:
                old.unlink()
