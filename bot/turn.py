"""The words of a conversation: what came, what was said so far, and what is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from domain.message import Attachment
from domain.resident import Language

MAX_LINES = 60  # of one tip before it is sent
MAX_TEXT = 4_000


class State(StrEnum):
    """Where a conversation is."""

    IDLE = "IDLE"
    OFFERED = "OFFERED"  # something came out of the blue: a tip, or to be checked?
    TIP = "TIP"  # a tip is being told
    PLACE = "PLACE"  # it is complete but for the place, which is asked once
    WHICH = "WHICH"  # it is complete, and its place may be in one of several communities
    NAME = "NAME"  # the resident wants to say who he is
    UNFINISHED = "UNFINISHED"  # a kept draft is offered again
    RUMOUR = "RUMOUR"
    MINE = "MINE"  # my tips and reports are listed
    CHOSEN = "CHOSEN"  # one of them is open
    COMMUNITY = "COMMUNITY"
    LANGUAGE = "LANGUAGE"
    FORGET = "FORGET"
    EMERGENCY = "EMERGENCY"


class What(StrEnum):
    """What kind of thing the resident sent or did."""

    TEXT = "TEXT"
    VOICE = "VOICE"
    PICTURE = "PICTURE"
    VIDEO = "VIDEO"
    PLACE = "PLACE"
    LINK = "LINK"
    CLICK = "CLICK"
    FOLLOW = "FOLLOW"
    UNFOLLOW = "UNFOLLOW"
    REVOKE = "REVOKE"  # consent is withdrawn in WeChat's settings
    SCAN = "SCAN"
    OTHER = "OTHER"  # a kind of message that is not known here
    NOTHING = "NOTHING"  # an event that asks for no answer


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: text, a place (degrees in GCJ-02, as WeChat's map gives it), or a stored file."""

    text: str = ""
    lon: float | None = None
    lat: float | None = None
    file: Attachment | None = None

    @property
    def placed(self) -> bool:
        return self.lon is not None


@dataclass(frozen=True, slots=True)
class Came:
    """What arrived. ``text`` is what was written, recognised or shared; ``key`` a menu key or a QR's
    scene; ``at110`` whether the resident's emergency report is still open."""

    what: What
    text: str = ""
    key: str = ""
    url: str = ""
    lon: float | None = None
    lat: float | None = None
    file: Attachment | None = None
    at110: bool = False

    def line(self) -> Line:
        """The same as a line of a tip or of a report."""
        text = "\n".join(one for one in (self.text, self.url) if one)
        return Line(text[:MAX_TEXT], self.lon, self.lat, self.file)


@dataclass(slots=True)
class Data:
    """What was said so far. ``lines`` are the draft of a tip, kept when the conversation goes astray;
    ``cry`` what was said in an emergency and 110 does not have; ``offered`` what came out of the blue;
    ``shown`` the ids of a list, in the order it was shown; ``chosen`` the one picked; ``back`` where an
    emergency interrupted; ``beside`` whether the resident turned to a tip while his report is open;
    ``then`` what follows the choice of a community."""

    lines: list[Line] = field(default_factory=list)
    named: str = ""
    asked: bool = False
    cry: list[Line] = field(default_factory=list)
    offered: list[Line] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    chosen: str = ""
    back: str = ""
    beside: bool = False
    then: str = ""

    def seal(self) -> bytes:
        return msgspec.json.encode(self)

    def said(self) -> list[Line]:
        """Everything that is kept of what was said."""
        return [*self.lines, *self.cry, *self.offered]

    def rest(self) -> Data:
        """What stays when the conversation turns to something else: the draft of a tip, and a cry."""
        return Data(lines=self.lines, named=self.named, cry=self.cry)

    def at_rest(self) -> State:
        """Where the conversation is when nothing else is going on: a cry that 110 does not have waits."""
        return State.EMERGENCY if self.cry else State.IDLE


def read(data: bytes) -> Data:
    """The data that was written; raises ``msgspec.DecodeError``."""
    return msgspec.json.decode(data, type=Data)


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of ``bot/texts.py``; ``urgent`` ones go out before whatever waits."""

    text: str
    args: dict[str, str] = field(default_factory=dict)
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """A tip is complete. ``community`` is where it happened when the resident said which; None: it is to
    be found, and asked for when several are named; empty: it is not asked for again."""

    lines: list[Line]
    named: str
    community: str | None = None


@dataclass(frozen=True, slots=True)
class Add:
    """More about a tip, or (``event`` solved, not_solved) how it went."""

    tip: str
    line: Line
    event: str = "add"


@dataclass(frozen=True, slots=True)
class Raise:
    """An emergency report from the chat itself."""

    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Thread:
    """More for the open emergency report."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bring:
    """What was cried before a report was made elsewhere belongs to it."""

    lines: list[Line]


@dataclass(frozen=True, slots=True)
class ListMine:
    """My tips and reports; fills ``shown``."""


@dataclass(frozen=True, slots=True)
class ShowOne:
    """How one of my tips stands."""

    id: str


@dataclass(frozen=True, slots=True)
class FindCommunity:
    """Communities by name or place; fills ``shown``."""

    line: Line
    then: str


@dataclass(frozen=True, slots=True)
class SetCommunity:
    """The community whose notices are wanted; None: none any more."""

    id: str | None
    then: str = ""


@dataclass(frozen=True, slots=True)
class ShowOfficer:
    """Who the community officer is."""


@dataclass(frozen=True, slots=True)
class AskPerson:
    """A person is asked for: the community officer, or the telephone."""


@dataclass(frozen=True, slots=True)
class ShowNotices:
    """The notices that hold now."""


@dataclass(frozen=True, slots=True)
class Check:
    """Is this ours, and does it still hold?"""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    language: Language


@dataclass(frozen=True, slots=True)
class Forget:
    """Consent is withdrawn."""


@dataclass(frozen=True, slots=True)
class Revoke:
    """Consent is withdrawn in WeChat's settings; nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Following:
    """Follows, or does not any more; ``scene`` is the poster that led here."""

    follows: bool
    scene: str = ""


Effect = (
    Say
    | Submit
    | Add
    | Raise
    | Thread
    | Bring
    | ListMine
    | ShowOne
    | FindCommunity
    | SetCommunity
    | ShowOfficer
    | AskPerson
    | ShowNotices
    | Check
    | SetLanguage
    | Forget
    | Revoke
    | Following
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one arrival makes of a conversation."""

    state: State
    data: Data
    effects: list[Effect]
