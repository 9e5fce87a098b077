"""Registry: what is done to groups, their doorways and the welcome text.

Officers act within their own station's communities, supervisors anywhere. What the platform shows
of a group is taken over by ``sighted``; a community that a person chose is never undone by it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from domain.clock import within
from domain.errors import FORBIDDEN, INVALID, Conflict, Duplicate, NotFound, Refused
from domain.group import (
    CAPACITY,
    GROUP,
    STATE_LENGTH,
    Bond,
    Doorway,
    Group,
    GroupState,
    Welcome,
    forget_handing,
)
from domain.paging import NAMED, named
from domain.people import Role, Who, account, require
from domain.place import Jurisdiction
from domain.platform_ids import account_of
from domain.ports import Finder, Store
from domain.queries_groups import doorways_to, groups_named
from domain.revise import revise
from domain.workflow import step

OFFICERS = (Role.COMMUNITY_OFFICER, Role.STATION_OFFICER, Role.SUPERVISOR)
CHATS = 5  # groups one doorway leads to
WELCOME = "welcome"
# Reads after an event, in ms: what the platform shows may be older than what it told.
ASK_AGAIN_MS = (0, 5_000, 30_000, 120_000, 600_000)
SETTLED_MS = 30_000
SIGHT_KEPT_MS = 6 * 3_600_000  # a sight that tells nothing new is written down this often


@dataclass(frozen=True, slots=True)
class Sighting:
    """A group as the platform shows it now, its people counted."""

    name: str
    owner: str
    created_at: int
    member_version: str
    members: int
    residents: int
    brought: Mapping[str, int]
    capacity: int = CAPACITY


def communities(finder: Finder) -> dict[str, Jurisdiction]:
    """All communities by id; ``parent`` is the station."""
    return {one.id: one for station in finder.stations() for one in finder.communities(station.id)}


def require_community(who: Who, finder: Finder, community: str) -> Jurisdiction:
    """The community, if ``who`` may act for it; else raises ``NotFound`` or ``forbidden``."""
    if who.role not in OFFICERS:
        raise Refused(FORBIDDEN, f"{who.role} may not do this")
    found = communities(finder).get(community)
    if found is None:
        raise NotFound(f"no community {community!r:.80}")
    if who.role is not Role.SUPERVISOR and found.parent != who.station:
        raise Refused(FORBIDDEN, "a community of another station")
    return found


async def heard(store: Store, id: str, change: str, now: int) -> None:
    """The platform told that a group was changed: read it again, or it is gone (``dismiss``)."""
    if change == "dismiss":
        await dismissed(store, id, now)
        return

    def mark(it: Group) -> None:
        it.dirty_at, it.ask_at, it.asked = now, now, 0
        it.dirty_version = it.member_version

    await revise(store.groups, id, mark, lambda: Group(id, "", "", created_at=now))


async def dismissed(store: Store, id: str, now: int) -> None:
    """The group is no more."""

    def change(it: Group) -> None:
        if it.state is GroupState.ACTIVE:
            it.state = step(GROUP, it.state, "dismiss")
        forget_handing(it, "drop")
        it.dirty_at, it.synced_at = None, now

    with suppress(NotFound):
        await revise(store.groups, id, change)


async def sighted(
    store: Store,
    id: str,
    seen: Sighting,
    doorways: Sequence[Doorway],
    owned: Mapping[str, Mapping[str, str]],
    now: int,
) -> Group:
    """Take over what the platform shows. While the group is dirty it is asked again until its members
    moved and half a minute passed (another event may have followed), or often enough. ``owned`` are
    the names of the communities of each officer, by userid and id."""

    def change(it: Group) -> bool:
        before = replace(it)
        moved = it.dirty_version != seen.member_version
        it.name, it.owner = seen.name, seen.owner
        if account(before.owner) != account(it.owner):
            it.orphaned, it.missed_sends = False, 0
        if it.next_owner and it.next_owner == account(it.owner):
            forget_handing(it, "done")
        it.created_at = seen.created_at or it.created_at
        it.member_version = seen.member_version
        it.members, it.residents = seen.members, seen.residents
        it.capacity = (
            seen.capacity if seen.members <= seen.capacity else max(CAPACITY, seen.members)
        )
        it.brought = dict(seen.brought)
        it.synced_at = now
        if it.dirty_at is not None:
            it.asked += 1
            settled = moved and not within(it.dirty_at, now, SETTLED_MS)
            if settled or it.asked >= len(ASK_AGAIN_MS):
                it.dirty_at = None
            else:
                it.ask_at = now + ASK_AGAIN_MS[it.asked]
        if it.bound_by is not Bond.HAND:
            it.community, it.bound_by = bond(it, doorways, owned)
        same = replace(before, synced_at=now) == it
        return not same or not within(before.synced_at, now, SIGHT_KEPT_MS)

    return await revise(store.groups, id, change, lambda: Group(id, "", ""))


async def succeed(store: Store, it: Group) -> Group:
    """A group that was made anew under the name of one that was dismissed belongs where that one did."""
    if it.community is not None or it.bound_by is Bond.HAND or not it.name.strip():
        return it
    before = store.groups.every(groups_named(it.name, GroupState.DISMISSED))
    found = {one.community async for one in before if one.community is not None}
    if len(found) != 1:
        return it

    def change(now: Group) -> bool:
        if now.community is not None or now.bound_by is Bond.HAND:
            return False
        now.community, now.bound_by = next(iter(found)), Bond.NAME
        return True

    return await revise(store.groups, it.id, change)


def bond(
    it: Group, doorways: Sequence[Doorway], owned: Mapping[str, Mapping[str, str]]
) -> tuple[str | None, Bond]:
    """The community a group belongs to by itself: that of the doorway most came through, of the one
    that leads to it, the one of its owner's that its name holds, or the only one its owner answers for.
    The last is a guess and beats nothing, not even a name: the people in a group stay where they live
    when its owner is another, or in charge of something else."""
    brought: Counter[str] = Counter()
    for one in doorways:
        brought[one.community] += it.brought.get(one.state, 0)
    best = brought.most_common(1)
    if best and best[0][1] > 0:
        return best[0][0], Bond.DOORWAY
    leading = {one.community for one in doorways if it.id in one.chats and not one.removed}
    if len(leading) == 1:
        return leading.pop(), Bond.DOORWAY
    own = owned.get(it.owner.lower(), {})
    held = _held(it.name, {id: name for charge in owned.values() for id, name in charge.items()})
    named = [id for id in held if id in own]
    if len(named) == 1 and it.bound_by is not Bond.DOORWAY:
        return named[0], Bond.NAME
    if it.community is None and len(own) == 1 and not held:
        return next(iter(own)), Bond.OWNER
    return it.community, it.bound_by


def _held(text: str, names: Mapping[str, str]) -> list[str]:
    """The communities whose names the text holds."""
    found = {id: name for id, name in names.items() if name and name in text}
    # A name may hold another one: 铁北一社区 is not 北一社区.
    return [
        id
        for id, name in found.items()
        if not any(name != other and name in other for other in found.values())
    ]


async def bind(
    store: Store, who: Who, finder: Finder, id: str, community: str, ignored: bool = False
) -> Group:
    """A person says to which community a group belongs; empty: to none, and ``ignored`` that it is none of
    ours. Nothing but a person changes that again. Taking one from another station's community needs a
    supervisor."""
    require(who, *OFFICERS)
    if community:
        require_community(who, finder, community)
    if community and ignored:
        raise Refused(INVALID, "a group of a community is not ignored", field="ignored")

    def change(it: Group) -> None:
        if it.community in known:
            require_community(who, finder, str(it.community))
        it.community = community or None
        it.bound_by, it.ignored = Bond.HAND, ignored

    known = communities(finder)
    return await revise(store.groups, id, change)


def hint(groups: Iterable[Group]) -> str:
    """What to do about a community's room: ``no_group``, ``full`` (all at 90 %: make a new group or
    let its doorway make one), ``filling`` (one has room left), or nothing."""
    active = [one for one in groups if one.state is GroupState.ACTIVE]
    return hint_of(len(active), sum(not one.nearly_full for one in active))


def hint_of(active: int, free: int) -> str:
    """``hint`` by the counts of active groups and of those with room."""
    if not active:
        return "no_group"
    if not free:
        return "full"
    return "filling" if active > 1 and free == 1 else ""


async def groups_of(store: Store, wanted: Collection[str]) -> AsyncIterator[Group]:
    """The groups of these communities, those that are no more, too."""
    if len(wanted) <= NAMED:
        async for one in named(store.groups, "community", wanted):
            yield one
        return
    # Comparing rows with hundreds of names costs more than reading them all.
    known = set(wanted)
    async for one in store.groups.every():
        if one.community in known:
            yield one


async def doorways_about(store: Store, chat: str, brought: Iterable[str]) -> list[Doorway]:
    """Those that ``bond`` asks about this group: that brought its members (``state``), or lead to it."""
    found = {one.id: one async for one in named(store.doorways, "state", brought)}
    async for one in store.doorways.every(doorways_to(chat)):
        found[one.id] = one
    return list(found.values())


def doorway_chats(groups: Iterable[Group]) -> list[str]:
    """The groups a doorway should lead to: those with the most room, at most five of one corp, that of
    the first."""
    active = [one for one in groups if one.state is GroupState.ACTIVE]
    active.sort(key=lambda one: (one.nearly_full, one.members - one.capacity, one.id))
    of_one = [one.id for one in active if account_of(one.id) == account_of(active[0].id)]
    return of_one[:CHATS]


async def make_doorway(
    store: Store, who: Who, finder: Finder, key: str, community: str, poster: str, now: int
) -> Doorway:
    """A join QR for one poster of a community; the bot makes it. The same key gives the same one."""
    require_community(who, finder, community)
    id = hashlib.sha256(f"{who.id}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    state = f"d{id[:20]}"
    assert len(state) <= STATE_LENGTH
    it = Doorway(id, community, poster.strip() or community, state, made_by=who.id, created_at=now)
    try:
        await store.doorways.add(it)
    except Duplicate:
        return await store.doorways.get(id)
    return it


async def remove_doorway(store: Store, who: Who, finder: Finder, id: str) -> Doorway:
    """The poster is taken down; the bot takes its code away."""

    def change(it: Doorway) -> None:
        require_community(who, finder, it.community)
        it.removed = True

    return await revise(store.doorways, id, change)


def welcome_id(community: str) -> str:
    """The id of a community's welcome text; empty: of that for all others."""
    return f"{WELCOME}:{community}" if community else WELCOME


