"""Everything that went over the wire, in order: calls in, callbacks out."""

from __future__ import annotations

from typing import Any

import msgspec

KEPT = 16_384


class Entry(msgspec.Struct, kw_only=True):
    """One exchange; bodies are kept up to 16 KB."""

    seq: int
    at: float
    kind: str  # call, callback or verify
    path: str
    query: str = ""
    body: bytes = b""
    status: int = 0
    answer: bytes = b""
    ms: float = 0.0
    note: str = ""
    attempt: int = 0
    ref: int = 0  # the callback this is an attempt of

    @property
    def weight(self) -> int:
        return 400 + len(self.body) + len(self.answer)

    def shown(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "path": self.path,
            "query": self.query,
            "body": self.body[:KEPT].decode("utf-8", "replace"),
            "status": self.status,
            "answer": self.answer[:KEPT].decode("utf-8", "replace"),
            "ms": round(self.ms, 2),
            "note": self.note,
            "attempt": self.attempt,
            "ref": self.ref,
        }


class Journal:
    """A long log with numbers; forgets only its oldest half when it is full, and says so."""

    def __init__(self, limit: int, most_bytes: int) -> None:
        self.limit = limit
        self.most_bytes = most_bytes
        self._bytes = 0
        self._entries: list[Entry] = []
        self._next = 1

    @property
    def last(self) -> int:
        return self._next - 1

    def write(self, entry: Entry) -> None:
        entry.seq = self._next
        self._next += 1
        entry.body, entry.answer = entry.body[:KEPT], entry.answer[:KEPT]
        self._entries.append(entry)
        self._bytes += entry.weight
        if len(self._entries) > self.limit or self._bytes > self.most_bytes:
            half = len(self._entries) // 2
            self._bytes -= sum(one.weight for one in self._entries[:half])
            del self._entries[:half]

    def since(self, seq: int, limit: int, path: str = "", kind: str = "") -> dict[str, Any]:
        """Entries after ``seq``; ``first`` above ``seq + 1`` means some were forgotten."""
        first = self._next - len(self._entries)
        found = []
        last = seq
        for entry in self._entries[max(0, seq + 1 - first) :]:
            last = entry.seq
            if (path and path not in entry.path) or (kind and kind != entry.kind):
                continue
            found.append(entry.shown())
            if len(found) >= limit:
                break
        return {"first": first, "next": last, "entries": found}

    def find(self, seq: int) -> Entry | None:
        place = seq - (self._next - len(self._entries))
        return self._entries[place] if 0 <= place < len(self._entries) else None
