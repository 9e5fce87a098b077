"""The incident's log: append-only, hash-chained, with signed checkpoints kept apart.

Each entry's hash covers its content and the hash before it, so that a flipped byte, a removed,
reordered or inserted entry breaks the chain. The incident keeps the head (length and last hash);
checkpoints, signed with a key that is not in the store, find a tail cut together with the head.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.people import Who
from domain.ticket import derive_key

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``at`` is the server's clock, ``device_at`` the sender's, both Unix ms."""

    seq: int
    at: int
    device_at: int | None
    who: Who
    what: str
    data: dict[str, Any]
    prev: str
    hash: str


@dataclass(slots=True)
class Log:
    """Entries with the head that closes them: ``length`` entries, the last with hash ``head``."""

    incident: str
    length: int = 0
    head: str = GENESIS
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Checkpoint:
    """``length`` and ``head`` of a log at some time, signed. ``id`` is ``incident:length``."""

    id: str
    incident: str
    length: int
    head: str
    at: int
    mac: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a log: at which entry (0 = the log as a whole), and what."""

    seq: int
    what: str


def append(
    log: Log,
    who: Who,
    what: str,
    at: int,
    device_at: int | None = None,
    **data: Any,
) -> Entry:
    """Add an entry to the chain. ``data`` holds JSON values only."""
    seq = log.length + 1
    digest = entry_hash(log.incident, seq, at, device_at, who, what, data, log.head)
    entry = Entry(seq, at, device_at, who, what, data, log.head, digest)
    log.entries.append(entry)
    log.length, log.head = seq, digest
    return entry


def entry_hash(
    incident: str,
    seq: int,
    at: int,
    device_at: int | None,
    who: Who,
    what: str,
    data: dict[str, Any],
    prev: str,
) -> str:
    """SHA-256 over canonical JSON (sorted keys, no spaces, UTF-8) of all fields."""
    body = {
        "incident": incident,
        "seq": seq,
        "at": at,
        "device_at": device_at,
        "who": [who.id, str(who.role), who.name, who.station],
        "what": what,
        "data": data,
        "prev": prev,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def checkpoint(secret: bytes, log: Log, at: int) -> Checkpoint:
    """A signed statement that the log had this length and head."""
    return Checkpoint(
        f"{log.incident}:{log.length}",
        log.incident,
        log.length,
        log.head,
        at,
        _mac(secret, log.incident, log.length, log.head),
    )


def verify(log: Log, checkpoints: Iterable[Checkpoint], secret: bytes) -> list[Flaw]:
    """Everything wrong with the log; empty when it is as it was written."""
    flaws = list(_verify_chain(log))
    by_seq = {entry.seq: entry.hash for entry in log.entries}
    for point in checkpoints:
        mac = _mac(secret, point.incident, point.length, point.head)
        if not hmac.compare_digest(mac, point.mac):
            flaws.append(Flaw(point.length, "checkpoint signature does not match"))
        elif point.incident != log.incident:
            flaws.append(Flaw(0, "checkpoint of another incident"))
        elif point.length not in by_seq:
            flaws.append(Flaw(point.length, "log is shorter than a signed checkpoint: tail cut"))
        elif by_seq[point.length] != point.head:
            flaws.append(Flaw(point.length, "entry differs from its signed checkpoint"))
    return flaws


def _verify_chain(log: Log) -> Sequence[Flaw]:
    flaws: list[Flaw] = []
    prev = GENESIS
    for number, entry in enumerate(log.entries, 1):
        if entry.seq != number:
            flaws.append(Flaw(number, f"sequence number is {entry.seq}: removed or reordered"))
        if entry.prev != prev:
            flaws.append(Flaw(number, "does not follow the entry before it"))
        digest = entry_hash(
            log.incident,
            entry.seq,
            entry.at,
            entry.device_at,
            entry.who,
            entry.what,
            entry.data,
            entry.prev,
        )
        if digest != entry.hash:
            flaws.append(Flaw(number, "content does not match its hash"))
        prev = entry.hash
    if log.length != len(log.entries) or log.head != prev:
        flaws.append(Flaw(0, "head does not match the last entry: truncated or extended"))
    return flaws


def _mac(secret: bytes, incident: str, length: int, head: str) -> str:
    text = f"{incident}\n{length}\n{head}".encode()
    return hmac.new(derive_key(secret, "checkpoint"), text, hashlib.sha256).hexdigest()
