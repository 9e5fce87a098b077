"""Members of a document that this version does not know: a newer one wrote them, and they stay when this
one saves the document.

A document has the shape of its dataclass. Members beside the dataclass's fields, at any depth, are foreign.
Lists are matched item by item: by ``id`` (``seq`` of what has none); without these by what is the same in
both, and by their place in lists of one length. What this version takes out of a list goes with its members.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

IDENTITIES = ("id", "seq")
How = Literal["one", "list", "map"]
Document = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Shape:
    """Which members a dataclass has, and which of them hold dataclasses."""

    names: frozenset[str]
    inner: tuple[tuple[str, How, Callable[[], Shape]], ...]


@cache
def shape_of(kind: Any) -> Shape:
    """The shape of a dataclass."""
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    inner = [
        (name, how, lambda held=held: shape_of(held))
        for name in names
        for how, held in _held(hints[name], "one")
    ]
    return Shape(frozenset(names), tuple(inner))


def _held(hint: Any, how: How) -> Iterator[tuple[How, Any]]:
    """The dataclass that a member's type holds, and how; none for values and free maps."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield how, hint
    elif get_origin(hint) in (types.UnionType, Union):
        for one in get_args(hint):
            yield from _held(one, how)
    elif how == "one" and get_origin(hint) in (list, tuple):
        yield from _held(get_args(hint)[0], "list")
    elif how == "one" and get_origin(hint) is dict:
        yield from _held(get_args(hint)[1], "map")


def has_foreign(kind: Any, document: Document) -> bool:
    """Whether a document, which could be read, has members that its dataclass does not know."""
    shape = shape_of(kind)
    known = {**document, "id": None}
    del known["_id"]
    return _has(shape, [known])


def _has(shape: Shape, documents: Sequence[Document]) -> bool:
    """All of one shape at a time: a set takes a fraction of what a loop does over long lists."""
    if not shape.names.issuperset(chain.from_iterable(documents)):
        return True
    for name, how, inner in shape.inner:
        values: list[Any] = [value for one in documents if (value := one.get(name))]
        if not values:
            continue
        if how == "list":
            values = list(chain.from_iterable(values))
        elif how == "map":
            values = [one for value in values for one in value.values()]
        if _has(inner(), values):
            return True
    return False


def keep_foreign(kind: Any, stored: Document, changed: Document) -> None:
    """Put into the ``changed`` document what the ``stored`` one has of foreign members."""
    _keep(shape_of(kind), stored, changed)


def _keep(shape: Shape, stored: Document, changed: Document) -> None:
    for name in stored.keys() - shape.names - {"_id"}:
        changed.setdefault(name, stored[name])
    for name, how, inner in shape.inner:
        before, after = stored.get(name), changed.get(name)
        if not before or not after:
            continue
        held = inner()
        for old, new in _pairs(held, how, before, after):
            _keep(held, old, new)


def _pairs(held: Shape, how: How, before: Any, after: Any) -> Iterator[tuple[Document, Document]]:
    """What was, and what became of it."""
    if how == "one":
        yield before, after
        return
    if how == "map":
        for key in before.keys() & after.keys():
            yield before[key], after[key]
        return
    identity = next((name for name in IDENTITIES if name in held.names), None)
    if identity is not None:
        known = {one[identity]: one for one in before if identity in one}
        for one in after:
            if (old := known.get(one.get(identity))) is not None:
                yield old, one
        return
    left = dict(enumerate(before))
    rest = dict(enumerate(after))
    known_of = {place: _known(held, old) for place, old in left.items()}
    for place in [place for place, one in rest.items() if known_of.get(place) == one]:
        yield left.pop(place), rest.pop(place)
    for place, one in list(rest.items()):
        same = next((other for other in left if known_of[other] == one), None)
        if same is not None:
            yield left.pop(same), rest.pop(place)
    if len(before) == len(after):
        for place in left.keys() & rest.keys():
            yield left[place], rest[place]


def _known(shape: Shape, document: Mapping[str, Any]) -> Document:
    """A document without its foreign members."""
    found = {name: value for name, value in document.items() if name in shape.names}
    for name, how, inner in shape.inner:
        value, held = found.get(name), inner()
        if not value:
            continue
        if how == "one":
            found[name] = _known(held, value)
        elif how == "list":
            found[name] = [_known(held, one) for one in value]
        else:
            found[name] = {key: _known(held, one) for key, one in value.items()}
    return found
