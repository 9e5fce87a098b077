"""What the ``jingmin`` command says and asks: its options, and the commands that end by themselves."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from assembly import boundaries_known, load_boundaries
from config import Settings
from demo import furnish
from domain.errors import BOUNDARY_BROKEN, INVALID, Refused
from domain.finding import Verdict
from domain.place import DATUMS, Datum, Level, Source
from domain.ports import Finder
from jingmin.command import Declare, Run
from locate.boundaries import Boundaries
from locate.decoding import read_file
from locate.kept import renamed
from locate.problem import UNUSABLE, refuse, sentences
from supervisor import PROGRAM

if TYPE_CHECKING:
    from bot.house import BotHouse

log = logging.getLogger("jingmin")
LENIENT = ("verify", "locate", "wechat", "boundaries")  # need less than serving does


def parser(
    version: str,
    commands: Mapping[str, Run],
    declared: Iterable[Callable[[Declare], object]] = (),
) -> argparse.ArgumentParser:
    """The options; ``commands`` maps a command's name to what runs it, ``declared`` declare their own."""
    top = argparse.ArgumentParser(
        prog="jingmin",
        description="Online 110: residents report, a dispatcher answers, the police station responsible "
        "joins the video call, everything is recorded and sealed.",
        epilog="Settings come from the environment (JINGMIN_PORT=8110 …) or one TOML file (--config, or "
        "JINGMIN_CONFIG); docs/operator.md lists them. Unknown settings are refused.",
    )
    top.add_argument("--version", action="version", version=f"jingmin {version}")
    top.add_argument("--config", metavar="FILE", help="settings as TOML")
    subs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def declare(
        name: str, help: str, run: Run, *, lenient: bool = False
    ) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run, lenient=lenient)
        sub.add_argument("--data", type=Path, help="folder of store, recordings, journal (data)")
        return sub

    def command(name: str, help: str) -> argparse.ArgumentParser:
        return declare(name, help, commands[name], lenient=name in LENIENT)

    demo = command(
        "demo", "run everything here with a sample city and demo staff; prints where to look"
    )
    serving = command(
        "serve",
        "run everything here for production: the store if it is embedded, media, api, and bot and "
        "worker where a platform is configured",
    )
    api = command("api", "run one api process alone (behind a load balancer; needs store_uri)")
    for sub in (demo, serving, api):
        sub.add_argument("--port", type=int, help="HTTP port (8110)")
    demo.add_argument("--simulator-port", dest="simulator_port", type=int, help="WeChat's (8114)")
    for sub in (demo, serving):
        sub.add_argument("--bot-port", dest="bot_port", type=int, help="the bot's (8113)")
        sub.add_argument("--media-port", dest="media_port", type=int, help="signalling port (8111)")
        sub.add_argument(
            "--store-port", dest="store_port", type=int, help="embedded store's (8112)"
        )
    one = command("media", "run one media process alone (needs store_uri, or the embedded store)")
    one.add_argument("--media-id", dest="media_id", help="its name, unique among media processes")
    one.add_argument("--media-port", dest="media_port", type=int, help="signalling port (8111)")
    one.add_argument(
        "--media-url", dest="media_url", help="its socket as pages reach it, wss://…/rtc"
    )
    talking = command("bot", "run one bot process alone: takes callbacks of WeChat and WeCom")
    talking.add_argument("--bot-port", dest="bot_port", type=int, help="HTTP port (8113)")
    command("worker", "run one worker process alone: what follows from callbacks, sending")
    playing = command("simulator", "run the demo's simulated WeChat and WeCom alone")
    playing.add_argument("--simulator-port", dest="simulator_port", type=int, help="port (8114)")
    checking = command(
        "verify", "check the sealed log and files of an incident, tip or notice; exit 1 if altered"
    )
    checking.add_argument(
        "incident",
        metavar="INCIDENT",
        help="number of an incident, tip or notice, or an id; or: audit; or: all of these",
    )
    wechat = command("wechat", "set up and check the platforms: menu, check")
    wechat.add_argument(
        "what", choices=["check", "menu"], help="check: what is wrong; menu: make it"
    )
    finding = command("locate", "say which police station answers for a point")
    finding.add_argument("lon", type=float, metavar="LON", help="longitude in degrees")
    finding.add_argument("lat", type=float, metavar="LAT", help="latitude in degrees")
    finding.add_argument(
        "--datum", choices=[str(one) for one in Datum], default="WGS84", help="default WGS84"
    )
    finding.add_argument("--accuracy", type=float, help="radius in metres (68 %%)")
    finding.add_argument("--boundaries", type=Path, help="GeoJSON file (default: the sample city)")
    finding.add_argument("--json", action="store_true", help="answer as JSON")
    mapping = command(
        "boundaries",
        "check a boundary file and list everything that is wrong with it; exit 1 if so",
    )
    mapping.add_argument("what", choices=["check"])
    mapping.add_argument("file", type=Path, metavar="FILE", help="GeoJSON file")
    mapping.add_argument("--lang", choices=["zh", "en"], help="default: from LANG")
    mapping.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)
    for each in declared:
        each(declare)
    return top


