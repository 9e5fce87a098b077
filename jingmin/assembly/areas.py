"""The configured boundary file, or the demo's: found, checked once, and kept in the store for later."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from config import Settings
from domain.place import BoundaryArea
from domain.ports import Store
from domain.queries_groups import boundary_area, boundary_areas
from locate import kept
from locate.boundaries import Boundaries

AREAS_AT_ONCE = 10  # large documents: some 20 ms of the embedded store
log = logging.getLogger("jingmin")


def boundaries_of(settings: Settings) -> Boundaries:
    """``load_boundaries`` of what is configured."""
    return load_boundaries(boundary_file(settings), settings.data)


def boundary_file(settings: Settings) -> Path:
    """The operator's file, or the demo's synthetic city, drawn once into the data folder."""
    if settings.boundaries is not None:
        return settings.boundaries
    path = settings.data / "sample-city.geojson"
    if not path.exists():
        from locate.sample import build

        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        build(partial)
        partial.rename(path)
    return path


def load_boundaries(path: Path, data: Path) -> Boundaries:
    """The boundary file, checked as a whole the first time it is seen; raises ``boundary_broken``.

    A restart in the middle of a shift must not wait for areas to be compared once more, and what was
    accepted once must start for ever: what was checked is kept in ``data``.
    """
    return kept.load(path, data / "boundaries")


def boundaries_known(path: Path, data: Path) -> bool:
    """Whether ``load_boundaries`` has accepted this very file before."""
    return kept.known(path, data / "boundaries")


async def keep_boundaries(store: Store, boundaries: Boundaries) -> None:
    """Keep this boundary version, name and content hash, in the store, so that old incidents can be read
    on the map of their day. The mark written last says that it is complete."""
    shelf = store.boundaries
    version = boundaries.full_version
    mark = f"{version}/complete"
    if await shelf.find(boundary_area(mark), limit=1):
        return
    async for other in shelf.every(boundary_areas("complete")):
        if other.id.startswith(f"{boundaries.version}#"):
            # Another machine's data folder could not know; both are kept and told apart by the hash.
            log.error("%s: the store has this name with another content, %s", version, other.id)

    def read() -> list[BoundaryArea]:
        return [
            BoundaryArea(f"{version}/{id}", version, feature)
            for id, feature in boundaries.documents()
        ]

    areas = await asyncio.to_thread(read)  # a second of a large city's
    for start in range(0, len(areas), AREAS_AT_ONCE):
        await shelf.add_many(areas[start : start + AREAS_AT_ONCE])
        await asyncio.sleep(0.05)  # a new map must not slow down emergency reports
    await shelf.add(BoundaryArea(mark, "complete", {}))
