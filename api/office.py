"""With what accounts and charges are changed, whoever asks: a request of the API, or a command."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.audit import Audit
from domain.people import Who
from domain.ports import Finder, Store

if TYPE_CHECKING:
    from api.passwords import Passwords
    from api.routes import Ask


@dataclass(frozen=True, slots=True)
class Office:
    """``who`` does it, at ``now`` (Unix ms), and it is noted in the ``audit``; ``corps`` are the names of
    those in WeCom besides the city's first."""

    store: Store
    finder: Finder
    passwords: Passwords
    audit: Audit
    corps: Collection[str]
    who: Who
    now: int

    async def note(self, what: str, about: str = "") -> None:
        """Note it in the audit; a store that is down does not stop the work."""
        await self.audit.note(self.who, what, self.now, about)


def office(ask: Ask) -> Office:
    """That of whoever asks; raises ``login_needed`` when nobody is logged in."""
    house = ask.house
    corps = [one.name for one in house.settings.corps]
    return Office(house.store, house.finder, house.passwords, house.log, corps, ask.staff, ask.now)
