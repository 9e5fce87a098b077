"""What the conversation decided, done: each effect once, whatever crashes in between.

Everything written here has an id made of the arrival's, so that doing it again changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot import loose, neighbours, rumour, tips, withdrawal
from bot.reports import add_to_report, raise_report
from bot.scene import Scene
from bot.turn import (
    Add,
    Check,
    Data,
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
from domain.errors import TOO_MANY, NotFound, Refused, WrongState
from domain.notice import Notice, NoticeState
from domain.paging import batches, named, newest_first
from domain.place import Jurisdiction, Level
from domain.resident import Resident, follow_at
from domain.tip import Tip

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
    tip = await tips.submit(scene.house, scene.resident, scene.arrival.id, it.lines, it.named)

    def consented(row: Resident) -> None:
        row.consented_at = row.consented_at or scene.arrival.at

    await neighbours.amend(scene.house, scene.resident.id, consented)
    await scene.say("tip_sent", number=tip.number, station=tip.station_name)


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
            scene.state, scene.data = State.CHOSEN, Data(scene.data.lines, scene.data.named)
            scene.data.chosen = id
        text = "added" if it.event == "add" else f"added_{it.event}"
        await scene.say(text, number=tip.number)


async def _list_mine(scene: Scene, it: ListMine) -> None:
    mine = await tips.mine(scene.house, scene.resident.id)
    rows = [
        f"{number} {tip.number} {scene.word(f'state_{tip.state}')}"
        for number, tip in enumerate(mine, 1)
    ]
    report = await _report_line(scene)
    if mine.more:
        rows.append(scene.word("list_more", count=str(len(mine))))
    if report:
        rows.append(report)
    scene.data.shown = [tip.id for tip in mine]
    if not mine:
        scene.state = State.IDLE
    if rows:
        await scene.say("mine_list", list="\n".join(rows))
    else:
        await scene.say("mine_none")


async def _report_line(scene: Scene) -> str:
    if scene.resident.incident is None:
        return ""
    try:
        incident = await scene.house.store.incidents.get(scene.resident.incident)
    except NotFound:
        return ""
    state = scene.word(f"state_{incident.state}")
    return scene.word("mine_report", number=incident.number, state=state)


async def _show_one(scene: Scene, it: ShowOne) -> None:
    if not await tips.is_mine(scene.house, scene.resident.id, it.id):
        await scene.say("mine_none")
        return
    tip = await scene.house.store.tips.get(it.id)
    await scene.say(
        "mine_one",
        number=tip.number,
        state=scene.word(f"state_{tip.state}"),
        station=tip.station_name,
        officer=f" {tip.officer_name}" if tip.officer_name else "",
        text=_last_word(scene, tip),
    )


def _last_word(scene: Scene, tip: Tip) -> str:
    """What the police said last."""
    for entry in reversed(tip.log.entries):
        if entry.what in ("tip.asked", "tip.answered", "tip.closed", "tip.rejected"):
            return scene.house.content.open(str(entry.data["text"]))
    return ""


# ---- emergency reports


async def _raise(scene: Scene, it: Raise) -> None:
    await raise_report(scene, it.lines)


async def _thread(scene: Scene, it: Thread) -> None:
    await add_to_report(scene, it.line)


# ---- communities and notices


async def _find_community(scene: Scene, it: FindCommunity) -> None:
    found = _communities(scene, it)
    if len(found) == 1:
        await _set_community(scene, SetCommunity(found[0].id, it.then))
        scene.state, scene.data = State.IDLE, Data(scene.data.lines, scene.data.named)
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
        station, area = _of_resident(scene)
        if station is not None and area is not None:
            await scene.say("community_set", community=area.name, station=station.name)


def _of_resident(scene: Scene) -> tuple[Jurisdiction | None, Jurisdiction | None]:
    for station in scene.house.finder.stations():
        area = tips.area_of(scene.house, station.id, scene.resident.community)
        if area is not None:
            return station, area
    return None, None


async def _show_officer(scene: Scene, it: ShowOfficer) -> None:
    station, area = _of_resident(scene)
    if station is None or area is None:
        scene.state, scene.data.then = State.COMMUNITY, "OFFICER"
        await scene.say("officer_where")
        return
    desk = await tips.desk_for(scene.house, None, area.id, scene.house.clock())
    names = "、".join(one.name for one in desk.called if area.id in one.communities)
    text = "officer_is" if names else "officer_none"
    await scene.say(text, community=area.name, station=station.name, officers=names)


async def _show_notices(scene: Scene, it: ShowNotices) -> None:
    community = scene.resident.community
    published = {"state": str(NoticeState.PUBLISHED)}
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
    day = time.strftime("%Y-%m-%d", time.gmtime((notice.published_at or 0) / 1000 + 8 * 3600))
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
        row.language = it.language

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
    found = await scene.house.store.doorways.find({"state": state}, limit=1)
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
    FindCommunity: _find_community,
    SetCommunity: _set_community,
    ShowOfficer: _show_officer,
    ShowNotices: _show_notices,
    Check: _check,
    SetLanguage: _set_language,
    Following: _following,
    Forget: _forget,
    Revoke: _revoke,
}
