"""What comes in over the wire: the bodies of requests. Members not named here are refused, but for what
somebody in danger sends (``members.py``): there they are ignored.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from domain.emergency import Gravity
from domain.incident import Disposition, Kind
from domain.people import Role
from domain.place import Datum, Source
from domain.platform_ids import MARK, NAME
from domain.tip_label import Category

Key = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=128,
        description="idempotency key; the same key gives the same answer",
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
ShortText = Annotated[str, Meta(max_length=1000)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Userid = Annotated[
    str,
    Meta(
        pattern=f"^({NAME}{MARK})?[A-Za-z0-9][A-Za-z0-9._@-]{{0,63}}$(?!\\n)",
        description="WeCom userid; of any corp but the city's first with its name and ~ before it",
    ),
]
Recovery = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9 -]{12,40}$(?!\\n)",
        description="a recovery code, good once, in place of code; case, spaces and hyphens do not count",
    ),
]
Communities = Annotated[list[Id], Meta(max_length=200)]
Ms = Annotated[int, Meta(ge=0, le=9_007_199_254_740_991, description="Unix time in milliseconds")]


class Request(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A request body: members not named here are refused."""


class PositionIn(Request):
    """A position as the device gave it; without its datum it is refused."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    datum: Datum
    accuracy: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None
    altitude: float | None = None
    source: Source = Source.BROWSER
    at: Ms | None = None


class FixIn(PositionIn, forbid_unknown_fields=False):
    """A position of the caller. Each member is judged alone: what cannot be used is named in the answer;
    ``device_at`` is the device's clock while sending, against which ``at`` counts."""

    device_at: Ms | None = None


class ReportIn(Request, forbid_unknown_fields=False):
    """A report. Nothing is required and nothing refused: what cannot be used is named in ``missing``."""

    key: Key | None = None
    silent: bool = False
    hung_up: bool = False
    kind: Kind = Kind.UNKNOWN
    words: Annotated[str, Meta(max_length=4000)] = ""
    position: PositionIn | None = None
    lang: Annotated[str, Meta(max_length=16)] = "zh-CN"
    device_at: Ms | None = None
    notice: Annotated[str, Meta(max_length=32, description="version of the privacy text shown")] = (
        ""
    )
    wechat: Annotated[str, Meta(description="entry ticket of who came from WeChat")] | None = None
    external_id: (
        Annotated[str, Meta(max_length=128, description="with an integrator's key: its own id")]
        | None
    ) = None
    caller_name: (
        Annotated[str, Meta(max_length=60, description="with such a key: as the app verified it")]
        | None
    ) = None
    caller_telephone: (
        Annotated[str, Meta(max_length=30, description="with such a key: as the app verified it")]
        | None
    ) = None


class ReadIn(Request):
    """How far a page has a thread, and how far it stood on a screen, as ``seq`` of entries."""

    received: Annotated[int, Meta(ge=0, le=1_000_000)]
    read: Annotated[int, Meta(ge=0, le=1_000_000)]


class Ask(StrEnum):
    """What a line asks for: the other side's page then brings the buttons for it."""

    YES_NO = "yes_no"


class MessageIn(Request):
    """A line of text; ``kind`` lets the caller say what it is about, ``ask`` what is asked of him."""

    key: Key
    text: Text
    device_at: Ms | None = None
    kind: Kind | None = None
    ask: Ask | None = None


class LineIn(Request, forbid_unknown_fields=False):
    """A line of the caller's text. Only ``text`` is needed; what cannot be used of the rest is left out.
    ``answers`` is the ``seq`` of the question it answers."""

    text: Text
    key: Key | None = None
    device_at: Ms | None = None
    kind: Kind | None = None
    answers: Annotated[int, Meta(ge=1)] | None = None


class ReturnIn(Request, forbid_unknown_fields=False):
    """The caller is back; ``changed`` (情况有变) raises a closed incident again, ``call`` rings whoever
    has an open one whose call is over."""

    changed: bool = False
    call: bool = False


class HangUpIn(Request, forbid_unknown_fields=False):
    """Why the caller hangs up, if he said: ``MISTAKE`` or ``OTHER_WAY``. ``CANNOT_SPEAK`` does not hang
    up: the report becomes a silent one."""

    reason: Annotated[str, Meta(pattern="^(MISTAKE|OTHER_WAY|CANNOT_SPEAK)$(?!\\n)")] | None = None


class ContactIn(Request, forbid_unknown_fields=False):
    """A telephone number or a name; empty takes back what was left before."""

    contact: Annotated[str, Meta(max_length=60)] = ""


class LoginIn(Request):
    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]
    code: Annotated[str, Meta(pattern="^[0-9]{6}$(?!\\n)")] | None = None
    recovery: Recovery | None = None


class DemoLoginIn(Request):
    login: Annotated[str, Meta(min_length=1, max_length=64)]


class DispatchIn(Request):
    """Call this station into the incident. ``reason`` says why when it is not the first candidate."""

    station: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: ShortText = ""


class StandDownIn(Request):
    station: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: ShortText = ""


class RespondIn(Request):
    """A station's step: acknowledge, depart, arrive or clear; seen: it read that the situation changed."""

    event: Annotated[str, Meta(pattern="^(acknowledge|depart|arrive|clear|seen)$(?!\\n)")]
    device_at: Ms | None = None


class RadioIn(Request):
    """A step of a station that the desk heard by radio."""

    station: Annotated[str, Meta(min_length=1, max_length=64)]
    event: Annotated[str, Meta(pattern="^(acknowledge|depart|arrive|clear)$(?!\\n)")]


