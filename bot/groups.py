"""Groups: kept like the platform has them, by its events and by asking.

Events say that something changed, never reliably what; changes made through the API give no event.
So every event only makes a group dirty, and all groups of all owners are read again now and then;
those of one officer as soon as he is on file, or in charge of other communities.
Members are counted where they are read; no id of a member goes further.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.accounts import by_account
from bot.doorways import keep_doorways, keep_welcomes
from bot.errors import CallFailed, PlatformError
from bot.group_changes import GroupChanges
from bot.handing_over import hand_over_groups
from bot.house import BotHouse
from bot.pace import Pace
from bot.parcel import Incoming
from bot.work_groups import GroupDetail
from domain.clock import ahead, within
from domain.errors import Refused
from domain.group import Doorway, Group, GroupState
from domain.people import Person
from domain.ports import Lost
from domain.queries_groups import dirty_groups, groups_in
from domain.queries_people import people_with_accounts
from domain.registry import (
    ASK_AGAIN_MS,
    Sighting,
    communities,
    dismissed,
    doorways_about,
    heard,
    sighted,
    succeed,
)
from domain.revise import revise

TURN_S = 1.0
RECONCILE_MS = 30 * 60_000
FRESH_MS = 5 * 60_000
OWNERS_AT_ONCE = 100
GONE = (49008, 90501)  # dissolved; no customer group (any more)
BATCH = 500
FEW = 20  # for more groups all doorways are read at once
MAX_ASKED = 20
UNREAD_MS = 60_000  # until a group that could not be read is asked for again
log = logging.getLogger("jingmin.bot.groups")


async def changed(house: BotHouse, one: Incoming) -> None:
    """A callback about a group (change_external_chat). Durable when it returns."""
    if one.event.lower() == "change_external_chat" and one.chat:
        await heard(house.store, one.chat, one.change, house.clock())


async def run_groups(house: BotHouse) -> None:
    """Keep the groups until cancelled; returns at once without WeCom."""
    if not house.corps:
        return
    keeper = GroupKeeper(house)
    async with asyncio.TaskGroup() as group:
        group.create_task(_listen(house, keeper))
        while True:
            try:
                await keeper.turn()
            except (CallFailed, Refused) as error:
                log.warning("groups wait: %s", error)
            except Exception:
                log.exception("groups wait")
            await asyncio.sleep(TURN_S)


async def _listen(house: BotHouse, keeper: GroupKeeper) -> None:
    async for change in house.store.feed.subscribe():
        if isinstance(change, Lost) or change.kind == "people":
            keeper.officers_changed()
        elif isinstance(change.item, Group):
            keeper.changes.saw(change.item)


class GroupKeeper:
    """One process's share of the work; several do the same without harm."""

    def __init__(self, house: BotHouse, pace: Pace | None = None) -> None:
        self._house = house
        self._pace = pace or Pace()
        self.changes = GroupChanges(house, self._pace)
        self._look_at: int | None = None  # when to ask whether all groups are to be read again
        self._look = False
        self._refused: set[str] = set()  # welcome texts; tried again after the next reconciliation
        # In charge of what, when their groups were last listed.
        self._charges: dict[str, tuple[str, ...]] | None = None

    def officers_changed(self) -> None:
        """The next turn lists the groups of officers who are new or in charge of something else."""
        self._look = True

    async def turn(self) -> None:
        """Ask for what is dirty; everything when its time has come; make doorways and the welcome."""
        now = self._house.clock()
        if self._look_at is None or not 0 < self._look_at - now <= RECONCILE_MS:
            await self._reconcile_in_turn(now)
        elif self._look:
            await self._look_at_officers()
        await hand_over_groups(self._house, self._pace)
        # All of them: those that were asked already and wait must not hide the others.
        dirty = self._house.store.groups.every(dirty_groups(), order="dirty_at")
        await self._ask([one.id async for one in dirty if _is_due(one, now)])
        await keep_doorways(self._house, self._pace)
        if self.changes.due:
            await self.changes.follow(await self._officers())
        self._refused |= await keep_welcomes(self._house, self._refused)

    async def _reconcile_in_turn(self, now: int) -> None:
        """One process reads everything for all. Whoever begins does it for what happened while nobody
        listened, unless another did it just now."""
        every = FRESH_MS if self._look_at is None else RECONCILE_MS
        wait = await self._house.turns.turn("groups", every / 1_000, self.reconcile)
        self._look_at = now + max(1, int(wait * 1_000))
        self._refused.clear()
        if self._charges is None:
            self._charges = await self._in_charge()

    async def reconcile(self) -> None:
        """Every group of every known owner is as the platform has it; what it lists no more is asked
        for once more, and gone when it says so."""
        store, now = self._house.store, self._house.clock()
        self._look = False
        charges = await self._in_charge()
        owners = set(charges)
        known: set[str] = set()
        fresh: set[str] = set()
        async for one in store.groups.every(groups_in(GroupState.ACTIVE)):
            known.add(one.id)
            if one.owner:
                owners.add(one.owner)
            if within(one.synced_at, now, FRESH_MS):
                fresh.add(one.id)
        listed, orphaned = await self._listed(sorted(owners))
        await self._ask(sorted((listed | known) - fresh))
        await keep_doorways(self._house, self._pace, look=True)
        await self.changes.reconciled(await self._officers(), listed, orphaned)
        self._refused.clear()
        self._charges = charges
        log.info("groups reconciled: %d listed, %d known", len(listed), len(known))

    async def _look_at_officers(self) -> None:
        self._look = False
        charges = await self._in_charge()
        known = self._charges or {}
        moved = [one for one in charges if charges[one] != known.get(one)]
        try:
            await self._ask(sorted((await self._listed(sorted(moved)))[0]))
        except BaseException:
            self._look = True
            raise
        self._charges = charges

    async def _in_charge(self) -> dict[str, tuple[str, ...]]:
        return {
            str(one.userid): tuple(sorted(one.communities))
            for one in await self._officers()
            if not one.disabled
        }

    async def _listed(self, owners: list[str]) -> tuple[set[str], set[str]]:
        """The groups of these owners, and which of them have none any more."""
        found: set[str] = set()
        orphaned: set[str] = set()
        for corp, mine in by_account(owners).items():
            work = self._house.corps.named(corp)
            if work is None:
                log.warning("%d owners belong to no corp that is configured", len(mine))
                continue
            for start in range(0, len(mine), OWNERS_AT_ONCE):
                some, cursor = mine[start : start + OWNERS_AT_ONCE], ""
                while True:
                    async with self._pace.slot():
                        page = await work.groups(cursor, some)
                    found |= set(page.chats)
                    orphaned |= set(page.orphaned)
                    cursor = page.cursor
                    if not cursor:
                        break
        return found, orphaned

    async def _ask(self, chats: list[str]) -> None:
        if not chats:
            return
        store = self._house.store
        doorways: list[Doorway] | None = None
        if len(chats) > FEW:
            doorways = [one async for one in store.doorways.every()]
        known = communities(self._house.finder)
        owned = {
            userid: {id: known[id].name for id in mine if id in known}
            for userid, mine in (await self._in_charge()).items()
        }
        for start in range(0, len(chats), BATCH):
            some = chats[start : start + BATCH]
            await asyncio.gather(*(self._ask_one(chat, doorways, owned) for chat in some))

    async def _ask_one(
        self, chat: str, doorways: list[Doorway] | None, owned: Mapping[str, Mapping[str, str]]
    ) -> None:
        store, clock = self._house.store, self._house.clock
        try:
            async with self._pace.slot():
                seen = await self._house.corps.of(chat).group(chat)
        except PlatformError as error:
            if error.code in GONE:
                await dismissed(store, chat, clock())
            else:
                log.warning("a group cannot be read: %d", error.code)
                await self._later(chat)
            return
        except CallFailed as error:
            log.warning("a group was not read: %s", type(error).__name__)
            await self._later(chat)
            return
        capacity = self._house.settings.group_capacity
        sighting = _sighting(seen, capacity)
        if doorways is None:
            doorways = await doorways_about(store, chat, sighting.brought)
        it = await sighted(store, chat, sighting, doorways, owned, clock())
        await succeed(store, it)

    async def _later(self, chat: str) -> None:
        def change(it: Group) -> None:
            it.ask_at = self._house.clock() + UNREAD_MS
            it.asked += 1
            if it.asked > MAX_ASKED:
                it.dirty_at = None  # reconciliation will try again

        try:
            await revise(self._house.store.groups, chat, change)
        except Refused:
            return

    async def _officers(self) -> list[Person]:
        return [one async for one in self._house.store.people.every(people_with_accounts())]


def _is_due(it: Group, now: int) -> bool:
    pause = ASK_AGAIN_MS[min(it.asked, len(ASK_AGAIN_MS) - 1)]
    return not ahead(it.ask_at, now, max(pause, UNREAD_MS))


def _sighting(seen: GroupDetail, capacity: int) -> Sighting:
    doors: Iterable[str] = (one.door for one in seen.seats if one.door)
    return Sighting(
        seen.name,
        seen.owner,
        seen.created_at,
        seen.member_version,
        len(seen.seats),
        sum(not one.staff for one in seen.seats),
        dict(Counter(doors)),
        capacity,
    )
