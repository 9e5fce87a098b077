"""The officers' side in WeCom: cards that offer a tip, presses on them, and what officers write.

A card says what happened and where, never who told it. Its task is the tip's id and a count, for each
offer of the tip is a card of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from bot.accounts import by_account
from bot.house import BotHouse, address
from bot.meaning import complaint
from bot.parcel import Incoming, Kind
from bot.post import MOST, to_officers, update_card
from bot.texts import say
from domain.arrival import Arrival
from domain.errors import TAKEN, Conflict, NotFound, Refused, WrongState
from domain.evidence import Entry
from domain.hearers import who_hears
from domain.outgoing import Message, MessageState
from domain.paging import named
from domain.people import Person, account
from domain.personal_numbers import covered
from domain.platform_ids import account_of, with_account
from domain.queries_people import people_with_account
from domain.resident import Language
from domain.revise import revise
from domain.succession import accept
from domain.tip import TELLER, Tip

TAKE = "take"
GROUP = "群"  # in an officer's text: what to write where a tip was told in a group
SAID, ROW = 120, 30
# Entries of a tip's log that offer it to officers.
NOT_SOLVED = "tip.not_solved"
OFFERS = ("tip.assigned", "tip.handed_over", "tip.called_back", NOT_SOLVED)
REPLIES = frozenset({"tip.answered", "tip.closed", "tip.rejected", "tip.supplemented"})
PRESS = "template_card_event"
log = logging.getLogger("jingmin.bot.cards")


def page(house: BotHouse, userid: str, tip: str = "", *, notice: str = "") -> str:
    """Where this officer reads and answers the tip or the notice: through his corp's door, so that one
    press is enough."""
    door = house.settings.url + address("officer", account_of(userid))
    if notice:
        return f"{door}?notice={notice}"
    return f"{door}?tip={tip}" if tip else door


def word(text: str, /, **args: str) -> str:
    """Officers' screens are in Chinese."""
    return say(text, Language.ZH, **args)


def task_of(tip: Tip, seq: int) -> str:
    """The task of the card for the offer with this entry."""
    count = sum(entry.what in OFFERS for entry in tip.log.entries if entry.seq <= seq)
    return f"{tip.id}-{count}"


def card_id(task: str) -> str:
    """The id of the message that carries a card."""
    return f"card:{task}"


async def offer(house: BotHouse, tip: Tip, seq: int) -> None:
    """Offer the tip to the officers who are called; one that is taken goes to who has it. For those who
    are not there it goes to whoever stands in."""
    known = await hearing(house, tip)
    if not known:
        log.warning("tip %s: none of those who are called has a WeCom account", tip.id)
        return
    # A card is of one corp: that of most of them.
    users, *others = sorted(by_account(known).values(), key=len, reverse=True)
    task = task_of(tip, seq)
    again = any(entry.what == NOT_SOLVED for entry in tip.log.entries if entry.seq <= seq)
    wrong = still_wrong(house, tip, seq) if again else ""
    body = {
        "msgtype": "template_card",
        "template_card": _card(house, tip, task, users[0], again, wrong),
    }
    await to_officers(house, card_id(task), users[:MOST], body, tip.id)
    # A card goes out once; who is left gets the same as a line of text.
    for number, some in enumerate([users[MOST:], *others]):
        if some:
            title = _title(tip, again)
            content = f"{title}\n{page(house, some[0], tip.id)}"
            text = {"msgtype": "text", "text": {"content": content}}
            more = f":{number}" if number else ""
            await to_officers(house, f"{card_id(task)}:more{more}", some, text, tip.id)


def still_wrong(house: BotHouse, tip: Tip, seq: int) -> str:
    """What the resident wrote with the 没有解决 of this entry."""
    for entry in tip.log.entries:
        if entry.seq == seq and entry.what == NOT_SOLVED and entry.data.get("text"):
            return complaint(house.content.open(str(entry.data["text"])))
    return ""


