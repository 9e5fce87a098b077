"""The WeCom app's API: cards and texts to officers, their log-in, files.

What concerns customer groups is in bot/work_groups.py. Userids come in and go out as they are kept
(domain/platform_ids.py). Every call raises ``PlatformError``, ``Unsent``
or ``Unknown`` (bot/errors.py). Sources: developer.work.weixin.qq.com/document/path/90236, 94945,
96442, 98177, 96484.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.access import MINUTE_MS, Access
from bot.client import Client, Media, Repeat, Upload
from bot.errors import PlatformError, Unknown
from bot.house import WorkSettings, now_ms
from bot.mass import MassCalls
from bot.tokens import Tokens
from bot.work_groups import GroupCalls
from domain.errors import FORBIDDEN, LOGIN_FAILED, Refused
from domain.platform_ids import at_platform, with_account

CODE_BAD = (40029, 42022)
DUPLICATE_WINDOW_S = 4 * 3600


@dataclass(frozen=True, slots=True)
class Sent:
    """``invalid`` are the receivers that get nothing (their ids in lower case); ``response_code`` of a
    card allows one update within 72 hours, empty for what is no card with buttons."""

    msgid: str
    response_code: str
    invalid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the corp as the app may see one."""

    userid: str
    name: str
    departments: tuple[int, ...]
    active: bool


class WorkApi(GroupCalls, MassCalls):
    """Calls of one WeCom app."""

    def __init__(
        self,
        settings: WorkSettings,
        client: Client,
        tokens: Tokens,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self.settings = settings
        self._account = settings.name
        self._client = client
        platform = with_account(settings.name, "work")
        # A rate keeps the app out for as long as it counts: the shortest is a minute.
        self._access = Access(
            client,
            tokens,
            f"{platform}:{settings.agentid}",
            settings.api + "/cgi-bin",
            self._fetch,
            clock,
            quota_until=lambda now: now + MINUTE_MS,
        )

    async def _fetch(self, force: bool) -> tuple[str, int]:
        # gettoken has no force: what it repeats is good, what was taken back it replaces.
        answer = await self._client.call(
            self.settings.api + "/cgi-bin/gettoken",
            params={"corpid": self.settings.corpid, "corpsecret": self.settings.secret},
            repeat=Repeat.READ,
        )
        seconds = answer.get("expires_in")
        if not isinstance(seconds, int):
            raise Unknown("the answer has no expires_in")
        return _text(answer, "access_token"), seconds

    # ---- to officers

    async def send(
        self, users: Sequence[str], body: Mapping[str, Any], duplicate_check: bool = True
    ) -> Sent:
        """A message to at most 1,000 members; ``body`` is ``msgtype`` and its part.

        With ``duplicate_check`` the platform drops the same body within 4 hours, so that it may be
        repeated after ``Unknown``; a dropped one may come without ``response_code``. 81013: none of
        them can be reached; 42014: the card's task_id was used before. Beyond 30 a minute to one
        member the platform drops messages and says nothing."""
        data = {
            **body,
            "touser": "|".join(at_platform(one) for one in users),
            "agentid": self.settings.agentid,
        }
        if duplicate_check:
            data |= {
                "enable_duplicate_check": 1,
                "duplicate_check_interval": DUPLICATE_WINDOW_S,
            }
        answer = await self._access.call(
            "/message/send", data=data, repeat=Repeat.BUSY if duplicate_check else Repeat.NEVER
        )
        return Sent(
            msgid=str(answer.get("msgid", "")),
            response_code=str(answer.get("response_code", "")),
            invalid=self._names(answer.get("invaliduser")),
        )

    async def update_card(
        self,
        users: Sequence[str],
        response_code: str,
        *,
        replace_name: str = "",
        card: Mapping[str, Any] | None = None,
    ) -> tuple[str, ...]:
        """Change a card on these members' screens: a grey button with ``replace_name`` in place of the
        buttons, or another ``card``. Returns who did not get it. A code works once, within 72 hours:
        one comes from ``send``, one with every press (then 40058 or the like)."""
        change: dict[str, Any] = (
            {"template_card": card}
            if card is not None
            else {"button": {"replace_name": replace_name}}
        )
        answer = await self._access.call(
            "/message/update_template_card",
            data={
                "userids": [at_platform(one) for one in users],
                "agentid": self.settings.agentid,
                "response_code": response_code,
                **change,
            },
        )
        return self._names(answer.get("invaliduser"))

    async def recall(self, msgid: str) -> None:
        """Take a message of this app back, within 24 hours."""
        await self._access.call("/message/recall", data={"msgid": msgid}, repeat=Repeat.BUSY)

    # ---- log-in

    def login_url(self, redirect: str, state: str, in_wecom: bool) -> str:
        """Where an officer is sent to log in: silently inside WeCom, by scanning in a browser.

        ``state``: at most 128 letters and digits. The host of ``redirect`` must be the app's trusted
        domain (50001)."""
        settings = self.settings
        target, mark = quote(redirect, safe=""), quote(state, safe="")
        if in_wecom:
            return (
                f"{settings.open}/connect/oauth2/authorize?appid={settings.corpid}"
                f"&redirect_uri={target}&response_type=code&scope=snsapi_base&state={mark}"
                f"&agentid={settings.agentid}#wechat_redirect"
            )
        return (
            f"{settings.login}/wwlogin/sso/login?login_type=CorpApp&appid={settings.corpid}"
            f"&agentid={settings.agentid}&redirect_uri={target}&state={mark}"
        )

    async def login(self, code: str) -> str:
        """The userid behind a code, which is good once and for 5 minutes. Raises ``Refused``:
        login_failed for a bad code, forbidden for whoever is no member of the corp."""
        try:
            answer = await self._access.call(self.settings.login_path, params={"code": code})
        except PlatformError as error:
            if error.code in CODE_BAD:
                raise Refused(LOGIN_FAILED, "the code is wrong, used or too old") from None
            raise
        userid = answer.get("userid") or answer.get("UserId")  # the older call's spelling
        if not isinstance(userid, str) or not userid:
            raise Refused(FORBIDDEN, "not a member of the corp")
        return with_account(self._account, userid)

    async def user(self, userid: str) -> Member:
        """A member. 60111: no such; 60011: the app may not see him."""
        answer = await self._access.call(
            "/user/get", params={"userid": at_platform(userid)}, repeat=Repeat.READ
        )
        return Member(
            userid=with_account(self._account, _text(answer, "userid")),
            name=str(answer.get("name", "")),
            departments=tuple(int(one) for one in answer.get("department") or ()),
            active=answer.get("status", 1) == 1,
        )

    # ---- files

    async def media(self, media_id: str) -> Media:
        """A file an officer sent, at most 20 MB; the platform keeps it three days. 40007: gone."""
        return await self._access.download("/media/get", {"media_id": media_id})

    async def upload_media(self, kind: str, file: Upload) -> str:
        """image (10 MB jpg, png), voice (2 MB amr), video (10 MB mp4) or file (20 MB): its media_id,
        good for three days in the whole corp."""
        answer = await self._access.call(
            "/media/upload", params={"type": kind}, upload=file, repeat=Repeat.READ
        )
        return _text(answer, "media_id")

    def _names(self, value: object) -> tuple[str, ...]:
        """A list of ids, which the platform writes as a list or as ``a|b``."""
        found = value.split("|") if isinstance(value, str) else value
        names = [str(one) for one in found] if isinstance(found, list) else []
        return tuple(with_account(self._account, one) for one in names if one)


def _text(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise Unknown(f"the answer has no {name}")
    return found
