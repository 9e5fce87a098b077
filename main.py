"""The ``jingmin`` command: processes (``processes.py``) and what is asked once (``commands.py``)."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import commands
import processes
import verifying
from assembly import boundaries_of, build_bot
from config import PREFIX, Settings, SettingsError, load
from demo import simulated
from domain.errors import Refused, UnusableStore
from domain.product import product_version
from jingmin import backups, conversion, doctor, moving, people_commands
from jingmin.command import Declare, with_store
from locate.finder import BoundaryFinder
from log_limit import LimitedHandler
from log_lines import JsonLine, OneLine

# What declares commands of its own.
DECLARED: tuple[Callable[[Declare], object], ...] = (
    people_commands.declare,
    doctor.declare,
    backups.declare,
    moving.declare,
    conversion.declare,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 well, 1 found something wrong, 2 wrong usage."""
    os.umask(0o077)  # nobody else on the machine reads what we write
    options = _parser().parse_args(arguments)
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
        return commands.refused(refused, options.command)
    except KeyboardInterrupt:
        return 130


# ---- commands


def verify(settings: Settings, options: argparse.Namespace) -> int:
    """Check an incident's log and files; exit code 1 when anything is wrong."""
    return with_store(
        settings, lambda store: verifying.verify(store, settings.secret_bytes(), options.incident)
    )


def locate(settings: Settings, options: argparse.Namespace) -> int:
    """Who answers for a point."""
    finder = BoundaryFinder(boundaries_of(settings))
    found = commands.locate(finder, options)
    print(json.dumps(found, ensure_ascii=False, indent=2) if options.json else commands.tell(found))
    return 0


def boundaries(settings: Settings, options: argparse.Namespace) -> int:
    """Everything that is wrong with a boundary file."""
    return commands.check_boundaries(settings.data, options)


def wechat(settings: Settings, options: argparse.Namespace) -> int:
    """Set up or check WeChat and WeCom as configured; in the demo, the simulated ones."""
    if settings.demo:
        settings = simulated(settings)
    boundaries = boundaries_of(settings)
    return with_store(
        settings,
        lambda store: commands.wechat(build_bot(settings, store, boundaries), options.what),
    )


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


def _parser() -> argparse.ArgumentParser:
    return commands.parser(
        product_version(),
        {
            "demo": processes.serve,
            "serve": processes.serve,
            "api": processes.api,
            "media": processes.media,
            "bot": processes.bot,
            "worker": processes.worker,
            "simulator": processes.simulator,
            "verify": verify,
            "locate": locate,
            "boundaries": boundaries,
            "wechat": wechat,
        },
        DECLARED,
    )


if __name__ == "__main__":
    sys.exit(main())
