"""Who shares an address with many others is limited by his own session or incident alone."""

from __future__ import annotations

import asyncio

import aiohttp

from api.limits import Limits
from tests.api.conftest import Site, site

__all__ = ["site"]


async def test_sixty_residents_behind_one_address_see_their_reports(site: Site) -> None:
    receipt = await site.report()
    tokens = [receipt["token"]] + [(await site.report())["token"] for _ in range(59)]
    site.house.limits = Limits()

    async def see(token: str) -> str:
        async with site.anybody().ws_connect(f"{site.api}/live/caller") as live:
            await live.send_json({"type": "hello", "token": token})
            return str((await live.receive_json())["type"])

    answers = await asyncio.gather(*(see(one) for one in tokens))
    assert set(answers) == {"caller"}


async def test_one_incident_cannot_open_sockets_without_end(site: Site) -> None:
    receipt = await site.report()
    site.house.limits = Limits()
    client: aiohttp.ClientSession = site.anybody()
    codes = []
    for _ in range(60):
        async with client.ws_connect(f"{site.api}/live/caller") as live:
            await live.send_json({"type": "hello", "token": receipt["token"]})
            codes.append((await live.receive_json())["type"])
    assert codes[0] == "caller"
    assert codes[-1] == "error"
