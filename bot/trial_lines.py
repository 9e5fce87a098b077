"""A notice sent to the officer who tries it out: words, picture and card as in a group, marked 【试发】.

The ids are made of the entry that asked for it, so that it comes once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from bot.cards import page, userids, word
from bot.client import Upload
from bot.errors import CallFailed
from bot.house import BotHouse
from bot.notice_text import card_words, group_text, station_name
from bot.post import parts, to_officers
from domain.clock import within
from domain.errors import Refused
from domain.evidence import Entry
from domain.notice import Notice
from domain.platform_ids import account_of, with_account
from domain.trial import BEFORE, TRIED

LATE_MS = 10 * 60_000  # who tries it out looks at his telephone now
log = logging.getLogger("jingmin.bot.notices")


async def tell_trial(house: BotHouse, it: Notice, entries: Iterable[Entry]) -> None:
    """Send it to whoever asked for it in these entries."""
    for entry in entries:
        if entry.what != TRIED or it.state not in BEFORE:
            continue
        if within(entry.at, house.clock(), LATE_MS):
            for user in await userids(house, [entry.who.id]):
                await _send(house, it, entry, user)


async def _send(house: BotHouse, it: Notice, entry: Entry, user: str) -> None:
    station = station_name(house, it)
    lines = parts(word("trial_mark") + group_text(it, station))
    bodies: list[dict[str, Any]] = [{"msgtype": "text", "text": {"content": one}} for one in lines]
    if it.picture:
        bodies.append(await _picture(house, it.picture, user))
    title, says = card_words(it, station)
    card = {
        "title": word("trial_mark") + title,
        "description": says,
        "url": page(house, user, notice=it.id),
    }
    bodies.append({"msgtype": "textcard", "textcard": card})
    for number, body in enumerate(bodies):
        id = with_account(account_of(user), f"{it.id}:{entry.seq}:trial.{number}")
        await to_officers(house, id, [user], body, "")


async def _picture(house: BotHouse, file: str, user: str) -> dict[str, Any]:
    try:
        data = b"".join([piece async for piece in house.store.files.read(file)])
        kind = "image/png" if file.endswith(".png") else "image/jpeg"
        media = await house.corps.of(user).upload_media("image", Upload(file, kind, data))
    except (CallFailed, Refused) as error:
        log.warning("a picture could not be handed over: %s", type(error).__name__)
        return {"msgtype": "text", "text": {"content": word("trial_no_picture")}}
    return {"msgtype": "image", "image": {"media_id": media}}