def locate(finder: Finder, options: argparse.Namespace) -> dict[str, Any]:
    """The finder's answer as JSON values."""
    given = DATUMS[Datum(options.datum)](options.lon, options.lat, options.accuracy, Source.PICKED)
    wgs84 = finder.to_wgs84(given)
    found = finder.locate(wgs84)
    return {
        "wgs84": [round(wgs84.lon, 7), round(wgs84.lat, 7)],
        "certainty": str(found.certainty),
        "why_zh": found.why_zh,
        "why_en": found.why_en,
        "place": found.place,
        "boundary_version": found.boundary_version,
        "areas": [
            {"level": str(one.level), "id": one.id, "name": one.name, "share": round(one.share, 4)}
            for one in found.areas
        ],
        "candidates": [
            {
                "station": one.station,
                "name": one.name,
                "bureau": one.bureau,
                "share": round(one.share, 4),
                "distance_m": round(one.distance, 1),
            }
            for one in found.candidates
        ],
    }


def tell(found: dict[str, Any]) -> str:
    """The finder's answer to read."""
    lines = [
        f"{found['certainty']}  {found['place']}",
        found["why_zh"],
        found["why_en"],
        f"WGS-84 {found['wgs84'][0]}, {found['wgs84'][1]}   boundaries {found['boundary_version']}",
    ]
    lines += [
        f"  {one['share']:6.1%}  {one['distance_m']:9.1f} m  {one['station']:8}  {one['name']} "
        f"({one['bureau']})"
        for one in found["candidates"]
    ]
    lines += [f"  {one['share']:6.1%}  {one['id']}  {one['name']}" for one in found["areas"]]
    return "\n".join(lines)


LEVELS_ZH = {
    Level.BUREAU: "分局",
    Level.STATION: "派出所",
    Level.COMMUNITY: "社区",
    Level.GRID: "网格",
}


def check_boundaries(data: Path, options: argparse.Namespace) -> int:
    """Say everything that is wrong with a boundary file, 1 then (2 when it cannot be read), or what
    is in it. Nothing is kept, so that a draft may be mended under its name; ``--keep`` is for
    ``judge``."""
    chinese = speaks_chinese(options.lang)
    try:
        if options.keep:
            load_boundaries(options.file, data)
            if boundaries_known(options.file, data):
                return 0
            folder = data / "boundaries"
            if chinese:
                _say(f"辖区边界: {folder} 无法写入, 请检查权限和磁盘空间。", True)
            else:
                _say(f"boundaries: {folder} cannot be written; check owner and free space", True)
            return 2
        boundaries = Boundaries.from_geojson(read_file(options.file))
        problem = renamed(boundaries, data / "boundaries")
        if problem is not None:
            refuse([problem])
    except Refused as refused:
        if refused.fault is not BOUNDARY_BROKEN:
            raise
        _list(refused, chinese, options.keep)
        return 2 if "file" in _kinds(refused) else 1
    counts = Counter(area.level for area in boundaries.areas)
    if chinese:
        levels = ", ".join(f"{LEVELS_ZH[level]} {counts[level]}" for level in Level)
        _say(f"文件可用: {boundaries.full_version}\n  {levels}")
    else:
        levels = ", ".join(f"{level} {counts[level]}" for level in Level)
        _say(f"good: {boundaries.full_version}\n  {levels}")
    return 0


async def judge(path: Path, data: Path, environment: Mapping[str, str]) -> bool:
    """Whether the product can start with this boundary file; if not, what is wrong was printed.

    A process of its own checks what was not seen before: a large map takes memory that the
    supervisor would keep for ever, and holds up an event loop for longer than its watchdog waits.
    What cannot be kept is not started from.
    """
    if await asyncio.to_thread(boundaries_known, path, data):
        return True
    arguments = ["boundaries", "check", "--keep", "--data", str(data), "--", str(path)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *PROGRAM, *arguments, env={**os.environ, **environment}
    )
    return await process.wait() == 0


