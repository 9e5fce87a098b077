"""Groups that are to have another owner are handed over on the platform, and who is concerned hears it.

The same call twice does no harm: the platform says that the owner is the owner. So an unknown outcome
is asked again, and two processes may do the same.
"""

from __future__ import annotations

import logging
from collections import defaultdict

from bot.errors import CallFailed, PlatformError, Unsent
from bot.group_lines import tell_handed, tell_not_handed
from bot.house import BotHouse
from bot.pace import Pace
from domain.clock import ahead
from domain.errors import NotFound
from domain.group import Group, Handing, NoOwner
from domain.handing_over import handed_over, refused_to_hand
from domain.platform_ids import account_of
from domain.queries_groups import groups_handed
from domain.registry import heard
from domain.revise import revise

MOST = 100
MOST_TRIES = 10
PAUSE_MS = 30_000  # longer with each try
OWNS, LEFT, WORKS = (90504, 90508), 90502, 90500
WHY = {
    40003: NoOwner.UNKNOWN,
    46004: NoOwner.UNKNOWN,
    60111: NoOwner.UNKNOWN,
    40098: NoOwner.UNABLE,
    84061: NoOwner.UNABLE,
    84074: NoOwner.UNABLE,
    84083: NoOwner.UNABLE,
    # Not published for groups: that of customers handed over too often, and that of quotas.
    40128: NoOwner.OFTEN,
    45009: NoOwner.DAY,
    49008: NoOwner.GONE,
    90501: NoOwner.GONE,
    48002: NoOwner.RIGHT,
    60011: NoOwner.RIGHT,
}
log = logging.getLogger("jingmin.bot.groups")


async def hand_over_groups(house: BotHouse, pace: Pace) -> None:
    """Hand over what is asked for and due."""
    now = house.clock()
    wanted: dict[tuple[str, bool], list[Group]] = defaultdict(list)
    async for one in house.store.groups.every(groups_handed(Handing.ASKED)):
        if not ahead(one.handing_at, now, PAUSE_MS * max(one.handing_tries, 1)):
            wanted[one.next_owner, one.orphaned].append(one)
    for (to, orphaned), groups in wanted.items():
        for start in range(0, len(groups), MOST):
            await _give(house, pace, groups[start : start + MOST], to, orphaned)


async def _give(house: BotHouse, pace: Pace, groups: list[Group], to: str, orphaned: bool) -> None:
    chats = [one.id for one in groups if account_of(one.id) == account_of(to)]
    for one in groups:
        if one.id not in chats:  # he is of another corp
            await _refuse(house, one, to, NoOwner.UNKNOWN)
    groups = [one for one in groups if one.id in chats]
    if not groups:
        return
    try:
        work = house.corps.of(to)
        call = work.inherit if orphaned else work.hand_over
        async with pace.slot():
            refused = await call(chats, to)
    except PlatformError as error:
        refused = dict.fromkeys(chats, error.code)
    except CallFailed as error:
        log.warning("groups were not handed over: %s", error)
        until = error.until if isinstance(error, Unsent) else 0
        for one in groups:
            await _later(house, one, to, until)
        return
    for one in groups:
        try:
            await _answered(house, one, to, refused.get(one.id, 0))
        except NotFound:
            continue


async def _answered(house: BotHouse, group: Group, to: str, code: int) -> None:
    if code == 0 or code in OWNS:
        now = await handed_over(house.store, group.id, to)
        # An API's change gives no event.
        await heard(house.store, group.id, "update", house.clock())
        await tell_handed(house, now, group)
    elif code in (LEFT, WORKS):
        await _later(house, group, to, 0, orphaned=code == LEFT)
    else:
        log.warning("a group was not handed over: refused %d", code)
        await _refuse(house, group, to, WHY.get(code, NoOwner.OTHER))


async def _later(
    house: BotHouse, group: Group, to: str, until: int, orphaned: bool | None = None
) -> None:
    """Once more at ``until`` or soon, but not for ever. ``orphaned`` is what the platform says of it."""

    def change(it: Group) -> bool:
        if it.handing is not Handing.ASKED or it.next_owner != to:
            return False
        it.handing_tries += 1
        pause = house.clock() + (PAUSE_MS * it.handing_tries if orphaned is None else 0)
        it.handing_at = max(until, pause)
        it.orphaned = it.orphaned if orphaned is None else orphaned
        return True

    it = await revise(house.store.groups, group.id, change)
    if it.handing_tries >= MOST_TRIES:
        await _refuse(house, it, to, NoOwner.SILENT)


async def _refuse(house: BotHouse, group: Group, to: str, why: NoOwner) -> None:
    it = await refused_to_hand(house.store, group.id, to, why)
    if it is None:
        return
    if why is NoOwner.GONE:
        await heard(house.store, it.id, "update", house.clock())
    await tell_not_handed(house, it)
