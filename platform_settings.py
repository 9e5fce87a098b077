"""Settings of WeChat and WeCom: of the city's first account, and of its others.

A city may have several Official Accounts, and several corps in WeCom. All have the same settings; those of
the first stand by themselves, each other has a table ``[[accounts]]`` with a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from domain.platform_ids import NAME

# A platform is used when its first setting is there; then the others of this list must be, too.
OFFICIAL = ("official_appid", "official_secret", "official_original_id", "official_token")
WORK = (
    "work_corpid",
    "work_secret",
    "work_token",
    "work_aes_key",
    "contact_token",
    "contact_aes_key",
)
FIELDS = ("thing1", "character_string2", "thing3")


class SettingsError(Exception):
    """A setting is unknown, missing or has a value that cannot be used; the text says which."""


class PlatformSettings(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """An Official Account, a WeCom app, or both."""

    official_appid: str = ""
    official_secret: str = ""
    official_original_id: str = ""
    official_token: str = ""
    official_aes_key: str = ""
    official_previous_aes_key: str = ""
    official_mode: Annotated[str, Meta(pattern="^(plain|compatible|safe)$(?!\\n)")] = "safe"
    official_sends: bool = True
    official_template_tip: str = ""
    official_template_incident: str = ""
    official_template_tip_fields: list[str] = msgspec.field(default_factory=lambda: [*FIELDS])
    official_template_incident_fields: list[str] = msgspec.field(default_factory=lambda: [*FIELDS])
    official_subscription_tip: str = ""
    official_subscription_incident: str = ""
    official_subscription_tip_fields: list[str] = msgspec.field(default_factory=lambda: [*FIELDS])
    official_subscription_incident_fields: list[str] = msgspec.field(
        default_factory=lambda: [*FIELDS]
    )
    official_api: str = "https://api.weixin.qq.com"
    wechat_open: str = "https://open.weixin.qq.com"
    wechat_mp: str = "https://mp.weixin.qq.com"
    wechat_script: str = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
    work_corpid: str = ""
    work_agentid: Annotated[int, Meta(ge=0)] = 0
    work_secret: str = ""
    work_token: str = ""
    work_aes_key: str = ""
    work_previous_aes_key: str = ""
    contact_token: str = ""
    contact_aes_key: str = ""
    contact_previous_aes_key: str = ""
    work_api: str = "https://qyapi.weixin.qq.com"
    work_login: str = "https://login.work.weixin.qq.com"
    work_login_path: Annotated[str, Meta(pattern="^/[a-z/]+$(?!\\n)")] = "/auth/getuserinfo"


class Account(PlatformSettings, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """One more of a city. ``name`` is in its addresses and ids for ever; ``title`` is what people call it."""

    name: Annotated[str, Meta(pattern=f"^{NAME}$(?!\\n)")]
    title: Annotated[str, Meta(max_length=30)] = ""

    def __repr__(self) -> str:
        return f"Account({self.name})"  # never its secrets


def check_accounts(first: PlatformSettings, accounts: Sequence[Account]) -> None:
    """Raises ``SettingsError`` naming the account and its setting."""
    for platform in ("official_appid", "work_corpid"):
        if any(getattr(one, platform) for one in accounts) and not getattr(first, platform):
            raise SettingsError(f"{platform}: the first one stands outside of accounts")
    names = [one.name for one in accounts]
    for account in accounts:
        if names.count(account.name) > 1:
            raise SettingsError(f"accounts: {account.name} is there twice")
        if not account.official_appid and not account.work_corpid:
            raise SettingsError(f"accounts: {account.name}: official_appid or work_corpid")
        try:
            check_platforms(account)
        except SettingsError as error:
            raise SettingsError(f"accounts: {account.name}: {error}") from None


def check_platforms(settings: PlatformSettings) -> None:
    """Raises ``SettingsError`` naming the setting that is missing or wrong."""
    for first, group in (("official_appid", OFFICIAL), ("work_corpid", WORK)):
        if getattr(settings, first):
            for name in group:
                if not getattr(settings, name):
                    raise SettingsError(f"{name}: needed with {first}")
    if (
        settings.official_appid
        and settings.official_mode != "plain"
        and not settings.official_aes_key
    ):
        raise SettingsError("official_aes_key: needed unless official_mode is plain")
    for name in PlatformSettings.__struct_fields__:
        if name.endswith("_aes_key") and len(getattr(settings, name)) not in (0, 43):
            raise SettingsError(f"{name}: an EncodingAESKey has 43 characters")
        if re.fullmatch("official_.*_fields", name):
            found = getattr(settings, name)
            if len(found) != 3 or not found[0]:
                raise SettingsError(f"{name}: three names, the first not empty")
