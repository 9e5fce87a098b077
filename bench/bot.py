"""The bot: callbacks at 200 a second on one process, and as many as two bots answer in time.

The first is measured twice: with what a bot needs beside it, and in the whole demo, where api and
media share the store and the machine. Callbacks are sealed by the simulator's own crypto. The
yardstick, in the same run, is a bare echo bot of wechatpy on Flask, which keeps nothing.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench.intake import percentile, row
from bench.parts import Parts
from bench.product import Product, free_port
from config import Settings
from demo import simulated
from simulator.crypto import Envelope, signature

RATE = 200
SECONDS = 15
PEOPLE = 1_000
RATES = (200, 300, 400, 500, 600, 800, 1_000)
RATE_S = 5
TOO_LATE_MS = 50
SETTLE_S = 45  # the demo's first start writes its map and groups


@dataclass(frozen=True, slots=True)
class Account:
    """What is needed to seal a callback for an Official Account."""

    token: str
    aes_key: str
    appid: str
    original_id: str


def run() -> list[dict[str, Any]]:
    """Rows: what, figure, unit, peer."""
    with tempfile.TemporaryDirectory() as folder, Parts(Path(folder)) as parts:
        for name in ("simulator", "worker", "bot"):
            parts.start(name)
        alone = asyncio.run(_ours(parts.settings))
    with tempfile.TemporaryDirectory() as folder, Parts(Path(folder)) as parts:
        for name in ("simulator", "worker", "bot"):
            parts.start(name)
        second = free_port()
        parts.start("bot", " 2", bot_port=str(second))
        highest, full = asyncio.run(_highest(parts, second))
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder))
        product.start()
        try:
            whole = asyncio.run(_whole(product, Path(folder)))
        finally:
            product.stop()
    peer = asyncio.run(_echo(Account("t" * 16, "a" * 42 + "A", "wx" + "0" * 16, "gh_" + "0" * 12)))
    rate = f"{RATE}/s for {SECONDS} s"
    process = f"one bot process, {rate}, with store, worker and simulator"
    return [
        row(f"callback answered p50, {process}", percentile(alone, 0.5), "ms", _ms(peer, 0.5)),
        row(
            f"callback answered p99, {process}",
            percentile(alone, 0.99),
            "ms",
            f"goal ≤ 10; {_ms(peer, 0.99)}",
        ),
        row("callbacks answered", float(len(alone)), "", f"of {RATE * SECONDS}"),
        row(f"callback answered p50, whole demo, {rate}", percentile(whole, 0.5), "ms", ""),
        row(f"callback answered p99, whole demo, {rate}", percentile(whole, 0.99), "ms", ""),
        row(
            f"highest rate with p99 ≤ {TOO_LATE_MS} ms, two bots, all of it on this machine",
            float(highest),
            "1/s",
            f"goal 500; {full}",
        ),
        row("callbacks answered, whole demo", float(len(whole)), "", f"of {RATE * SECONDS}"),
    ]


async def _highest(parts: Parts, second: int) -> tuple[int, str]:
    """The highest of the rates that two bots answer in time, and who used the processor at the next."""
    settings = parts.settings
    account = _account(settings)
    urls = [f"http://127.0.0.1:{port}/wechat/official" for port in (settings.bot_port, second)]
    for port in (settings.bot_port, second):
        await until_up(f"http://127.0.0.1:{port}/healthz")
    highest, first = 0, 10**10
    for rate in RATES:
        ready = [sealed(account, first + number) for number in range(rate * RATE_S)]
        first += len(ready)
        before, began = parts.cpu(), time.perf_counter()
        times: list[float] = []
        async with _session() as client, asyncio.TaskGroup() as group:
            start = time.perf_counter()
            for number, one in enumerate(ready):
                await asyncio.sleep(max(0, start + number / rate - time.perf_counter()))
                group.create_task(_send(client, urls[number % 2], one, times))
        seconds = time.perf_counter() - began
        used = {name: (cpu - before[name]) / seconds for name, cpu in parts.cpu().items()}
        p99 = percentile(times, 0.99)
        if len(times) < len(ready) or p99 > TOO_LATE_MS:
            busiest = sorted(used.items(), key=lambda one: -one[1])
            shares = ", ".join(f"{name} {share:.0%}" for name, share in busiest)
            return highest, f"at {rate}/s p99 {p99:.0f} ms, of a core: {shares}"
        highest = rate
    return highest, "nothing was full"


def _ms(figures: list[float], share: float) -> str:
    return f"wechatpy + Flask echo {percentile(figures, share):.1f}"


async def _whole(product: Product, data: Path) -> list[float]:
    await product.ready()
    await asyncio.sleep(SETTLE_S)
    return await _ours(
        simulated(
            Settings(data=data, demo=True, simulator_port=product.simulator, bot_port=product.bot)
        )
    )


async def _ours(settings: Settings) -> list[float]:
    """Times of the bot's answers, after a second of callbacks that do not count."""
    account = _account(settings)
    await until_up(f"{settings.bot_site}/healthz")
    url = f"{settings.bot_site}/wechat/official"
    await _load(url, account, 10**9, 1)
    return await _load(url, account)


