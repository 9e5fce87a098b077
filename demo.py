"""The demo's staff and accounts: people and platforms that do not exist, in the demo only."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from config import Settings
from domain.errors import Duplicate
from domain.people import Person, Role
from domain.place import Jurisdiction
from domain.ports import Store
from domain.ticket import derive_key, random_id

DESK = (
    ("desk1", "接警员 01", Role.DISPATCHER),
    ("desk2", "接警员 02", Role.DISPATCHER),
    ("chief", "值班长", Role.SUPERVISOR),
    ("admin", "管理员", Role.ADMIN),
)

AGENT = 1000002
OFFICERS = 12


def simulated(settings: Settings) -> Settings:
    """The demo's settings with accounts on the simulated platforms; nothing leaves this machine.

    Keys and tokens come from the installation's secret: the same after a new start.
    """

    def key(purpose: str, length: int) -> str:
        digest = derive_key(settings.secret_bytes(), f"simulated {purpose}")
        return base64.b64encode(digest).decode().replace("+", "a").replace("/", "b")[:length]

    platform = f"http://127.0.0.1:{settings.simulator_port}"
    return msgspec.structs.replace(
        settings,
        official_appid="wx" + key("appid", 16).lower(),
        official_original_id="gh_" + key("original", 12).lower(),
        official_secret=key("official secret", 32),
        official_token=key("official token", 32),
        official_aes_key=key("official aes", 43),
        official_template_tip="tip-progress",
        official_template_incident="incident-progress",
        official_api=f"{platform}/api.weixin.qq.com",
        wechat_open=f"{platform}/open.weixin.qq.com",
        wechat_mp=f"{platform}/mp.weixin.qq.com",
        wechat_script=f"{platform}/res.wx.qq.com/open/js/jweixin-1.6.0.js",
        work_corpid="ww" + key("corpid", 16).lower(),
        work_agentid=AGENT,
        work_secret=key("work secret", 32),
        work_token=key("work token", 32),
        work_aes_key=key("work aes", 43),
        contact_token=key("contact token", 32),
        contact_aes_key=key("contact aes", 43),
        work_api=f"{platform}/qyapi.weixin.qq.com",
        work_login=f"{platform}/login.work.weixin.qq.com",
    )


def platform_accounts(settings: Settings) -> dict[str, Any]:
    """What the simulated platforms' consoles hold: the other side of ``simulated``."""
    bot = settings.bot_site
    return {
        "oa": {
            "original_id": settings.official_original_id,
            "appid": settings.official_appid,
            "secret": settings.official_secret,
            "token": settings.official_token,
            "aes_key": settings.official_aes_key,
            "mode": settings.official_mode,
            "callback_url": f"{bot}/wechat/official",
            "name": "警民110",
            "templates": [settings.official_template_tip, settings.official_template_incident],
        },
        "wecom": {
            "corpid": settings.work_corpid,
            "apps": [
                {
                    "agentid": settings.work_agentid,
                    "secret": settings.work_secret,
                    "token": settings.work_token,
                    "aes_key": settings.work_aes_key,
                    "callback_url": f"{bot}/wechat/work",
                    "customer_contact": True,
                    "name": "警民110",
                }
            ],
            "contact": {
                "token": settings.contact_token,
                "aes_key": settings.contact_aes_key,
                "url": f"{bot}/wechat/contact",
            },
            "members": [
                {"userid": f"officer-{number}", "name": f"社区民警 {number:02}"}
                for number in range(1, OFFICERS + 1)
            ],
        },
    }


async def seed(
    store: Store,
    stations: Sequence[Jurisdiction],
    hash_password: Callable[[str], Awaitable[str]],
) -> None:
    """Add the demo staff that is not there yet: the desk, and one officer for every station.

    Nobody knows their password; the demo's one-click log-in is the only way in.
    """
    wanted: list[tuple[str, str, Role, str | None]] = [
        (login, name, role, None) for login, name, role in DESK
    ]
    for station in stations:
        login = f"station-{station.id}".lower()
        wanted.append((login, f"{station.name} 值班民警", Role.STATION_OFFICER, station.id))
    known = {one.login for one in await store.people.find({"demo": True}, limit=5000)}
    missing = [one for one in wanted if one[0] not in known]
    if not missing:
        return
    hashed = await hash_password(secrets.token_urlsafe(32))
    for login, name, role, at in missing:
        try:
            await store.people.add(Person(random_id(), login, name, role, hashed, at, demo=True))
        except Duplicate:
            continue
