"""The Official Account's API: what the account sends, and what it asks about its followers.

Openids come in and go out as they are kept (domain/platform_ids.py). Every call raises
``PlatformError``, ``Unsent`` or ``Unknown`` (bot/errors.py). Sources: the pages of
developers.weixin.qq.com named in docs; limits in comments are the platform's.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.access import Access
from bot.alarms import ALARMS
from bot.client import Client, Media, Repeat, Upload
from bot.errors import PlatformError, Unknown
from bot.house import OfficialSettings, now_ms
from bot.tokens import Tokens
from bot.wechat import page_signature
from domain.clock import next_day
from domain.platform_ids import at_platform, with_account

QR_LONGEST_S = 2_592_000
NO_MENU = 46003
FIELD = re.compile(r"\{\{(\w+)\.DATA\}\}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened a page. ``snapshot``: a virtual account of a page preview; it identifies nobody and
    must be refused."""

    openid: str
    unionid: str | None
    snapshot: bool


@dataclass(frozen=True, slots=True)
class Follower:
    """What the platform still tells of a follower: no name, no picture."""

    following: bool
    unionid: str | None
    scene: str  # of the QR code that led here
    followed_at: int  # Unix ms, 0: does not follow


@dataclass(frozen=True, slots=True)
class PageConfig:
    """What ``wx.config`` needs on a page (there ``nonce`` is called nonceStr)."""

    appid: str
    timestamp: int
    nonce: str
    signature: str


