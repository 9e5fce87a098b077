"""Who hears of a notice by message: followers who asked for their community's notices, its author.

What goes to thousands goes after every answer to one, and leaves the credits for these. It waits for the
reader's next contact like all others; a template message is not used, for the platform forbids it for
broadcasts. What is still waiting when the notice is over is dropped.
"""

from __future__ import annotations

from bot import cards
from bot.house import BotHouse
from bot.notice_text import follower_text, station_name
from bot.post import Letter, close, next_seq, to_officers
from domain.clock import in_china
from domain.delivery import CAPPED, OPEN
from domain.errors import Conflict, NotFound
from domain.notice import Delivery, DeliveryState, Notice, NoticeState, Outcome, stopped
from domain.outgoing import Channel, Message, MessageState, Rank, fail
from domain.paging import batches
from domain.ports import Store
from domain.queries_messages import messages_about_in, residents_in
from domain.revise import revise

PAGE = 500
LEAVES = 2  # credits of a reader, for answers


async def tell_followers(house: BotHouse, notice: Notice, now: int) -> Notice:
    """Write the messages down, then that it was done; from the beginning when it broke off: the same
    message is written once."""
    text = follower_text(notice, station_name(house, notice), house.settings.site)
    letter = Letter(body={"msgtype": "text", "text": {"content": text}})
    count = 0
    for community in notice.communities:
        async for page in batches(house.store.residents.every(residents_in(community)), PAGE):
            told = [one for one in page if one.following and one.reachable]
            count += len(told)
            await house.store.messages.add_many(
                [
                    Message(
                        f"{notice.id}:{one.id}",
                        one.id,
                        Channel.OFFICIAL,
                        close(house, letter),
                        next_seq(),
                        now,
                        about=notice.id,
                        rank=Rank.NOTICE,
                        leaves=LEAVES,
                        due_at=now,
                    )
                    for one in told
                ]
            )

    def were_told(it: Notice) -> bool:
        if it.told_at is not None or it.state is not NoticeState.PUBLISHED:
            return False
        it.told_at, it.followers = now, count
        return True

    return await revise(house.store.notices, notice.id, were_told)


async def drop_messages(store: Store, notice: Notice) -> None:
    """What nobody has read yet is not sent any more."""
    async for one in store.messages.every(messages_about_in(notice.id, MessageState.QUEUED)):
        fail(one, stopped(notice))
        one.body = ""
        try:
            await store.messages.save(one)
        except (Conflict, NotFound):
            continue


async def tell_author(house: BotHouse, notice: Notice, found: list[Delivery]) -> None:
    """A correction that groups get only when their share allows: its author hears how many and when,
    once for each day."""
    waiting = [one for one in found if one.state in OPEN and one.reason == CAPPED]
    if not waiting:
        return
    first = min(one.due_at for one in waiting)
    day = in_china(first, "%Y-%m-%d %H:%M")
    text = cards.word(
        "notice_later",
        number=notice.number,
        title=notice.title,
        count=str(sum(_capped(one) for one in waiting)),
        when=day,
        page=f"{house.settings.site}/community/",
    )
    users = await cards.userids(house, [notice.author])
    body = {"msgtype": "text", "text": {"content": text}}
    await to_officers(house, f"{notice.id}:later:{day[:10]}", users, body, "")


def _capped(one: Delivery) -> int:
    """How many of its groups wait for the next day: all of what is planned, else those that were full."""
    if one.state is DeliveryState.PLANNED:
        return len(one.chats)
    return sum(how is Outcome.CAPPED for how in one.outcomes.values())
