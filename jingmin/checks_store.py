"""What ``jingmin doctor`` asks the store and the processes: that they are there, and say they are well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import aiohttp

from api.probe import HEADER_OF_PASS
from api.routes import now_ms
from domain.call import MEDIA_DEAD_MS
from domain.clock import DAY_MS, HOUR_MS, SECOND_MS, elapsed, within
from domain.finding import Finding, doubtful, unseen, well, wrong
from domain.probe import ProbeKind, issue_probe
from domain.process import DEAD_MS
from domain.product import product_version
from jingmin.case import Case
from storage.examination import Sign, StoreFacts, examine, last_signs

ANSWER_S = 5.0
SLOW_MS = 50.0
OLDEST = 7  # MongoDB, as docs/operator.md says of store_uri
CLOCKS_MS = 5 * SECOND_MS
BACKUP_MS, LOST_MS = 26 * HOUR_MS, 7 * 24 * HOUR_MS


async def check_store(case: Case) -> list[Finding]:
    """The store, its promise, its clock, its backup, and the media processes that it knows."""
    if not case.store_uri:
        return [
            unseen("store", "还没有：第一次启动时建立", "not there yet: the first start makes it")
        ]
    facts = await examine(case.store_uri, case.settings.store_database)
    if facts.away:
        if not case.settings.store_uri and not case.expects():
            return [
                unseen(
                    "store",
                    "内置存储没有运行：jingmin serve 启动后再检查",
                    "the embedded store does not run: look again when jingmin serve does",
                )
            ]
        return [
            wrong(
                "store",
                f"存储没有应答（{facts.away}）：检查地址、账号、防火墙；报警此时只写入本机磁盘",
                f"it does not answer ({facts.away}): address, user, firewall? Reports go to this disk alone",
            )
        ]
    return judge(facts, serving=case.expects("media"), public=case.public)


def judge(facts: StoreFacts, *, serving: bool, public: bool) -> list[Finding]:
    """What is to be said of a store that answered; ``serving`` says that calls ought to be possible,
    ``public`` that pages are reached by https."""
    return [
        *_store(facts),
        *_promise(facts),
        *_clock(facts),
        *_backup(facts),
        *_media(facts, serving, public),
    ]


def _store(facts: StoreFacts) -> list[Finding]:
    if not facts.replica_set:
        return [
            wrong(
                "store",
                "不是副本集：没有变更流，接警台收不到消息。请按 docs/operator.md 建副本集",
                "no replica set: it has no change streams, and desks hear nothing. Make one of it",
            )
        ]
    major = facts.version.partition(".")[0]
    if major.isdecimal() and int(major) < OLDEST:
        return [
            wrong(
                "store",
                f"MongoDB {facts.version} 太旧：需要 {OLDEST} 以上",
                f"MongoDB {facts.version} is too old: {OLDEST} or newer",
            )
        ]
    trip = f"{facts.trip_ms:.1f} ms"
    if facts.trip_ms > SLOW_MS:
        return [
            doubtful(
                "store",
                f"一次往返 {trip}，太慢：存储应与 api 在同一机房",
                f"{trip} there and back is slow: it belongs into the same room as the api",
            )
        ]
    about = f"{facts.replica_set} {facts.version}, {trip}"
    return [well("store", f"应答正常：{about}", f"it answers: {about}")]


def _promise(facts: StoreFacts) -> list[Finding]:
    if facts.kept:
        return [
            wrong(
                "store writes",
                f"多数节点没有确认写入（{facts.kept}）：副本集缺节点",
                f"a majority did not acknowledge a write ({facts.kept}): members are missing",
            )
        ]
    if facts.concern != ("majority", True):
        w, j = facts.concern
        has = f"w={w or '-'}, journal={str(j).lower()}"
        return [
            wrong(
                "store writes",
                f"store_uri 没有要求多数节点落盘（{has}），已回执的报警可能丢失："
                "加上 w=majority&journal=true",
                f"store_uri asks for less than a majority's journal ({has}); a report with a receipt can be "
                "lost: add w=majority&journal=true",
            )
        ]
    return [
        well("store writes", "多数节点落盘后才确认", "acknowledged by a majority, in its journal")
    ]


def _clock(facts: StoreFacts) -> list[Finding]:
    if facts.ahead_ms is None or abs(facts.ahead_ms) <= CLOCKS_MS:
        return []
    by = f"{facts.ahead_ms / SECOND_MS:+.1f} s"
    return [
        wrong(
            "store clock",
            f"存储所在机器的时钟相差 {by}：两台机器都要校准",
            f"the clock of its machine differs by {by}: keep both right",
        )
    ]


def _backup(facts: StoreFacts) -> list[Finding]:
    if facts.backup_at is None:
        return [
            doubtful(
                "backup",
                "从来没有备份过：见 docs/operator.md 的 Backup and restore",
                "no backup was ever made: docs/operator.md, Backup and restore",
            )
        ]
    age = elapsed(facts.backup_at, now_ms())
    hours = age // HOUR_MS
    if age <= BACKUP_MS:
        return [well("backup", f"上次备份在 {hours} 小时前", f"the last one is {hours} h old")]
    return [
        (wrong if age > LOST_MS else doubtful)(
            "backup",
            f"上次备份已是 {hours} 小时前：检查定时任务",
            f"the last one is {hours} h old: look at what makes it every day",
        )
    ]


def _media(facts: StoreFacts, serving: bool, public: bool) -> list[Finding]:
    living = [one for one in facts.media if within(one[2], now_ms(), MEDIA_DEAD_MS)]
    if not living:
        return [
            (wrong if serving else unseen)(
                "media processes",
                "没有媒体进程在工作：报警照常，但不能视频通话",
                "none lives: reports work, calls do not",
            )
        ]
    others = [id for id, url, _ in living if url.startswith("ws://")] if public else []
    if others:
        return [
            wrong(
                "media processes",
                f"{', '.join(others)} 的 media_url 不是 wss://，https 页面打不开：改设置后重启",
                f"media_url of {', '.join(others)} is no wss://, which pages of https may not open: mend it",
            )
        ]
    names = ", ".join(id for id, _, _ in living)
    return [well("media processes", f"{names} 在工作", f"{names} lives")]


async def check_processes(case: Case) -> list[Finding]:
    """Each process's own word on this machine, asked at its port."""
    asked = list(_asked(case))
    ours = product_version()
    answers = await asyncio.gather(*(_health(host, port) for _, host, port in asked))
    found: list[Finding] = []
    if answers[0] and case.secret is not None:
        found += await _installation(case, case.secret)
    for (name, _, port), answer in zip(asked, answers, strict=True):
        found += _of_process(name, port, answer, case.expects(name), ours)
    return found