class OfficialApi:
    """Calls of one Official Account."""

    def __init__(
        self,
        settings: OfficialSettings,
        client: Client,
        tokens: Tokens,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self.settings = settings
        self._client = client
        self._tokens = tokens
        self._clock = clock
        self.platform = with_account(settings.name, "official")
        self._access = Access(
            client, tokens, self.platform, settings.api, self._fetch, clock, quota_until=next_day
        )

    async def _fetch(self, force: bool) -> tuple[str, int]:
        # force_refresh: at most 20 a day and 30 s apart, so only for a token known to be dead.
        answer = await self._client.call(
            self.settings.api + "/cgi-bin/stable_token",
            data={
                "grant_type": "client_credential",
                "appid": self.settings.appid,
                "secret": self.settings.secret,
                "force_refresh": force,
            },
            repeat=Repeat.READ,
        )
        return _pair(answer, "access_token")

    # ---- sending

    async def send_custom(self, openid: str, body: Mapping[str, Any]) -> None:
        """A customer-service message; ``body`` is ``msgtype`` and its part, without the receiver.

        Not de-duplicated by the platform: never repeat after ``Unknown``. 45015 and 45047: no credit
        left; 43004, 40003, 50005: does not follow; 48002, 43019: refuses messages."""
        await self._access.call(
            "/cgi-bin/message/custom/send", data={**body, "touser": at_platform(openid)}
        )

    async def send_template(
        self,
        openid: str,
        template_id: str,
        url: str,
        data: Mapping[str, str],
        client_msg_id: str = "",
    ) -> str:
        """A template message, its msgid. ``data`` is keyword → text; the outcome comes later as
        TEMPLATESENDJOBFINISH. Whether ``client_msg_id`` de-duplicates is not documented: never repeat
        after ``Unknown``. 40037: no such template."""
        body: dict[str, Any] = {
            "touser": at_platform(openid),
            "template_id": template_id,
            "data": {name: {"value": text} for name, text in data.items()},
        }
        if url:
            body["url"] = url
        if client_msg_id:
            body["client_msg_id"] = client_msg_id
        answer = await self._access.call("/cgi-bin/message/template/send", data=body)
        return str(answer.get("msgid", ""))

    async def send_subscription(
        self, openid: str, template_id: str, url: str, data: Mapping[str, str]
    ) -> str:
        """A subscription message (订阅通知), its msgid where the platform gives one: one for each time the
        resident accepted. 43101: none is left; never repeat after ``Unknown``."""
        body: dict[str, Any] = {
            "touser": at_platform(openid),
            "template_id": template_id,
            "data": {name: {"value": text} for name, text in data.items()},
        }
        if url:
            body["page"] = url
        answer = await self._access.call("/cgi-bin/message/subscribe/bizsend", data=body)
        return str(answer.get("msgid", ""))

    # ---- files

    async def media(self, media_id: str) -> Media:
        """A file somebody sent, at most 20 MB; the platform keeps it three days. 40007: gone."""
        return await self._access.download("/cgi-bin/media/get", {"media_id": media_id})

    async def upload_media(self, kind: str, file: Upload) -> str:
        """image (2 MB is safe), voice (amr, mp3), video (mp4) or thumb (64 KB jpg): its media_id,
        good for three days."""
        answer = await self._access.call(
            "/cgi-bin/media/upload", params={"type": kind}, upload=file, repeat=Repeat.READ
        )
        return _text(answer, "media_id")

    # ---- the account

    async def qrcode(self, scene: str, seconds: int | None = None) -> str:
        """The address of the picture of a QR code with a scene (1–64 characters), for ``seconds`` (at
        most 30 days) or, with None, for ever (100,000 in all)."""
        body: dict[str, Any] = {
            "action_name": "QR_STR_SCENE" if seconds else "QR_LIMIT_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        if seconds:
            body["expire_seconds"] = min(seconds, QR_LONGEST_S)
        answer = await self._access.call("/cgi-bin/qrcode/create", data=body, repeat=Repeat.READ)
        ticket = quote(_text(answer, "ticket"), safe="")
        return f"{self.settings.mp}/cgi-bin/showqrcode?ticket={ticket}"

    async def menu_create(self, buttons: list[dict[str, Any]]) -> None:
        """Put this menu in place of the present one; phones show it within five minutes."""
        await self._access.call(
            "/cgi-bin/menu/create", data={"button": buttons}, repeat=Repeat.READ
        )

    async def menu_get(self) -> list[dict[str, Any]]:
        """The present menu's buttons; none without a menu."""
        try:
            answer = await self._access.call("/cgi-bin/menu/get", repeat=Repeat.READ)
        except PlatformError as error:
            if error.code == NO_MENU:
                return []
            raise
        menu = answer.get("menu")
        return list(menu.get("button", [])) if isinstance(menu, dict) else []

    async def templates(self) -> dict[str, set[str]]:
        """The field names of the account's templates, by template id."""
        answer = await self._access.call(
            "/cgi-bin/template/get_all_private_template", repeat=Repeat.READ
        )
        found: dict[str, set[str]] = {}
        for one in answer.get("template_list") or []:
            if isinstance(one, dict):
                found[str(one.get("template_id"))] = set(FIELD.findall(str(one.get("content"))))
        return found

    async def user(self, openid: str) -> Follower:
        """What may be known of somebody. 40003: no such openid."""
        answer = await self._access.call(
            "/cgi-bin/user/info",
            params={"openid": at_platform(openid), "lang": "zh_CN"},
            repeat=Repeat.READ,
        )
        scene = answer.get("qr_scene_str") or answer.get("qr_scene") or ""
        return Follower(
            following=answer.get("subscribe") == 1,
            unionid=answer.get("unionid") or None,
            scene=str(scene),
            followed_at=int(answer.get("subscribe_time") or 0) * 1000,
        )

    async def clear_quota(self) -> None:
        """Begin the day's quotas anew: ten times a month (then 48006)."""
        await self._access.call("/cgi-bin/clear_quota", data={"appid": self.settings.appid})

    # ---- pages inside WeChat

    def oauth_url(self, redirect: str, state: str) -> str:
        """Where a page sends its visitor to learn the openid (snsapi_base: without asking).

        ``state``: at most 128 letters and digits."""
        return (
            f"{self.settings.open}/connect/oauth2/authorize?appid={self.settings.appid}"
            f"&redirect_uri={quote(redirect, safe='')}&response_type=code&scope=snsapi_base"
            f"&state={quote(state, safe='')}#wechat_redirect"
        )

    async def oauth(self, code: str) -> Visitor:
        """Who came back with this code, which is good once and for 5 minutes.

        40029, 40163, 42003: wrong, used or too old, begin again; after ``Unknown`` as well."""
        path = "/sns/oauth2/access_token"
        try:
            answer = await self._client.call(
                self.settings.api + path,
                params={
                    "appid": self.settings.appid,
                    "secret": self.settings.secret,
                    "code": code,
                    "grant_type": "authorization_code",
                },
            )
        except PlatformError as error:
            ALARMS.refused(self.platform, path, error.code, error.text)
            raise
        ALARMS.went_through(self.platform, path)
        return Visitor(
            openid=with_account(self.settings.name, _text(answer, "openid")),
            unionid=answer.get("unionid") or None,
            snapshot=answer.get("is_snapshotuser") == 1,
        )

    async def jsapi_ticket(self) -> str:
        """The ticket that pages' signatures are made with; shared like the access token."""
        return await self._tokens.get(f"{self.platform}:jsapi", self._fetch_ticket)

    async def _fetch_ticket(self, force: bool) -> tuple[str, int]:
        answer = await self._access.call(
            "/cgi-bin/ticket/getticket", params={"type": "jsapi"}, repeat=Repeat.READ
        )
        return _pair(answer, "ticket")

    async def jsapi_signature(self, url: str) -> PageConfig:
        """What ``wx.config`` needs on the page ``url`` (as the browser shows it; the part after # does
        not count)."""
        ticket = await self.jsapi_ticket()
        nonce, timestamp = secrets.token_hex(8), self._clock() // 1000
        return PageConfig(
            appid=self.settings.appid,
            timestamp=timestamp,
            nonce=nonce,
            signature=page_signature(ticket, nonce, timestamp, url),
        )


def _text(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise Unknown(f"the answer has no {name}")
    return found


def _pair(answer: Mapping[str, Any], name: str) -> tuple[str, int]:
    seconds = answer.get("expires_in")
    if not isinstance(seconds, int):
        raise Unknown("the answer has no expires_in")
    return _text(answer, name), seconds
