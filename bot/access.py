"""Calls of one account or app: with its access token, renewed at most once for a call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from bot.alarms import ALARMS
from bot.client import Client, Media, Repeat, Upload
from bot.errors import PlatformError, Unsent
from bot.tokens import Fetch, Tokens

T = TypeVar("T")

# The token is wrong, superseded, taken back or over.
STALE = (40001, 40014, 42001)
MINUTE_MS = 60_000
# Used up for a while: quota, too frequent, too many at once.
QUOTA, FREQUENT, CROWDED = 45009, 45011, 45033


class Access:
    """``quota_until`` says until when 45009 keeps the account from calling."""

    def __init__(
        self,
        client: Client,
        tokens: Tokens,
        token: str,
        root: str,
        fetch: Fetch,
        clock: Callable[[], int],
        quota_until: Callable[[int], int],
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._token = token
        self._root = root
        self._fetch = fetch
        self._clock = clock
        self._quota_until = quota_until

    async def call(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Any = None,
        upload: Upload | None = None,
        repeat: Repeat = Repeat.NEVER,
    ) -> dict[str, Any]:
        """``Client.call`` below the platform's root, with the token."""

        async def once(token: str) -> dict[str, Any]:
            query = {"access_token": token, **(params or {})}
            return await self._client.call(
                self._root + path, params=query, data=data, upload=upload, repeat=repeat
            )

        return await self._with_token(path, once)

    async def download(self, path: str, params: Mapping[str, str]) -> Media:
        """``Client.download`` below the platform's root, with the token."""

        async def once(token: str) -> Media:
            query = {"access_token": token, **params}
            return await self._client.download(self._root + path, params=query)

        return await self._with_token(path, once)

    async def _with_token(self, path: str, once: Callable[[str], Awaitable[T]]) -> T:
        try:
            done = await self._renewing(once)
        except PlatformError as error:
            ALARMS.refused(self._platform, path, error.code, error.text)
            raise self._sorted(error) from None
        ALARMS.went_through(self._platform, path)
        return done

    async def _renewing(self, once: Callable[[str], Awaitable[T]]) -> T:
        token = await self._tokens.get(self._token, self._fetch)
        try:
            return await once(token)
        except PlatformError as error:
            if error.code not in STALE:
                raise
        token = await self._tokens.get(self._token, self._fetch, stale=token)
        return await once(token)

    @property
    def _platform(self) -> str:
        return self._token.partition(":")[0]

    def _sorted(self, error: PlatformError) -> PlatformError | Unsent:
        now = self._clock()
        if error.code == QUOTA:
            return Unsent("quota used up", error.code, self._quota_until(now))
        if error.code == FREQUENT:
            return Unsent("too frequent", error.code, now + MINUTE_MS)
        if error.code == CROWDED:
            return Unsent("too many at once", error.code, now + 1_000)
        return error
