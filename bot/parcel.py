"""What the platforms deliver, in our own types: one message or event of either platform."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from domain.arrival import Platform
from domain.platform_ids import with_account


class Kind(StrEnum):
    """``other``: a kind that is not known here; its fields are in ``extra``."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"  # short videos, too
    LOCATION = "location"
    LINK = "link"
    EVENT = "event"
    OTHER = "other"


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place in the platform's datum, which its pages do not name: what was picked on the map is
    taken for GCJ-02, a LOCATION event's is unknown. ``precision`` in metres, None: not said."""

    latitude: float
    longitude: float
    precision: float | None = None
    label: str = ""
    name: str = ""


class Incoming(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message or event. This, as JSON and sealed, is ``Arrival.body``.

    ``sender`` is an openid, a WeCom userid, or ``sys`` for group events, with its account as ``user``
    and ``chat`` are (domain/platform_ids.py); ``event`` and ``key`` are as
    the platform wrote them (``subscribe`` with key ``qrscene_…`` stays that; compare without case).
    ``sent_at`` is Unix ms of the platform's clock, in whole seconds.
    """

    platform: Platform
    kind: Kind
    sender: str
    receiver: str
    sent_at: int
    id: str = ""  # MsgId; events have none
    agent: str = ""  # WeCom's AgentID
    text: str = ""  # text; recognised speech of a voice message
    menu_id: str = ""  # bizmsgmenuid: which line of a menu message was tapped
    media_id: str = ""
    thumb_id: str = ""
    format: str = ""  # of voice: amr, speex
    title: str = ""
    description: str = ""
    url: str = ""  # of a link; of a picture
    place: Place | None = None
    event: str = ""
    key: str = ""
    ticket: str = ""  # of the QR code that was scanned
    # Template messages and cards
    message: str = ""  # MsgID of the template message whose outcome this is
    status: str = ""  # its outcome: success, failed:user block, …
    task: str = ""  # TaskId of the card
    card: str = ""  # CardType
    response_code: str = ""
    selected: dict[str, list[str]] = {}  # question key → option ids
    # Groups and customers
    chat: str = ""
    change: str = ""  # ChangeType: create, update, dismiss, add_external_contact, …
    detail: str = ""  # UpdateDetail: add_member, del_member, change_owner, …
    user: str = ""  # UserID: the officer
    customer: str = ""  # ExternalUserID
    state: str = ""  # of the QR that brought the customer
    welcome_code: str = ""
    extra: dict[str, Any] = {}  # every other field, as text, list or mapping


def of_account(one: Incoming, account: str) -> Incoming:
    """The same with the ids that the account gave; the first account's stay."""
    if not account:
        return one
    return replace(
        one,
        sender=with_account(account, one.sender),
        user=with_account(account, one.user),
        chat=with_account(account, one.chat),
    )


def pack(one: Incoming) -> str:
    """As JSON."""
    return msgspec.json.encode(one).decode()


def unpack(text: str) -> Incoming:
    """What ``pack`` wrote; raises ``msgspec.ValidationError`` or ``DecodeError`` for anything else."""
    return msgspec.json.decode(text, type=Incoming)
