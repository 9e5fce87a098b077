"""What a named query is: a function that makes criteria, and what is promised of it.

Its collection, the index that answers it and the order it is asked in stand beside it. Tests hold every
one against storage/indexes.py and against the plan of the store, and find criteria written elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Criteria = Mapping[str, Any]
F = TypeVar("F", bound=Callable[..., Criteria])


@dataclass(frozen=True, slots=True)
class Query:
    """``indexes``: which of them answers it depends on the arguments. ``order``: the field its answers are
    ordered by. ``stretch``: the field by which ``domain/paging.py`` asks for a part of it at a time.
    ``whole``: why it may read its collection without an index."""

    make: Callable[..., Criteria]
    collection: str
    indexes: tuple[str, ...]
    order: str
    stretch: str
    whole: str


QUERIES: dict[str, Query] = {}


def query(
    collection: str, *indexes: str, order: str = "", stretch: str = "", whole: str = ""
) -> Callable[[F], F]:
    """The function it is put before makes the criteria of a named query."""

    def known(make: F) -> F:
        QUERIES[make.__name__] = Query(make, collection, indexes, order, stretch, whole)
        return make

    return known
