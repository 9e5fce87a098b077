"""Doorways and the welcome text, made and kept on the platform as the registry wants them."""

from __future__ import annotations

import logging
from collections.abc import Collection

from bot.errors import CallFailed, PlatformError
from bot.house import BotHouse
from bot.pace import Pace
from bot.work import WorkApi
from domain.errors import Conflict
from domain.group import Doorway, Group, GroupState, Welcome
from domain.platform_ids import account_of
from domain.queries_groups import doorways_of, doorways_to_end, doorways_to_make, standing_doorways
from domain.registry import WELCOME, communities, doorway_chats, groups_of, welcome_id
from domain.revise import revise

NAME_LENGTH, REMARK_LENGTH = 40, 30
log = logging.getLogger("jingmin.bot.groups")


async def lead_elsewhere(house: BotHouse, pace: Pace, community: str) -> None:
    """A group of this community is full, gone or new: its doorways lead to where there is room."""
    found = house.store.doorways.every(doorways_of(community))
    await _keep_all(house, pace, [one async for one in found if one.url], True)


async def keep_doorways(house: BotHouse, pace: Pace, look: bool = False) -> None:
    """Make what is wanted, take away what was removed. With ``look`` the rest is compared, too: a
    doorway whose groups are full or gone leads elsewhere, and groups the platform made are noted."""
    shelf = house.store.doorways
    taken_down = shelf.every(doorways_to_end())
    standing = shelf.every(standing_doorways() if look else doorways_to_make())
    # Read before any is kept: the platform may take longer than the store waits for the next question.
    found = [one async for one in taken_down] + [one async for one in standing]
    await _keep_all(house, pace, found, look)


async def _keep_all(house: BotHouse, pace: Pace, found: list[Doorway], look: bool) -> None:
    for it in found:
        try:
            async with pace.slot():
                await _keep(house, it, look)
        except PlatformError as error:
            log.warning("doorway %s: refused %d", it.id, error.code)
        except CallFailed as error:
            log.warning("doorway %s: %s", it.id, type(error).__name__)


async def _keep(house: BotHouse, it: Doorway, look: bool) -> None:
    if it.removed:
        await _remove(house, it)
    elif not it.config:
        await _make(house, it)
    elif not it.url or look:
        await _compare(house, it)


async def _groups(house: BotHouse, community: str) -> list[Group]:
    return [one async for one in groups_of(house.store, [community])]


async def _make(house: BotHouse, it: Doorway) -> None:
    groups = await _groups(house, it.community)
    chats = doorway_chats(groups)
    if not chats:
        return  # no group yet: the page says what to do
    work = house.corps.of(chats[0])
    # A lost answer leaves a code behind that nobody was shown: it can be neither found nor used.
    config = await work.join_way_add(
        chats,
        it.state,
        remark=it.poster[:REMARK_LENGTH],
        name=_name(house, it.community),
        number=len(groups) + 1,
    )
    made = True

    def change(now: Doorway) -> bool:
        nonlocal made
        made = not now.config
        if made:
            now.config, now.chats = config, chats
        return made

    await revise(house.store.doorways, it.id, change)
    if not made:  # another process was faster
        await work.join_way_remove(config)
        return
    await _compare(house, await house.store.doorways.get(it.id))


async def _compare(house: BotHouse, it: Doorway) -> None:
    work = house.corps.of(it.config)
    way = await work.join_way_get(it.config)
    # A code leads to groups of the corp that made it.
    found = await _groups(house, it.community)
    groups = {one.id: one for one in found if account_of(one.id) == account_of(it.config)}
    chats = list(way.chats)
    dead = [one for one in chats if one in groups and groups[one].state is GroupState.DISMISSED]
    full = all(groups[one].nearly_full for one in chats if one in groups)
    wanted = doorway_chats(groups.values())
    if wanted and (dead or full) and set(wanted) != set(chats):
        await work.join_way_update(
            it.config,
            wanted,
            it.state,
            remark=it.poster[:REMARK_LENGTH],
            name=_name(house, it.community),
            number=len(groups) + 1,
        )
        chats = wanted
    if (chats, way.url) == (it.chats, it.url):
        return

    def change(now: Doorway) -> None:
        now.chats, now.url = chats, way.url

    await revise(house.store.doorways, it.id, change)


async def _remove(house: BotHouse, it: Doorway) -> None:
    try:
        await house.corps.of(it.config).join_way_remove(it.config)
    except PlatformError as error:
        log.info("doorway %s was gone: %d", it.id, error.code)

    def change(now: Doorway) -> None:
        now.config = now.url = ""

    await revise(house.store.doorways, it.id, change)


def _name(house: BotHouse, community: str) -> str:
    found = communities(house.finder).get(community)
    return f"{found.name if found is not None else community}警民群"[:NAME_LENGTH]


async def keep_welcomes(house: BotHouse, refused: Collection[str]) -> set[str]:
    """The platform has the welcome texts that were written last, but for those it ``refused`` before;
    what it refuses now. One that is refused keeps no other."""
    now: set[str] = set()
    waiting = [it async for it in house.store.welcomes.every() if _waits(house, it)]
    for it in waiting:
        mark = f"{it.id}:{it.text}"
        if mark in refused:
            continue
        try:
            await _keep_welcome(house, it)
        except PlatformError as error:
            log.error("%s: refused %d", it.id, error.code)  # 41055: there are a hundred
            now.add(mark)
        except (CallFailed, Conflict) as error:
            log.warning("%s: %s", it.id, type(error).__name__)
    return now


def _waits(house: BotHouse, it: Welcome) -> bool:
    """Whether the platform has yet to hear of it; that of all groups is in every corp."""
    lacks = it.id == WELCOME and any(not _template(it, corp) for corp, _ in house.corps)
    return it.text != it.applied or lacks


async def _keep_welcome(house: BotHouse, it: Welcome) -> None:
    text = it.text
    for corp in await _corps_of(house, it):
        work = house.corps.named(corp)
        if work is None:
            continue
        known = _template(it, corp)
        if known and not text:
            await _take_welcome(work, it, corp)
        elif known and text != it.applied:
            await work.welcome_edit(known, text)
        elif text and not known:
            _set_template(it, corp, await work.welcome_add(text))
            await house.store.welcomes.save(it)  # whatever another corp says: it is made once
    it.applied = text
    await house.store.welcomes.save(it)


async def _corps_of(house: BotHouse, it: Welcome) -> list[str]:
    """The corps that are to have it: there is room for a hundred texts only in each."""
    community = it.id.removeprefix(welcome_id(""))
    has = [corp for corp, _ in house.corps if _template(it, corp)]
    if not it.text:
        return has
    if it.id == WELCOME:
        return [corp for corp, _ in house.corps]
    owners = {account_of(one.id) for one in await _groups(house, community)}
    first = [next(corp for corp, _ in house.corps)]
    return sorted(owners.union(has)) or first


async def _take_welcome(work: WorkApi, it: Welcome, corp: str) -> None:
    """The community has no words of its own any more; there is room for a hundred templates only."""
    try:
        await work.welcome_remove(_template(it, corp))
    except PlatformError as error:
        log.info("%s was gone: %d", it.id, error.code)
    _set_template(it, corp, "")


def _template(it: Welcome, corp: str) -> str:
    return it.elsewhere.get(corp, "") if corp else it.template


def _set_template(it: Welcome, corp: str, template: str) -> None:
    if not corp:
        it.template = template
    elif template:
        it.elsewhere[corp] = template
    else:
        it.elsewhere.pop(corp, None)
