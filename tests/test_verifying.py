"""``jingmin verify all``: everything that is sealed, and what of it is altered by name."""

from __future__ import annotations

import pytest

import verifying
from tests.api.conftest import SECRET, Site, site

__all__ = ["site"]


async def test_all_names_what_is_altered(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    sound, altered = [await site.report() for _ in range(2)]
    assert await verifying.verify(site.house.store, SECRET, "all") == 0
    assert "2 sound, 0 altered" in capsys.readouterr().out
    site.harmed = True
    it = await site.house.store.incidents.get(altered["id"])
    it.log.entries[0].data["words"] = "别的"
    await site.house.store.incidents.save(it)
    assert await verifying.verify(site.house.store, SECRET, "all") == 1
    said = capsys.readouterr().out
    assert "1 sound, 1 altered" in said
    assert f"{altered['number']}  {altered['id']}" in said
    assert sound["number"] not in said