def refused(refusal: Refused, command: str) -> int:
    """Print a refusal and say the exit code: 2 when the command cannot do anything without what is
    wrong, else 1."""
    if refusal.fault is not BOUNDARY_BROKEN:
        print(f"jingmin: {refusal.detail or refusal.fault.en}", file=sys.stderr)
        return 1
    _list(refusal, speaks_chinese(None), True)
    return 1 if command in ("locate", "wechat", "convert") and not _kinds(refusal) & UNUSABLE else 2


def _list(refusal: Refused, chinese: bool, error: bool) -> None:
    for number, line in enumerate(sentences(refusal, chinese)):
        _say(line if number else f"{'辖区边界' if chinese else 'boundaries'}: {line}", error)


def _say(text: str, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    # A locale without Chinese must not end in a traceback.
    encoding = stream.encoding or "utf-8"
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    print(f"jingmin: {text}" if error and text[:1] != " " else text, file=stream)


def _kinds(refusal: Refused) -> set[str]:
    problems: Any = refusal.facts.get("problems", [])
    return {one["kind"] for one in problems}


def speaks_chinese(lang: str | None) -> bool:
    """Whether to speak Chinese: as asked, else as the locale says."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return (lang or next((os.environ[one] for one in names if os.environ.get(one)), "")).startswith(
        "zh"
    )


async def wechat(house: BotHouse, what: str) -> int:
    """``check`` says what works and what does not, 1 when something is wrong; ``menu`` makes the menu
    of the Official Account."""
    # wechatpy and its requests are slow to load and of no use to the other commands.
    from bot.alarm_rows import trying
    from bot.checkup import check as check_platforms
    from bot.errors import CallFailed
    from bot.menu import buttons
    from bot.platforms import connect

    client = connect(house)
    try:
        if what == "menu":
            if not house.officials:
                raise Refused(INVALID, "official_appid: no Official Account is configured")
            try:
                async with trying(house):
                    for name, official in house.officials:
                        await official.menu_create(buttons(house.settings, name))
            except CallFailed as error:
                print(f"menu: {error}")
                return 1
            print("menu created; phones show it within five minutes")
            return 0
        async with trying(house):
            findings = await check_platforms(house)
    finally:
        await client.close()
    for one in findings:
        print(f"{one.verdict.sign} {one.about}\n    {one.zh}\n    {one.en}")
    return 1 if any(one.verdict is Verdict.WRONG for one in findings) else 0


async def furnish_platforms(settings: Settings, house: BotHouse) -> None:
    """The demo's simulated world, and the account's menu in it."""
    from bot.errors import CallFailed
    from bot.menu import buttons

    try:
        await furnish(house.store, house.finder, f"http://127.0.0.1:{settings.simulator_port}")
        for name, official in house.officials:
            if not await official.menu_get():
                await official.menu_create(buttons(house.settings, name))
    except (CallFailed, Refused, TimeoutError) as error:
        log.warning("the demo's WeChat is not furnished: %s", type(error).__name__)


def progress(zh: str, en: str) -> None:
    """What the demo is doing while it is set up."""
    _say(f"jingmin: {zh} · {en} …")
    sys.stdout.flush()


async def announce(settings: Settings, stop: asyncio.Event) -> None:
    """Wait until the demo answers, then say where to look."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2)) as client:
        while not stop.is_set():
            try:
                async with client.get(
                    f"{settings.site}/healthz", allow_redirects=False
                ) as response:
                    if response.status == 200:
                        break
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.1)
    site = settings.site
    print(
        f"""
  警民110 / Jingmin 110 — demo

  从这里开始 · start here     {site}/
  居民手机 · resident         {site}/110/
  接警台 · dispatcher desk    {site}/console/
  派出所 · police station     {site}/station/
  社区民警 · community police {site}/community/
  微信 (模拟) · WeChat         http://127.0.0.1:{settings.simulator_port}/
  接口文档 · API              {site}/api/v1/docs

  Ctrl-C 结束, 数据留在 {settings.data} · Ctrl-C ends it; data stays in {settings.data}
""",
        flush=True,
    )
