"""Connects a house to the platforms that are configured."""

from __future__ import annotations

from bot.client import Client
from bot.house import BotHouse
from bot.official import OfficialApi
from bot.tokens import Tokens
from bot.work import WorkApi


def connect(house: BotHouse) -> Client:
    """Fill ``house.official`` and ``house.work``; nothing is called yet. The caller closes the client."""
    client = Client()
    settings = house.settings
    tokens = Tokens(house.store, house.tokens, settings.process, house.clock)
    if settings.official is not None:
        house.official = OfficialApi(settings.official, client, tokens, house.clock)
    if settings.work is not None:
        house.work = WorkApi(settings.work, client, tokens, house.clock)
    return client
