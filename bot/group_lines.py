"""Lines to officers about their groups: nearly full, none left, without an owner, never confirmed.

Each has an id made of what it is about, so that it is said once whoever notices it how often.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bot.cards import word
from bot.house import BotHouse
from bot.post import to_officers
from domain.group import Group, GroupState
from domain.handing_over import stand_ins
from domain.people import Person, Role, account
from domain.queries_people import people_with_accounts
from domain.registry import communities, hint

MISSED = 3  # notices in a row; the officers' page marks the second


async def tell_room(
    house: BotHouse, community: str, groups: Sequence[Group], people: Sequence[Person]
) -> None:
    """To owners and officers of a community whose groups are nearly full or gone: make another one."""
    said = hint(groups)
    if said not in ("full", "no_group") or not groups:
        return
    active = [one for one in groups if one.state is GroupState.ACTIVE]
    newest = max(groups, key=lambda one: (one.created_at, one.id))
    rooms = "、".join(f"{one.members}/{one.capacity}" for one in active)
    text = "group_full" if said == "full" else "group_none"
    name = _name(house, community)
    await _line(
        house,
        f"{text}:{community}:{newest.id}",
        {account(one.owner) for one in active} | _concerned(community, people),
        word(text, community=name, rooms=rooms),
        community,
    )


def heir_of(group: Group, people: Iterable[Person], now: int) -> Person | None:
    """Who takes over a group whose owner left: the only officer in charge of its community, or who
    stands in for him; None when that is not clear."""
    found = stand_ins(group, people, now)
    return found[0] if len(found) == 1 else None


async def tell_heir(house: BotHouse, group: Group, heir: Person) -> None:
    """To who owns the group now."""
    text = word("group_inherited", group=group.name, community=_name(house, group.community))
    id = f"group_inherited:{group.id}:{heir.userid}"
    await _line(house, id, {str(heir.userid)}, text, group.id)


async def tell_handed(house: BotHouse, group: Group, asked: Group) -> None:
    """To the owner there is, the one there was, and who asked for it; ``asked`` is the group before."""
    before, by = account(asked.owner), asked.handing_by
    known = {one.userid: one async for one in house.store.people.every(people_with_accounts())}
    owner = account(group.owner)
    users = {owner, before} | {str(one.userid) for one in known.values() if one.id == by}
    text = word(
        "group_handed",
        group=group.name,
        community=_name(house, group.community),
        before=known[before].name if before in known else before,
        owner=known[owner].name if owner in known else owner,
    )
    id = f"group_handed:{group.id}:{owner}:{asked.handing_at}"
    await _line(house, id, users - {""}, text, group.id)


async def tell_not_handed(house: BotHouse, group: Group) -> None:
    """To the owner, who goes on to be it, and who asked for another; in plain words why not."""
    known = {one.userid: one async for one in house.store.people.every(people_with_accounts())}
    owner, wanted = account(group.owner), group.next_owner
    text = word(
        "group_not_handed",
        group=group.name,
        owner=known[owner].name if owner in known else owner,
        wanted=known[wanted].name if wanted in known else wanted,
        why=word(f"no_owner_{group.no_owner}"),
    )
    users = {owner} | {str(one.userid) for one in known.values() if one.id == group.handing_by}
    id = f"group_not_handed:{group.id}:{wanted}:{group.handing_at}"
    await _line(house, id, users - {""}, text, group.id)


async def tell_orphaned(house: BotHouse, group: Group, people: Sequence[Person]) -> None:
    """To whoever can name an owner."""
    text = word("group_orphaned", group=group.name, community=_name(house, group.community))
    users = _supervisors(people) | _concerned(group.community, people)
    id = f"group_orphaned:{group.id}:{account(group.owner)}"
    await _line(house, id, users - {account(group.owner)}, text, group.id)


async def tell_missed(house: BotHouse, group: Group, people: Sequence[Person]) -> None:
    """To the supervisors and the community's officers: an owner who does not confirm, and who could."""
    if group.missed_sends < MISSED or group.state is not GroupState.ACTIVE:
        return
    owner = account(group.owner)
    others = [one.name for one in stand_ins(group, people, house.clock())]
    text = word(
        "group_missed",
        group=group.name,
        community=_name(house, group.community),
        owner=next((one.name for one in people if one.userid == owner), group.owner),
        count=str(group.missed_sends),
        others="、".join(others) or word("group_nobody"),
    )
    users = _supervisors(people) | _concerned(group.community, people) | {owner}
    id = f"group_missed:{group.id}:{group.missed_sends // MISSED}:{owner}"
    await _line(house, id, users, text, group.id)


async def tell_owner(house: BotHouse, group: Group) -> None:
    """To everybody who owns a group, once: what to do when somebody tells of something there."""
    owner = account(group.owner)
    if owner and group.state is GroupState.ACTIVE:
        await _line(house, f"group_owner:{owner}", {owner}, word("group_sentences"), "groups")


def _name(house: BotHouse, community: str | None) -> str:
    found = communities(house.finder).get(community or "")
    return found.name if found is not None else str(community or "—")


def _concerned(community: str | None, people: Iterable[Person]) -> set[str]:
    """Those in charge; the supervisors where there is nobody."""
    known = list(people)
    found = {
        one.userid
        for one in known
        if one.userid and not one.disabled and community in one.communities
    }
    return found or _supervisors(known)


def _supervisors(people: Iterable[Person]) -> set[str]:
    return {
        one.userid
        for one in people
        if one.userid and not one.disabled and one.role is Role.SUPERVISOR
    }


async def _line(house: BotHouse, id: str, users: Collection[str], text: str, about: str) -> None:
    body = {"msgtype": "text", "text": {"content": text}}
    await to_officers(house, id, sorted(one for one in users if one), body, about)
