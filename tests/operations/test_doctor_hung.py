"""``jingmin doctor`` where something never answers, where ``jingmin serve`` is not what runs, and what it
leaves."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pymongo
import pytest

import starting
import storage.examination
from api.routes import now_ms
from config import load
from domain.call import MediaProcess
from domain.clock import DAY_MS, HOUR_MS
from domain.finding import Verdict
from domain.process import beat
from jingmin import case as cases
from jingmin.case import Case
from jingmin.doctor import examine
from storage.embedded import EmbeddedStore
from storage.store import MongoStore
from tests.ports import free_port

# The limits, shorter: everything else as the command is.
QUICK = (
    "import sys, main\nfrom jingmin import doctor\n"
    "doctor.EACH_S, doctor.DISK_S, doctor.SIGNS_S = 5.0, 1.0, 1.0\nsys.exit(main.main(sys.argv[1:]))"
)


@pytest.mark.slow
def test_a_disk_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    """Whoever opens a pipe that nobody writes waits as for a disk that is gone."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    os.mkfifo(data / "secret")
    silent = socket.create_server(("127.0.0.1", 0))  # takes connections, and says nothing
    settings = {
        "JINGMIN_DATA": str(data),
        "JINGMIN_PORT": str(silent.getsockname()[1]),
        "JINGMIN_MEDIA_PORT": str(free_port()),
    }
    with silent:
        done = subprocess.run(
            [sys.executable, "-P", "-c", QUICK, "doctor", "--json"],
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    found = {one["about"]: one for one in reversed(json.loads(done.stdout))}
    assert done.returncode == 1, done.stderr
    assert (found["data"]["verdict"], found["processes"]["verdict"]) == ("WRONG", "UNSEEN")
    assert "too long" in found["processes"]["en"]
    assert "did not answer in 1 s" in found["data"]["en"]
    # What needs neither was looked at all the same.
    assert {"settings", "clock", "media_addresses"} <= found.keys()


@pytest.mark.parametrize(
    ("age", "living"), [(2 * DAY_MS, "nothing"), (2 * HOUR_MS, "dead"), (0, "media")]
)
async def test_a_sign_of_life_within_a_day_says_that_it_ought_to_run(
    store: MongoStore, embedded: EmbeddedStore, database: str, tmp_path: Path, age: int, living: str
) -> None:
    now = now_ms()
    row = MediaProcess("media-1", "ws://127.0.0.1/rtc", 0, 0, now - age, now - age)
    await store.media_processes.add(row)
    await beat(store, "bot-1", "bot", now - age)
    settings = load(
        None,
        {
            "JINGMIN_STORE_URI": embedded.uri,
            "JINGMIN_STORE_DATABASE": database,
            "JINGMIN_DATA": str(tmp_path),
            "JINGMIN_PORT": str(free_port()),
            "JINGMIN_MEDIA_PORT": str(free_port()),
        },
        complete=False,
    )
    case = Case.of(settings)
    assert case.serving == 0
    found = {one.about: one.verdict for one in await examine(case)}
    expected = {
        "nothing": (Verdict.UNSEEN, Verdict.UNSEEN, Verdict.UNSEEN),
        "dead": (Verdict.WRONG, Verdict.WRONG, Verdict.WRONG),
        "media": (Verdict.WRONG, Verdict.UNSEEN, Verdict.WELL),  # it lives on another machine
    }[living]
    assert (found["api"], found["media"], found["media processes"]) == expected


def test_the_lock_of_serve_is_told_from_one_of_another_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(None, {"JINGMIN_DATA": str(tmp_path)}, complete=False)
    assert Case.of(settings).serving == 0
    with starting.hold(tmp_path):
        assert Case.of(settings).serving == os.getpid()
        inode = (tmp_path / starting.LOCK).stat().st_ino
        lines = [one.split() for one in cases.LOCKS.read_text().splitlines()]
    elsewhere = tmp_path / "locks"
    elsewhere.write_text(
        "".join(
            " ".join([*one[:5], f"ff:ff:{inode}", *one[6:]]) + "\n"
            for one in lines
            if one[5].endswith(f":{inode}")
        )
    )
    assert elsewhere.read_text()
    monkeypatch.setattr(cases, "LOCKS", elsewhere)
    assert Case.of(settings).serving == 0


async def test_a_write_that_was_not_acknowledged_is_removed_all_the_same(
    store: MongoStore,
    embedded: EmbeddedStore,
    database: str,
    client: pymongo.MongoClient[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # More members than the set has: the primary keeps the document, and says that they did not.
    monkeypatch.setattr(storage.examination, "ACKNOWLEDGED_BY", 5)
    facts = await storage.examination.examine(embedded.uri, database)
    assert facts.kept.startswith("WriteConcernError")
    assert client[database].health.count_documents({}) == 0