async def complete(house: BotHouse, tip: Tip, entry: Entry, text: str) -> None:
    """Put what the resident wrote after a bare 没有解决 on the card that could not say it."""
    offers = [one.seq for one in tip.log.entries if one.what in OFFERS and one.seq < entry.seq]
    task = task_of(tip, offers[-1])
    try:
        users = (await house.store.messages.get(card_id(task))).to.split("|")
    except NotFound:
        return
    card = {"template_card": _card(house, tip, task, users[0], True, text)}
    await update_card(
        house, f"{card_id(task)}:words", users, "", tip.id, card=card_id(task), body=card
    )


def _title(tip: Tip, again: bool) -> str:
    name = "card_title_urgent" if tip.urgent else "card_title"
    return word("card_title_again" if again else name, number=tip.number)


def _card(
    house: BotHouse, tip: Tip, task: str, userid: str, again: bool, wrong: str = ""
) -> dict[str, Any]:
    """``userid`` is one of those who get it; ``again``: it was not solved, and ``wrong`` is what is still
    wrong as far as it was said."""
    said, files = _first_words(house, tip), _files(tip)
    rows = [{"keyname": "地点", "value": _where(tip)}]
    if again:
        rows.append({"keyname": word("card_about"), "value": said[:ROW]})
        rows.append({"keyname": word("card_reply"), "value": _last_reply(house, tip)[:ROW]})
        said = _cut(_shown(tip, wrong)) or word("card_unsaid")
    if files:
        rows.append({"keyname": word("card_pictures"), "value": str(files)})
    link = page(house, userid, tip.id)
    return {
        "card_type": "button_interaction",
        "main_title": {
            "title": _title(tip, again),
            "desc": said,
        },
        "horizontal_content_list": rows,
        "card_action": {"type": 1, "url": link},
        "task_id": task,
        "button_list": [
            {"text": word("card_take"), "style": 1, "key": TAKE},
            {"text": word("card_look"), "style": 2, "type": 1, "url": link},
        ],
    }


def _first_words(house: BotHouse, tip: Tip) -> str:
    """What was told first, or the name of the place when there are no words."""
    said = [e for e in tip.log.entries if e.who.id == TELLER.id and e.data.get("text")]
    for entry in sorted(said, key=lambda one: one.what != "message"):
        return _cut(_shown(tip, house.content.open(str(entry.data["text"]))))
    return ""


def _shown(tip: Tip, text: str) -> str:
    """A card lies on another company's servers."""
    return covered(text) if tip.anonymous else text


def _cut(text: str) -> str:
    return text if len(text) <= SAID else text[: SAID - 1] + "…"


def _last_reply(house: BotHouse, tip: Tip) -> str:
    """What the police said that did not settle it."""
    for entry in reversed(tip.log.entries):
        if entry.what in REPLIES and entry.data.get("text"):
            return house.content.open(str(entry.data["text"]))
    return "-"


def _files(tip: Tip) -> int:
    return sum(entry.what == "upload" for entry in tip.log.entries)


def _where(tip: Tip) -> str:
    if tip.position is not None and tip.position.located.place:
        return tip.position.located.place[:30]
    return f"{tip.station_name} {tip.community_name}".strip()[:30]


async def settle(house: BotHouse, tip: Tip, seq: int, label: str) -> None:
    """Take the buttons off the last card that offered it: ``label`` says what became of it."""
    before = [e.seq for e in tip.log.entries if e.what in OFFERS and e.seq < seq]
    if not before:
        return
    card = card_id(task_of(tip, before[-1]))
    try:
        users = (await house.store.messages.get(card)).to.split("|")
    except NotFound:
        return
    await update_card(house, f"{card}:{seq}", users, label, tip.id, card=card)


async def tell(
    house: BotHouse, id: str, users: Sequence[str], text: str, tip: Tip, /, **args: str
) -> None:
    """A line of text to officers, by WeCom userid, with the way to the page."""
    for corp, some in sorted(by_account(users).items()):
        content = word(text, number=tip.number, page=page(house, some[0], tip.id), **args)
        body = {"msgtype": "text", "text": {"content": content}}
        await to_officers(house, with_account(corp, id), some, body, tip.id)


