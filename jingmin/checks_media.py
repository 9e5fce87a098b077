"""What ``jingmin doctor`` asks the media process and the relays: that datagrams reach them, and that relays
are given and relay."""

from __future__ import annotations

import asyncio
import errno
import importlib
import ipaddress
import socket

from api.routes import now_ms
from domain.finding import Finding, doubtful, unseen, well, wrong
from domain.probe import ProbeKind, ProbePass, issue_probe
from jingmin.case import Case

AROUND = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def check_addresses(case: Case) -> list[Finding]:
    """That the addresses to bind are this machine's, and those announced can be reached from elsewhere."""
    found = []
    for text in case.settings.media_addresses:
        bind, _, announced = text.partition("=")
        announced = announced or bind
        if not is_here(bind):
            found.append(
                wrong(
                    "media_addresses",
                    f"{bind} 不是本机的地址，媒体进程启动不了：写 本机地址=公网地址",
                    f"{bind} is no address of this machine, and media does not start: write own=announced",
                )
            )
            continue
        address = ipaddress.ip_address(announced)
        if address.is_unspecified:
            found.append(
                wrong(
                    "media_addresses",
                    f"{announced} 不能告诉手机：写 {announced}=公网地址",
                    f"{announced} cannot be told to phones: write {announced}=address",
                )
            )
        elif case.public and address.is_private:
            found.append(
                doubtful(
                    "media_addresses",
                    f"{announced} 是内网地址，外面的手机到不了：在 NAT 后面写 {bind}=公网地址",
                    f"{announced} is private, no phone outside reaches it: behind NAT write {bind}=public",
                )
            )
    return found or [well("media_addresses", "地址属于本机", "they are this machine's")]


def is_here(address: str) -> bool:
    """Whether it is an address of this machine."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        try:
            one.bind((address, 0))
        except OSError as error:
            return error.errno != errno.EADDRNOTAVAIL
    return True


async def check_udp(case: Case) -> list[Finding]:
    """A signed question to the media process at each announced address, and at its own when there is no
    answer: routers often do not lead back what comes from within."""
    if case.secret is None:
        return [unseen("udp", "读不到 data/secret", "data/secret cannot be read")]
    if not case.settings.media_udp_port:
        return [
            unseen(
                "udp",
                "media_udp_port = 0，每次启动换端口，防火墙无法放行：请定一个端口",
                "media_udp_port is 0, another at each start, which no firewall can let through: choose one",
            )
        ]
    await _loaded()
    given = issue_probe(case.secret, ProbeKind.MEDIA, now_ms())
    each = [_of_address(case, one, given) for one in case.settings.media_addresses]
    return list(await asyncio.gather(*each))


async def _of_address(case: Case, text: str, given: ProbePass) -> Finding:
    bind, _, announced = text.partition("=")
    announced, port = announced or bind, case.settings.media_udp_port
    place = f"[{announced}]:{port}/udp" if ":" in announced else f"{announced}:{port}/udp"
    if await _answers(announced, port, given):
        return well(
            "udp",
            f"媒体进程在 {place} 应答（从本机问的）",
            f"the media process answers at {place}, asked from this machine",
        )
    if announced != bind and await _answers(AROUND.get(bind, bind), port, given):
        return doubtful(
            "udp",
            f"媒体进程在运行，但从本机问 {place} 没有应答：路由器多半不回环，请从外面的手机试一次通话；"
            f"防火墙和 NAT 要放行 {port}/udp",
            f"the media process works, and {place} is not answered from within: many routers lead nothing "
            f"back. Try a call from a phone outside; firewall and NAT have to let {port}/udp through",
        )
    return (wrong if case.expects("media") else unseen)(
        "udp",
        f"{place} 没有应答：媒体进程没有绑定这个端口，或被防火墙拦下",
        f"nobody answers at {place}: no media process has the port, or a firewall stops it",
    )


async def _loaded() -> None:
    """The media libraries take a second to load: not on the loop, and not for the other commands."""
    await asyncio.to_thread(importlib.import_module, "webrtc.relay_probe")


async def _answers(address: str, port: int, given: ProbePass) -> bool:
    from webrtc.probe import ask_media  # loaded by now

    try:
        return await ask_media((address, port), given) is not None
    except OSError:
        return False


async def check_turn(case: Case) -> list[Finding]:
    """A relay from each TURN server, with credentials as calls are given them, and our media through it."""
    settings = case.settings
    if not settings.turn_urls:
        if not case.public:
            return []
        return [
            doubtful(
                "turn",
                "没有配置 TURN：挡 UDP 的网络里的居民不能视频（turn_urls, turn_secret）",
                "no TURN server: residents behind networks that block UDP have no call (turn_urls)",
            )
        ]
    if case.secret is None:
        return [unseen("turn", "读不到 data/secret", "data/secret cannot be read")]
    await _loaded()
    given = issue_probe(case.secret, ProbeKind.MEDIA, now_ms())
    found = await asyncio.gather(*(_relay(case, url, given) for url in settings.turn_urls))
    if not any(url.startswith("turns:") for url in settings.turn_urls):
        found.append(
            doubtful(
                "turn",
                "没有 turns: 地址：只放行 443/TLS 的网络里的居民不能视频",
                "no turns: address: residents behind networks that pass TLS alone have no call",
            )
        )
    return found


async def _relay(case: Case, url: str, given: ProbePass) -> Finding:
    from webrtc.ice import Relay
    from webrtc.relay_probe import Relaying, ask_relay

    settings = case.settings
    bind, _, announced = settings.media_addresses[0].partition("=")
    port = settings.media_udp_port
    media = (announced or bind, port) if port else None
    relay = Relay([url], settings.turn_secret)
    found = await ask_relay(relay, url, now_ms(), media, given)
    about = f"turn {url}"
    match found.became:
        case Relaying.WELL:
            return well(about, "给出中继，并通到媒体进程", "it relays to our media process")
        case Relaying.GIVEN:
            return well(
                about,
                f"有应答{'，给出中继 ' + found.relayed if found.relayed else ''}",
                f"it answers{', and gives the relay ' + found.relayed if found.relayed else ''}",
            )
        case Relaying.REFUSED if found.code == 401:
            return wrong(
                about,
                "不认我们的凭据：turn_secret 与 coturn 的 static-auth-secret 不同，或没有 use-auth-secret，"
                "或两边时钟不一致",
                "it refuses our credentials: turn_secret is not its static-auth-secret, use-auth-secret is "
                "missing, or the clocks differ",
            )
        case Relaying.REFUSED:
            return wrong(
                about,
                f"不给中继（错误 {found.code}；486 是配额用完）",
                f"it gives no relay (error {found.code}; 486 is its quota)",
            )
        case Relaying.PEER_REFUSED:
            return wrong(
                about,
                f"给出中继，但不许通到媒体地址 {announced or bind}（错误 {found.code}）：denied-peer-ip 太宽",
                f"it gives a relay, but not to our media at {announced or bind} (error {found.code}): "
                "denied-peer-ip is too wide",
            )
        case Relaying.PEER_SILENT:
            return (wrong if case.expects("media") else unseen)(
                about,
                f"给出中继 {found.relayed}，但经它问媒体进程没有应答：中继到 {port}/udp 的路不通",
                f"it gives the relay {found.relayed}, but our media does not answer through it: is "
                f"{port}/udp open to it?",
            )
    return wrong(
        about,
        f"没有应答{'（' + found.detail + '）' if found.detail else ''}：coturn 在运行吗，端口放行了吗？",
        f"it does not answer{' (' + found.detail + ')' if found.detail else ''}: does coturn run, is its "
        "port open?",
    )
