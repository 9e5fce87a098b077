"""The bot's HTTP: callbacks of both platforms and a health check."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from bot.house import BotHouse
from bot.platforms import connect


def create_app(house: BotHouse) -> web.Application:
    """The application; while it runs ``house.official`` and ``house.work`` are connected."""
    app = web.Application()

    async def life(app: web.Application) -> AsyncIterator[None]:
        client = connect(house)
        yield
        await client.close()

    app.cleanup_ctx.append(life)
    return app
