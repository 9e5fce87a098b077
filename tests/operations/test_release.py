"""A release is tagged, named in the changelog, and made of what is committed (docs/release.md)."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.installed import ROOT
from tests.releases import headings

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_the_version_that_is_worked_on_is_the_first_heading() -> None:
    (version, released, commit), *before = headings()
    assert (version, released, commit) == (VERSION, False, "")
    assert before
    assert all(released and commit for _, released, commit in before)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("pages/package.json", '"version": "{}"'),
        ("deploy/container/Containerfile", "jingmin:{}"),
        ("deploy/container/compose.yaml", "jingmin:{}"),
        ("docs/operator.md", "jingmin-{}-py3-none-any.whl"),
    ],
)
def test_every_file_names_that_version(file: str, said: str) -> None:
    assert said.format(VERSION) in (ROOT / file).read_text("utf-8")


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=release", "-c", "user.email=release@example.cn")
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with what the release is made from; its wheel is made by a stand-in, for tests/wheel.sh
    and tests/installed.py make the real one."""
    folder = tmp_path / "clone"
    (folder / ".ci").mkdir(parents=True)
    (folder / ".ci" / "release").write_bytes((ROOT / ".ci" / "release").read_bytes())
    (folder / ".ci" / "release").chmod(0o755)
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.3\n- all of it\n")
    (folder / "Makefile").write_text("wheel:\n\t@echo made the wheel\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "All of it")
    return folder


def release(folder: Path) -> tuple[int, str]:
    who = {f"GIT_COMMITTER_{name}": f"release@{name}" for name in ("NAME", "EMAIL")}
    done = subprocess.run(
        [folder / ".ci" / "release"], env={**os.environ, **who}, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_a_release_is_a_wheel_and_an_annotated_tag(clone: Path) -> None:
    code, said = release(clone)
    assert code == 0, said
    assert "made the wheel" in said
    assert git(clone, "cat-file", "-t", "v1.2.3") == "tag"
    assert git(clone, "rev-parse", "v1.2.3^{commit}") == git(clone, "rev-parse", "HEAD")
    code, said = release(clone)
    assert (code, said) == (1, "no release: v1.2.3 is there already\n")


@pytest.mark.parametrize(
    ("text", "commit", "said"),
    [
        (
            "# Changelog\n\n## 1.2.3 (not released)\n",
            True,
            "CHANGELOG.md has no heading '## 1.2.3'",
        ),
        ("# Changelog\n\n## 1.2.2\n", True, "CHANGELOG.md has no heading '## 1.2.3'"),
        ("# Changelog\n\n## 1.2.3\n- more\n", False, "what is not committed would not be in it"),
    ],
)
def test_what_is_not_ready_is_refused(clone: Path, text: str, commit: bool, said: str) -> None:
    (clone / "CHANGELOG.md").write_text(text)
    if commit:
        git(clone, "commit", "--quiet", "--all", "--message", "Another heading")
    assert release(clone) == (1, f"no release: {said}\n")
    assert git(clone, "tag") == ""