class DescribeIn(Request):
    """The desk's facts; what is left out stays as it is."""

    kind: Kind | None = None
    note: Annotated[str, Meta(min_length=1, max_length=4000)] | None = None
    place: PositionIn | None = None


class PriorityIn(Request):
    """By hand; null: what the caller's words and the kind say counts again."""

    priority: Gravity | None


class CloseIn(Request):
    """``stand_down``: who is on the way is sent back; else he goes on until he says that he is done."""

    disposition: Disposition
    words: Annotated[str, Meta(max_length=4000)] = ""
    stand_down: bool = False


class EndCallIn(Request):
    """End the call, not the case; ``to_station``: the station finishes it (交派出所处置)."""

    to_station: bool = False


class PersonIn(Request):
    login: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9._-]{1,63}$(?!\\n)")]
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    role: Role
    password: Annotated[str, Meta(min_length=12, max_length=256)]
    station: Id | None = None
    userid: Userid | None = None
    communities: Communities = []


class PersonPatch(Request):
    """What is left out stays as it is; null takes a value away where there may be none. ``successor`` has
    everything of somebody who is disabled or gets another role or station."""

    disabled: bool | None = None
    role: Role | None = None
    station: Id | None = None
    password: Annotated[str, Meta(min_length=12, max_length=256)] | None = None
    reset_totp: bool = False
    userid: Userid | UnsetType | None = UNSET
    communities: Communities | None = None
    away_until: Ms | UnsetType | None = UNSET
    deputy: Id | UnsetType | None = UNSET
    successor: Id | None = None


class AwayIn(Request):
    """Away until then (null: present), and who stands in meanwhile. ``hand_over``: open tips go to him
    now, without one to those who answer for the place."""

    away_until: Ms | None
    deputy: Id | None = None
    hand_over: bool = False


class ChargeTransferIn(Request):
    """Which of what he is in charge of goes, and to whom."""

    to: Id | None = None
    tips: bool = False
    communities: bool = False
    groups: bool = False


class TakeOverIn(Request):
    """``holder`` is who has the tip as far as the asker saw."""

    holder: Id | None


class ReassignIn(Request):
    """``to`` has the tip from now on; ``holder`` is who has it as far as the asker saw, ``text`` says why."""

    holder: Id | None
    to: Id
    text: Annotated[str, Meta(min_length=1, max_length=1000)]


class EntryIn(Request):
    """An entry ticket from the WeCom log-in."""

    ticket: Annotated[str, Meta(min_length=1, max_length=2048)]


class TipReplyIn(Request):
    """What the officer says: ask back, answer, close with a result, or reject with a reason; when it is
    over, supplement that, or reopen it with a reason."""

    key: Key
    event: Annotated[str, Meta(pattern="^(ask|answer|close|reject|supplement|reopen)$(?!\\n)")]
    text: Annotated[str, Meta(min_length=1, max_length=1000)]


class TipNoteIn(Request):
    """For officers alone."""

    key: Key
    text: Annotated[str, Meta(min_length=1, max_length=1000)]


class TipLinkIn(Request):
    """The id of a tip that tells of the same event."""

    other: Id


Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=12)]], Meta(max_length=10)]


class TipLabelsIn(Request):
    """What a tip is about. ``category`` null (or not there): as it is; empty: none. ``add`` and ``remove``
    are tags; the others stay."""

    category: Category | None = None
    add: Tags = []
    remove: Tags = []


class TipRepliesIn(Request):
    """One text to the residents of these tips."""

    key: Key
    event: Annotated[str, Meta(pattern="^(answer|close)$(?!\\n)")]
    text: Annotated[str, Meta(min_length=1, max_length=1000)]
    tips: Annotated[list[Id], Meta(min_length=1, max_length=50)]


class TipViewingIn(Request):
    """``writing``: words are in the form of the tip."""

    writing: bool = False


PreparedText = Annotated[str, Meta(min_length=1, max_length=300)]


class PreparedAnswerIn(Request):
    """A text that officers say often; no blanks but ``{编号}`` and ``{派出所}``."""

    key: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{8,64}$(?!\\n)")]
    text: PreparedText


class PreparedAnswerChangeIn(Request):
    """Another text in place of that of ``version``."""

    version: Annotated[int, Meta(ge=0)]
    text: PreparedText


class TipUrgentIn(Request):
    """An officer's word; it counts until the resident says something grave again."""

    urgent: bool


class HandOverIn(Request):
    """Another station has the tip from now on; ``text`` says why."""

    station: Id
    text: ShortText = ""


class TipIncidentIn(Request):
    """To 110: raises an incident. ``text`` is the officer's word to the desk."""

    text: ShortText = ""


class PasswordIn(Request):
    """The password that is given up, and the one from now on."""

    old: Annotated[str, Meta(min_length=1, max_length=256)]
    new: Annotated[str, Meta(min_length=12, max_length=256)]


class SecondFactorIn(Request):
    """The password, and a code of the present second factor, if there is one, or a recovery code."""

    password: Annotated[str, Meta(min_length=1, max_length=256)]
    code: Annotated[str, Meta(pattern="^[0-9]{6}$(?!\\n)")] | None = None
    recovery: Recovery | None = None


class CodeIn(Request):
    code: Annotated[str, Meta(pattern="^[0-9]{6}$(?!\\n)")]


class JoinIn(Request):
    """``lost``: ``media_url`` of a connection that was just lost; another media process takes the call when
    that one is gone, seconds before it would be noticed otherwise."""

    lost: Annotated[str, Meta(max_length=500)] = ""
