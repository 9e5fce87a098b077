"""The map as documents: kept whole once, completed when a start was cut short."""

from __future__ import annotations

from jingmin.assembly.areas import keep_boundaries
from locate.boundaries import Boundaries
from tests.api.conftest import Site


async def test_a_map_is_kept_once_and_what_is_missing_is_added(
    site: Site, boundaries: Boundaries
) -> None:
    shelf = site.house.store.boundaries
    wanted = {f"{boundaries.full_version}/{id}" for id, _ in boundaries.documents()}
    await keep_boundaries(site.house.store, boundaries)
    kept = {one.id: one for one in await shelf.find({"set": boundaries.full_version}, limit=1000)}
    assert set(kept) == wanted
    mark = f"{boundaries.full_version}/complete"
    assert (await shelf.get(mark)).set == "complete"

    # A start that died in between left neither the mark nor all of it.
    lost = min(wanted)
    await shelf.remove(lost)
    await shelf.remove(mark)
    await keep_boundaries(site.house.store, boundaries)
    again = {one.id: one for one in await shelf.find({"set": boundaries.full_version}, limit=1000)}
    assert again == kept
    await shelf.get(mark)

    # Marked as complete: nothing is looked at any more.
    await shelf.remove(lost)
    await keep_boundaries(site.house.store, boundaries)
    assert len(await shelf.find({"set": boundaries.full_version}, limit=1000)) == len(wanted) - 1
