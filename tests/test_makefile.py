"""``make`` says what is missing before it installs anything: with tools of every age on the PATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.newcomer import recipe

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "make", "find", "cut", "sed", "touch", "rm", "ls", "env")
# Answers as an interpreter of that version would; whatever else is asked of it is written down.
PYTHON = """#!/bin/sh
case "$*" in
*version_info*) echo {version} ;;
*libc_ver*) echo '{kind}' ;;
*ensurepip*) exit {no_venv} ;;
*) echo "python $*" >>"$JOURNAL"; exit 1 ;;
esac
"""
NODE = """#!/bin/sh
case "$*" in
--version) echo {version} ;;
*) echo "{name} $*" >>"$JOURNAL"; exit 1 ;;
esac
"""
BROKEN = "#!/bin/sh\necho 'pyenv: not found' >&2\nexit 127\n"
KIND = "CPython linux-x86_64 glibc"


class Machine:
    """A clone on a machine that has only the tools it is given."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.bin, self.journal = folder / "clone", folder / "bin", folder / "journal"
        self.bin.mkdir()
        for name in (
            "Makefile",
            "pyproject.toml",
            "requirements/dev.txt",
            "tests/needs.sh",
            "pages/package-lock.json",
        ):
            (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.clone / name)
        for name in TOOLS:
            found = shutil.which(name)
            assert found, f"{name} is missing"
            (self.bin / name).symlink_to(found)

    def tool(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)

    def python(
        self, version: str = "3.11.2", kind: str = KIND, no_venv: int = 0, name: str = "python3"
    ) -> None:
        self.tool(name, PYTHON.format(version=version, kind=kind, no_venv=no_venv))

    def node(self, version: str = "v20.19.2", npm: str = "9.2.0") -> None:
        self.tool("node", NODE.format(name="node", version=version))
        self.tool("npm", NODE.format(name="npm", version=npm))

    def make(self, *goals: str) -> tuple[int, str]:
        done = subprocess.run(
            [str(self.bin / "make"), *goals],
            cwd=self.clone,
            env={"PATH": str(self.bin), "JOURNAL": str(self.journal), "HOME": str(self.clone)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def refused(self, *goals: str) -> str:
        """What was said; nothing was installed and nothing begun."""
        code, said = self.make(*goals)
        assert code != 0, said
        assert not self.journal.exists(), self.journal.read_text()
        assert not (self.clone / ".venv").exists()
        assert not (self.clone / "pages" / "node_modules").exists()
        assert "Traceback" not in said
        return said


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


# A newcomer's two commands and what builds on them.
GOALS = ("demo", "test", "wheel")


@pytest.mark.parametrize("goal", [*GOALS, "setup"])
@pytest.mark.parametrize("version", ["2.7.18", "3.9.2", "3.10.12", "3.14.0", "3.15.1"])
def test_a_python_that_does_not_fit_is_named(machine: Machine, goal: str, version: str) -> None:
    machine.python(version)
    machine.node()
    said = machine.refused(goal)
    assert "Python 3.11, 3.12 or 3.13 is needed" in said
    assert f"python3 is {version}" in said
    assert ("no wheel" in said) == (version in ("3.14.0", "3.15.1"))


@pytest.mark.parametrize("goal", [*GOALS, "setup"])
def test_no_python_and_one_that_does_not_run(machine: Machine, goal: str) -> None:
    machine.node()
    said = machine.refused(goal)
    assert "there is no python3 here" in said
    assert "apt-get install python3 python3-venv" in said
    machine.tool("python3", BROKEN)
    assert "does not run" in machine.refused(goal)


@pytest.mark.parametrize(
    "kind",
    [
        "PyPy linux-x86_64 glibc",
        "CPython without the GIL linux-x86_64 glibc",
        "CPython linux-i686 glibc",
        "CPython linux-aarch64 musl",
        "CPython macosx-14.0-arm64 musl",
    ],
)
def test_a_python_without_a_wheel_of_the_embedded_store(machine: Machine, kind: str) -> None:
    machine.python("3.13.1", kind)
    machine.node()
    said = machine.refused("setup")
    assert f"embedded store (secantusdb) has no wheel for this Python: 3.13.1, {kind}" in said


def test_a_python_without_venv(machine: Machine) -> None:
    machine.python(no_venv=1)
    machine.node()
    assert "apt-get install python3-venv" in machine.refused("demo")


def test_another_python_may_be_named(machine: Machine) -> None:
    machine.python("3.14.0")
    machine.python("3.13.0", name="python3.13")
    machine.node()
    code, _ = machine.make("setup", "PYTHON=python3.13")
    assert code != 0
    assert machine.journal.read_text().startswith("python -m venv --clear .venv")


@pytest.mark.parametrize("goal", [*GOALS, "pages"])
@pytest.mark.parametrize("version", ["v12.22.12", "v18.20.4", "v20.18.3", "v21.7.3", "v22.11.0"])
def test_an_older_node_is_named(machine: Machine, goal: str, version: str) -> None:
    machine.python()
    machine.node(version)
    said = machine.refused(goal)
    assert "Node.js 20.19 or newer (22: 22.12 or newer) with npm is needed" in said
    assert f"node is {version}." in said
    assert "npm install -g node@22" in said


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0"])
def test_a_newer_node_is_taken(machine: Machine, version: str) -> None:
    machine.node(version)
    code, _ = machine.make("pages")
    assert code != 0
    assert machine.journal.read_text().startswith("npm ci")


@pytest.mark.parametrize("goal", [*GOALS, "pages"])
def test_no_node_no_npm_and_ones_that_do_not_run(machine: Machine, goal: str) -> None:
    machine.python()
    assert "there is no node here" in machine.refused(goal)
    machine.node()
    (machine.bin / "npm").unlink()
    said = machine.refused(goal)
    assert "node is v20.19.2, there is no npm here" in said
    assert "apt-get install nodejs npm" in said
    machine.tool("npm", BROKEN)
    assert "npm" in (said := machine.refused(goal))
    assert "does not run" in said


# Answers to the question for its version, and runs no module.
OTHER = """#!/bin/sh
case "$*" in
*version_info*) echo '(3, {minor})' ;;
*) exit 3 ;;
esac
"""


def second(machine: Machine) -> tuple[int, str]:
    shutil.copy(ROOT / "tests" / "second.sh", machine.clone / "tests")
    done = subprocess.run(
        [str(machine.bin / "sh"), "tests/second.sh"],
        cwd=machine.clone,
        env={"PATH": str(machine.bin), "HOME": str(machine.clone)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_second_interpreter_that_is_not_there_is_said(machine: Machine) -> None:
    machine.tool("python3.13", BROKEN)  # a stand-in of a version manager
    code, said = second(machine)
    assert code == 0
    assert "Second interpreter" in said
    assert "one version only" in said


def test_a_second_interpreter_is_found_behind_a_stand_in(machine: Machine) -> None:
    machine.tool("python3.13", BROKEN)
    real = machine.clone / ".pyenv" / "versions" / "3.13.0" / "bin"
    real.mkdir(parents=True)
    (real / "python3.13").write_text(OTHER.format(minor=13))
    (real / "python3.13").chmod(0o755)
    code, said = second(machine)
    assert code != 0  # it runs nothing
    assert "one version only" not in said


def test_the_first_interpreter_may_be_it_already(machine: Machine) -> None:
    own = machine.clone / ".venv" / "bin"
    own.mkdir(parents=True)
    (own / "python").write_text(OTHER.format(minor=13))
    (own / "python").chmod(0o755)
    assert second(machine) == (
        0,
        "Second interpreter: the tests ran with Python 3.13 already.\n",
    )


def test_the_system_tests_name_what_they_need_and_fail_without_it(machine: Machine) -> None:
    shutil.copy(ROOT / "tests" / "system.sh", machine.clone / "tests")
    machine.python()
    machine.node()
    machine.tool("id", "#!/bin/sh\necho 1000\n")
    for made in (".venv", "pages/node_modules", "api/static"):
        (machine.clone / made).mkdir(parents=True)
        (machine.clone / made / ".made").touch()
    code, said = machine.make("system-test")
    assert code != 0
    assert said.startswith("The system tests need from Debian: nginx caddy firefox-esr coturn")
    assert " firefox-esr coturn " in said.split("sudo apt-get install")[1]


def test_the_readmes_say_what_a_newcomer_installs() -> None:
    for debian in ("12", "13"):
        line = recipe(debian)
        for package in ("git", "make", "python3", "python3-venv", "nodejs", "npm"):
            assert f" {package} " in f"{line} "
        assert ("npm install -g node@22" in line) == (debian == "12")


def test_this_machine_has_what_is_needed() -> None:
    for what in ("python", "node"):
        done = subprocess.run(
            ["sh", "tests/needs.sh", what],
            cwd=ROOT,
            env={**os.environ, "PYTHON": sys.executable},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


COLLECT = """
import json, sys, pytest

class Collected:
    ids = ()
    def pytest_collection_finish(self, session):
        # Looked for again, the same parameters are escaped once more.
        self.ids = [item.nodeid.replace("\\\\", "") for item in session.items]

found = []
for arguments in json.loads(sys.argv[1]):
    one = Collected()
    pytest.main([*arguments, "--collect-only", "-qq"], plugins=[one])
    found.append(one.ids)
print("", json.dumps(found), sep="\\n")
"""


def test_the_parts_of_make_test_are_every_test_once() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ntest:")[2].partition("\n\n")[0]
    parts = [
        line.split(" -m pytest")[1].split() for line in recipe.splitlines() if "pytest" in line
    ]
    assert len(parts) == 3
    # Not as a part of the run that this test is in.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, json.dumps([[], *parts])],
        cwd=ROOT,
        env=alone,
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    whole, *found = json.loads(done.stdout.splitlines()[-1])
    assert all(found)
    assert sorted(one for part in found for one in part) == sorted(whole)
