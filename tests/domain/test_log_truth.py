"""A sentence in the sealed log is true: for each, what must hold when it is written.

The table has the sentence beside the fact. Who changes one has to look at the other, and whoever writes a
new entry has to say what it claims. A walk of everything that people, media and time do to an incident holds
each entry to it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from domain import attendance
from domain.away import come_back as back_in_call
from domain.away import go_away
from domain.call import CallState, ParticipantState, Recording, transferred_at
from domain.call_back import make_link, turn_silent
from domain.caller_position import move
from domain.calling import call_again, call_back, end_call
from domain.closing import close
from domain.contact import leave_contact
from domain.desk import describe, opened
from domain.dispatch import decline, dispatch, respond, stand_down
from domain.errors import Refused
from domain.evidence import Entry
from domain.incident import (
    OPEN,
    Disposition,
    Incident,
    IncidentState,
    Kind,
    abandon,
    answer,
    come_back,
    draft,
)
from domain.intake import Report, compose
from domain.marks import DESK_SIDE, read_by, said_to
from domain.message import Attachment, FileKind, attach, read_thread, say
from domain.people import CALLER, DESK, SYSTEM, Role, Who
from domain.place import Candidate, Certainty, Fix, Jurisdiction, Level, Located, Wgs84
from domain.radio import record_step
from domain.replay import differences
from domain.responder import at_work, took_it
from domain.sweep import sweep
from domain.transfer import revoke, transfer
from domain.triage import Gravity, prioritise
from storage.store import MongoStore
from tests.api.conftest import now_ms

SENTENCES = (Path(__file__).parents[2] / "pages/shared/sentences.ts").read_text("utf-8")
SAID = dict(re.findall(r"^  '?([a-z_.]+)'?: \['\w+', \['([^']*)', '", SENTENCES, re.M))


@dataclass(frozen=True)
class Seen:
    """An entry with the incident before and after the verb that wrote it."""

    before: Incident
    entry: Entry
    after: Incident

    @property
    def data(self) -> dict[str, Any]:
        return self.entry.data

    def responder(self, it: Incident) -> Any:
        return next((one for one in it.responders if one.station == self.data["station"]), None)

    def participant(self, it: Incident) -> Any:
        every = [one for each in it.calls for one in each.participants]
        return next((one for one in every if one.id == self.data["participant"]), None)

    def of_station(self) -> bool:
        return self.entry.who.station == self.data["station"]


def station_is(state: str) -> Callable[[Seen], bool]:
    return lambda s: (
        (s.of_station() or (s.data.get("radio") is True and s.entry.who.role in DESK))
        and str(s.responder(s.after).state) == state
    )


def state_is(before: str, after: str) -> Callable[[Seen], bool]:
    return lambda s: (str(s.before.state), str(s.after.state)) == (before, after)


def waited(s: Seen, since: int) -> bool:
    return bool(s.data["waited_ms"] == s.entry.at - since)


def has_it(s: Seen) -> bool:
    return s.after.dispatcher == s.entry.who.id and s.entry.who.role in DESK


def closed_by(s: Seen) -> bool:
    going = [one.name for one in at_work(s.after.responders)]
    return s.after.state is IncidentState.CLOSED and s.data["going_on"] == going


def nobody_came(s: Seen) -> bool:
    """Of those called before nobody took it, and the last was called 30 s ago."""
    before = at_work(s.before.responders)
    return (
        s.entry.who == SYSTEM
        and all(str(one.state) == "ASSIGNED" for one in before)
        and all(s.entry.at - one.assigned_at >= 30_000 for one in before)
        and [str(one.state) for one in at_work(s.after.responders)][: len(before)]
        == ["ASSIGNED"] * len(before)
    )


def is_called(s: Seen) -> bool:
    there = [one.station for one in s.after.call.participants if not one.removed]
    return str(s.responder(s.after).state) == "ASSIGNED" and s.data["station"] in there


def is_over(s: Seen) -> bool:
    return s.after.find_call(s.data["call"]).state in (CallState.ENDED, CallState.ABANDONED)


def unread(it: Incident) -> bool:
    """Whether the desk has not read something."""
    return said_to(it.log.entries, DESK_SIDE) > read_by(it.marks, DESK_SIDE)


# Each sentence as it is said, and what has to be true then.
TRUE: dict[str, tuple[str, Callable[[Seen], bool]]] = {
    "incident.raised": ("报警", lambda s: s.entry.seq == 1),
    "incident.journaled": (
        "报警曾暂存于本机，现已写入",
        lambda s: bool(s.data["received_at"] < s.entry.at),
    ),
    "incident.answered": (
        "{who} 已接听",
        lambda s: (
            has_it(s)
            and s.before.state in (IncidentState.RAISED, IncidentState.ABANDONED)
            and waited(s, s.before.waiting_since)
        ),
    ),
    "incident.taken_over": (
        "{who} 已接手",
        lambda s: (
            has_it(s)
            and (
                s.before.dispatcher not in (None, s.entry.who.id)
                or transferred_at(s.before) is not None
            )
        ),
    ),
    "incident.resumed": (
        "{who} 已回到席位",
        lambda s: has_it(s) and s.before.unattended_at is not None,
    ),
    "incident.resumed.page": (
        "{name} 已回到席位",
        lambda s: (
            s.entry.who == SYSTEM
            and s.before.unattended_at is not None
            and s.after.unattended_at is None
            and s.data["name"] == s.after.dispatcher_name
        ),
    ),
    "incident.resumed.unread": (
        "{who} 已查看新消息",
        lambda s: has_it(s) and unread(s.before) and not unread(s.after),
    ),
    "incident.escalated": (
        "{s} 秒无人接听，已升级",
        lambda s: (
            s.before.state is IncidentState.RAISED
            and s.before.dispatcher is None
            and waited(s, s.before.waiting_since)
            and s.data["waited_ms"] >= 15_000
        ),
    ),
    "incident.unattended": (
        "接警员不在通话中，重新呼叫",
        lambda s: (
            s.after.unattended_at == s.entry.at
            and all(
                one.state is not ParticipantState.JOINED
                for one in s.after.call.participants
                if one.person is not None and one.person == s.after.dispatcher
            )
        ),
    ),
    "incident.unattended.page": (
        "{name} 的接警台页面已断开，重新呼叫",
        lambda s: (
            s.after.unattended_at == s.entry.at
            and s.data["name"] == s.after.dispatcher_name
            and s.after.call.state in (CallState.ENDED, CallState.ABANDONED)
        ),
    ),
    "incident.unattended.unread": (
        "新消息 {s} 秒无人查看，重新呼叫",
        lambda s: (
            s.after.unattended_at == s.entry.at
            and s.data["waited_ms"] >= 60_000
            and unread(s.after)
        ),
    ),
    "incident.abandoned": ("接听前已挂断，等待回拨", state_is("RAISED", "ABANDONED")),
    "incident.returned": ("报警人已返回", state_is("ABANDONED", "RAISED")),
    "incident.reopened": ("情况有变，重新报警", state_is("CLOSED", "RAISED")),
    "caller.hung_up": ("报警人已挂断", lambda s: s.entry.who == CALLER and s.before.state in OPEN),
    "incident.categorised": (
        "类别：{kind}",
        lambda s: str(s.after.kind) == s.data["kind"] != s.data["before"],
    ),
    "incident.priority": (
        "已调整优先级",
        lambda s: (
            (None if s.after.priority is None else str(s.after.priority)) == s.data["priority"]
        ),
    ),
    "incident.note": ("备注：{words}", lambda s: bool(s.data["words"])),
    "incident.placed": (
        "已标定事发地点",
        lambda s: s.after.place is not None and s.after.place.wgs84.lon == s.data["lon"],
    ),
    "incident.closed": (
        "警情已办结：{disposition}",
        lambda s: closed_by(s) and not s.data["going_on"],
    ),
    "incident.closed.going": ("警情已办结：{disposition}；{going} 仍会处置完毕", closed_by),
    "incident.handed": (
        "交派出所处置：{stations}",
        lambda s: (
            s.after.handed_at == s.entry.at
            and s.data["stations"] == [one.name for one in took_it(s.after.responders)]
            and s.after.state is IncidentState.DISPATCHED
        ),
    ),
    "incident.taken_back": (
        "派出所已撤回，由接警台继续",
        lambda s: (
            s.before.handed_at is not None
            and s.after.handed_at is None
            and not took_it(s.after.responders)
        ),
    ),
    "position": (
        "位置已更新",
        lambda s: s.after.position is not None and s.after.position.wgs84.lon == s.data["lon"],
    ),
    "position.not": (
        "收到位置，未采用",
        lambda s: (
            s.before.position is not None
            and s.after.position is not None
            and s.after.position.wgs84 == s.before.position.wgs84
        ),
    ),
    "position.station": (
        "新的位置在 {name} 辖区",
        lambda s: (
            s.after.position is not None
            and s.after.position.located.candidates[0].name == s.data["name"]
        ),
    ),
    "message": ("{text}", lambda s: bool(s.data["text"])),
    "station.called": (
        "已呼叫 {name}",
        lambda s: is_called(s) and s.entry.who.role in DESK and s.entry.who.id != SYSTEM.id,
    ),
    "station.called.auto": (
        "30 秒内无人接警，系统已自动呼叫 {name}",
        lambda s: is_called(s) and nobody_came(s),
    ),
    "station.unanswered": (
        "{name} {s} 秒未应答",
        lambda s: (
            s.data["waited_ms"] >= 15_000
            and s.responder(s.before).name == s.data["name"]
            and waited(s, s.responder(s.before).assigned_at)
            and str(s.responder(s.after).state) == "ASSIGNED"
        ),
    ),
    "station.acknowledge": (
        "{name} 已接警",
        # Of whoever came into the call nobody pressed: the system says so for him.
        lambda s: (
            str(s.responder(s.after).state) == "ACKNOWLEDGED"
            and (s.of_station() or s.entry.who == SYSTEM or s.data.get("radio") is True)
        ),
    ),
    "station.depart": ("{name} 民警已出发", station_is("EN_ROUTE")),
    "station.arrive": ("{name} 民警已到场", station_is("ON_SCENE")),
    "station.clear": ("{name} 处置完毕", station_is("CLEARED")),
    "station.stand_down": (
        "{name} 已撤回",
        lambda s: (
            str(s.responder(s.after).state) == "STOOD_DOWN"
            and s.after.state is not IncidentState.CLOSED
            and str(s.responder(s.before).state) != "ON_SCENE"
        ),
    ),
    "station.stand_down.closed": (
        "{name} 已撤回：警情已办结",
        lambda s: (
            str(s.responder(s.after).state) == "STOOD_DOWN"
            and s.after.state is IncidentState.CLOSED
            and str(s.responder(s.before).state) != "ON_SCENE"
        ),
    ),
    "station.changed": (
        "情况有变，正在告知 {name}",
        lambda s: (
            s.responder(s.after).changed_at == s.entry.at
            and s.responder(s.after).state == s.responder(s.before).state
            and s.before.state is IncidentState.CLOSED
        ),
    ),
    "station.seen": (
        "{name} 已知情况有变",
        lambda s: (
            s.responder(s.before).changed_at is not None
            and s.responder(s.after).changed_at is None
            and (s.of_station() or s.entry.who == SYSTEM)
        ),
    ),
    "participant.invited": (
        "{participant} 可以加入通话",
        lambda s: not s.participant(s.after).removed,
    ),
    "participant.joined": (
        "{participant} 已加入通话",
        lambda s: s.participant(s.after).state is ParticipantState.JOINED,
    ),
    "participant.left": (
        "{participant} 已离开通话",
        lambda s: (
            s.participant(s.before).state is ParticipantState.JOINED
            and s.participant(s.after).state is ParticipantState.LEFT
        ),
    ),
    "participant.left.lost": (
        "{participant} 的通话断开",
        lambda s: (
            s.participant(s.before).state is ParticipantState.JOINED
            and s.participant(s.after).state is ParticipantState.LEFT
        ),
    ),
    "participant.admitted": ("{who} 获准进入通话", lambda s: False),
    "participant.removed": (
        "{participant} 已移出通话",
        lambda s: (
            s.participant(s.after).removed
            and s.participant(s.after).state is not ParticipantState.JOINED
        ),
    ),
    "participant.rung": ("{participant}: {rung}", lambda s: bool(s.data["rung"])),
    "participant.declined": (
        "{name} 不能出警",
        lambda s: (
            s.of_station()
            and s.participant(s.after).state is ParticipantState.DECLINED
            and s.responder(s.after).name == s.data["name"]
        ),
    ),
    "call.placed": ("通话已分配服务器", lambda s: False),
    "call.ended": (
        "通话结束",
        lambda s: is_over(s) and s.data["reason"] in ("closed", "abandoned"),
    ),
    "call.ended.desk": (
        "通话结束，案件继续",
        lambda s: is_over(s) and s.after.state in OPEN and s.before.state in OPEN,
    ),
    "call.again": (
        "{who} 再次呼叫",
        lambda s: (
            s.before.call.state in (CallState.ENDED, CallState.ABANDONED)
            and s.after.call.id == s.data["call"]
            and s.after.call.state in (CallState.RINGING, CallState.ACTIVE)
        ),
    ),
    "call.answered": (
        "{who} 已接听再次呼叫",
        lambda s: (
            has_it(s)
            and s.before.call.state is CallState.RINGING
            and s.after.call.state is CallState.ACTIVE
        ),
    ),
    "recording.sealed": (
        "{role}录像已封存（{s} 秒）",
        lambda s: any(
            one.sha256 == s.data["sha256"] for each in s.after.calls for one in each.recordings
        ),
    ),
    "recording.interrupted": ("{role}录像中断", lambda s: s.participant(s.after) is not None),
    "recording.continued": (
        "{role}录像已恢复，中断 {s} 秒",
        lambda s: any(e.what == "recording.interrupted" for e in s.before.log.entries),
    ),
    "facts.merged": (
        "存储不可用时，{count} 条通话记录合并为最后状态",
        lambda s: bool(s.data["count"] > 1),
    ),
    "incident.opened": ("{who} 查看了警情", lambda s: s.entry.who.role is not Role.RESIDENT),
    "file.opened": ("{who} 查看了文件", lambda s: bool(s.data["file"])),
    "caller.called_back": (
        "{who} 正在回拨报警人",
        lambda s: s.after.called_back_at == s.entry.at and not s.after.silent,
    ),
    "caller.contact": ("报警人留下联系方式：{contact}", lambda s: bool(s.after.contact)),
    "caller.contact.none": (
        "报警人撤回了联系方式",
        lambda s: s.before.contact != "" == s.after.contact,
    ),
    "caller.link": ("{who} 生成了返回链接", lambda s: s.entry.who.role in DESK),
    "caller.silent": (
        "报警人不方便说话，转为静音报警",
        lambda s: s.after.silent and not s.before.silent,
    ),
    "incident.transferred": (
        "{who} 已转交 {name}，等待接入",
        lambda s: s.after.dispatcher == s.data["to"] != s.before.dispatcher,
    ),
    "participant.away": (
        "{participant} 暂离，正在接另一起",
        lambda s: s.participant(s.after).away_at == s.entry.at,
    ),
    "participant.back": (
        "{participant} 已回到通话，暂离 {s} 秒",
        lambda s: s.participant(s.after).away_at is None,
    ),
}
# Written by the api alone (api/rooms.py), which its own tests hold to what they say.
ELSEWHERE = {"participant.admitted", "call.placed"}
LOST = ("media_lost", "socket_lost", "media_process_lost")


def name_of(entry: Entry) -> str:
    """Which sentence is said of it: as ``nameOf`` of the pages."""
    what, data = entry.what, entry.data
    if what == "station.called" and data.get("auto"):
        return "station.called.auto"
    if what == "station.stand_down" and data["reason"] == "closed":
        return "station.stand_down.closed"
    if what in ("incident.unattended", "incident.resumed") and data.get("cause") in (
        "page",
        "unread",
    ):
        return f"{what}.{data['cause']}"
    if what == "incident.closed" and data["going_on"]:
        return "incident.closed.going"
    if what == "call.ended" and data["reason"] in ("desk", "handed"):
        return "call.ended.desk"
    if what == "participant.left" and data["cause"] in LOST:
        return "participant.left.lost"
    if what == "caller.contact" and not data["contact"]:
        return "caller.contact.none"
    if what == "position" and not data["shown"]:
        return "position.not"
    return what


def test_every_sentence_of_the_pages_has_its_fact_and_is_the_one_that_was_looked_at() -> None:
    assert {name: said for name, (said, _) in TRUE.items()} == SAID


DESKS = [Who(f"d{n}", Role.DISPATCHER, f"接警员{n}") for n in (1, 2)]
CHIEF = Who("chief", Role.SUPERVISOR, "值班长")
OFFICERS = [Who(f"o{n}", Role.STATION_OFFICER, f"民警{n}", f"s{n}") for n in range(3)]
LINES = ("快来", "他有刀", "没事了", "在三楼")


def fix(chance: random.Random, now: int) -> Fix:
    found = [Candidate(f"s{n}", f"派出所{n}", "分局", 0.0, n * 900.0) for n in range(3)]
    chance.shuffle(found)
    found[0] = replace(found[0], share=1.0)
    at = Wgs84(121.1 + chance.random() / 5, 41.1, chance.choice((8.0, 60.0, 900.0)))
    return Fix(at, at.lon, at.lat, Wgs84.datum, now, Located(Certainty.ONE, found, "", "", "m#1"))


async def leave(store: MongoStore, id: str, now: int) -> object:
    return await leave_contact(store, id, "13800138000", now)


async def forget_contact(store: MongoStore, id: str, now: int) -> object:
    return await leave_contact(store, id, "", now)


class Walk:
    """One incident, and everything that may happen to it, in any order."""

    def __init__(self, store: MongoStore, seed: int) -> None:
        self.store, self.chance, self.now = store, random.Random(seed), now_ms()
        self.id = f"walk{seed}"
        self.verbs = [name for name in dir(self) if name.startswith("do_")]

    async def start(self) -> Incident:
        at = self.now - self.chance.choice((0, 5000))
        report = Report(self.id, self.id, f"n-{self.id}", at, position=fix(self.chance, at))
        it = compose(report, self.now)
        await self.store.incidents.add(it)
        return await self.load()

    async def load(self) -> Incident:
        return await self.store.incidents.get(self.id)

    async def step(self) -> None:
        """One verb, which may be refused."""
        self.now += self.chance.choice((10, 900, 4000, 16_000, 31_000))
        verb: Callable[[], Awaitable[object]] = getattr(self, self.chance.choice(self.verbs))
        try:
            await verb()
        except Refused:
            return

    def desk(self) -> Who:
        return self.chance.choice([*DESKS, *[CHIEF] * 4])

    async def officer(self) -> Who:
        """Of a station that is at work, when there is one."""
        sent = {one.station for one in at_work((await self.load()).responders)}
        return self.chance.choice([one for one in OFFICERS if one.station in sent] or OFFICERS)

    async def do_answer(self) -> None:
        await answer(self.store, self.desk(), self.id, self.now)

    do_answer_2 = do_answer_3 = do_answer

    async def do_time(self) -> None:
        await sweep(self.store, [await self.load()], self.now, self.chance.random() < 0.3)

    do_time_2 = do_time_3 = do_time

    async def do_abandon(self) -> None:
        await abandon(self.store, self.id, self.now)

    async def do_return(self) -> None:
        await come_back(self.store, self.id, self.now, self.chance.random() < 0.7)

    do_return_2 = do_return

    async def do_call_again(self) -> None:
        await call_again(self.store, self.id, self.now)

    async def do_call_back(self) -> None:
        await call_back(self.store, self.desk(), self.id, self.now)

    async def do_end(self) -> None:
        to_station = self.chance.random() < 0.5
        await end_call(self.store, self.desk(), self.id, self.now, to_station=to_station)

    do_end_2 = do_end

    async def do_close(self) -> None:
        sends_back = self.chance.random() < 0.3
        wanted = self.chance.choice(list(Disposition))
        await close(self.store, self.desk(), self.id, wanted, "", self.now, stand_down=sends_back)

    async def do_dispatch(self) -> None:
        n = self.chance.randrange(3)
        station = Jurisdiction(f"s{n}", f"派出所{n}", Level.STATION, "b")
        await dispatch(self.store, self.desk(), self.id, station, "分局", "就近", self.now)

    async def do_stand_down(self) -> None:
        station = (await self.officer()).station or ""
        await stand_down(self.store, self.desk(), self.id, station, "另有任务", self.now)

    async def do_respond(self) -> None:
        event = self.chance.choice(("acknowledge", "depart", "arrive", "clear", "seen"))
        await respond(self.store, await self.officer(), self.id, event, self.now)

    do_respond_2 = do_respond_3 = do_respond_4 = do_respond

    async def do_decline(self) -> None:
        await decline(self.store, await self.officer(), self.id, self.now)

    async def somebody(self) -> tuple[str, str]:
        it = await self.load()
        return it.call.id, self.chance.choice(it.call.participants).id

    async def do_join(self) -> None:
        await attendance.joined(self.store, self.id, *await self.somebody(), self.now, "media-1")

    do_join_2 = do_join

    async def do_leave(self) -> None:
        cause = self.chance.choice(("bye", "media_lost", "socket_lost", "replaced"))
        await attendance.left(self.store, self.id, *await self.somebody(), self.now, cause)

    async def do_level(self) -> None:
        _, participant = await self.somebody()
        level = self.chance.choice(("video", "audio", "text"))
        await attendance.rung(self.store, self.id, participant, self.now, level, "network")

    async def do_gap(self) -> None:
        await attendance.recording_interrupted(
            self.store, self.id, *await self.somebody(), self.now, "failed"
        )

    async def do_go_on(self) -> None:
        await attendance.recording_continued(
            self.store, self.id, *await self.somebody(), self.now, 3.0
        )

    async def do_seal(self) -> None:
        called, one = await self.somebody()
        it = await self.load()
        role = it.call.participant(one).role
        file = f"f{it.log.length}"
        sealed = Recording(file, one, role, self.now, 2.0, 9, file * 9, True, True)
        await attendance.recording_sealed(self.store, self.id, called, sealed, self.now)

    async def do_merge(self) -> None:
        await attendance.merged(self.store, self.id, self.now, 7)

    async def do_move(self) -> None:
        await move(self.store, self.id, fix(self.chance, self.now), self.now)

    do_move_2 = do_move

    async def do_describe(self) -> None:
        what: dict[str, Any] = self.chance.choice(
            (
                {"note": "注意安全"},
                {"kind": self.chance.choice(list(Kind))},
                {"place": fix(self.chance, self.now)},
            )
        )
        await describe(self.store, self.desk(), self.id, self.now, **what)

    async def do_prioritise(self) -> None:
        wanted = self.chance.choice([None, *Gravity])
        await prioritise(self.store, self.desk(), self.id, wanted, self.now)

    async def do_reach(self) -> None:
        verb = self.chance.choice((turn_silent, leave, forget_contact))
        await verb(self.store, self.id, self.now)

    async def do_link(self) -> None:
        await make_link(self.store, self.desk(), self.id, self.now)

    async def do_away(self) -> None:
        verb = self.chance.choice((go_away, back_in_call))
        who = (await self.load()).dispatcher
        mine = [one for one in (*DESKS, CHIEF) if one.id == who]
        await verb(self.store, (mine or DESKS)[0], self.id, self.now)

    async def do_transfer(self) -> None:
        await transfer(self.store, self.desk(), self.id, self.chance.choice(DESKS), self.now)

    async def do_revoke(self) -> None:
        await revoke(self.store, self.chance.choice(DESKS).id, self.id, self.now, "disabled")

    async def do_radio(self) -> None:
        event = self.chance.choice(("acknowledge", "depart", "arrive", "clear"))
        station = (await self.officer()).station or ""
        await record_step(self.store, self.desk(), self.id, station, event, self.now)

    async def do_say(self) -> None:
        who = self.chance.choice((CALLER, CALLER, self.desk()))
        text = self.chance.choice(LINES)
        await say(self.store, who, self.id, f"k{self.now}", text, self.now)

    async def do_attach(self) -> None:
        file = Attachment("a1", FileKind.PICTURE, "image/jpeg", 3, "x", "x")
        await attach(self.store, CALLER, self.id, "file-key", file, self.now)

    async def do_look(self) -> None:
        file = self.chance.choice((None, "a1"))
        await opened(self.store, self.desk(), self.id, self.now, file)


def tour(walk: Walk) -> list[Callable[[], Awaitable[object]]]:
    """What a walk by chance seldom comes by."""
    store, id = walk.store, walk.id
    station = Jurisdiction("s0", "派出所0", Level.STATION, "b")

    def sent() -> Awaitable[object]:
        return dispatch(store, CHIEF, id, station, "分局", "", walk.now)

    def says(event: str) -> Callable[[], Awaitable[object]]:
        return lambda: respond(store, OFFICERS[0], id, event, walk.now)

    async def quarter_of_a_minute() -> None:
        walk.now += 15_500
        await sweep(store, [await walk.load()], walk.now, False)

    async def minute(page: int | None) -> None:
        """``page``: since when the chief has none at the desk."""
        walk.now += 61_000
        await sweep(store, [await walk.load()], walk.now, gone=lambda _: page)

    async def reads() -> None:
        it = await walk.load()
        await read_thread(store, CHIEF, id, it.log.length, it.log.length, walk.now)

    return [
        lambda: answer(store, CHIEF, id, walk.now),
        lambda: go_away(store, CHIEF, id, walk.now),
        lambda: back_in_call(store, CHIEF, id, walk.now),
        sent,
        quarter_of_a_minute,
        quarter_of_a_minute,
        lambda: stand_down(store, CHIEF, id, "s0", "另有任务", walk.now),
        sent,
        says("acknowledge"),
        lambda: end_call(store, CHIEF, id, walk.now, to_station=True),
        lambda: stand_down(store, CHIEF, id, "s0", "另有任务", walk.now),
        sent,
        says("depart"),
        lambda: end_call(store, CHIEF, id, walk.now),
        lambda: minute(0),
        lambda: minute(None),
        lambda: say(store, CALLER, id, "unread", "快来", walk.now),
        lambda: minute(None),
        reads,
        lambda: close(store, CHIEF, id, Disposition.RESOLVED, "", walk.now),
        lambda: come_back(store, id, walk.now, changed=True),
        says("seen"),
        says("arrive"),
        says("clear"),
    ]


async def test_whatever_happens_the_log_says_only_what_is_true(store: MongoStore) -> None:
    told: set[str] = set()
    for seed in range(14):
        walk = Walk(store, seed)
        after = await walk.start()
        told |= {name_of(entry) for entry in after.log.entries}
        for verb in tour(walk) if seed == 0 else [walk.step] * 90:
            before = draft(after)
            await verb()
            walk.now += 1000
            after = await walk.load()
            for entry in after.log.entries[before.log.length :]:
                name = name_of(entry)
                told.add(name)
                if name == "upload":
                    continue
                said, holds = TRUE[name]
                assert holds(Seen(before, entry, after)), (seed, entry.seq, name, said, entry.data)
        assert differences(after) == [], seed
    assert set(TRUE) - ELSEWHERE - told == set(), "the walk does not come by there"
