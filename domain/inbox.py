"""Where a tip stands in the lists of officers: since when its resident waits, in whose own list it is, and
who has not read what was said last.

Kept in the document (``Tip.waiting_since``, ``turn``, ``listed_for``, ``unread_for``), so that the store
orders and counts all of them, however many a page shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from domain.evidence import Entry
from domain.people import Role
from domain.tip_label import labels_of

if TYPE_CHECKING:
    from domain.tip import Tip

OVER = frozenset({"CLOSED", "REJECTED"})
REPLIED = frozenset({"tip.asked", "tip.answered", "tip.closed", "tip.rejected"})
# Below every time in Unix ms, and above every time in s: the turns of urgent tips are in these.
HURRIED = 10**11
# Above every time in Unix ms: the turns of tips for whose answer nobody waits.
UNHURRIED = 10**13


def arrange(it: Tip) -> bool:
    """Set anew where it stands; whether that is another place than before."""
    before = it.waiting_since, it.turn, it.listed_for, it.unread_for
    it.waiting_since = _waiting_since(it)
    if it.waiting_since != before[0]:
        it.reminded = None
    it.turn = _turn(it)
    it.listed_for = [it.officer] if it.officer is not None else list(it.called)
    it.labels = labels_of(it)
    over = it.state in OVER
    it.unread_for = [] if over else [one for one in it.listed_for if unread(it, one)]
    return before != (it.waiting_since, it.turn, it.listed_for, it.unread_for)


def unread(it: Tip, person: str) -> int:
    """How many lines the resident said since this person last looked at it or did something with it."""
    since = max((one.seq for one in it.log.entries if one.who.id == person), default=-1)
    return sum(one.seq > since for one in said(it.log.entries))


def said(entries: Iterable[Entry]) -> Iterable[Entry]:
    """What the resident said or sent, without what only opens the log."""
    return (one for one in entries if _by_teller(one) and one.what != "tip.submitted")


def _waiting_since(it: Tip) -> int | None:
    if it.state in OVER or it.incident is not None:
        return None
    since: int | None = None
    for entry in it.log.entries:
        if entry.what in REPLIED or entry.what == "tip.solved":
            since = None
        elif since is None and _by_teller(entry):
            since = entry.at
    return since


def _turn(it: Tip) -> int | None:
    """Open tips by this are in the order in which to look at them: urgent ones, then the others, of each
    the longest wait first; then those for whose answer nobody waits, the one that changed last first. Tips
    that are over have none."""
    if it.state in OVER:
        return None
    if it.waiting_since is None:
        return 2 * UNHURRIED - it.updated_at
    return it.waiting_since // 1000 if it.urgent else it.waiting_since


def _by_teller(entry: Entry) -> bool:
    return entry.who.role is Role.RESIDENT
