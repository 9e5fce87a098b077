"""Writing messages: each is a document with an id of its own before anything is sent.

Bodies are sealed under both keys: what was said together with whom it is for, nobody reads with one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from bot.accounts import by_account
from bot.house import BotHouse
from domain.clock import in_china
from domain.errors import INTERNAL, Duplicate, Refused
from domain.outgoing import TOGETHER_MS, Channel, Message, Rank

T = TypeVar("T")
TEXT_BYTES = 1_900  # the platform takes 2,048
MAX_PARTS = 3
MOST = 1_000  # members WeCom takes in one message


class Act(StrEnum):
    """What is done with a body."""

    SEND = "send"
    UPDATE = "update"  # of a card that was sent


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What ``Message.body`` holds, sealed. ``body`` is the platform's JSON without the receiver;
    ``openid`` is there only when the resident is deleted with this message. An update names its card
    (a message's id) or has a ``code`` of its own, and replaces the buttons by ``label``."""

    act: Act = Act.SEND
    body: dict[str, Any] = {}
    openid: str = ""
    card: str = ""
    code: str = ""
    label: str = ""


class Notice(msgspec.Struct, frozen=True):
    """What ``Message.template`` holds, sealed: the purpose of a template and its keywords."""

    purpose: str
    data: dict[str, str]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message to a resident is about, and how it is announced when there is no credit. A ``status``
    line may be said with the next thing; by itself it ``leaves`` so many credits."""

    about: str = ""
    private: bool = False
    notice: Notice | None = None
    status: bool = False
    leaves: int = 0


def close(house: BotHouse, value: Any) -> str:
    """Sealed under the keys of identity and content."""
    return house.identity.close(house.content.close(msgspec.json.encode(value).decode()))


def open_letter(house: BotHouse, message: Message) -> Letter:
    return _opened(house, message.body, Letter)


def letter_text(letter: Letter) -> str:
    """Its text; empty when it is something else."""
    found = letter.body.get("text") if letter.body.get("msgtype") == "text" else None
    return str(found.get("content", "")) if isinstance(found, dict) else ""


def open_notice(house: BotHouse, message: Message) -> Notice:
    return _opened(house, message.template, Notice)


def _opened(house: BotHouse, sealed: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(house.content.open(house.identity.open(sealed)), type=kind)
    except msgspec.DecodeError:
        raise Refused(INTERNAL, "a message has another shape") from None


async def to_resident(
    house: BotHouse,
    id: str,
    resident: str,
    text: str,
    subject: Subject | None = None,
    *,
    urgent: bool = False,
    openid: str = "",
) -> None:
    """Queue a text; what is too long for one message goes in parts. The same id again changes nothing.
    An ``urgent`` one goes before everything that waits for the same person."""
    subject = subject or Subject()
    rank = Rank.URGENT if urgent else Rank.STATUS if subject.status else Rank.SAID
    for number, part in enumerate(parts(text)):
        letter = Letter(body={"msgtype": "text", "text": {"content": part}}, openid=openid)
        message = Message(
            id if number == 0 else f"{id}.{number}",
            resident,
            Channel.OFFICIAL,
            close(house, letter),
            next_seq(),
            house.clock(),
            about=subject.about,
            private=subject.private,
            rank=rank,
            leaves=subject.leaves,
            due_at=house.clock() + (TOGETHER_MS if subject.leaves else 0),
        )
        if subject.notice is not None and number == 0:
            message.template = close(house, subject.notice)
        await _add(house, message)


async def to_officers(
    house: BotHouse,
    id: str,
    users: Sequence[str],
    body: dict[str, Any],
    about: str,
    *,
    urgent: bool = False,
) -> None:
    """Queue a message to officers, by WeCom userid, for each thousand of each corp; nobody, nothing.

    A text begins with its time: the platform takes the same words within four hours for a repetition
    and drops them, and what is repeated after an unknown outcome keeps its time."""
    if "text" in body:
        clock = in_china(house.clock(), "%H:%M:%S")
        body = {**body, "text": {"content": f"[{clock}] {body['text']['content']}"}}
    some = [
        mine[start : start + MOST]
        for mine in by_account(users).values()
        for start in range(0, len(mine), MOST)
    ]
    for number, one in enumerate(some):
        part = f"{id}.{number}" if number else id
        await _work(house, part, one, Letter(body=body), about, urgent)


async def update_card(
    house: BotHouse,
    id: str,
    users: Sequence[str],
    label: str,
    about: str,
    *,
    card: str = "",
    code: str = "",
    body: dict[str, Any] | None = None,
) -> None:
    """Queue a change of a card: ``label`` in place of its buttons, or the card in ``body``. Cards go to
    officers of one corp."""
    if users:
        change = Letter(Act.UPDATE, body or {}, card=card, code=code, label=label)
        await _work(house, id, users, change, about)


async def _work(
    house: BotHouse,
    id: str,
    users: Sequence[str],
    letter: Letter,
    about: str,
    urgent: bool = False,
) -> None:
    receivers = "|".join(sorted(set(users)))
    message = Message(
        id,
        receivers,
        Channel.WORK,
        close(house, letter),
        next_seq(),
        house.clock(),
        about=about,
        due_at=house.clock(),
        rank=Rank.URGENT if urgent else Rank.SAID,
    )
    await _add(house, message)


async def _add(house: BotHouse, message: Message) -> None:
    try:
        await house.store.messages.add(message)
    except Duplicate:
        return


def parts(text: str) -> list[str]:
    """The text in pieces that one message each can hold, cut between lines where there are any."""
    found: list[str] = []
    while text and len(found) < MAX_PARTS:
        piece = text.encode("utf-8", "replace")[:TEXT_BYTES].decode("utf-8", "ignore")
        if len(piece) < len(text):
            if len(found) == MAX_PARTS - 1:
                found.append(piece[:-1] + "…")
                break
            line = piece.rfind("\n")
            piece = piece[: line + 1] if line > len(piece) // 2 else piece
        found.append(piece.rstrip("\n") or piece)
        text = text[len(piece) :]
    return found or ["…"]


_last = 0


def next_seq() -> int:
    """Nanoseconds of the clock, never the same twice in this process."""
    global _last
    _last = max(_last + 1, time.time_ns())
    return _last
