"""The audit: what staff did or was refused outside an incident or tip, hash-chained.

Each process writes a chain of its own, so that none waits for another; entries and signed
checkpoints are those of ``evidence``, and the same flaws are found.
"""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass

from domain import evidence
from domain.errors import Duplicate, Refused
from domain.evidence import Checkpoint, Entry, Flaw, Log
from domain.people import SYSTEM, Who
from domain.ports import Store
from domain.queries_people import audit_entries, checkpoints_of_audit
from domain.ticket import random_id

WAITING = 10_000


@dataclass(slots=True)
class AuditEntry:
    """One entry of one process's chain. ``what``, ``at`` and ``person`` repeat the entry's, to be
    searched by."""

    id: str
    chain: str
    seq: int
    at: int
    person: str
    what: str
    entry: Entry
    version: int = 0


class Audit:
    """The chain of this process. What cannot be written now waits, in order, up to 10,000 entries;
    when those are full the oldest are lost, and the chain shows that they are missing."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self.chain = random_id()[:16]
        self._store = store
        self._secret = secret
        self._log = Log(f"audit:{self.chain}")
        self._waiting: deque[AuditEntry] = deque(maxlen=WAITING)
        self._signed = 0
        self._writing = False

    async def note(
        self, who: Who | None, what: str, now: int, about: str = "", refused: bool = False
    ) -> None:
        """Add an entry. A store that is down does not stop the work; ``flush`` writes it later."""
        entry = evidence.append(self._log, who or NOBODY, what, now, about=about, refused=refused)
        self._log.entries.clear()  # only the head is needed to go on
        name = f"{self.chain}:{entry.seq:08d}"
        self._waiting.append(
            AuditEntry(name, self.chain, entry.seq, now, entry.who.id, what, entry)
        )
        await self.flush()

    async def flush(self) -> None:
        """Write what waits, oldest first; returns quietly when the store is away."""
        if self._writing:
            return
        self._writing = True
        try:
            while self._waiting:
                try:
                    await self._store.audit.add(self._waiting[0])
                except Duplicate:
                    pass  # written, and the answer was lost
                except Refused:
                    return
                self._waiting.popleft()
        finally:
            self._writing = False

    async def sign(self, now: int) -> None:
        """Sign the head when it has grown and all of it is written; raises ``StoreDown``."""
        if self._waiting or self._signed == self._log.length:
            return
        length = self._log.length
        with contextlib.suppress(Duplicate):
            await self._store.checkpoints.add(evidence.checkpoint(self._secret, self._log, now))
        self._signed = length


NOBODY = Who("", SYSTEM.role, "")


async def verify_audit(store: Store, secret: bytes) -> tuple[int, list[tuple[str, Flaw]]]:
    """How many entries there are, and what is wrong: chain and flaw."""
    # The checkpoints first: what is written in between is no tail that was cut.
    points = await _points(store)
    chains: dict[str, list[Entry]] = {}
    async for one in store.audit.every(audit_entries(), order="_id"):
        chains.setdefault(one.chain, []).append(one.entry)
    flaws: list[tuple[str, Flaw]] = []
    for chain in sorted(set(chains) | set(points)):
        entries = chains.get(chain, [])
        name = f"audit:{chain}"
        head = entries[-1].hash if entries else evidence.GENESIS
        log = Log(name, len(entries), head, entries)
        found = evidence.verify(log, points.get(chain, []), secret)
        flaws += [(chain, flaw) for flaw in found]
    return sum(len(one) for one in chains.values()), flaws


async def _points(store: Store) -> dict[str, list[Checkpoint]]:
    found: dict[str, list[Checkpoint]] = {}
    signed = [one async for one in store.checkpoints.every(checkpoints_of_audit())]
    for point in sorted(signed, key=lambda one: one.id):
        found.setdefault(point.incident.removeprefix("audit:"), []).append(point)
    return found
