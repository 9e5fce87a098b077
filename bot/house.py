"""What the bot's parts work with: settings of both platforms, the store, and the seals."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.accounts import Accounts
from domain.arrival import Arrival
from domain.group import CAPACITY
from domain.lease import Turns
from domain.ports import Clips, Finder, Journal, Pictures, Seal, Store
from domain.receipt_numbers import ReceiptNumbers
from domain.tip_deadline import Deadlines

if TYPE_CHECKING:
    from bot.official import OfficialApi
    from bot.work import WorkApi


class Mode(StrEnum):
    """How the Official Account's console is set to send callbacks."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class CallbackKeys:
    """Token and AES keys of one callback address. The previous key is tried, too: after a change the
    platform may use it for a while."""

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    receiver: str  # AppID or CorpID inside each encrypted message
    previous_aes_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OfficialSettings:
    """An Official Account. ``sends``: it may send by itself (a verified 服务号), else it only replies.
    ``templates`` are template ids by purpose: ``tip``, ``incident``;
    ``fields`` the names these give to what it is about, its number and what to do (empty: none).
    ``subscriptions`` and ``subscription_fields`` are the same of subscription messages (订阅通知);
    ``script`` is where a page finds the JS-SDK. ``name`` tells it from the city's first, whose name is
    empty; ``title`` is what people call it."""

    appid: str
    secret: str = field(repr=False)
    original_id: str  # gh_…
    callback: CallbackKeys
    mode: Mode = Mode.SAFE
    sends: bool = True
    templates: dict[str, str] = field(default_factory=dict)
    fields: dict[str, list[str]] = field(default_factory=dict)
    subscriptions: dict[str, str] = field(default_factory=dict)
    subscription_fields: dict[str, list[str]] = field(default_factory=dict)
    script: str = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
    name: str = ""
    title: str = ""
    api: str = "https://api.weixin.qq.com"
    open: str = "https://open.weixin.qq.com"
    mp: str = "https://mp.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """A WeCom self-built app (自建应用) that is listed for customer contact (客户联系). ``login_path`` is
    the call that tells who logged in: private WeCom (政务微信, 私有化) has /user/getuserinfo. ``name``
    and ``title`` are as of an Official Account."""

    corpid: str
    agentid: int
    secret: str = field(repr=False)
    callback: CallbackKeys
    contact: CallbackKeys
    api: str = "https://qyapi.weixin.qq.com"
    open: str = "https://open.weixin.qq.com"
    login: str = "https://login.work.weixin.qq.com"
    login_path: str = "/auth/getuserinfo"
    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class BotSettings:
    """``site`` is where residents' and officers' pages are, ``url`` where the bot itself is reached,
    both without a trailing slash; ``process`` a name of this process for claims;
    ``group_capacity`` is how many a customer group takes; ``at_once`` people are served at a time, and
    sent to. ``deadlines`` are until when tips are answered. ``officials`` are the city's Official
    Accounts, ``corps`` its WeCom apps, each name once."""

    site: str
    url: str
    city: str
    process: str
    officials: tuple[OfficialSettings, ...] = ()
    corps: tuple[WorkSettings, ...] = ()
    demo: bool = False
    group_capacity: int = CAPACITY
    at_once: int = 16
    deadlines: Deadlines = field(default_factory=Deadlines)


def address(door: str, account: str) -> str:
    """The path of a door of this account, below the bot's address."""
    return f"/wechat/{door}/{account}" if account else f"/wechat/{door}"


def now_ms() -> int:
    """The server's clock in Unix milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class BotHouse:
    """``identity`` seals who somebody is (openids, arrivals, tellers), ``content`` what a tip says;
    neither key opens the other's; ``tokens`` seals what the platforms gave us. ``officials`` and
    ``corps`` are the platforms' APIs; ``journal`` takes callbacks while the store is slow or away;
    ``turns`` says which process does what one is enough for."""

    settings: BotSettings
    store: Store
    finder: Finder
    pictures: Pictures
    clips: Clips
    secret: bytes = field(repr=False)
    identity: Seal
    content: Seal
    tokens: Seal
    numbers: ReceiptNumbers
    officials: Accounts[OfficialApi] = field(default_factory=Accounts)
    corps: Accounts[WorkApi] = field(default_factory=Accounts)
    journal: Journal[Arrival] | None = field(default=None, repr=False)
    clock: Callable[[], int] = now_ms
    background: list[asyncio.Task[None]] = field(default_factory=list)
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        self.turns = Turns(lambda: self.store, lambda: self.clock())
