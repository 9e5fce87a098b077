"""The options of the ``jingmin`` command."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from domain.place import Datum
from jingmin.command import Declare, Run

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
