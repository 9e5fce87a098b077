"""The sandbox: a caller's API for tests, which drives nothing and rings nowhere.

It is a whole house of its own: another database, feed, board and receipt numbers (``TEST-…``), another
secret for keys, tokens and links, no journal, no media processes, no sweep. No code of a desk, a list or
the bot knows of it: what is not in the store that they read they cannot show. There is one door, before
anything is read of a request (``asked``): a key that means the sandbox, or a token made in it. A report
goes in by its key alone: a page that still has a test's token must not send an emergency there.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from api.board import Board
from api.house import STORE_PATIENCE_S, House
from api.integrators import HEADER
from api.limits import Limits
from api.metrics import Metrics
from api.webhook_finding import WebhookFinder
from domain.audit import Audit
from domain.clock import DAY_MS
from domain.errors import Refused, StoreDown
from domain.integrator import means_sandbox, sandbox_secret
from domain.lasting import lasting
from domain.presence import forget as forget_pages
from domain.queries import incidents_raised_before
from domain.receipt_numbers import ReceiptNumbers
from domain.ticket import read_link, read_resume

if TYPE_CHECKING:
    from aiohttp import web

    from domain.incident import Incident
    from domain.intake import Report
    from domain.ports import Store

KEPT_MS = DAY_MS
OPEN_S = 10.0
NUMBER_HEAD = "TEST"
log = logging.getLogger("jingmin.sandbox")


class Sandbox:
    """That of one process: opened when it is first asked for."""

    def __init__(self, real: House) -> None:
        self._real = real
        self._secret = sandbox_secret(real.secret)
        self._store: Store | None = None
        self._house: House | None = None
        self._opening: asyncio.Task[House] | None = None
        self._finding: asyncio.Task[None] | None = None

    async def asked(self, request: web.Request, report: bool) -> House | None:
        """Its house when the request is for it; None for every other. Raises ``store_down``."""
        if any(means_sandbox(key) for key in request.headers.getall(HEADER, ())):
            return await self.house()
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if report or scheme.lower() != "bearer":
            return None
        return await self.of_token(token)

    async def of_token(self, token: str) -> House | None:
        """Its house when the token was made in it."""
        try:
            read_resume(self._secret, token)
        except Refused:
            return None
        return await self.house()

    async def of_link(self, link: str, now: int) -> House | None:
        """Its house when the link was made in it."""
        try:
            read_link(self._secret, link, now)
        except Refused:
            return None
        return await self.house()

    async def house(self) -> House:
        """Opened. Raises ``store_down`` while its store does not answer."""
        if self._house is None:
            if self._opening is None or (self._opening.done() and self._opening.exception()):
                self._opening = asyncio.create_task(self._open(), name="sandbox")
            await asyncio.wait({self._opening}, timeout=OPEN_S)
            failed = self._opening.exception() if self._opening.done() else TimeoutError()
            if failed is not None:
                log.warning("the sandbox cannot be opened: %s", type(failed).__name__)
                raise StoreDown("the sandbox cannot be opened")
            self._house = self._opening.result()
        self._house.store_up = True  # nobody watches it: each request finds out
        return self._house

    async def stop(self) -> None:
        """End what it began."""
        tasks = [one for one in (self._opening, self._finding) if one is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._house is not None:
            await self._house.board.stop()
        if self._store is not None:
            await self._store.close()

    async def forget(self, now: int) -> None:
        """Remove what is older than a day, with its files, until nothing is left of it."""
        if not [one async for one in self._real.store.integrators.every() if one.sandbox]:
            return
        store = self._stored()
        old = incidents_raised_before(now - KEPT_MS)
        async for one in store.incidents.every(old, order="raised_at"):
            await _remove(store, one)
        await forget_pages(store, now)

    def _stored(self) -> Store:
        if self._store is None:
            self._store = self._real.store.sandbox()
        return self._store

    async def _open(self) -> House:
        real, store = self._real, self._stored()
        house = House(
            settings=real.settings,
            store=store,
            finder=real.finder,
            pictures=real.pictures,
            journal=_NoJournal(),
            secret=self._secret,
            board=_Board(store, real.clock),
            numbers=ReceiptNumbers(store, head=NUMBER_HEAD),
            passwords=real.passwords,
            limits=Limits(),
            metrics=Metrics(),
            spool=real.spool,
            content=real.content,
            tokens=real.tokens,
            log=Audit(store, self._secret),
            clock=lambda: real.clock(),
            proxies=real.proxies,
            open_sockets=real.open_sockets,
            ending=real.ending,
            apart=True,
        )
        house.journal = _NoJournal(house)
        await house.open_store()
        finder = WebhookFinder(house)
        self._finding = asyncio.create_task(lasting("sandbox", finder.run), name="sandbox")
        return house


class _Board(Board):
    def desks(self) -> bool:
        """Whoever develops an app sees it as it is on a day like any other."""
        return True


class _NoJournal:
    """``domain.ports.Journal`` that keeps nothing: what comes back from a disk would have to ring."""

    def __init__(self, house: House | None = None) -> None:
        self._house = house

    def waiting(self) -> list[Report]:
        return []

    def find(self, id: str) -> Report | None:
        return None

    async def keep(self, item: Report) -> Report:
        """Wait for the store instead; raises ``store_down``."""
        writing = None if self._house is None else self._house.writing.get(item.id)
        if writing is not None:
            await asyncio.wait({writing}, timeout=STORE_PATIENCE_S)
        if writing is None or not writing.done() or writing.result() is None:
            raise StoreDown("a test is kept in the store or nowhere")
        return item

    async def done(self, id: str) -> None:
        """Nothing was kept."""

    def close(self) -> None:
        """Nothing is open."""


async def _remove(store: Store, it: Incident) -> None:
    for entry in it.log.entries:
        if entry.what == "upload":
            file = str(entry.data["file"])
            await store.files.remove(f"{file}.original")
            await store.files.remove(file)
    await store.presences.remove(it.id)
    await store.incidents.remove(it.id)
