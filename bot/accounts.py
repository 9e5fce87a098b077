"""The accounts of one platform: a city may have several Official Accounts, and several corps.

Which one is called is said by an id that belongs to it (domain/platform_ids.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from bot.errors import Unsent
from domain.platform_ids import account_of

T = TypeVar("T")


class Accounts(Generic[T]):
    """Their APIs by name; the first's name is empty. True when there is one."""

    def __init__(self, found: Mapping[str, T] | None = None) -> None:
        self._found = dict(found or {})

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(self._found.items())

    def of(self, id: str) -> T:
        """The account this id belongs to; raises ``Unsent`` when it is not configured (any more)."""
        found = self.named(account_of(id))
        if found is None:
            raise Unsent("no such account")
        return found

    def named(self, name: str) -> T | None:
        """The account of this name."""
        return self._found.get(name)

    def knows(self, id: str) -> bool:
        """Whether the account this id belongs to is configured."""
        return account_of(id) in self._found


def by_account(ids: Iterable[str]) -> dict[str, list[str]]:
    """The ids of each account, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for id in ids:
        found[account_of(id)].append(id)
    return dict(found)
