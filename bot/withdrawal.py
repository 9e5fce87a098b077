"""What is deleted of somebody who withdraws, by a word in the chat or in WeChat's own settings.

WeChat tells the latter with user_authorization_revoke and user_authorization_cancellation and asks for
deletion: developers.weixin.qq.com/doc/service/guide/h5/authorization_change.md. What is kept, and why,
is in docs/wechat-setup.md.
"""

from __future__ import annotations

from bot import neighbours
from bot.house import BotHouse
from domain.errors import NotFound
from domain.incident import LIVE
from domain.queries_messages import messages_to, tellers_of_resident
from domain.resident import Resident, told_by


async def forget(house: BotHouse, id: str, goodbye: str = "") -> None:
    """Delete who this is: the link to tips, the row with the openid, messages sent and waiting, but for
    those whose id begins with ``goodbye``. Again changes nothing."""
    store = house.store
    await store.tellers.remove_many(tellers_of_resident(told_by(house.secret, id)))
    if goodbye:
        sent = [one.id async for one in store.messages.every(messages_to(id))]
        for message in sent:
            if not message.startswith(goodbye):
                await store.messages.remove(message)
    else:
        await store.messages.remove_many(messages_to(id))
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
