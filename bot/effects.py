"""What the conversation decided, done: each effect once, whatever crashes in between.

Everything written here has an id made of the arrival's, so that doing it again changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot import loose, mine, neighbours, rumour, subscriptions, tips, withdrawal
from bot.named_places import communities_named
from bot.person import ask_person, of_resident
from bot.reports import add_to_report, bring, raise_report
from bot.scene import Scene
from bot.turn import (
    Add,
    AskPerson,
    Bring,
    Check,
    Effect,
    FindCommunity,
    Following,
    Forget,
    ListMine,
    Raise,
    Revoke,
    Say,
    SetCommunity,
    SetLanguage,
    ShowNotices,
    ShowOfficer,
    ShowOne,
    State,
    Submit,
    Thread,
)
from domain.clock import in_china
from domain.errors import TOO_MANY, NotFound, Refused, WrongState
from domain.notice import Notice, NoticeState
from domain.paging import batches, named, newest_first
from domain.place import Jurisdiction, Level
from domain.queries_groups import doorways_with, notices_in
from domain.resident import LanguageBy, Resident, follow_at

LISTED = 8
NOTICES = 5
NOTICE_TEXT = 300
AT_ONCE = 200


async def apply(scene: Scene, effect: Effect) -> None:
    """Do one effect. What cannot be done is said to the resident, not raised."""
    await _DO[type(effect)](scene, effect)


async def _say(scene: Scene, it: Say) -> None:
    await scene.say(it.text, urgent=it.urgent, **it.args)


# ---- tips


async def _submit(scene: Scene, it: Submit) -> None:
    community = it.community
    if community is None and not any(line.placed for line in it.lines):
        texts = [line.text for line in it.lines]
        found = await asyncio.to_thread(communities_named, scene.house.finder, texts)
        if len(found) > 1:
            await _ask_which(scene, it, found[:LISTED])
            return
        community = found[0].id if found else None
    tip = await tips.submit(
        scene.house, scene.resident, scene.arrival.id, it.lines, it.named, community
    )

    def consented(row: Resident) -> None:
        row.consented_at = row.consented_at or scene.arrival.at

    await neighbours.amend(scene.house, scene.resident.id, consented)
    more = await subscriptions.offer(scene.house, scene.resident, "tip", scene.speaks)
    await scene.say("tip_sent", number=tip.number, station=tip.station_name, more=more)


async def _ask_which(scene: Scene, it: Submit, found: list[Jurisdiction]) -> None:
    """What is named in words may be in any of these: the tip waits for the answer."""
    scene.state = State.WHICH
    scene.data.lines, scene.data.named, scene.data.asked = it.lines, it.named, True
    scene.data.shown = [one.id for one in found]
    stations = {
        area.id: station.name
        for station in scene.house.finder.stations()
        for area in scene.house.finder.communities(station.id)
    }
    rows = (f"{number} {one.name}（{stations[one.id]}）" for number, one in enumerate(found, 1))
    await scene.say("tip_which", list="\n".join(rows))


async def _add(scene: Scene, it: Add) -> None:
    house, id = scene.house, it.tip
    if not id:
        newest = await tips.mine(house, scene.resident.id, 1)
        id = newest[0].id if newest else ""
    if not id or not await tips.is_mine(house, scene.resident.id, id):
        await scene.say("mine_none")
        return
    try:
        tip = await tips.add(house, id, scene.arrival.id, it.line, it.event)
    except WrongState:
        tip = await house.store.tips.get(id)
        await loose.refused(house, scene.resident.id, it.line, tip.log)
        text = "added_closed" if it.event == "add" else "added_not_now"
        await scene.say(text, number=tip.number, state=scene.word(f"state_{tip.state}"))
    except Refused as refused:
        if refused.fault is not TOO_MANY:
            raise
        tip = await house.store.tips.get(id)
        await loose.refused(house, scene.resident.id, it.line, tip.log)
        await scene.say("added_full", number=tip.number)
    else:
        if it.event == "not_solved":
            scene.state, scene.data = State.CHOSEN, scene.data.rest()
            scene.data.chosen = id
        text = "added" if it.event == "add" else f"added_{it.event}"
        await scene.say(text, number=tip.number)


async def _list_mine(scene: Scene, it: ListMine) -> None:
    await mine.list_mine(scene)


async def _show_one(scene: Scene, it: ShowOne) -> None:
    await mine.show_one(scene, it.id)


# ---- emergency reports


async def _raise(scene: Scene, it: Raise) -> None:
    await raise_report(scene, it.lines)


async def _bring(scene: Scene, it: Bring) -> None:
    incident = await scene.house.store.incidents.get(scene.resident.incident or "")
    await bring(scene.house, incident.id, it.lines, None)


async def _thread(scene: Scene, it: Thread) -> None:
    await add_to_report(scene, it.line)


# ---- communities and notices


async def _find_community(scene: Scene, it: FindCommunity) -> None:
    found = _communities(scene, it)
    if len(found) == 1:
        await _set_community(scene, SetCommunity(found[0].id, it.then))
        scene.state, scene.data = scene.data.at_rest(), scene.data.rest()
    elif found:
        scene.data.shown = [one.id for one in found]
        rows = (f"{number} {one.name}" for number, one in enumerate(found, 1))
        await scene.say("community_list", list="\n".join(rows))
    else:
        await scene.say("community_unknown")


def _communities(scene: Scene, it: FindCommunity) -> list[Jurisdiction]:
    finder = scene.house.finder
    fix = tips.locate(scene.house, it.line, 0)
    if fix is not None:
        station = fix.located.candidates[0].station if fix.located.candidates else ""
        area = tips.area_of(scene.house, station, fix.located.community)
        if area is not None:
            return [area]
        rank = {one.id: n for n, one in enumerate(fix.located.possible(Level.COMMUNITY))}
        others = finder.communities(station)
        return sorted(others, key=lambda one: rank.get(one.id, len(rank)))[:LISTED]
    wanted = it.line.text.strip().removesuffix("社区").lower()
    if not wanted:
        return []
    found = [
        area
        for station in finder.stations()
        for area in finder.communities(station.id)
        if wanted in area.name.lower()
    ]
    exact = [one for one in found if one.name.removesuffix("社区").lower() == wanted]
    return exact if len(exact) == 1 else found[:LISTED]


async def _set_community(scene: Scene, it: SetCommunity) -> None:
    def choose(row: Resident) -> None:
        row.community = it.id

    scene.resident = (
        await neighbours.amend(scene.house, scene.resident.id, choose) or scene.resident
    )
    if it.id is None:
        await scene.say("community_left")
    elif it.then == "OFFICER":
        await _show_officer(scene, ShowOfficer())
    else:
        station, area = of_resident(scene)
        if station is not None and area is not None:
            await scene.say("community_set", community=area.name, station=station.name)


async def _show_officer(scene: Scene, it: ShowOfficer) -> None:
    station, area = of_resident(scene)
    if station is None or area is None:
        scene.state, scene.data.then = State.COMMUNITY, "OFFICER"
        await scene.say("officer_where")
        return
    desk = await tips.desk_for(scene.house, None, area.id, scene.house.clock())
    names = "、".join(one.name for one in desk.called if area.id in one.communities)
    text = "officer_is" if names else "officer_none"
    await scene.say(text, community=area.name, station=station.name, officers=names)


async def _ask_person(scene: Scene, it: AskPerson) -> None:
    await ask_person(scene)


async def _show_notices(scene: Scene, it: ShowNotices) -> None:
    community = scene.resident.community
    published = notices_in(NoticeState.PUBLISHED)
    held: list[Notice] = []
    async for one in newest_first(
        scene.house.store.notices, "updated_at", scene.house.clock(), published
    ):
        if one.corrected_by is None and (community is None or community in one.communities):
            held.append(one)
        if len(held) > NOTICES:
            break
    if not held:
        await scene.say("notices_none")
        return
    rows = [f"【{one.number}】{one.title}\n{_short(one)}" for one in held[:NOTICES]]
    if len(held) > NOTICES:
        rows.append(scene.word("list_more", count=str(NOTICES)))
    await scene.say("notices_list", list="\n\n".join(rows))


async def _check(scene: Scene, it: Check) -> None:
    notice = await _meant(scene, it)
    if notice is None:
        await scene.say("check_unknown")
        return
    about = {"number": notice.number, "title": notice.title, "text": _short(notice)}
    verdict = rumour.verdict(notice)
    if verdict is rumour.Verdict.CORRECTED:
        right = await _correction(scene, notice)
        about["text"] = f"【{right.number}】{right.title}\n{_short(right)}" if right else ""
    day = in_china(notice.published_at or 0, "%Y-%m-%d")
    await scene.say(f"check_{verdict}", urgent=False, day=day, **about)


async def _meant(scene: Scene, it: Check) -> Notice | None:
    """The notice that is meant, among all that were ever published."""
    notices = scene.house.store.notices
    async for one in named(notices, "number", rumour.numbers(it.text, it.url)):
        if rumour.published(one):
            return one
    best: rumour.Match | None = None
    newest = newest_first(notices, "updated_at", scene.house.clock())
    async for some in batches(newest, AT_ONCE):
        match = await asyncio.to_thread(rumour.find, some, it.text, it.url)
        if match is not None and (best is None or match.likeness > best.likeness):
            best = match
    return best.notice if best else None


async def _correction(scene: Scene, wrong: Notice) -> Notice | None:
    try:
        right = await scene.house.store.notices.get(wrong.corrected_by or "")
    except NotFound:
        return None
    return right if rumour.published(right) else None


def _short(notice: Notice) -> str:
    text = notice.text if len(notice.text) <= NOTICE_TEXT else notice.text[:NOTICE_TEXT] + "…"
    return f"{text}\n{notice.link}" if notice.link else text


# ---- the account


async def _set_language(scene: Scene, it: SetLanguage) -> None:
    def speak(row: Resident) -> None:
        row.language, row.language_by = it.language, LanguageBy.CHOSEN

    scene.language = it.language
    scene.resident = await neighbours.amend(scene.house, scene.resident.id, speak) or scene.resident


async def _following(scene: Scene, it: Following) -> None:
    doorway = await _doorway(scene, it.scene)

    def follow(row: Resident) -> None:
        follow_at(row, it.follows, scene.arrival.sent_at)
        if doorway is not None:
            row.doorway, row.community = doorway

    scene.resident = (
        await neighbours.amend(scene.house, scene.resident.id, follow) or scene.resident
    )


async def _doorway(scene: Scene, state: str) -> tuple[str, str] | None:
    """The poster with this scene, and its community."""
    if not state:
        return None
    found = await scene.house.store.doorways.find(doorways_with(state), limit=1)
    return (found[0].id, found[0].community) if found else None


async def _forget(scene: Scene, it: Forget) -> None:
    """Delete who this is: the link to tips, the row with the openid, messages sent and waiting.

    The last message carries its receiver in its own seal and forgets it when it was sent; it needs the
    ledger, which stays. What becomes of everything is in docs/wechat-setup.md."""
    openid = scene.house.identity.open(scene.resident.sealed)
    await scene.say("forgotten", openid=openid)
    await withdrawal.forget(scene.house, scene.resident.id, f"{scene.arrival.id}:")


async def _revoke(scene: Scene, it: Revoke) -> None:
    await withdrawal.revoke(scene.house, scene.resident)


_DO: dict[type[Any], Callable[[Scene, Any], Awaitable[None]]] = {
    Say: _say,
    Submit: _submit,
    Add: _add,
    ListMine: _list_mine,
    ShowOne: _show_one,
    Raise: _raise,
    Thread: _thread,
    Bring: _bring,
    FindCommunity: _find_community,
    SetCommunity: _set_community,
    ShowOfficer: _show_officer,
    AskPerson: _ask_person,
    ShowNotices: _show_notices,
    Check: _check,
    SetLanguage: _set_language,
    Following: _following,
    Forget: _forget,
    Revoke: _revoke,
}