async def signs_of_life(case: Case) -> Case:
    """The case with what of the installation answers here, or said within the last day that it lives."""
    asked = list(_asked(case))
    uri, name = case.store_uri, case.settings.store_database
    signs, *answers = await asyncio.gather(
        last_signs(uri, name) if uri else _nothing(),
        *(_health(host, port) for _, host, port in asked),
    )
    here = {name for (name, _, _), answer in zip(asked, answers, strict=True) if answer}
    now, media, elsewhere = now_ms(), case.settings.media_id, set()
    for kind, id, at in signs:
        if within(at, now, DEAD_MS) and (kind != "media" or id == media):
            elsewhere.add(kind)
    return replace(
        case,
        running=bool(here) or any(within(at, now, DAY_MS) for _, _, at in signs),
        elsewhere=frozenset(elsewhere - here),
    )


async def _nothing() -> tuple[Sign, ...]:
    return ()


def _asked(case: Case) -> Iterator[tuple[str, str, int]]:
    """What has a port on this machine by the settings: kind, where it listens, port."""
    settings = case.settings
    yield "api", settings.host, settings.port
    yield "media", settings.media_host, settings.media_port
    if settings.has_bot:
        yield "bot", settings.bot_host, settings.bot_port
        if settings.worker_port:
            yield "worker", settings.bot_host, settings.worker_port


def _of_process(
    name: str, port: int, answer: dict[str, Any] | None, expected: bool, ours: str
) -> list[Finding]:
    if answer is None:
        return [
            (wrong if expected else unseen)(
                name,
                f"本机端口 {port} 没有应答：进程没有运行，或设置与运行中的服务不一致",
                f"nobody answers at port {port} here: it does not run, or with other settings",
            )
        ]
    if not answer:
        return [
            wrong(
                name,
                f"端口 {port} 上应答的不是本产品",
                f"what answers at port {port} is another program",
            )
        ]
    found = []
    if answer["status"] != 200:
        found.append(
            wrong(
                name,
                "进程说存储不可用：先看 store 一项",
                "it says that the store is down: see what is said of the store",
            )
        )
    if answer.get("journaled"):
        count = answer["journaled"]
        found.append(
            doubtful(
                name,
                f"{count} 件报警还在本机磁盘，等待写入存储",
                f"{count} reports wait on this disk for the store",
            )
        )
    if answer.get("unreadable"):
        count = answer["unreadable"]
        found.append(
            wrong(
                "documents",
                f"有 {count} 份记录本版本读不了，编号在日志里：多半由更新的版本写成，请升级",
                f"{count} cannot be read by this version; the log has their ids. A newer version wrote them? "
                "Upgrade",
            )
        )
    version = answer.get("version", ours)
    if version != ours:
        found.append(
            doubtful(
                name,
                f"运行的是 {version}，安装的是 {ours}：请重启",
                f"{version} runs and {ours} is installed: start it again",
            )
        )
    return found or [well(name, "正常", "it says that it is well")]


async def _installation(case: Case, secret: bytes) -> list[Finding]:
    """Whether the api at our port is of this installation: another would take reports into its store."""
    settings = case.settings
    given = issue_probe(secret, ProbeKind.FRONT, now_ms()).text()
    url = f"http://{_place(settings.host)}:{settings.port}/api/v1/probe"
    timeout = aiohttp.ClientTimeout(ANSWER_S)
    async with (
        aiohttp.ClientSession(timeout=timeout) as client,
        client.get(url, headers={HEADER_OF_PASS: given}, allow_redirects=False) as response,
    ):
        if response.status != 401:
            return []
    return [
        wrong(
            "api",
            f"端口 {settings.port} 上是另一个安装（密钥不同）：报警会进它的存储",
            f"another installation (another secret) has port {settings.port}: reports go into its store",
        )
    ]


def _place(host: str) -> str:
    """Where a process of this machine is asked that listens at ``host``."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1" if host == "0.0.0.0" else "[::1]"  # noqa: S104
    return f"[{host}]" if ":" in host else host


async def _health(host: str, port: int) -> dict[str, Any] | None:
    """Its ``/healthz`` with the HTTP ``status``; None when nobody answers, empty when it is none of ours."""
    timeout = aiohttp.ClientTimeout(ANSWER_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as client,
            client.get(f"http://{_place(host)}:{port}/healthz", allow_redirects=False) as response,
        ):
            if response.status not in (200, 503):
                return {}
            said = await response.json(content_type=None)
    except (aiohttp.ClientConnectionError, TimeoutError):
        return None
    except (aiohttp.ClientError, ValueError):
        return {}
    return {**said, "status": response.status} if isinstance(said, dict) else {}
