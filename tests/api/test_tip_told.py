"""An answer that was written is not one that arrived, in the thread and in the list."""

from __future__ import annotations

from typing import Any

import pytest

from domain.outgoing import Channel, Message, MessageState, about, telling_id
from domain.resident import Teller
from domain.tip import Tip
from tests.api.conftest import Site
from tests.api.test_tips_api import MIDDAY, a_tip, logged_in, officer


async def answered(site: Site, *, told_by_somebody: bool = True) -> tuple[Any, Tip, int]:
    """A client, a tip with an answer, and the answer's place in its log."""
    tip, store = await a_tip(site), site.house.store
    if told_by_somebody:
        await store.tellers.add(Teller(tip.id, "sealed", "marked", opened_at=MIDDAY))
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    await site.ask(client, "POST", f"/tips/{tip.id}/take")
    body = {"key": "the-answer", "event": "answer", "text": "已通知物业"}
    thread = await site.ask(client, "POST", f"/tips/{tip.id}/reply", body)
    assert thread["tip"]["next"] == "close"
    (seq,) = [one["seq"] for one in thread["entries"] if one["what"] == "tip.answered"]
    return client, tip, seq


async def both(site: Site, client: Any, tip: Tip) -> str:
    """What thread and list say, which is the same."""
    thread = await site.ask(client, "GET", f"/tips/{tip.id}")
    listed = (await site.ask(client, "GET", "/tips?box=station"))["tips"]
    (found,) = [one["told"] for one in listed if one["id"] == tip.id]
    assert thread["tip"]["told"] == found
    return str(found)


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        (MessageState.QUEUED, "quota", "WAITING"),
        (MessageState.SENDING, "", "WAITING"),
        (MessageState.SENT, "", "SENT"),
        (MessageState.FAILED, "43004", "FAILED"),
        (MessageState.FAILED, "unknown", "UNKNOWN"),
    ],
)
async def test_it_is_as_its_message_is(
    site: Site, state: MessageState, reason: str, told: str
) -> None:
    client, tip, seq = await answered(site)
    id, subject = telling_id(site.house.secret, tip.id, seq), about(site.house.secret, tip.id)
    message = Message(id, "x", Channel.OFFICIAL, "", 1, 1, about=subject, state=state)
    message.reason = reason
    await site.house.store.messages.add(message)
    assert await both(site, client, tip) == told


async def test_while_nobody_sends_it_waits(site: Site) -> None:
    client, tip, _ = await answered(site)
    assert await both(site, client, tip) == "WAITING"


async def test_to_a_resident_who_withdrew_nothing_is_on_its_way(site: Site) -> None:
    client, tip, _ = await answered(site, told_by_somebody=False)
    assert await both(site, client, tip) == "NOBODY"


async def test_before_any_reply_there_is_nothing_to_tell(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    assert await both(site, await logged_in(site, "wang"), tip) == ""
