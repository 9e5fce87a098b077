"""What follows when a group became full, was dismissed, made anew, or lost its owner.

Doorways lead to where there is room at once, officers are told what only they can do (no API makes a
group), and a group whose owner left the corp goes to who is in charge of its community.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.doorways import lead_elsewhere
from bot.errors import CallFailed
from bot.group_lines import (
    MISSED,
    heir_of,
    tell_heir,
    tell_missed,
    tell_orphaned,
    tell_owner,
    tell_room,
)
from bot.house import BotHouse
from bot.pace import Pace
from domain.errors import NotFound
from domain.group import Group, GroupState
from domain.people import Person, account
from domain.registry import groups_of, heard
from domain.revise import revise

log = logging.getLogger("jingmin.bot.groups")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a group matters to others."""

    community: str | None
    state: GroupState
    nearly_full: bool
    missed: int


class GroupChanges:
    """One process's share; what it does twice, or another does too, is done once."""

    def __init__(self, house: BotHouse, pace: Pace) -> None:
        self._house, self._pace = house, pace
        self._seen: dict[str, _Seen] = {}
        self._communities: set[str] = set()
        self._missed: set[str] = set()

    def saw(self, group: Group) -> None:
        """A group as it is now in the store."""
        before = self._seen.get(group.id)
        missed = group.missed_sends // MISSED
        now = _Seen(group.community, group.state, group.nearly_full, missed)
        self._seen[group.id] = now
        if now == before:
            return
        if missed and (before is None or before.missed != missed):
            self._missed.add(group.id)
        for community in (now.community, before.community if before else None):
            if community is not None:
                self._communities.add(community)

    @property
    def due(self) -> bool:
        return bool(self._communities or self._missed)

    async def follow(self, people: Sequence[Person]) -> None:
        """Do what follows from all that was seen since the last time."""
        while self._communities:
            community = self._communities.pop()
            try:
                groups = [one async for one in groups_of(self._house.store, [community])]
                await lead_elsewhere(self._house, self._pace, community)
                await tell_room(self._house, community, groups, people)
            except BaseException:
                self._communities.add(community)
                raise
        while self._missed:
            id = self._missed.pop()
            try:
                await tell_missed(self._house, await self._house.store.groups.get(id), people)
            except NotFound:
                continue
            except BaseException:
                self._missed.add(id)
                raise

    async def reconciled(
        self, people: Sequence[Person], listed: Collection[str], orphaned: Collection[str]
    ) -> None:
        """All groups were read: what was missed, as when no process ran, is found here."""
        by_community: dict[str, list[Group]] = defaultdict(list)
        owners: dict[str, Group] = {}
        async for group in self._house.store.groups.every():
            if group.community is not None:
                by_community[group.community].append(group)
            if group.state is GroupState.ACTIVE:
                owners.setdefault(account(group.owner), group)
                await tell_missed(self._house, group, people)
                if group.id in listed:
                    await self._look_for_owner(group, group.id in orphaned, people)
        for community, groups in by_community.items():
            await tell_room(self._house, community, groups, people)
        known = {one.userid for one in people}
        for owner, group in owners.items():
            if owner in known:
                await tell_owner(self._house, group)

    async def _look_for_owner(self, group: Group, orphaned: bool, people: Sequence[Person]) -> None:
        if orphaned != group.orphaned:

            def mark(it: Group) -> None:
                it.orphaned = orphaned

            group = await revise(self._house.store.groups, group.id, mark)
        if not orphaned:
            return
        heir = heir_of(group, people, self._house.clock())
        if heir is None or not await self._hand_over(group, str(heir.userid)):
            await tell_orphaned(self._house, group, people)
            return
        await heard(self._house.store, group.id, "update", self._house.clock())
        await tell_heir(self._house, group, heir)

    async def _hand_over(self, group: Group, owner: str) -> bool:
        try:
            async with self._pace.slot():
                refused = await self._house.corps.of(owner).inherit([group.id], owner)
        except CallFailed as error:
            log.warning("a group without an owner was not handed over: %s", error)
            return False
        for code in refused.values():
            log.warning("a group without an owner was not handed over: refused %d", code)
        return not refused
