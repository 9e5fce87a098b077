"""What the other tests of this folder start is the wheel, and nothing of this folder besides."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.installed import ROOT, jingmin, outside

ASKED = """
import importlib.util as util, sys
for name in sys.argv[1:]:
    found = util.find_spec(name)
    print(name, found.origin if found else None)
"""
OURS = ("main", "config", "jingmin.processes.serve", "api.app", "domain.incident", "storage.store")


def test_the_command_and_its_rooms_come_from_the_wheel(tmp_path: Path) -> None:
    folder = Path(jingmin()).parents[1]
    asked = [str(folder / "bin" / "python"), "-P", "-c", ASKED, *OURS, "tests", "bench"]
    done = subprocess.run(
        asked, cwd=tmp_path, env=outside(), capture_output=True, text=True, check=True
    )
    found = dict(line.split() for line in done.stdout.splitlines())
    assert found.pop("tests") == found.pop("bench") == "None"
    assert set(found) == set(OURS)
    assert all(Path(one).is_relative_to(folder / "lib") for one in found.values()), found


def test_its_pages_are_in_it(tmp_path: Path) -> None:
    folder = Path(jingmin()).parents[1]
    (static,) = (folder / "lib").glob("python*/site-packages/api/static")
    built = {str(one.relative_to(ROOT / "api" / "static")) for one in _files(ROOT / "api/static")}
    assert {str(one.relative_to(static)) for one in _files(static)} == built


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]
