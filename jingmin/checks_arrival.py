"""How a request of ``jingmin doctor`` arrives through the proxy: whose its address is held to be, what became
of its answer, and the clock."""

from __future__ import annotations

import ipaddress
import ssl
from email.utils import parsedate_to_datetime

from api.probe import HEADER_OF_PASS
from api.proxies import is_proxy, networks
from api.routes import now_ms
from domain.clock import SECOND_MS
from domain.finding import Finding, doubtful, unseen, well, wrong
from domain.probe import ProbeKind, issue_probe
from jingmin.case import Case
from jingmin.checks_media import is_here
from jingmin.checks_proxy import API, front

CLOCKS_MS = 5 * SECOND_MS
FORGED = "198.51.100.110"  # of the documentation's network (RFC 5737): nobody's


async def check_probe(case: Case, context: ssl.SSLContext) -> list[Finding]:
    """That it is our api which answers, whose address it takes a request's to be, that nobody compresses
    what it left plain, and the clock."""
    if case.secret is None:
        return [
            unseen(
                "proxy",
                "读不到安装的密钥 data/secret，无法问 api 看到了什么：以服务的用户运行本命令",
                "data/secret cannot be read, and the api tells nobody else: run this as the service's user",
            )
        ]
    headers = {
        HEADER_OF_PASS: issue_probe(case.secret, ProbeKind.FRONT, now_ms()).text(),
        "X-Forwarded-For": FORGED,
        "Accept-Encoding": "gzip, br",
    }
    url = f"{case.settings.site}{API}/probe"
    async with (
        front(context) as client,
        client.get(url, headers=headers, allow_redirects=False) as response,
    ):
        found = _date(response.headers.get("Date", ""))
        if response.headers.get("Content-Encoding"):
            found.append(
                wrong(
                    "compression",
                    "代理压缩了带令牌的应答，长度会泄露令牌：在代理里写 gzip off",
                    "the proxy compresses answers with tokens, whose length betrays them: say gzip off",
                )
            )
            return found
        found.append(well("compression", "代理没有另行压缩", "the proxy adds none"))
        if response.status == 401:
            return [
                *found,
                wrong(
                    "proxy",
                    "应答的是另一个安装（密钥不同），或时钟相差太多：代理的 location / 转到哪里了？",
                    "another installation answers (another secret), or the clock is far off: where does the "
                    "proxy's location / lead?",
                ),
            ]
        if response.status != 200:
            return [*found, _unreached(response.status)]
        try:
            view = await response.json(content_type=None)
            peer, hops = str(view["peer"]), [str(one) for one in view["hops"]]
            address, believed = str(view["address"]), bool(view["believed"])
        except (ValueError, KeyError, TypeError):
            return [*found, _unreached(response.status)]
    found.append(well("proxy", "公网地址通到本安装的 api", "the public address leads to our api"))
    return [*found, _address(case, address, peer, hops, believed)]


def _unreached(status: int) -> Finding:
    return wrong(
        "proxy",
        f"公网地址到不了 api（HTTP {status}）：代理的 location / 要转到 port",
        f"the public address does not lead to the api (HTTP {status}): location / belongs to port",
    )


def _address(case: Case, address: str, peer: str, hops: list[str], believed: bool) -> Finding:
    """Of the ``address`` that the api takes us to have, we wrote ``FORGED`` ourselves."""
    if not hops:
        return wrong(
            "addresses",
            f"代理没有传 X-Forwarded-For，所有人都算作 {peer}，一起被限速："
            "proxy_set_header X-Forwarded-For $remote_addr",
            f"the proxy passes on no X-Forwarded-For; all people are {peer} to the limits: "
            "proxy_set_header X-Forwarded-For $remote_addr",
        )
    if hops == [FORGED]:
        return wrong(
            "addresses",
            "代理原样转发陌生人写的 X-Forwarded-For，限速形同虚设："
            "proxy_set_header X-Forwarded-For $remote_addr",
            "the proxy passes on the X-Forwarded-For that strangers write, so that limits mean nothing: "
            "proxy_set_header X-Forwarded-For $remote_addr",
        )
    if not believed:
        return wrong(
            "addresses",
            f"proxies 里没有 {peer}，X-Forwarded-For 不被采信：把它写进 proxies",
            f"proxies does not name {peer}, whose X-Forwarded-For is not believed: add it",
        )
    told = [one for one in hops if one != FORGED]
    if _too_wide(case) or (address == FORGED and not (told and _ours(told[0]))):
        return wrong(
            "addresses",
            "proxies 太宽：api 采信了陌生人写的 X-Forwarded-For，限速形同虚设：只写代理自己的地址",
            "proxies too wide: the api believes the X-Forwarded-For that strangers write, so that limits "
            "mean nothing: name the proxies' own addresses alone",
        )
    if address == FORGED:
        return doubtful(
            "addresses",
            f"本机（{told[0]}）也在 proxies 里，从这里看不出陌生人写的是否被采信："
            "proxy_set_header X-Forwarded-For $remote_addr",
            f"proxies names this machine ({told[0]}), which may write what it likes; whether strangers may "
            "cannot be seen from here: proxy_set_header X-Forwarded-For $remote_addr",
        )
    if told and address != told[0]:
        return doubtful(
            "addresses",
            f"前面还有一个代理 {address}，proxies 里没有它，经过它的人都算作一个地址：把它写进 proxies",
            f"another proxy is in front, {address}; all who come through it are one address to the limits: "
            "name it in proxies",
        )
    return well("addresses", f"本机在 api 看来是 {address}", f"the api sees us at {address}")


def _ours(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:  # a name is not looked up
        return False
    return is_here(text)


def _too_wide(case: Case) -> bool:
    """Whether even an address that is nobody's is taken for a proxy's."""
    try:
        return is_proxy(FORGED, networks(case.settings.proxies))
    except ValueError:  # said of the settings
        return False


def _date(text: str) -> list[Finding]:
    """Our clock beside that of the machine that answers."""
    try:
        theirs = int(parsedate_to_datetime(text).timestamp() * SECOND_MS)
    except (ValueError, TypeError):
        return []
    by = theirs - now_ms()
    if abs(by) <= CLOCKS_MS:
        return []
    shown = f"{by / SECOND_MS:+.0f} s"
    return [
        wrong(
            "clock",
            f"公网地址那端的时钟与本机相差 {shown}：两边都要校准",
            f"the clock at the public address differs from ours by {shown}: keep both right",
        )
    ]
