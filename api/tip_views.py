"""Tips as officers may see them: texts opened, nothing that names who told them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.shapes import PositionView, WhoView
from api.shapes_tips import TipEntryView, TipFiles, TipIncidentView, TipSending, TipThread, TipView
from api.tip_told import Told
from api.views import area_shares
from domain.errors import Refused
from domain.evidence import Entry
from domain.inbox import REPLIED, unread
from domain.outgoing import Message
from domain.ports import Seal
from domain.tip import TELLER, Tip, TipState, coarse
from domain.tip_deadline import Deadlines

OVER = (TipState.CLOSED, TipState.REJECTED)
FIRST = 120
# Sealed or the bot's own: not for the page as they are.
KEPT_BACK = frozenset({"text", "key", "original_sha256"})


def tip_view(
    content: Seal, deadlines: Deadlines, it: Tip, me: str, told: Told = Told.NOTHING
) -> TipView:
    """A tip as a line of the inbox of ``me``; ``told`` is what became of the last reply."""
    return TipView(
        id=it.id,
        number=it.number,
        version=it.version,
        state=it.state,
        station=it.station,
        station_name=it.station_name,
        community=it.community,
        community_name=it.community_name,
        officer=it.officer,
        officer_name=it.officer_name,
        called=list(it.called),
        opened_at=it.opened_at,
        updated_at=it.updated_at,
        taken_at=it.taken_at,
        answered_at=it.answered_at,
        closed_at=it.closed_at,
        waiting_since=it.waiting_since,
        due_at=deadlines.due_at(it),
        next=next_step(it),
        told=told,
        incident=it.incident,
        anonymous=it.anonymous,
        reopened=it.reopened,
        urgent=it.urgent,
        category=it.category,
        tags=list(it.tags),
        event=it.event,
        unread=unread(it, me) if me in it.unread_for else 0,
        pictures=sum(entry.what == "upload" for entry in it.log.entries),
        first=first_words(content, it),
        position=_position(it),
        place=it.position.located.place if it.position else "",
        areas=area_shares(it.position.located) if it.position else [],
    )


def tip_thread(
    content: Seal,
    deadlines: Deadlines,
    it: Tip,
    me: str,
    messages: Sequence[Message],
    lines: Mapping[str, int],
    followed: TipIncidentView | None,
    told: Told,
) -> TipThread:
    """A tip with everything said, and what is still on its way to the resident; ``lines`` are the
    numbers of the lines that messages tell of, by the messages' ids."""
    sending = [
        TipSending(lines.get(one.id), one.state, one.reason, one.created_at, one.sent_at, one.by)
        for one in messages
    ]
    named, _ = _opened(content, it.named) if it.named else ("", False)
    entries = [_entry(content, entry) for entry in it.log.entries]
    view = tip_view(content, deadlines, it, me, told)
    return TipThread(view, named or "", entries, sending, followed)


def tip_files(content: Seal, it: Tip | None) -> TipFiles:
    """What a tip has to show, without what else was said."""
    if it is None:
        return TipFiles("", [])
    uploads = [entry for entry in it.log.entries if entry.what == "upload"]
    return TipFiles(it.number, [_entry(content, entry) for entry in uploads])


def words(content: Seal, it: Tip) -> list[str]:
    """Everything the resident wrote, in order."""
    found = [
        _opened(content, entry.data["text"])[0]
        for entry in it.log.entries
        if entry.who.id == TELLER.id and entry.data.get("text")
    ]
    return [text for text in found if text]


def said_of(content: Seal, it: Tip) -> list[str]:
    """Everything anybody wrote in it, and what the resident left about himself."""
    sealed = [it.named, *(entry.data.get("text") for entry in it.log.entries)]
    return [_opened(content, text)[0] or "" for text in sealed if text]


def next_step(it: Tip) -> str:
    """What has to be done next: 110, over, take, answer, close or wait."""
    if it.incident is not None:
        return "110"
    if it.state in OVER:
        return "over"
    if it.officer is None:
        return "take"
    if it.waiting_since is not None or _reopened(it):
        return "answer"
    return "close" if it.state is TipState.ANSWERED else "wait"


def _reopened(it: Tip) -> bool:
    """Whether the police opened it again and said nothing to the resident since."""
    said = [entry.what for entry in it.log.entries if entry.what in (*REPLIED, "tip.reopened")]
    return it.state is TipState.ASSIGNED and said[-1:] == ["tip.reopened"]


def first_words(content: Seal, it: Tip) -> str:
    """The beginning of what the resident wrote."""
    for entry in it.log.entries:
        if entry.who.id == TELLER.id and entry.data.get("text"):
            return (_opened(content, entry.data["text"])[0] or "")[:FIRST]
    return ""


def _entry(content: Seal, entry: Entry) -> TipEntryView:
    sealed = entry.data.get("text")
    text, damaged = _opened(content, sealed) if sealed else (None, False)
    return TipEntryView(
        entry.seq,
        entry.at,
        WhoView(entry.who.id, entry.who.role, entry.who.name),
        entry.what,
        text,
        {name: value for name, value in entry.data.items() if name not in KEPT_BACK},
        entry.hash,
        damaged,
    )


def _opened(content: Seal, sealed: object) -> tuple[str | None, bool]:
    try:
        return content.open(str(sealed)), False
    except Refused:
        return None, True


def _position(it: Tip) -> PositionView | None:
    if it.position is None:
        return None
    at = it.position.wgs84
    received = coarse(it, it.position.received_at)
    return PositionView(at.lon, at.lat, at.accuracy, at.source, None, received, received)
