"""What the platform delivered, as the conversation hears it; files are fetched and kept on the way."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import replace

from bot import loose
from bot.client import Media
from bot.errors import PlatformError
from bot.house import BotHouse
from bot.parcel import Incoming, Kind
from bot.reader import REVOKED
from bot.turn import MAX_TEXT, Came, What
from domain.errors import BUSY, MEDIA_KIND, TOO_LARGE, Refused
from domain.message import Attachment, FileKind
from domain.outgoing import mark
from domain.ports import Cleaned, Playable
from domain.resident import Trigger, resident_id

FILES = {
    Kind.IMAGE: (What.PICTURE, FileKind.PICTURE, "image/jpeg"),
    Kind.VOICE: (What.VOICE, FileKind.VOICE, "audio/amr"),
    Kind.VIDEO: (What.VIDEO, FileKind.VIDEO, "video/mp4"),
}
# Served as these, whatever the platform calls it; anything else as the kind's own.
TYPES = frozenset({"audio/amr", "audio/mpeg", "audio/speex", "video/mp4"})
TEMPLATE_RESULT = "templatesendjobfinish"
SCENE = "qrscene_"


# What stands in WeChat for a sticker, a red packet, a mini program's card (wechatpy 656).
_STAND_IN = re.compile(r"\s*[【\[]\s*收到不支持的消息类型\W*暂{0,1}无法显示\s*[】\]]\s*")


class FileLost(Exception):
    """The file cannot be had any more; ``useless``: it is none that may be kept, and would not be when
    it came again."""

    def __init__(self, useless: bool = False) -> None:
        super().__init__()
        self.useless = useless


async def hear(house: BotHouse, arrival: str, one: Incoming, *, files: bool = True) -> Came:
    """The arrival as the conversation's table takes it. ``files`` False: what nobody asked for is not
    fetched. Raises ``FileLost``, ``CallFailed``."""
    came = words(one)
    if one.kind in FILES and files:
        return replace(came, file=await keep_file(house, arrival, one))
    return came


def words(one: Incoming) -> Came:
    """What can be known of an arrival without fetching anything."""
    if one.kind is Kind.TEXT and _STAND_IN.fullmatch(one.text):
        return Came(What.OTHER)
    if one.kind is Kind.TEXT:
        return Came(What.TEXT, _text(one.text))
    if one.kind in FILES:
        return Came(FILES[one.kind][0], _text(one.text))
    if one.kind is Kind.LOCATION and one.place is not None:
        place = one.place
        label = _text(place.label or place.name)
        return Came(What.PLACE, label[:200], lon=place.longitude, lat=place.latitude)
    if one.kind is Kind.LINK:
        text = "\n".join(part for part in (one.title, one.description) if part)
        return Came(What.LINK, _text(text), url=_text(one.url)[:1_000])
    if one.kind is Kind.EVENT:
        return _event(one)
    return Came(What.OTHER)


def _text(text: str) -> str:
    """At most 4,000 characters, without half a character that nothing could write down."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode()


def _event(one: Incoming) -> Came:
    name, key = one.event.lower(), one.key[:128]
    if name == "subscribe":
        return Came(What.FOLLOW, key=key.removeprefix(SCENE))
    if name == "unsubscribe":
        return Came(What.UNFOLLOW)
    if name in REVOKED:
        return Came(What.REVOKE)
    if name == "scan":
        return Came(What.SCAN, key=key)
    if name == "click":
        return Came(What.CLICK, key=key)
    # Positions that phones report by themselves are not asked for; what a menu's camera or map button
    # brings follows as a message of its own.
    return Came(What.NOTHING)


def trigger(one: Incoming) -> Trigger | None:
    """The reply credit that this earns at the platform."""
    if one.kind is not Kind.EVENT:
        return Trigger.MESSAGE
    return {
        "click": Trigger.CLICK,
        "subscribe": Trigger.SUBSCRIBE,
        "scan": Trigger.SCAN,
    }.get(one.event.lower())


async def keep_file(house: BotHouse, arrival: str, one: Incoming) -> Attachment:
    """Fetch the file now, for the platform keeps it three days, and store it; again: the same file.

    Pictures, voice and video are made anew without what they tell about camera and place; what came in
    is kept sealed beside it."""
    if not house.officials.knows(one.sender):
        raise FileLost
    try:
        media = await house.officials.of(one.sender).media(one.media_id)
    except PlatformError as error:
        raise FileLost from error
    except Refused as refused:
        raise FileLost(useless=refused.fault is TOO_LARGE) from refused
    _, kind, _ = FILES[one.kind]
    resident = resident_id(house.secret, one.sender)
    try:
        shown, length = await _anew(house, kind, media.data, resident)
    except Refused as refused:
        if refused.fault not in (MEDIA_KIND, TOO_LARGE, BUSY):
            raise
        if kind is FileKind.PICTURE:
            if refused.fault is BUSY:
                raise  # the arrival is heard again in a while
            raise FileLost(useless=True) from refused
        return await _as_it_came(house, arrival, one, media)
    name = mark(house.secret, arrival, "file")
    original = await asyncio.to_thread(house.content.close_bytes, media.data)
    await loose.put(house, resident, name, shown.data, original)
    return Attachment(
        name,
        kind,
        shown.type,
        len(shown.data),
        await _digest(shown.data),
        await _digest(media.data),
        shown.width,
        shown.height,
        length,
    )


async def _anew(
    house: BotHouse, kind: FileKind, data: bytes, by: str
) -> tuple[Cleaned | Playable, int | None]:
    if kind is FileKind.PICTURE:
        return await house.pictures(data, by), None
    clip = await house.clips(data, kind is FileKind.VOICE, by)
    return clip, clip.length_ms


async def _as_it_came(house: BotHouse, arrival: str, one: Incoming, media: Media) -> Attachment:
    """What nothing here can play is not lost: officers may save it. Its name is its own, for the same
    arrival may be played after all when it is heard again."""
    name = mark(house.secret, arrival, "file as it came")
    _, kind, usual = FILES[one.kind]
    type = media.type if media.type in TYPES else usual
    digest = await _digest(media.data)
    await loose.put(house, resident_id(house.secret, one.sender), name, media.data)
    return Attachment(name, kind, type, len(media.data), digest, digest)


async def _digest(data: bytes) -> str:
    return (await asyncio.to_thread(hashlib.sha256, data)).hexdigest()
