"""What is deleted of somebody who withdraws, by a word in the chat or in WeChat's own settings.

WeChat tells the latter with user_authorization_revoke and user_authorization_cancellation and asks for
deletion: developers.weixin.qq.com/doc/service/guide/h5/authorization_change.md. What is kept, and why,
is in docs/wechat-setup.md.
"""

from __future__ import annotations

from bot import neighbours, tips
from bot.house import BotHouse
from domain.errors import NotFound
from domain.incident import LIVE
from domain.queries_messages import messages_to
from domain.resident import Resident

AT_ONCE = 200


async def forget(house: BotHouse, id: str, goodbye: str = "") -> None:
    """Delete who this is: the link to tips, the row with the openid, messages sent and waiting, but for
    those whose id begins with ``goodbye``. Again changes nothing."""
    store = house.store
    while tellers := await tips.tellers_of(house, id):
        for teller in tellers:
            await store.tellers.remove(teller.id)
    while messages := [
        message
        for message in await store.messages.find(messages_to(id), limit=AT_ONCE)
        if not goodbye or not message.id.startswith(goodbye)
    ]:
        for message in messages:
            await store.messages.remove(message.id)
    await store.residents.remove(id)


async def revoke(house: BotHouse, resident: Resident) -> None:
    """Withdrawn in WeChat's settings: deleted at once, or when the open report is over: until then 110
    must reach its caller."""

    def leaving(row: Resident) -> None:
        row.leaving = True

    if await _open_report(house, resident):
        await neighbours.amend(house, resident.id, leaving)
    else:
        await forget(house, resident.id)


async def _open_report(house: BotHouse, resident: Resident) -> bool:
    if resident.incident is None:
        return False
    try:
        return (await house.store.incidents.get(resident.incident)).state in LIVE
    except NotFound:
        return False
