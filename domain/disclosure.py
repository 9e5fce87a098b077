"""Disclosure: which counts of people may be shown, so that none of the hidden ones can be subtracted.

A table has a total, parts of it, and parts of these. A count of 1 to 4 might tell who it was, and is
hidden. So is another one beside it, for else the sum without the others would give it away. Nought is
shown: it tells of nobody, unless it is hidden to protect others.
"""

from __future__ import annotations

from collections.abc import Mapping

FEW = 5


def is_few(count: int) -> bool:
    """Whether it might be known who they are."""
    return 0 < count < FEW


def hidden_parts(whole: int, parts: Mapping[str, int]) -> set[str]:
    """Which parts of a sum that is shown are not: the few, and others until every hidden one could
    be 5 or more for all that the sum tells. What belongs to no part is never shown, and may be few, too."""
    rest = max(0, whole - sum(parts.values()))
    hidden = {name for name, count in parts.items() if is_few(count)}
    others = sorted(
        (name for name, count in parts.items() if name not in hidden),
        key=lambda name: (parts[name] == 0, parts[name], name),
    )

    def safe() -> bool:
        if not hidden:
            return not is_few(rest)
        counts = [parts[name] for name in hidden] + ([rest] if rest else [])
        return len(counts) > 1 and sum(counts) >= FEW + len(counts) - 1

    while not safe() and others:
        hidden.add(others.pop(0))
    return hidden


def hidden_counts(
    total: int, parts: Mapping[str, int], below: Mapping[str, Mapping[str, int]]
) -> tuple[bool, set[str], set[str]]:
    """Whether the total is hidden, which of its parts, and which of the parts ``below`` each of them.
    Below what is hidden nothing is shown: it could be added up."""
    if is_few(total):
        return True, set(parts), {name for some in below.values() for name in some}
    hidden = hidden_parts(total, parts)
    lower: set[str] = set()
    for part, some in below.items():
        lower |= set(some) if part in hidden else hidden_parts(parts.get(part, 0), some)
    return False, hidden, lower
