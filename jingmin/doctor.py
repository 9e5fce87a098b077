"""``jingmin doctor``: one installation looked at end to end, in words, whether it runs or not."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from urllib.parse import quote

import msgspec
import qrcode
import uvloop

from api.routes import now_ms
from config import Settings
from demo import simulated
from domain.errors import Refused
from domain.finding import Finding, Verdict, unseen, wrong
from domain.probe import LONGEST_S, ProbeKind, issue_probe
from jingmin import checks_here as here
from jingmin import checks_media as media
from jingmin import checks_proxy as proxy
from jingmin.case import Case
from jingmin.checks_arrival import check_probe
from jingmin.checks_store import check_processes, check_store, signs_of_life
from jingmin.checks_tls import check_redirect, check_tls
from jingmin.checks_wechat import check_wechat
from jingmin.command import Declare
from jingmin.terminal import speaks_chinese

# Of the 30 s: all checks, then what each removes again, then what the loop closes. The rest is the start's.
EACH_S = 25.0
CLEARED_S = 0.5
CLOSED_S = 2.0
DISK_S = 5.0
THREADS = 32
SIGNS_S = 6.0
INSIDE_S = 2.0
EARLY_S = 0.1  # a timer of the loop counts whole milliseconds
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
    """0 when nothing is wrong, 1 when something is; at most 30 s, also when a disk never answers."""
    leaving: list[threading.Timer] = []
    code = uvloop.run(_told(settings, options, leaving))
    for one in leaving:
        one.cancel()
    return code


async def _told(
    settings: Settings, options: argparse.Namespace, leaving: list[threading.Timer]
) -> int:
    """Look and print. A thread that waits for a disk cannot be ended, and a process that ends would wait for
    it: then it leaves without. ``leaving`` gets what does so when the loop cannot be closed."""
    end = time.monotonic() + EACH_S
    # Those that wait for a disk leave room for the others.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    case, findings = await _case(settings)
    if settings.demo and case.secret is not None:
        case = replace(case, settings=simulated(settings))
    findings += await examine(case, end)
    code = 1 if any(one.verdict is Verdict.WRONG for one in findings) else 0
    if options.json:
        print(json.dumps(msgspec.to_builtins(findings), ensure_ascii=True, indent=1))
    else:
        _print(findings, speaks_chinese(options.lang))
        _outside(case, speaks_chinese(options.lang))
    sys.stdout.flush()
    if time.monotonic() > end - EARLY_S:  # something was not waited for
        os._exit(code)
    leaving.append(threading.Timer(CLOSED_S, os._exit, (code,)))
    leaving[0].daemon = True
    leaving[0].start()
    return code


async def _case(settings: Settings) -> tuple[Case, list[Finding]]:
    """What the checks are given; of a disk that does not answer, what is known without it."""
    reading = asyncio.create_task(asyncio.to_thread(Case.of, settings))
    done, _ = await asyncio.wait({reading}, timeout=DISK_S)
    if done:
        return reading.result(), []
    folder = settings.data
    secret = settings.secret.encode() if settings.secret else None
    return Case(settings, secret, settings.store_uri, 0), [
        wrong(
            "data",
            f"{folder} 所在的磁盘 {DISK_S:.0f} 秒没有应答：磁盘或网络文件系统坏了？",
            f"the disk of {folder} did not answer in {DISK_S:.0f} s: is it broken, or its network away?",
        )
    ]


async def examine(case: Case, end: float | None = None) -> list[Finding]:
    """Every check, beside each other; each gives up by itself, and says so. What is not done at ``end``
    (``time.monotonic``) is not waited for."""
    end = time.monotonic() + EACH_S if end is None else end
    if not case.serving:
        signs = asyncio.create_task(signs_of_life(case))
        done, _ = await asyncio.wait({signs}, timeout=min(SIGNS_S, max(end - time.monotonic(), 0)))
        if done and signs.exception() is None:
            case = signs.result()
        signs.cancel()
    looks: list[tuple[str, Look]] = [
        ("settings", _still(here.check_settings, case)),
        ("boundaries", partial(here.check_boundaries, case)),
        ("data", _still(here.check_data, case)),
        ("files", _still(here.check_files, case)),
        ("clock", _still(here.check_clock, case)),
        ("store", partial(check_store, case)),
        ("processes", partial(check_processes, case)),
        ("public address", partial(_public, case, end - INSIDE_S)),
        ("media_addresses", _still(media.check_addresses, case)),
        ("udp", partial(media.check_udp, case)),
        ("turn", partial(media.check_turn, case)),
        ("wechat", partial(check_wechat, case)),
    ]
    return await _beside(looks, end)


def _still(check: Callable[[Case], list[Finding]], case: Case) -> Look:
    return partial(asyncio.to_thread, check, case)


async def _beside(looks: Iterable[tuple[str, Look]], end: float) -> list[Finding]:
    tasks = {asyncio.create_task(_look(about, look)): about for about, look in looks}
    try:
        done, late = await asyncio.wait(tasks, timeout=max(end - time.monotonic(), 0))
    finally:
        for one in tasks:
            one.cancel()
    if late:
        await asyncio.wait(late, timeout=CLEARED_S)
    found = [one.result() if one in done else [_late(about)] for one, about in tasks.items()]
    return [one for some in found for one in some]


def _late(about: str) -> Finding:
    return unseen(about, "没有在时间内查完", "it took too long to find out")


async def _look(about: str, look: Look) -> list[Finding]:
    try:
        return await look()
    except TimeoutError:
        return [_late(about)]
    except (OSError, Refused, ValueError) as error:
        why = error.fault.code if isinstance(error, Refused) else type(error).__name__
        return [unseen(about, f"查不到（{why}）", f"it could not be found out ({why})")]
    except Exception as error:  # one check that fails hides no other
        log.debug("%s", about, exc_info=True)
        why = type(error).__name__
        return [unseen(about, f"查不到（{why}）", f"it could not be found out ({why})")]


async def _public(case: Case, end: float) -> list[Finding]:
    """What is at the public address; without TLS in front there is no proxy to look at."""
    if not case.public:
        return [
            unseen(
                "public address",
                "public_url 不是 https：没有查 TLS 和代理",
                "public_url is not https: TLS and proxy were not looked at",
            )
        ]
    found, context = await check_tls(case)
    if context is None:
        return [*found, *await check_redirect(case)]
    looks: list[tuple[str, Look]] = [
        ("redirect", partial(check_redirect, case)),
        ("proxy", partial(check_probe, case, context)),
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
