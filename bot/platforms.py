"""Connects a house to the platforms that are configured."""

from __future__ import annotations

from bot.accounts import Accounts
from bot.client import Client
from bot.house import BotHouse
from bot.official import OfficialApi
from bot.tokens import Tokens
from bot.work import WorkApi


def connect(house: BotHouse) -> Client:
    """Fill ``house.officials`` and ``house.corps``; nothing is called yet. The caller closes the client."""
    client = Client()
    settings = house.settings
    tokens = Tokens(house.store, house.tokens, settings.process, house.clock)
    house.officials = Accounts(
        {one.name: OfficialApi(one, client, tokens, house.clock) for one in settings.officials}
    )
    house.corps = Accounts(
        {one.name: WorkApi(one, client, tokens, house.clock) for one in settings.corps}
    )
    return client
