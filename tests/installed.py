"""The product as an operator has it: its wheel, installed where nothing else of this folder is.

Built once for each state of the sources and shared by all tests. The environment has the locked libraries
and the wheel; the tests, and the sources they lie beside, are not on its path. ``.ci/run`` installs the same
wheel into an empty one with ``--require-hashes``.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from storage.embedded import COMMAND

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "installed"
KEPT = 4  # of earlier states; each is some 10 MB


class NoHistory(LookupError):
    """This folder is no clone with that commit in it."""


@cache
def jingmin() -> str:
    """The installed command ``jingmin`` of the sources as they are."""
    return str(_installed(_digest(), None) / "bin" / "jingmin")


def jingmin_of(commit: str) -> str:
    """The command of the wheel that is built from an older commit, without pages; raises ``NoHistory``."""
    return str(_installed(commit, commit) / "bin" / "jingmin")


def outside(**more: str) -> dict[str, str]:
    """This process's environment without what would lead Python to the sources."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, **more}


def _digest() -> str:
    """Of everything that goes into the wheel."""
    assert (ROOT / "api" / "static" / "index.html").exists(), "the pages are not built: make pages"
    digest = hashlib.sha256()
    for path in sorted(_packaged()):
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _packaged() -> Iterator[Path]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    yield ROOT / "pyproject.toml"
    for name in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]:
        found = ROOT / name
        inside = found.rglob("*") if found.is_dir() else [found]
        yield from (one for one in inside if one.is_file() and one.suffix != ".pyc")


def _installed(name: str, commit: str | None) -> Path:
    """The environment of this state, made when it is not there."""
    BUILT.mkdir(parents=True, exist_ok=True)
    place = BUILT / name
    with (BUILT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # every worker of a run wants it at once
        if not place.exists():
            part = BUILT / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            _make(part, _unpacked(part, commit) if commit else ROOT)
            part.rename(place)
            _forget(place)
    return place


def _unpacked(place: Path, commit: str) -> Path:
    found = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if found.returncode:
        raise NoHistory(commit)
    sources = place / "sources"
    with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
        # It is our own; Debian 12's Python knows no filter, and later ones warn without.
        kind = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(sources, **kind)  # type: ignore[arg-type]
    return sources


def _make(place: Path, sources: Path) -> None:
    run = [sys.executable, "-m"]
    _do(*run, "build", "--wheel", "--no-isolation", "--outdir", str(place / "dist"), str(sources))
    _do(*run, "venv", "--without-pip", str(place))
    (wheel,) = (place / "dist").glob("*.whl")
    python = place / "bin" / "python"
    installing = ("install", "--quiet", "--no-deps", "--no-index", "--no-compile")
    _do(*run, "pip", "--python", str(python), *installing, str(wheel))
    # The libraries as they are locked; of this folder's sources a .pth file beside them tells, which is not
    # read where it is not in a site folder itself.
    shutil.rmtree(place / "sources", ignore_errors=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    store = Path(sysconfig.get_path("scripts")) / COMMAND
    if store.exists():
        (place / "bin" / COMMAND).symlink_to(store.resolve())
    # A script's first line names the folder it was made in.
    script = place / "bin" / "jingmin"
    final = place.with_suffix("")
    script.write_text(script.read_text().replace(str(place), str(final)))


def _do(*command: str) -> None:
    done = subprocess.run(command, cwd=BUILT, capture_output=True, text=True, env=outside())
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]


def _forget(newest: Path) -> None:
    others = [one for one in BUILT.iterdir() if one.is_dir() and one != newest]
    for old in sorted(others, key=lambda one: one.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
