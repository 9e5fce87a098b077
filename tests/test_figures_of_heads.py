"""A figure that the head of a file, or a page beside the operator's, gives is the one the code goes by.

As in tests/test_figures.py: a file, and a sentence of it with the constants put in.
"""

from __future__ import annotations

from inspect import signature

import pytest
from argon2 import PasswordHasher

import supervisor
from api import (
    board,
    lanes,
    uploads,
    webhook_post,
)
from api.devices import REMEMBERED
from api.house import STORE_PATIENCE_S
from api.intake import STORE_FIRST_S
from bot import arrivals, document
from domain import (
    flood,
    outgoing,
    paging,
    platform_alarm,
    presence,
    tip,
    track,
    unattended,
    viewing,
)
from domain.clock import HOUR_MS, MINUTE_MS
from domain.disclosure import FEW
from domain.json_limits import LEVELS
from locate import finder, topology
from storage.embedded import LOOK_EVERY_S
from tests.blocking import LIMIT_S
from tests.test_figures import GIB, of_page, read, seconds, span, spelt
from webrtc import levels, spool

(FIRST_PART,) = of_page("pages/weigh.mjs", r"'first part', first, (\d+)\]")
(ASKED_WHY,) = of_page("pages/resident/leave.tsx", r"ASK_MS = ([\d_]+)")
HEADS = [
    ("domain/flood.py", f"came as more than {flood.A_MINUTE} a minute from one address"),
    ("domain/flood.py", f"after {seconds(flood.AFTER_MS)} s has nothing"),
    ("domain/flood.py", f"page that is open or was for {seconds(presence.LASTED_MS)} s"),
    (
        "domain/track.py",
        f"at least {track.SLOWEST:g} and at most {track.FASTEST:g} m/s",
    ),
    ("domain/track.py", f"nobody moves at more than {track.IMPOSSIBLE:g} m/s"),
    ("domain/track.py", f"(a fast train's do at {track.TRAIN:g} m/s)"),
    ("domain/track.py", f"{spelt(track.AGREEING).capitalize()} such impossible fixes in a row"),
    (
        "domain/calling.py",
        f"come in {seconds(unattended.UNATTENDED_MS)} s everybody on the desk",
    ),
    ("domain/disclosure.py", f"A count of 1 to {FEW - 1} might tell"),
    ("domain/viewing.py", f"true for {span(viewing.FRESH_MS)}"),
    ("domain/tip.py", f"is timed to {spelt(tip.COARSE_MS / MINUTE_MS)} minutes"),
    (
        "domain/outgoing.py",
        f"to {spelt(outgoing.COARSE_MS / MINUTE_MS)} minutes, when",
    ),
    ("domain/platform_alarm.py", f"and once {span(platform_alarm.AGAIN_MS)} while it goes on"),
    ("domain/json_limits.py", f"comes near {LEVELS} levels"),
    (
        "api/passwords.py",
        f"{PasswordHasher().memory_cost // 1024} MB: {spelt(lanes.THREADS)} at a time",
    ),
    (
        "locate/topology.py",
        f"{topology.LARGEST_PIECE:g} m² and on average wider than {topology.WIDEST_PIECE:g} m",
    ),
    ("api/devices.py", f"it remembers the last {spelt(REMEMBERED)}"),
    (
        "api/disk_watch.py",
        f"below {uploads.KEEP_FREE / GIB:g} GiB files of callers are not taken (``uploads.py``), below "
        f"{spool.LEAST_FREE / GIB:g} GiB recordings",
    ),
    ("api/webhook_post.py", f"{spelt(webhook_post.PATIENCE_S)} seconds are the end"),
    ("bot/document.py", f"at most {spelt(document.DEPTH)} levels"),
    ("webrtc/levels.py", f"more often than every {spelt(levels.EVERY)} seconds"),
    ("locate/finder.py", f"Share >= {finder._SURE:g}: ONE. {finder._LIKELY:g} to {finder._SURE:g}"),
    ("locate/finder.py", f"``UNKNOWN`` ({finder.UNKNOWN:g} m)"),
    ("locate/finder.py", f"``POINTED`` ({finder.POINTED:g} m)"),
    ("docs/house.md", f"a callback that computes for more than {LIMIT_S:g} s"),
    ("docs/house.md", f"at most {FIRST_PART // 1000} kB as it travels"),
    ("docs/house.md", f"asked for a write and a read once {span(LOOK_EVERY_S * 1000)}"),
    ("docs/house.md", f"none for {supervisor.SILENT_S:g} s is too long"),
    ("docs/house.md", f"or not within {STORE_FIRST_S * 1000:g} ms: append-only file"),
    (
        "docs/house.md",
        f"not stored within {arrivals.STORE_FIRST_S * 1000:g} ms goes to the same kind",
    ),
    ("docs/house.md", f"the store has {STORE_PATIENCE_S:g} s to answer"),
    ("README.md", f"named from {finder._SURE:g} of the circle on"),
    ("README.zh-CN.md", f"占到误差圆的 {finder._SURE:g} 才点名"),
]


def test_spans_that_are_said_in_other_words() -> None:
    assert board.CLOSED_KEPT_MS == HOUR_MS, "api/LIVE.md: in the last hour"
    assert presence.EVERY_MS == 30_000, "domain/presence.py: every half minute"
    assert ASKED_WHY == 30_000, "domain/hang_up.py: in the first half minute"
    assert lanes.SLOW_TURN == 8, "api/lanes.py: as every eighth"
    seconds = signature(paging.page_of).parameters["seconds"]
    assert seconds.default == 2, "docs/api.md: looks back for two seconds at most"


@pytest.mark.parametrize(("path", "sentence"), HEADS)
def test_the_figure_is_the_one_of_the_code(path: str, sentence: str) -> None:
    assert sentence in read(path)
