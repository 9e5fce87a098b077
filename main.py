"""The ``jingmin`` command: processes (``jingmin/processes/``) and what is asked once."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import commands
from config import PREFIX, Settings, SettingsError, load
from demo import simulated
from domain.errors import Refused, UnusableStore
from domain.product import product_version
from jingmin.command import Declare, Run
from log_limit import LimitedHandler
from log_lines import JsonLine, OneLine

# Each loads what it needs and no other: a process that was killed is there again a second sooner.
PROCESSES = {
    "demo": "serve",
    "serve": "serve",
    "api": "api",
    "media": "media",
    "bot": "bot",
    "worker": "bot",
    "simulator": "simulator",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 well, 1 found something wrong, 2 wrong usage."""
    os.umask(0o077)  # nobody else on the machine reads what we write
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(given).parse_args(given)
    overrides = {
        name: value
        for name, value in vars(options).items()
        if name in Settings.__struct_fields__ and value is not None
    }
    if options.command == "demo":
        overrides["demo"] = True
    try:
        file = options.config or os.environ.get(PREFIX + "CONFIG")
        settings = load(
            Path(file) if file else None, os.environ, overrides, complete=not options.lenient
        )
    except SettingsError as error:
        print(f"jingmin: {error}", file=sys.stderr)
        return 2
    _log(settings, _process_of(settings, options.command))
    if not getattr(options, "only_looks", False):
        _keep_private(settings.data)
    try:
        return int(options.run(settings, options))
    except (SettingsError, UnusableStore) as error:
        print(f"jingmin: {error}", file=sys.stderr)
        return 2
    except Refused as refused:
        from jingmin.boundary_commands import refused as told

        return told(refused, options.command)
    except KeyboardInterrupt:
        return 130


# ---- commands


def verify(settings: Settings, options: argparse.Namespace) -> int:
    """Check an incident's log and files; exit code 1 when anything is wrong."""
    from jingmin.store import with_store
    from verifying import verify as check

    return with_store(
        settings, lambda store: check(store, settings.secret_bytes(), options.incident)
    )


def locate(settings: Settings, options: argparse.Namespace) -> int:
    """Who answers for a point."""
    from jingmin.assembly.areas import boundaries_of
    from jingmin.boundary_commands import locate as find
    from jingmin.boundary_commands import tell
    from locate.finder import BoundaryFinder

    found = find(BoundaryFinder(boundaries_of(settings)), options)
    print(json.dumps(found, ensure_ascii=False, indent=2) if options.json else tell(found))
    return 0


def boundaries(settings: Settings, options: argparse.Namespace) -> int:
    """Everything that is wrong with a boundary file."""
    from jingmin.boundary_commands import check_boundaries

    return check_boundaries(settings.data, options)


def wechat(settings: Settings, options: argparse.Namespace) -> int:
    """Set up or check WeChat and WeCom as configured; in the demo, the simulated ones."""
    from jingmin.assembly.areas import boundaries_of
    from jingmin.assembly.bot import build_bot
    from jingmin.store import with_store
    from jingmin.wechat_command import wechat as ask

    if settings.demo:
        settings = simulated(settings)
    boundaries = boundaries_of(settings)
    return with_store(
        settings, lambda store: ask(build_bot(settings, store, boundaries), options.what)
    )


def _process(name: str) -> Run:
    def run(settings: Settings, options: argparse.Namespace) -> int:
        module = importlib.import_module(f"jingmin.processes.{PROCESSES[name]}")
        function = getattr(module, "serve" if name == "demo" else name)
        return int(function(settings, options))

    return run


def _declared(arguments: Sequence[str]) -> Iterator[Callable[[Declare], object]]:
    """What declares commands of its own, unless one of our processes is asked for."""
    if arguments[:1] and arguments[0] in PROCESSES:
        return
    for name in ("people_commands", "doctor", "backups", "moving", "conversion"):
        yield importlib.import_module(f"jingmin.{name}").declare


def _keep_private(folder: Path) -> None:
    """Close the data folder to everybody else, whoever made or restored it; a folder that is meant for
    all, like /tmp, stays as it is."""
    with contextlib.suppress(OSError):
        found = folder.stat()
        if found.st_uid == os.getuid() and not found.st_mode & stat.S_ISVTX:
            folder.chmod(0o700)


def _process_of(settings: Settings, command: str) -> str:
    """What the log calls this process."""
    if command in ("serve", "demo"):
        return "supervisor"
    return settings.media_id if command == "media" else command


def _log(settings: Settings, process: str) -> None:
    logging.basicConfig(level=settings.log_level, handlers=[LimitedHandler(sys.stderr)])
    form = JsonLine(process) if settings.log_format == "json" else OneLine()
    for handler in logging.getLogger().handlers:
        handler.setFormatter(form)
    # These speak of every connection and candidate, addresses included.
    for name in ("aioice", "aiortc", "aiohttp", "pymongo", "asyncio", "wechatpy", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    once = {"verify": verify, "locate": locate, "boundaries": boundaries, "wechat": wechat}
    runs: dict[str, Run] = {**{name: _process(name) for name in PROCESSES}, **once}
    return commands.parser(product_version(), runs, _declared(arguments))


if __name__ == "__main__":
    sys.exit(main())