async def hearing(house: BotHouse, tip: Tip) -> list[str]:
    """The WeCom accounts of those who hear of the tip now, whoever is away."""
    heard = await who_hears(house.store, tip, house.clock())
    return [one.userid for one in heard if one.userid]


async def userids(house: BotHouse, people: list[str]) -> list[str]:
    """The WeCom accounts of these persons who have one and are not disabled."""
    found = named(house.store.people, "_id", people)
    return [one.userid async for one in found if one.userid and not one.disabled]


# ---- what officers do


async def from_officer(house: BotHouse, arrival: Arrival, one: Incoming) -> None:
    """A press on a card, or a text: the page is where tips are answered."""
    if one.kind is Kind.EVENT and one.event.lower() != PRESS:
        return
    person = await officer(house, one.sender)
    if person is None:
        await _answer(house, arrival, one.sender, word("officer_unknown"))
    elif one.kind is Kind.EVENT:
        await _pressed(house, arrival, one, person)
    else:
        if one.text.strip().lower() == "group" or GROUP in one.text:
            await _answer(house, arrival, one.sender, word("group_sentences"))
            return
        link = page(house, one.sender)
        await _answer(house, arrival, one.sender, word("officer_page", page=link))


async def officer(house: BotHouse, userid: str) -> Person | None:
    """The member of staff with this WeCom account, however it is written; None when there is none, or
    no telling which."""
    found = await house.store.people.find(people_with_account(account(userid)), limit=2)
    present = [one for one in found if not one.disabled]
    return present[0] if len(present) == 1 else None


async def _pressed(house: BotHouse, arrival: Arrival, one: Incoming, person: Person) -> None:
    tip_id, _, count = one.task.rpartition("-")
    if one.key != TAKE or not tip_id or not count.isdigit():
        return
    try:
        before = await house.store.tips.get(tip_id)
        tip = await accept(house.store, person.who(), tip_id, house.clock())
    except Refused as refused:
        await _too_late(house, arrival, one, refused)
        return
    await _keep_code(house, card_id(one.task), one.response_code)
    if tip.version == before.version or before.officer == person.id:
        # It was his already: nothing in the log will change the card.
        await update_card(
            house,
            f"{arrival.id}:card",
            [one.sender],
            word("card_mine"),
            tip.id,
            code=one.response_code,
        )


async def _keep_code(house: BotHouse, card: str, code: str) -> None:
    """The press that took the tip brings a new code: that of the sending may be lost or too old."""

    def renew(message: Message) -> bool:
        if message.state is not MessageState.SENT and message.state is not MessageState.SENDING:
            return False
        message.response_code = code
        return True

    with suppress(NotFound, Conflict):
        await revise(house.store.messages, card, renew)


async def _too_late(house: BotHouse, arrival: Arrival, one: Incoming, refused: Refused) -> None:
    """Somebody else has it, it went elsewhere, or it is over: the card and a line say so."""
    tip_id = one.task.rpartition("-")[0]
    name = str(refused.facts.get("name", ""))
    if refused.fault is TAKEN and name:
        tip = await house.store.tips.get(tip_id)
        label = word("card_taken", officer=name)
        text = word(
            "officer_late", number=tip.number, officer=name, page=page(house, one.sender, tip_id)
        )
    elif isinstance(refused, NotFound | WrongState):
        label, text = word("card_gone"), word("officer_not_yours")
    else:
        raise refused
    code = one.response_code
    await update_card(house, f"{arrival.id}:card", [one.sender], label, tip_id, code=code)
    await _answer(house, arrival, one.sender, text)


async def _answer(house: BotHouse, arrival: Arrival, userid: str, text: str) -> None:
    body = {"msgtype": "text", "text": {"content": text}}
    await to_officers(house, f"{arrival.id}:0", [userid], body, "")
