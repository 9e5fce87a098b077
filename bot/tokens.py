"""Access tokens and tickets, shared by all processes through the store.

One process renews a token at a time: it claims the document by its version, and the others wait for
what it brings. WeChat's ordinary tokens kill each other, hence ``stable_token``; WeCom gives the same
token while it is valid.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.errors import CallFailed, PlatformError, Unknown, Unsent
from domain.arrival import Token, is_good
from domain.clock import ahead
from domain.errors import Conflict, Duplicate, NotFound, Refused, StoreDown
from domain.ports import Seal, Store

MARGIN_S = 60.0
CLAIM_MS = 20_000
PATIENCE_S = 25.0
STORE_S = 2.0
POLL_S = 0.05
# After a failed fetch nobody of this process asks again for a while: WeCom blocks who hammers.
PAUSE_S, CONFIGURATION_PAUSE_S = 1.0, 15.0


class Fetch(Protocol):
    """Gets a value and its life in seconds from the platform. ``force``: the one it gave is dead."""

    def __call__(self, force: bool) -> Awaitable[tuple[str, int]]: ...


@dataclass(slots=True)
class _Known:
    value: str = ""
    until: int = 0
    failure: CallFailed | None = None
    failed_until: float = 0.0


class Tokens:
    """The tokens of this process: from memory, else from the store, else from the platform."""

    def __init__(self, store: Store, seal: Seal, process: str, clock: Callable[[], int]) -> None:
        self._store = store
        self._seal = seal
        self._process = process
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, id: str, fetch: Fetch, stale: str = "") -> str:
        """The value of token ``id``; never ``stale``, the one that the platform just refused.

        Raises ``PlatformError`` (configuration) or ``Unsent``. With the store away, this process
        looks after itself."""
        async with self._locks.setdefault(id, asyncio.Lock()):
            known = self._known.setdefault(id, _Known())
            if known.value and known.value != stale and is_good(known.until, self._clock()):
                return known.value
            if known.failure is not None and time.monotonic() < known.failed_until:
                raise known.failure
            try:
                value, until = await self._shared(id, fetch, stale)
            except CallFailed as error:
                failure = Unsent("no access token") if isinstance(error, Unknown) else error
                wrong = isinstance(error, PlatformError)
                known.failure = failure
                known.failed_until = time.monotonic() + (
                    CONFIGURATION_PAUSE_S if wrong else PAUSE_S
                )
                raise failure from None
            known.value, known.until, known.failure = value, until, None
            return value

    async def _shared(self, id: str, fetch: Fetch, stale: str) -> tuple[str, int]:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                async with asyncio.timeout(STORE_S):
                    token = await self._load(id)
                    value = self._opened(token)
                    if value and value != stale and is_good(token.expires_at, self._clock()):
                        return value, token.expires_at
                    if not ahead(token.renewing_until, self._clock(), CLAIM_MS):
                        token.renewing_by = self._process
                        token.renewing_until = self._clock() + CLAIM_MS
                        await self._store.tokens.save(token)
                    else:
                        token.renewing_by = ""
            except (StoreDown, TimeoutError):
                return await self._fetched(fetch, stale)
            except (Conflict, NotFound):
                continue
            if token.renewing_by:
                return await self._renewed(token, fetch, stale)
            await asyncio.sleep(POLL_S)
        raise Unsent("nobody renewed the access token")

    async def _load(self, id: str) -> Token:
        try:
            return await self._store.tokens.get(id)
        except NotFound:
            fresh = Token(id)
        try:
            await self._store.tokens.add(fresh)
            return fresh
        except Duplicate:
            return await self._store.tokens.get(id)

    def _opened(self, token: Token) -> str:
        try:
            return self._seal.open(token.value) if token.value else ""
        except Refused:
            return ""  # sealed under another secret: renew it

    async def _renewed(self, token: Token, fetch: Fetch, stale: str) -> tuple[str, int]:
        try:
            value, until = await self._fetched(fetch, stale)
            token.value, token.expires_at = self._seal.close(value), until
        finally:
            token.renewing_by, token.renewing_until = "", 0
            try:
                async with asyncio.timeout(STORE_S):
                    await self._store.tokens.save(token)
            except (Refused, TimeoutError):
                pass  # the claim runs out by itself
        return value, until

    async def _fetched(self, fetch: Fetch, stale: str) -> tuple[str, int]:
        value, seconds = await fetch(False)
        if stale and value == stale:
            value, seconds = await fetch(True)
        # WeCom repeats a token that is about to end: half of what is left keeps that from a storm.
        good = seconds - min(MARGIN_S, seconds / 2)
        return value, self._clock() + int(good * 1000)
