"""``jingmin doctor``: one installation looked at end to end, in words, whether it runs or not."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import quote

import msgspec
import qrcode
import uvloop

from commands import speaks_chinese
from config import Settings
from demo import simulated
from domain.errors import Refused
from domain.finding import Finding, Verdict, unseen
from domain.probe import LONGEST_S, ProbeKind, issue_probe
from jingmin import checks_here as here
from jingmin import checks_media as media
from jingmin import checks_proxy as proxy
from jingmin.case import Case, now_ms
from jingmin.checks_store import check_processes, check_store
from jingmin.checks_tls import check_redirect, check_tls
from jingmin.checks_wechat import check_wechat
from jingmin.command import Declare

EACH_S = 27.0
Look = Callable[[], Awaitable[list[Finding]]]
log = logging.getLogger("jingmin")


def declare(command: Declare) -> None:
    sub = command(
        "doctor",
        "look at settings, machine, store, proxy, media, TURN and WeChat; exit 1 if something is wrong",
        doctor,
        lenient=True,
    )
    sub.add_argument("--json", action="store_true", help="an array for programs")
    sub.add_argument("--lang", choices=["zh", "en"], help="default: from LANG")
    sub.set_defaults(only_looks=True)


def doctor(settings: Settings, options: argparse.Namespace) -> int:
    """0 when nothing is wrong, 1 when something is; at most 30 s."""
    case = Case.of(settings)
    if settings.demo and case.secret is not None:
        case = replace(case, settings=simulated(settings))
    findings = uvloop.run(examine(case))
    if options.json:
        print(json.dumps(msgspec.to_builtins(findings), ensure_ascii=True, indent=1))
    else:
        _print(findings, speaks_chinese(options.lang))
        _outside(case, speaks_chinese(options.lang))
    return 1 if any(one.verdict is Verdict.WRONG for one in findings) else 0


async def examine(case: Case) -> list[Finding]:
    """Every check, beside each other; each gives up by itself, and says so."""
    looks: list[tuple[str, Look]] = [
        ("settings", _still(here.check_settings, case)),
        ("boundaries", partial(here.check_boundaries, case)),
        ("data", _still(here.check_data, case)),
        ("files", _still(here.check_files, case)),
        ("clock", _still(here.check_clock, case)),
        ("store", partial(check_store, case)),
        ("processes", partial(check_processes, case)),
        ("public address", partial(_public, case)),
        ("media_addresses", _still(media.check_addresses, case)),
        ("udp", partial(media.check_udp, case)),
        ("turn", partial(media.check_turn, case)),
        ("wechat", partial(check_wechat, case)),
    ]
    return await _beside(looks, time.monotonic() + EACH_S)


def _still(check: Callable[[Case], list[Finding]], case: Case) -> Look:
    return partial(asyncio.to_thread, check, case)


async def _beside(looks: Iterable[tuple[str, Look]], end: float) -> list[Finding]:
    found = await asyncio.gather(*(_look(about, look, end) for about, look in looks))
    return [one for some in found for one in some]


async def _look(about: str, look: Look, end: float) -> list[Finding]:
    try:
        async with asyncio.timeout(max(end - time.monotonic(), 0)):
            return await look()
    except TimeoutError:
        return [unseen(about, "没有在时间内查完", "it took too long to find out")]
    except (OSError, Refused, ValueError) as error:
        why = error.fault.code if isinstance(error, Refused) else type(error).__name__
        return [unseen(about, f"查不到（{why}）", f"it could not be found out ({why})")]
    except Exception as error:  # one check that fails hides no other
        log.debug("%s", about, exc_info=True)
        why = type(error).__name__
        return [unseen(about, f"查不到（{why}）", f"it could not be found out ({why})")]


async def _public(case: Case) -> list[Finding]:
    """What is at the public address; without TLS in front there is no proxy to look at."""
    if not case.public:
        return [
            unseen(
                "public address",
                "public_url 不是 https：没有查 TLS 和代理",
                "public_url is not https: TLS and proxy were not looked at",
            )
        ]
    end = time.monotonic() + EACH_S - 2
    found, context = await check_tls(case)
    if context is None:
        return [*found, *await check_redirect(case)]
    looks: list[tuple[str, Look]] = [
        ("redirect", partial(check_redirect, case)),
        ("proxy", partial(proxy.check_probe, case, context)),
        ("headers", partial(proxy.check_headers, case, context)),
        ("live", partial(proxy.check_live, case, context)),
        ("rtc", partial(proxy.check_rtc, case, context)),
        ("metrics", partial(proxy.check_metrics, case, context)),
        ("uploads", partial(proxy.check_uploads, case, context)),
    ]
    if case.settings.has_bot and case.settings.bot_site.startswith("https://"):
        looks.append(("bot path", partial(proxy.check_bot_path, case, context)))
    return [*found, *await _beside(looks, end)]


def _print(findings: list[Finding], chinese: bool) -> None:
    for one in findings:
        _say(f"{one.verdict.sign} {one.about}\n    {one.zh if chinese else one.en}")
    counts = Counter(one.verdict for one in findings)
    wrong, doubtful, unseen_ = (
        counts[one] for one in (Verdict.WRONG, Verdict.DOUBTFUL, Verdict.UNSEEN)
    )
    if chinese:
        _say(f"错误 {wrong}，存疑 {doubtful}，没有查到 {unseen_}，正常 {counts[Verdict.WELL]}")
    else:
        well = counts[Verdict.WELL]
        _say(f"{wrong} wrong, {doubtful} doubtful, {unseen_} not looked at, {well} well")


def _outside(case: Case, chinese: bool) -> None:
    """What only a phone outside can see, and how to try it there."""
    if not case.public or case.secret is None:
        return
    given = issue_probe(case.secret, ProbeKind.PAGE, now_ms(), LONGEST_S).text()
    url = f"{case.settings.site}/api/v1/probe/page?pass={quote(given, safe='')}"
    if chinese:
        _say(f"\n从外面试一次：十分钟内用手机流量打开\n    {url}")
    else:
        _say(
            f"\nFrom outside: open this on a phone over mobile data, within ten minutes\n    {url}"
        )
    if sys.stdout.isatty():
        code = qrcode.QRCode(border=2)
        code.add_data(url)
        code.print_ascii(invert=True)


def _say(text: str) -> None:
    # A locale without Chinese must not end in a traceback.
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))
