"""Whether a configuration works against the platforms, said in words an operator can act on.

Nothing is sent to anybody: tokens are fetched, lists are read, and our own callback addresses are
asked with challenges as the platforms ask them.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import aiohttp

from bot.carrier import FIELDS, GONE
from bot.errors import CallFailed, PlatformError, Unknown, Unsent
from bot.house import BotHouse, CallbackKeys, OfficialSettings, address
from bot.links import Names
from bot.official import OfficialApi
from bot.wechat import Envelope, signature
from bot.work import WorkApi
from domain.beat import staff
from domain.finding import Finding, Verdict
from domain.people import Role
from domain.platform_ids import account_of

CALLBACK_S = 5.0
TOO_WIDE = 81017  # more than 1,000 members in scope and no owner named


# errcode → what to do.
ADVICE: dict[int, tuple[str, str]] = {
    40001: ("Secret 不正确：核对后台的 AppSecret/Secret", "the secret is wrong: compare it"),
    40125: ("AppSecret 不正确：在后台重置并更新设置", "the AppSecret is wrong: reset it there"),
    40091: ("Secret 不正确：核对应用的 Secret", "the secret is wrong: compare the app's Secret"),
    40013: ("AppID/CorpID 不正确", "the AppID or CorpID is wrong"),
    40164: (
        "本机出口 IP 不在公众号 IP 白名单",
        "this machine's address is not in the IP allow-list",
    ),
    60020: (
        "本机出口 IP 不在应用的企业可信IP",
        "this machine's address is not a trusted IP of the app",
    ),
    48001: (
        "账号没有此接口权限：需要已认证的服务号",
        "the API is not granted: a verified service account",
    ),
    48002: (
        "应用没有客户联系权限：客户联系 → 可调用接口的应用，勾选本应用",
        "the app may not use customer contact: list it under 可调用接口的应用",
    ),
    45009: ("今日接口次数已用完", "the day's quota of this API is used up"),
    60111: ("通讯录里没有此成员", "there is no such member"),
    60011: ("此成员不在应用可见范围", "the member is outside the app's visible range"),
    41063: ("稍后重试", "try again in a moment"),
}


CUSTOM = "公众号客服消息"
NO_CUSTOM = (
    "账号没有客服消息（订阅号，或未认证的服务号）：报警仍有被动回复和链接，其他答复都送不到居民。"
    "请设置 official_sends = false：答复改为被动回复，线索进展等居民下一次发消息时送达",
    "the account has no customer-service messages (a subscription account, or not verified): calls for help "
    "are still answered with the link, every other answer reaches nobody. Set official_sends = false: "
    "answers become replies, and news of tips come with the reply to the next message",
)
ONLY_REPLIES = (
    "按 official_sends = false 只用被动回复：线索进展等居民下一次发消息时送达",
    "replies only, as official_sends = false says: news of tips come with the reply to the next message",
)


async def check(house: BotHouse) -> list[Finding]:
    """Everything that can be found out; never raises for what a platform says."""
    findings: list[Finding] = []
    for name, official in house.officials:
        findings += _named(await _official(house, official), name)
    for name, work in house.corps:
        findings += _named(await _work(house, work), name)
    if not findings:
        findings.append(
            Finding(
                Verdict.WRONG,
                "settings",
                "没有配置公众号或企业微信",
                "neither an Official Account nor WeCom is configured",
            )
        )
    return findings


def _named(findings: list[Finding], account: str) -> list[Finding]:
    """Those of any account but the first say whose they are."""
    if not account:
        return findings
    return [replace(one, about=f"[{account}] {one.about}") for one in findings]


async def _official(house: BotHouse, api: OfficialApi) -> list[Finding]:
    settings = api.settings
    found = [
        await _try("公众号 access_token", api.menu_get, "可以取得并使用", "fetched and accepted"),
        await _try("公众号 jsapi_ticket", api.jsapi_ticket, "可以取得", "fetched"),
    ]
    if found[0].verdict is Verdict.WELL:
        found.append(
            await _try(CUSTOM, lambda: _may_send(api), "可以发送", "may be sent")
            if settings.sends
            else Finding(Verdict.WELL, CUSTOM, *ONLY_REPLIES)
        )
        menu = await api.menu_get()
        found.append(
            Finding(Verdict.WELL, "公众号菜单", "已创建", "created")
            if menu
            else Finding(
                Verdict.WRONG,
                "公众号菜单",
                "还没有: 运行 jingmin wechat menu",
                "not there yet: run jingmin wechat menu",
            )
        )
    found += await _templates(api)
    found.append(await _official_callback(house, settings))
    found.append(
        Finding(
            Verdict.UNSEEN,
            "网页授权域名 / JS接口安全域名",
            f"请在后台确认两处都填了 {_host(house.settings.url)} 和 {_host(house.settings.site)}",
            "look in the console: both must hold these hosts",
        )
    )
    return found


async def _may_send(api: OfficialApi) -> None:
    """A message to nobody: who may not send at all hears that first (48001)."""
    try:
        await api.send_custom("nobody", {"msgtype": "text", "text": {"content": "check"}})
    except PlatformError as error:
        if error.code not in GONE:
            raise


async def _templates(api: OfficialApi) -> list[Finding]:
    try:
        known = await api.templates()
    except CallFailed:
        known = None  # why is said of the token
    found = []
    for purpose in ("tip", "incident"):
        about = f"official_template_{purpose}"
        id = api.settings.templates.get(purpose)
        if id is None:
            found.append(
                Finding(
                    Verdict.WRONG,
                    about,
                    "没有设置：回复窗口以外的进展送不到居民",
                    "not set: progress outside the reply window reaches nobody",
                )
            )
        elif known is not None and id not in known:
            found.append(
                Finding(
                    Verdict.WRONG,
                    about,
                    "公众号没有这个模板：在 模板消息 里选用后填它的模板ID",
                    "the account has no such template: choose it under 模板消息, then put its id here",
                )
            )
        elif known is not None:
            wanted = set(api.settings.fields.get(purpose) or FIELDS) - {""}
            if wanted <= known[id]:
                found.append(
                    Finding(Verdict.WELL, about, "模板与字段都在", "template and fields are there")
                )
                continue
            lacking, has = ", ".join(sorted(wanted - known[id])), ", ".join(sorted(known[id]))
            found.append(
                Finding(
                    Verdict.WRONG,
                    f"{about}_fields",
                    f"模板没有字段 {lacking}；它有 {has}",
                    f"the template has no field {lacking}; it has {has}",
                )
            )
    return found


async def _work(house: BotHouse, api: WorkApi) -> list[Finding]:
    found = [
        await _try(
            "企业微信客户联系",
            lambda: _groups(house, api),
            "可以读取客户群",
            "customer groups can be read",
        )
    ]
    for person in await staff(house.store, Role.COMMUNITY_OFFICER):
        if person.disabled:
            continue
        if person.userid is not None and account_of(person.userid) != api.settings.name:
            continue  # a member of another corp
        if person.userid is None:
            if house.settings.corps[0].name != api.settings.name:
                continue  # said once
            found.append(
                Finding(
                    Verdict.WRONG,
                    person.login,
                    "社区民警没有企业微信账号 (userid)",
                    "a community officer without a WeCom userid",
                )
            )
            continue
        userid = person.userid

        def ask(userid: str = userid) -> Awaitable[object]:
            return api.user(userid)

        one = await _try(f"成员 {userid}", ask, "可见", "visible")
        if one.verdict is not Verdict.WELL:
            found.append(one)
    settings = api.settings
    for door, keys in (("work", settings.callback), ("contact", settings.contact)):
        found.append(await _work_callback(house, address(door, settings.name), keys))
    found.append(
        Finding(
            Verdict.UNSEEN,
            "企业微信可信域名",
            f"请在应用的 网页授权及JS-SDK 确认填了 {_host(house.settings.url)}",
            "look in the app's 网页授权及JS-SDK: it must hold this host",
        )
    )
    return found


async def _groups(house: BotHouse, api: WorkApi) -> None:
    """Read customer groups; of officers' where the corp has too many members to read everybody's."""
    try:
        await api.groups()
    except PlatformError as error:
        if error.code != TOO_WIDE:
            raise
        officers = await staff(house.store, Role.COMMUNITY_OFFICER)
        for one in officers:
            if one.userid is None or one.disabled:
                continue
            if account_of(one.userid) == api.settings.name:
                await api.groups(owners=[one.userid])
                return  # whether each of them can be seen is looked at by itself


async def _try(about: str, call: Callable[[], Awaitable[object]], zh: str, en: str) -> Finding:
    try:
        await call()
    except PlatformError as error:
        if (about, error.code) == (CUSTOM, 48001):
            return Finding(Verdict.WRONG, about, *NO_CUSTOM)
        advice = ADVICE.get(
            error.code, (f"平台返回 {error.code}", f"the platform said {error.code}")
        )
        return Finding(Verdict.WRONG, about, *advice)
    except Unsent as error:
        if error.code in ADVICE:
            return Finding(Verdict.WRONG, about, *ADVICE[error.code])
        return Finding(Verdict.WRONG, about, "连接不到平台", "the platform cannot be reached")
    except Unknown:
        return Finding(Verdict.WRONG, about, "平台没有回答", "the platform did not answer")
    return Finding(Verdict.WELL, about, zh, en)


async def _official_callback(house: BotHouse, settings: OfficialSettings) -> Finding:
    echo, nonce, at = secrets.token_hex(8), secrets.token_hex(8), str(int(time.time()))
    query = {
        "signature": signature(settings.callback.token, at, nonce),
        "timestamp": at,
        "nonce": nonce,
        "echostr": echo,
    }
    return await _challenge(house.settings.url + address("official", settings.name), query, echo)


async def _work_callback(house: BotHouse, path: str, keys: CallbackKeys) -> Finding:
    echo, nonce, at = secrets.token_hex(8), secrets.token_hex(8), str(int(time.time()))
    sealed = Envelope(keys).seal(echo)
    query = {
        "msg_signature": signature(keys.token, at, nonce, sealed),
        "timestamp": at,
        "nonce": nonce,
        "echostr": sealed,
    }
    return await _challenge(house.settings.url + path, query, echo)


async def _challenge(url: str, query: dict[str, str], echo: str) -> Finding:
    """Ask our own callback address from outside, as the console's 保存 does."""
    try:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(CALLBACK_S),
                connector=aiohttp.TCPConnector(resolver=Names(private=True)),
            ) as client,
            client.get(url, params=query, allow_redirects=False) as response,
        ):
            text = await response.text()
            if response.status == 200 and text == echo:
                return Finding(
                    Verdict.WELL, url, "回调地址应答正确", "the callback address answers"
                )
            return Finding(
                Verdict.WRONG,
                url,
                f"回调地址应答不正确 (HTTP {response.status})：检查代理是否把 /wechat/ 转到机器人",
                f"wrong answer (HTTP {response.status}): does the proxy send /wechat/ to the bot?",
            )
    except (aiohttp.ClientError, TimeoutError):
        return Finding(
            Verdict.WRONG,
            url,
            "回调地址连接不上：机器人是否在运行，bot_url 是否正确",
            "the callback address cannot be reached: is the bot running, is bot_url right?",
        )


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