async def write_welcome(
    store: Store, who: Who, text: str, now: int, seen: int | None = None
) -> Welcome:
    """What newcomers are told from now on, where a community has no words of its own. Raises ``Conflict``
    unless the present words are those of ``seen`` (their ``updated_at``), when that is given."""
    if who.role is not Role.SUPERVISOR:
        raise Refused(FORBIDDEN, f"{who.role} may not do this")
    if not text.strip():
        raise Refused(INVALID, "a welcome needs words", field="text")
    return await _write_welcome(store, WELCOME, text, now, seen)


async def write_community_welcome(
    store: Store,
    who: Who,
    finder: Finder,
    community: str,
    text: str,
    now: int,
    seen: int | None = None,
) -> Welcome:
    """What newcomers of one community's groups are told from now on; no words: the same as all others.
    ``seen`` as in ``write_welcome``."""
    require_community(who, finder, community)
    return await _write_welcome(store, welcome_id(community), text.strip() and text, now, seen)


async def _write_welcome(store: Store, id: str, text: str, now: int, seen: int | None) -> Welcome:
    def change(it: Welcome) -> None:
        if seen is not None and it.updated_at != seen and it.text != text:
            raise Conflict("somebody else changed it meanwhile")
        # Two within a millisecond are two.
        it.text, it.updated_at = text, max(now, it.updated_at + 1)

    return await revise(store.welcomes, id, change, lambda: Welcome(id, text))