def _account(settings: Settings) -> Account:
    return Account(
        settings.official_token,
        settings.official_aes_key,
        settings.official_appid,
        settings.official_original_id,
    )


async def _echo(account: Account) -> list[float]:
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("echo_peer.py")), str(port)]
    process = subprocess.Popen(
        [*command, account.token, account.aes_key, account.appid],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "FLASK_ENV": "production"},
    )
    try:
        await until_up(f"http://127.0.0.1:{port}/")
        return await _load(f"http://127.0.0.1:{port}/wechat/official", account)
    finally:
        process.terminate()
        process.wait(10)


async def until_up(url: str, seconds: float = 60) -> None:
    """Wait until somebody answers there, with whatever status."""
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2)) as client:
        while time.monotonic() < end:
            try:
                async with client.get(url):
                    return
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.2)
    raise TimeoutError(url)


async def _load(url: str, account: Account, first: int = 0, seconds: int = SECONDS) -> list[float]:
    """Milliseconds of each answered callback, sent at a steady rate."""
    times: list[float] = []
    async with _session() as client, asyncio.TaskGroup() as group:
        start = time.perf_counter()
        for number in range(RATE * seconds):
            prepared = sealed(account, first + number)
            await asyncio.sleep(max(0, start + number / RATE - time.perf_counter()))
            group.create_task(_send(client, url, prepared, times))
    return times


@asynccontextmanager
async def _session() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(5)
    ) as client:
        yield client


async def _send(
    client: aiohttp.ClientSession,
    url: str,
    prepared: tuple[dict[str, str], str],
    times: list[float],
) -> None:
    query, body = prepared
    began = time.perf_counter()
    try:
        async with client.post(url, params=query, data=body.encode()) as response:
            await response.read()
            if response.status == 200:
                times.append((time.perf_counter() - began) * 1000)
    except (aiohttp.ClientError, TimeoutError):
        pass


def sealed(account: Account, number: int) -> tuple[dict[str, str], str]:
    """A text message of one of many residents as the safe mode sends it: query and body."""
    at, nonce = str(int(time.time())), f"{number:010d}"
    openid = f"oBench{number % PEOPLE:022d}"
    text = (
        f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{at}</CreateTime>"
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[帮助]]></Content>"
        f"<MsgId>{10**15 + number}</MsgId></xml>"
    )
    cipher = Envelope(account.aes_key, account.appid).seal(text)
    query = {
        "signature": signature(account.token, at, nonce),
        "timestamp": at,
        "nonce": nonce,
        "openid": openid,
        "encrypt_type": "aes",
        "msg_signature": signature(account.token, at, nonce, cipher),
    }
    body = (
        f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName>"
        f"<Encrypt><![CDATA[{cipher}]]></Encrypt></xml>"
    )
    return query, body
