"""The simulated world: who is there, what they have, and what time it is."""

from __future__ import annotations

import hashlib
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from simulator.accounts import App, Config
from simulator.clock import Clock
from simulator.courier import Courier
from simulator.faults import Faults
from simulator.groups import (
    AppMessage,
    Group,
    JoinWay,
    Mass,
    Medium,
    Passage,
    ResponseCode,
    Welcome,
)
from simulator.journal import Journal
from simulator.people import Line, Member, Resident
from simulator.quotas import Quotas
from simulator.refusal import Refusal
from simulator.settings import Settings
from simulator.shelf import Shelf
from simulator.tickets import Maker
from simulator.tokens import Tokens


class State(msgspec.Struct, kw_only=True):
    """What a restart finds again."""

    runs: int = 0
    offset: float = 0.0
    lines: int = 0
    residents: dict[str, Resident] = {}
    members: dict[str, Member] = {}
    groups: dict[str, Group] = {}
    joinways: dict[str, JoinWay] = {}
    welcomes: dict[str, Welcome] = {}
    masses: dict[str, Mass] = {}
    passages: dict[str, Passage] = {}
    media: dict[str, Medium] = {}
    messages: dict[str, AppMessage] = {}
    response_codes: dict[str, ResponseCode] = {}
    menu: dict[str, Any] | None = None
    clearings: list[float] = []
    settings: Settings = msgspec.field(default_factory=Settings)


class World:
    """Everything of one simulation; the APIs and the people's hands both act on it."""

    def __init__(
        self, config: Config, state: State | None = None, folder: Path | None = None
    ) -> None:
        self.config = config
        self.state = state or State()
        self.state.runs += 1
        self.settings = self.state.settings
        self.random = Random(f"{config.seed}/{self.state.runs}")
        self.clock = Clock(self.state.offset)
        self.make = Maker(self.random, 24_000_000_000_000_000 + self.state.runs * 10**13)
        self.journal = Journal(self.settings.log_entries, self.settings.log_bytes)
        self.faults = Faults(self.random)
        self.quotas = Quotas(self.clock, self.settings)
        self.tokens = Tokens(self.clock, self.make)
        self.shelf = Shelf(self, folder)
        self.courier = Courier(self)
        self.memory = Memory()
        self.apps = {app.agentid: app for app in config.wecom.apps}
        self.changes = 0
        self.by_external: dict[str, str] = {}
        self.owned: dict[str, dict[str, None]] = {}
        for person in config.wecom.members:
            if person.userid.lower() not in self.state.members:
                self.add_member(person.userid, person.name, person.department)
        for resident in self.state.residents.values():
            self.by_external[resident.external_userid] = resident.openid
        for passage in self.state.passages.values():
            if passage.until is None:
                self.memory.lasting[passage.scene_id, passage.scene_str] = passage.ticket
        for group in self.state.groups.values():
            self.owned.setdefault(group.owner, {})[group.chat_id] = None

    def changed(self) -> None:
        self.changes += 1

    # People

    def add_resident(self, name: str = "", openid: str = "") -> Resident:
        number = len(self.state.residents) + 1
        one = Resident(
            openid=openid or "o" + self.make.text(27),
            unionid="oU" + self.make.text(26),
            external_userid="wm" + self.make.text(30),
            name=name or f"居民{number}",
        )
        self.state.residents[one.openid] = one
        self.by_external[one.external_userid] = one.openid
        self.changed()
        return one

    def add_member(
        self, userid: str, name: str = "", department: list[int] | None = None
    ) -> Member:
        one = Member(userid=userid.lower(), name=name or userid, department=department or [1])
        self.state.members[one.userid] = one
        self.changed()
        return one

    def resident(self, mark: str) -> Resident:
        """By openid, or by external_userid; raises 40003."""
        one = self.state.residents.get(mark) or self.state.residents.get(
            self.by_external.get(mark, "")
        )
        if one is None:
            raise Refusal(40003)
        return one

    def member(self, userid: str) -> Member:
        """Somebody who is in the corp now; raises 60111."""
        one = self.state.members.get(userid.lower())
        if one is None or one.left:
            raise Refusal(60111)
        return one

    def app(self, agentid: Any) -> App:
        try:
            return self.apps[int(agentid)]
        except (KeyError, TypeError, ValueError):
            raise Refusal(40056) from None

    # Groups

    def add_group(self, owner: str, name: str, seeded: int = 0) -> Group:
        mark = hashlib.sha256(
            f"{self.config.seed}/{len(self.state.groups)}/{owner}".encode()
        ).hexdigest()
        one = Group(
            chat_id="wr" + mark[:8] + self.make.text(22),
            name=name,
            owner=owner,
            create_time=self.clock.seconds(),
            seeded=seeded,
        )
        self.state.groups[one.chat_id] = one
        self.owned.setdefault(owner, {})[one.chat_id] = None
        self.changed()
        return one

    def give_group(self, group: Group, owner: str) -> None:
        self.owned.get(group.owner, {}).pop(group.chat_id, None)
        group.owner = owner
        if group.status == 1:
            group.status = 3
        self.owned.setdefault(owner, {})[group.chat_id] = None
        self.changed()

    def groups_of(self, owner: str) -> list[Group]:
        return [self.state.groups[one] for one in self.owned.get(owner, {})]

    # Screens

    def line(self, who: str, kind: str, data: dict[str, Any], via: str = "") -> Line:
        self.state.lines += 1
        self.changed()
        return Line(
            seq=self.state.lines, at=self.clock.now(), who=who, kind=kind, data=data, via=via
        )

    def show(
        self, screen: list[Line], who: str, kind: str, data: dict[str, Any], via: str = ""
    ) -> Line:
        """Put a bubble on somebody's screen; the oldest scroll away."""
        one = self.line(who, kind, data, via)
        screen.append(one)
        if len(screen) > self.settings.chat_lines:
            del screen[0]
        return one


class Memory:
    """Short-lived things that need not survive a restart: codes, cards seen, duplicates."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, Any]] = {}
        self.page_tokens: dict[str, dict[str, Any]] = {}
        self.user_tickets: dict[str, tuple[str, float]] = {}
        self.jsapi: dict[str, tuple[str, float]] = {}
        self.duplicates: dict[tuple[int, str], tuple[float, str]] = {}
        self.client_msg_ids: dict[str, int] = {}
        self.welcome_codes: dict[str, dict[str, Any]] = {}
        self.task_ids: set[tuple[int, str]] = set()
        self.lasting: dict[tuple[int, str], str] = {}  # scene of a permanent QR code -> ticket
