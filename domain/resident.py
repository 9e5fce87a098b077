"""A resident as WeChat knows one, and the link between a tip and whoever told it.

Identity and content are kept apart: a tip names nobody. A resident's id is made of the openid with
the identity key, so that it can be found again but not turned back; the openid itself is sealed
under that key. Which resident told which tip is in ``Teller``, sealed under it, and only
the bot opens it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from enum import StrEnum

from domain.ticket import derive_key
from domain.workflow import Table


class Language(StrEnum):
    ZH = "zh-CN"
    EN = "en"


class LanguageBy(StrEnum):
    """What a resident's language is known by."""

    NOTHING = ""
    HEARD = "HEARD"  # he wrote in it last
    CHOSEN = "CHOSEN"  # what he writes does not change it


@dataclass(slots=True)
class Resident:
    """Somebody who wrote to the Official Account or opened a page from it. Times are Unix ms.

    ``sealed`` is the openid under the identity key. ``community`` is the one whose notices are
    wanted; ``doorway`` the poster that led here. No name, no picture: the platform gives none and
    none is wanted.
    """

    id: str
    sealed: str
    following: bool = True
    community: str | None = None
    doorway: str | None = None
    language: Language = Language.ZH
    language_by: LanguageBy = LanguageBy.NOTHING
    consented_at: int | None = None
    reachable: bool = True  # False after the platform said that messages are refused
    heard_at: int = 0
    incident: str | None = None  # the open emergency report, for positions and progress
    following_at: int = 0  # of what ``following`` says, by the platform's clock
    leaving: bool = False  # withdrew in WeChat's settings; deleted when the open report is over
    version: int = 0


@dataclass(slots=True)
class Teller:
    """Who told a tip: ``id`` is the tip's, ``sealed`` the resident's id under the identity key.

    Kept apart from the tip; ``told`` is a keyed digest of the resident, so that one resident's
    tips can be found by who knows the resident, and by nobody else. The api looks up no more than
    whether there is one: whoever withdrew gets no answer.
    """

    id: str
    sealed: str
    told: str
    opened_at: int = 0
    version: int = 0


@dataclass(slots=True)
class Dialog:
    """Where a resident's conversation is; ``id`` is the resident's. ``state`` is a name of the bot's
    table, ``data`` what was said so far, sealed; ``last`` the arrival that was handled last, ``seq`` the
    latest that was handled, ``overtook`` the last that was handled before what came earlier."""

    id: str
    state: str = "IDLE"
    data: str = ""
    last: str = ""
    overtook: str = ""
    seq: int = 0
    at: int = 0
    version: int = 0


class LooseState(StrEnum):
    LOOSE = "LOOSE"
    KEPT = "KEPT"  # a tip or report takes it
    GONE = "GONE"  # it is being deleted


LOOSE_FILE: Table[LooseState] = {
    LooseState.LOOSE: {"keep": LooseState.KEPT, "let_go": LooseState.GONE},
    LooseState.KEPT: {"keep": LooseState.KEPT},
    LooseState.GONE: {"let_go": LooseState.GONE},
}


@dataclass(slots=True)
class LooseFile:
    """A file from the chat that belongs to no tip and no report; ``id`` is the file's, ``sealed`` the
    id of the resident who sent it under the identity key, empty when a record takes it. ``at`` is when
    (Unix ms) it was last known to be wanted."""

    id: str
    sealed: str
    at: int
    state: LooseState = LooseState.LOOSE
    version: int = 0


class Trigger(StrEnum):
    """What the resident did that lets the account answer (WeChat's reply credits)."""

    MESSAGE = "MESSAGE"
    CLICK = "CLICK"
    SUBSCRIBE = "SUBSCRIBE"
    SCAN = "SCAN"


# Messages allowed, and for how long in ms (customer service messages of a service account).
CREDIT: dict[Trigger, tuple[int, int]] = {
    Trigger.MESSAGE: (5, 48 * 3_600_000),
    Trigger.CLICK: (3, 60_000),
    Trigger.SUBSCRIBE: (3, 60_000),
    Trigger.SCAN: (3, 60_000),
}
SPENT_KEPT = 20
MARGIN_MS = 5_000  # our clock and the platform's are not one


@dataclass(slots=True)
class Window:
    """``left`` messages may be sent before ``until`` (Unix ms); ``mark`` is what opened it."""

    trigger: Trigger
    left: int
    until: int
    mark: str = ""


@dataclass(slots=True)
class Credit:
    """What may still be sent to one resident; ``id`` is the resident's, ``spent`` when (Unix ms) the
    last messages were taken from it. ``accepted`` subscription messages by what they are for, ``heard``
    the last events that said so (domain/subscription.py)."""

    id: str
    windows: list[Window] = field(default_factory=list)
    spent: list[int] = field(default_factory=list)
    accepted: dict[str, int] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    version: int = 0


def earn(credit: Credit, trigger: Trigger, at: int, heard_at: int, mark: str) -> None:
    """The resident did something at ``at`` by the platform's clock, which reached us at ``heard_at``;
    ``mark`` names it, and the same mark again changes nothing.

    A newer window of a kind takes the place of the older, as at the platform: counting both would
    promise too much. What was sent since we heard of it is taken from the new one already.
    """
    count, length = CREDIT[trigger]
    until = at + length - min(MARGIN_MS, length // 4)
    left = max(0, count - sum(one >= heard_at for one in credit.spent))
    for window in credit.windows:
        if window.trigger is trigger:
            if until >= window.until and mark != window.mark:
                window.left, window.until, window.mark = left, until, mark
            return
    credit.windows.append(Window(trigger, left, until, mark))


def left(credit: Credit, now: int) -> int:
    """How many messages may be sent at this moment."""
    return sum(max(0, one.left) for one in credit.windows if one.until > now)


def spend(credit: Credit, now: int) -> bool:
    """Take one message from the window that ends first; False when there is none."""
    open_ = [one for one in credit.windows if one.until > now and one.left > 0]
    if not open_:
        return False
    min(open_, key=lambda one: one.until).left -= 1
    credit.spent = [*credit.spent, now][-SPENT_KEPT:]
    return True


def refund(credit: Credit, spent_at: int) -> bool:
    """What ``spend`` took at ``spent_at`` was certainly not used; False when it was not taken then."""
    if spent_at not in credit.spent:
        return False
    credit.spent.remove(spent_at)
    open_ = [
        one for one in credit.windows if one.until > spent_at and one.left < CREDIT[one.trigger][0]
    ]
    if open_:
        min(open_, key=lambda one: one.until).left += 1
    return True


def exhaust(credit: Credit) -> None:
    """The platform said that nothing is left, whatever we counted."""
    for window in credit.windows:
        window.left = 0


def resident_id(secret: bytes, openid: str) -> str:
    """The resident behind an openid: always the same, not to be turned back without the secret."""
    return _keyed(secret, "resident", openid)


def follow_at(row: Resident, follows: bool, at: int) -> bool:
    """The resident followed, or not, at ``at`` (Unix ms of the platform's clock). What is older than
    what is known changes nothing: False."""
    if at < row.following_at:
        return False
    row.following, row.following_at = follows, at
    if follows:
        row.reachable = True
    return True


def told_by(secret: bytes, resident: str) -> str:
    """What ``Teller.told`` holds for this resident's tips."""
    return _keyed(secret, "teller", resident)


def _keyed(secret: bytes, purpose: str, text: str) -> str:
    key = derive_key(secret, purpose)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
