"""The demo's staff and accounts: people and platforms that do not exist, in the demo only."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec

from config import Settings
from domain.errors import Duplicate
from domain.people import Person, Role
from domain.place import Source, Wgs84
from domain.ports import Finder, Store
from domain.queries_people import people_of_demo
from domain.ticket import derive_key, random_id

DESK = (
    ("desk1", "接警员 01", Role.DISPATCHER),
    ("desk2", "接警员 02", Role.DISPATCHER),
    ("chief", "值班长", Role.SUPERVISOR),
    ("admin", "管理员", Role.ADMIN),
)

AGENT = 1000002
OFFICERS = 12
TEAM = 3
CENTER = (121.13, 41.11)
FOLLOWER = "oDemoFirstFollowerOfAccount0"


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
        official_subscription_tip="tip-reminder",
        official_subscription_incident="incident-reminder",
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
            "templates": [
                settings.official_template_tip,
                settings.official_template_incident,
                settings.official_subscription_tip,
                settings.official_subscription_incident,
            ],
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
    finder: Finder,
    hash_password: Callable[[str], Awaitable[str]],
) -> None:
    """Add the demo staff that is not there yet: the desk, an officer for every station, and community
    officers of the stations around the middle of the sample city.

    Nobody knows their password; the demo's one-click log-in is the only way in.
    """
    wanted = [_person(login, name, role) for login, name, role in DESK]
    for station in finder.stations():
        login = f"station-{station.id}".lower()
        name = f"{station.name} 值班民警"
        wanted.append(_person(login, name, Role.STATION_OFFICER, station.id))
    wanted += _community_officers(finder)
    known = {one.login async for one in store.people.every(people_of_demo())}
    missing = [one for one in wanted if one.login not in known]
    if not missing:
        return
    hashed = await hash_password(secrets.token_urlsafe(32))
    for one in missing:
        one.password = hashed
        try:
            await store.people.add(one)
        except Duplicate:
            continue


def _community_officers(finder: Finder) -> list[Person]:
    """``officer-1`` and so on, as the simulated corp knows them: three for each of the nearest stations,
    its communities dealt out among them. The second stands in for the first."""
    found: list[Person] = []
    for candidate in finder.locate(Wgs84(*CENTER, source=Source.PICKED)).candidates[
        : OFFICERS // TEAM
    ]:
        communities = [one.id for one in finder.communities(candidate.station)]
        team = []
        for place in range(TEAM):
            number = len(found) + place + 1
            name = f"{candidate.name} 社区民警 {number:02}"
            one = _person(f"officer-{number}", name, Role.COMMUNITY_OFFICER, candidate.station)
            one.userid = f"officer-{number}"
            one.communities = communities[place::TEAM]
            team.append(one)
        team[0].deputy = team[1].id
        found += team
    return found


async def furnish(store: Store, finder: Finder, platform: str) -> None:
    """Give the simulated corp its groups, one for each community of the demo's officers, and the
    account a first follower. Once, however often it is called: what is there already is left as it is."""
    # Another process adds them one after the other: whoever is there already is not all of them.
    wanted = {one.login for one in _community_officers(finder)}
    officers: list[Person] = []
    while wanted - {one.login for one in officers}:
        await asyncio.sleep(0.2)
        officers = [one async for one in store.people.every(people_of_demo()) if one.userid]
    officers.sort(key=lambda one: one.login)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as client:
        groups = await _ask(client, "GET", f"{platform}/sim/groups?limit=1")
        for number, officer in enumerate(officers if not groups["groups"] else ()):
            station = officer.station or ""
            names = {one.id: one.name for one in finder.communities(station)}
            for place, community in enumerate(officer.communities):
                body = {
                    "owner": officer.userid,
                    "name": f"{names.get(community, community)}警民群",
                    "seeded": 120 + (number * 37 + place * 53) % 370,
                }
                await _ask(client, "POST", f"{platform}/sim/groups", body)
        known = await _ask(client, "GET", f"{platform}/sim/residents?limit=100000")
        if any(one["openid"] == FOLLOWER for one in known["residents"]):
            return
        lon, lat = CENTER
        here = {
            "name": "居民甲",
            "openid": FOLLOWER,
            "longitude": lon,
            "latitude": lat + 0.01,
            "follow": True,
        }
        await _ask(client, "POST", f"{platform}/sim/residents", here)


async def _ask(
    client: aiohttp.ClientSession, method: str, url: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The simulator's answer; waits until it is there, for a minute at most."""
    for _ in range(120):
        try:
            async with client.request(method, url, json=body, allow_redirects=False) as response:
                answer: dict[str, Any] = await response.json()
                return answer
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.5)
    raise TimeoutError(url)


def _person(login: str, name: str, role: Role, station: str | None = None) -> Person:
    return Person(random_id(), login, name, role, "", station, demo=True)
