"""``make bench`` from a fresh clone sets up its load client, or says what to type."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bench.media import HERE, SET_UP, require_load

ROOT = HERE.parent
STAMP = "bench/load/node_modules/.made"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the rule needs of a fresh clone."""
    load = tmp_path / "bench" / "load"
    load.mkdir(parents=True)
    (tmp_path / "pages").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "requirements").mkdir()
    for name in (
        "Makefile",
        "pyproject.toml",
        "requirements/dev.txt",
        "pages/package-lock.json",
        "tests/needs.sh",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "load" / name, load)
    return tmp_path


def make(clone: Path, target: str, *more: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/usr/bin/make", "-C", str(clone), *more, target],
        capture_output=True,
        text=True,
        env={"PATH": str(path)},
    )


def tools(clone: Path, **scripts: str) -> Path:
    """A folder with the shell's own tools and these scripts."""
    folder = clone / "tools"
    folder.mkdir()
    for name in ("sh", "touch", "find", "sed"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name, body in scripts.items():
        script = folder / name
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
    return folder


def test_bench_needs_the_load_client(clone: Path) -> None:
    planned = make(clone, "bench", "-n", path=tools(clone)).stdout
    assert f"cd bench/load && {SET_UP}" in planned
    assert planned.index(SET_UP) < planned.index("-m bench")


def test_the_load_client_is_set_up_once(clone: Path) -> None:
    npm = '[ "$1" = --version ] || { echo "$PWD $*"; mkdir -p node_modules; touch node_modules/x; }'
    path = tools(clone, node="echo v20.19.0", npm=npm)
    (path / "mkdir").symlink_to(shutil.which("mkdir") or "mkdir")
    done = make(clone, STAMP, path=path)
    assert done.returncode == 0, done.stderr
    assert f"/bench/load {SET_UP.removeprefix('npm ')}" in done.stdout
    assert "up to date" in make(clone, STAMP, path=path).stdout


def test_without_npm_the_command_is_named(clone: Path) -> None:
    done = make(clone, STAMP, path=tools(clone))
    assert done.returncode != 0
    assert f"cd bench/load && {SET_UP}" in done.stdout


def test_the_bench_alone_names_the_command(clone: Path) -> None:
    load = clone / "bench" / "load"
    with pytest.raises(SystemExit, match=f"cd {load} && {SET_UP}"):
        require_load(load)
