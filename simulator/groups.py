"""客户群: customer groups, their members, their join codes and welcome texts."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

import msgspec

from simulator.people import Line


class Seat(msgspec.Struct, kw_only=True):
    """A place in a group."""

    userid: str
    type: int  # 1 member of the corp, 2 customer
    join_time: int
    join_scene: int = 3
    unionid: str = ""
    name: str = ""
    invitor: str = ""
    state: str = ""


class Past(msgspec.Struct, kw_only=True):
    """How a group looked before its last change, for readers that lag behind."""

    until: float
    name: str
    owner: str
    notice: str
    seats: list[Seat]


class Group(msgspec.Struct, kw_only=True):
    """A customer group. Seeded members are a number until somebody looks at them."""

    chat_id: str
    name: str
    owner: str
    create_time: int
    notice: str = ""
    admins: list[str] = []
    seeded: int = 0
    gone: list[int] = []  # seeded members that left
    seats: dict[str, Seat] = {}
    version: int = 1
    dismissed: bool = False
    status: int = 0  # 0 normal, 1 owner left, 2 handing over, 3 handed over
    chat: list[Line] = []
    past: Past | None = None
    reached: list[float] = []  # when 群发 came through, of this month
    handed: list[float] = []  # when owners who work there were changed by the API, of 90 days

    def size(self) -> int:
        return self.seeded - len(self.gone) + len(self.seats)

    def everybody(self) -> list[Seat]:
        gone = set(self.gone)
        found = list(self.seats.values())
        found += [self.seeded_seat(n) for n in range(self.seeded) if n not in gone]
        return found

    def seeded_seat(self, number: int) -> Seat:
        mark = hashlib.sha256(f"{self.chat_id}/{number}".encode()).digest()
        return Seat(
            userid="wm" + urlsafe_b64encode(mark[:22]).decode()[:30],
            unionid="o" + urlsafe_b64encode(mark[10:31]).decode()[:27],
            type=2,
            join_time=self.create_time + number,
            name=f"居民{number + 1}",
        )

    def seeded_number(self, userid: str) -> int | None:
        gone = set(self.gone)
        for number in range(self.seeded):
            if number not in gone and self.seeded_seat(number).userid == userid:
                return number
        return None


class JoinWay(msgspec.Struct, kw_only=True):
    """A configured door into up to five groups."""

    config_id: str
    scene: int
    remark: str
    auto_create_room: int
    room_base_name: str
    room_base_id: int
    chat_id_list: list[str]
    state: str
    qr_code: str


class Welcome(msgspec.Struct, kw_only=True):
    """A welcome text for new members; belongs to the app that made it."""

    template_id: str
    agentid: int
    content: dict[str, Any]
    notify: int


class Delivery(msgspec.Struct, kw_only=True):
    """What came of one recipient of a 群发."""

    target: str
    userid: str
    status: int = 0  # 0 unsent, 1 sent, 2 not a friend, 3 already got another
    send_time: int = 0


class Mass(msgspec.Struct, kw_only=True):
    """A 群发 task: made by an app, sent only when its sender confirms."""

    msgid: str
    agentid: int
    chat_type: str
    sender: str
    create_time: int
    text: dict[str, Any]
    attachments: list[dict[str, Any]]
    named: bool  # the creator named the chats
    deliveries: dict[str, Delivery] = {}
    state: str = "open"  # open, sent, ignored, cancelled
    send_time: int = 0
    reminders: list[float] = []


class Passage(msgspec.Struct, kw_only=True):
    """A QR code with a scene of the Official Account."""

    ticket: str
    url: str
    scene_id: int = 0
    scene_str: str = ""
    until: float | None = None

    @property
    def scene(self) -> str:
        return self.scene_str or str(self.scene_id)


class Medium(msgspec.Struct, kw_only=True):
    """An uploaded or received file; its bytes are kept beside the state."""

    media_id: str
    owner: str  # oa or corp
    type: str
    name: str
    content_type: str
    created_at: int
    size: int


class AppMessage(msgspec.Struct, kw_only=True):
    """A message an app sent to members, as far as cards and recalls need it."""

    msgid: str
    agentid: int
    at: float
    users: list[str]
    body: dict[str, Any]
    task_id: str = ""
    recalled: bool = False
    replaced: dict[str, Any] = {}


class ResponseCode(msgspec.Struct, kw_only=True):
    """A right to change one card once."""

    agentid: int
    msgid: str
    until: float
    spent: bool = False
