"""Residents with their phones and officers with theirs, as the platforms know them."""

from __future__ import annotations

from typing import Any

import msgspec


class Line(msgspec.Struct, kw_only=True):
    """One bubble on a screen; ``who`` is me, account, notice (the grey line) or a person's id."""

    seq: int
    at: float
    who: str
    kind: str
    data: dict[str, Any]
    via: str = ""  # custom, passive, template, subscribe, mass …


class Credit(msgspec.Struct, kw_only=True):
    """Customer-service messages an account may still send for one trigger."""

    trigger: str
    left: int
    until: float


class Resident(msgspec.Struct, kw_only=True):
    """A phone with WeChat: one openid, one unionid, one external_userid."""

    openid: str
    unionid: str
    external_userid: str
    name: str
    following: bool = False
    followed_at: int = 0
    subscribe_scene: str = "ADD_SCENE_OTHERS"
    qr_scene: int = 0
    qr_scene_str: str = ""
    latitude: float = 41.13
    longitude: float = 121.12
    refuses: bool = False  # has switched off what the account sends
    blacklisted: bool = False
    snapshot: bool = False  # opens pages as a virtual account
    credits: list[Credit] = []
    chat: list[Line] = []
    allowed: dict[str, int] = {}  # template id -> one-time permissions left
    friends: list[str] = []  # userids of members he has added


class Member(msgspec.Struct, kw_only=True):
    """A member of the corp with the WeCom client on his phone."""

    userid: str
    name: str
    department: list[int]
    left: bool = False
    visible: bool = True  # inside the apps' visible range
    contact_right: bool = True  # may have customers
    verified: bool = True  # has proved his real name (实名)
    active: bool = True  # has taken the account into use
    given: list[float] = []  # when a group of his was given to somebody else, of today
    screen: list[Line] = []
    sent_at: dict[str, list[float]] = {}  # agentid -> when messages reached him lately
