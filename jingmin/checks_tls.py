"""What ``jingmin doctor`` sees of the certificate at the public address, and of the address without TLS."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from domain.finding import Finding, doubtful, unseen, well, wrong
from jingmin.case import Case

HANDSHAKE_S = 8.0
FEW_DAYS = 14
PLAIN = 80
# OpenSSL's words for what is wrong with a certificate (X509_V_ERR_…).
EXPIRED, NOT_YET, WRONG_NAME, WRONG_ADDRESS = 10, 9, 62, 64


async def check_tls(case: Case) -> tuple[list[Finding], ssl.SSLContext | None]:
    """The handshake as browsers make it; and with what to go on asking: None when nobody is there."""
    place = urlsplit(case.settings.site)
    host, port = place.hostname or "", place.port or 443
    trusting = ssl.create_default_context()
    try:
        days = await _days_left(host, port, trusting)
    except ssl.SSLCertVerificationError as error:
        lenient = ssl.create_default_context()
        lenient.check_hostname, lenient.verify_mode = False, ssl.CERT_NONE
        return [_of_certificate(host, error)], lenient
    except ssl.SSLError as error:
        return [
            wrong(
                "tls",
                f"{host}:{port} 的 TLS 握手失败（{error.reason}）：端口上是不是 TLS？",
                f"no handshake with {host}:{port} ({error.reason}): is TLS what listens there?",
            )
        ], None
    except (OSError, TimeoutError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "timeout"
        return [
            wrong(
                "tls",
                f"连接不上 {host}:{port}（{why}）：域名、代理、防火墙？"
                "（有的网络从里面到不了自己的公网地址）",
                f"{host}:{port} cannot be reached ({why}): name, proxy, firewall? (Some networks cannot "
                "reach their own public address from within.)",
            )
        ], None
    if days < FEW_DAYS:
        return [
            doubtful(
                "tls",
                f"证书还有 {days} 天到期：续期任务在运行吗？",
                f"the certificate ends in {days} days: does its renewal run?",
            )
        ], trusting
    return [
        well("tls", f"证书有效，还有 {days} 天", f"the certificate is good for {days} days")
    ], trusting


async def _days_left(host: str, port: int, context: ssl.SSLContext) -> int:
    async with asyncio.timeout(HANDSHAKE_S):
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    try:
        certificate: dict[str, Any] = writer.get_extra_info("peercert") or {}
    finally:
        writer.close()
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return int((ends - time.time()) // 86_400)


def _of_certificate(host: str, error: ssl.SSLCertVerificationError) -> Finding:
    if error.verify_code == EXPIRED:
        return wrong("tls", "证书已过期：请续期", "the certificate has expired: renew it")
    if error.verify_code == NOT_YET:
        return wrong(
            "tls",
            "证书还没有生效：本机时钟对吗？",
            "the certificate is not valid yet: is the clock of this machine right?",
        )
    if error.verify_code in (WRONG_NAME, WRONG_ADDRESS):
        return wrong(
            "tls",
            f"证书不是 {host} 的：代理用了别的站点的证书",
            f"the certificate is not for {host}: the proxy shows another site's",
        )
    return wrong(
        "tls",
        f"浏览器不信任证书（{error.verify_message}）：缺中间证书，或是自签的",
        f"browsers do not trust the certificate ({error.verify_message}): the chain is incomplete, or it "
        "signed itself",
    )


async def check_redirect(case: Case, port: int = PLAIN) -> list[Finding]:
    """Who types the address without https comes to it all the same."""
    place = urlsplit(case.settings.site)
    if port == PLAIN and place.port not in (None, 443):
        return []  # nobody types an address with a port
    host = f"[{place.hostname}]" if ":" in (place.hostname or "") else place.hostname
    plain = f"http://{host}" if port == PLAIN else f"http://{host}:{port}"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(HANDSHAKE_S)) as client,
            client.get(f"{plain}/110/", allow_redirects=False) as response,
        ):
            to = response.headers.get("Location", "")
            if response.status in (301, 302, 307, 308) and to.startswith("https://"):
                return [well("redirect", "http 转到 https", "http leads to https")]
            status = response.status
    except (aiohttp.ClientConnectionError, TimeoutError):
        return [
            doubtful(
                "redirect",
                f"{plain} 没有应答：居民输入网址不带 https 时打不开。请让代理在 80 端口转到 https",
                f"{plain} does not answer: who types the address without https finds nothing. Let port 80 "
                "redirect",
            )
        ]
    except aiohttp.ClientError as error:
        return [unseen("redirect", f"{type(error).__name__}", f"{type(error).__name__}")]
    return [
        wrong(
            "redirect",
            f"{plain} 应答 {status} 而不是转到 https：报警页在 http 下没有定位和摄像头",
            f"{plain} answers {status} and does not lead to https: no camera and no position there",
        )
    ]
