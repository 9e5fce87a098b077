"""Settings of addresses and ports, judged before anything is started."""

from __future__ import annotations

import ipaddress
import re
from typing import Protocol
from urllib.parse import urlsplit

from platform_settings import SettingsError

TURN = re.compile(r"(stun|turns?):[^\s,?]+(\?transport=(udp|tcp))?")


class NetworkSettings(Protocol):
    """What of the settings is read here."""

    @property
    def demo(self) -> bool: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def public_url(self) -> str: ...
    @property
    def proxies(self) -> list[str]: ...
    @property
    def store_uri(self) -> str: ...
    @property
    def store_port(self) -> int: ...
    @property
    def media_host(self) -> str: ...
    @property
    def media_port(self) -> int: ...
    @property
    def media_url(self) -> str: ...
    @property
    def media_addresses(self) -> list[str]: ...
    @property
    def media_udp_port(self) -> int: ...
    @property
    def turn_urls(self) -> list[str]: ...
    @property
    def bot_host(self) -> str: ...
    @property
    def bot_port(self) -> int: ...
    @property
    def bot_url(self) -> str: ...
    @property
    def worker_port(self) -> int: ...
    @property
    def simulator_port(self) -> int: ...
    @property
    def has_bot(self) -> bool: ...


def listeners(settings: NetworkSettings) -> dict[str, tuple[str, int]]:
    """Where the processes of ``jingmin serve`` listen (TCP), by the setting of the port."""
    found = {
        "port": (settings.host, settings.port),
        "media_port": (settings.media_host, settings.media_port),
    }
    if not settings.store_uri:
        found["store_port"] = ("127.0.0.1", settings.store_port)
    if settings.has_bot or settings.demo:
        found["bot_port"] = (settings.bot_host, settings.bot_port)
        if settings.worker_port:
            found["worker_port"] = (settings.bot_host, settings.worker_port)
    if settings.demo:
        found["simulator_port"] = ("127.0.0.1", settings.simulator_port)
    return found


def check_network(settings: NetworkSettings) -> None:
    """Raises ``SettingsError`` naming the setting that is no address, or a port that is there twice."""
    for one in settings.proxies:
        if not _is_network(one):
            raise SettingsError(f"proxies: {one} is no address or network like 10.0.0.0/8")
    if not settings.media_addresses:
        raise SettingsError("media_addresses: at least one address of this machine")
    for one in settings.media_addresses:
        bind, behind, announced = one.partition("=")
        if not _is_address(bind) or (behind and not _is_address(announced)):
            raise SettingsError(f"media_addresses: {one} is no IP address; names are not looked up")
        if behind and _version(bind) != _version(announced):
            raise SettingsError(f"media_addresses: {one} names an IPv4 and an IPv6 address")
    for one in settings.turn_urls:
        if TURN.fullmatch(one) is None:
            raise SettingsError(f"turn_urls: {one} is not like turn:relay.example.cn:3478")
    for name, url, schemes in (
        ("media_url", settings.media_url, ("ws", "wss")),
        ("bot_url", settings.bot_url, ("http", "https")),
        ("store_uri", settings.store_uri, ("mongodb", "mongodb+srv")),
    ):
        if url and (urlsplit(url).scheme not in schemes or not urlsplit(url).netloc):
            shown = "it" if name == "store_uri" else url  # its password is not printed
            raise SettingsError(f"{name}: {shown} does not begin with {schemes[-1]}://")
    taken: dict[tuple[str, int], str] = {}
    for name, place in listeners(settings).items():
        if place in taken:
            raise SettingsError(f"{name}: {place[1]} is {taken[place]} already")
        taken[place] = name


def check_media(settings: NetworkSettings) -> None:
    """Raises ``SettingsError`` when no browser could open the media process's socket."""
    page = urlsplit(settings.public_url)
    if settings.demo or page.scheme != "https" or settings.media_url.startswith("wss://"):
        return
    raise SettingsError(
        f"media_url: pages of https:// may open wss:// only, like wss://{page.netloc}/rtc"
    )


def doubts(settings: NetworkSettings) -> list[str]:
    """What can be right, and in production seldom is: a sentence each, beginning with the setting."""
    page = urlsplit(settings.public_url)
    if settings.demo or page.hostname in ("localhost", "127.0.0.1", None):
        return []
    found = []
    offered = [one.rpartition("=")[2] for one in settings.media_addresses]
    if all(ipaddress.ip_address(one).is_loopback for one in offered):
        found.append(
            "media_addresses: only this machine reaches loopback; nobody elsewhere is seen or heard"
        )
    if not settings.media_udp_port:
        found.append("media_udp_port: 0 is another port at each start, which no firewall can name")
    if page.scheme == "https" and not settings.proxies:
        found.append("proxies: empty; all who come through a proxy are one address to the limits")
    return found


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _version(address: str) -> int:
    return ipaddress.ip_address(address).version


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
