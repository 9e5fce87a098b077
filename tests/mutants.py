"""Breaks the rules of ``domain/`` one by one and runs their tests. What none notices: docs/mutants.md.

``make mutants`` takes emergency, evidence and replay, MINUTES=15 at most; others with
``make mutants MODULES="tip bounds"``. Works in a copy (build/mutants), so that nothing of the clone is
broken. A module is judged by the tests of ``tests/domain`` that are named after it or in ``JUDGES``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "build" / "mutants"
PAGE = ROOT / "docs" / "mutants.md"
DEFAULT = ("emergency", "evidence", "replay")
# Beside tests/domain/test_<module>.py.
JUDGES = {
    "evidence": ("test_once_survived",),
    "replay": ("test_once_survived",),
    "caller_position": ("test_once_survived", "test_track"),
    "dispatch": ("test_once_survived", "test_ends", "test_sweep"),
    "incident": ("test_once_survived", "test_ends", "test_transfer", "test_away"),
    "tip": ("test_rights", "test_tip_deadline"),
}
KILLED, SURVIVED, NO_TEST, LATE = "killed", "survived", "no test", "too slow"
CODES = {0: SURVIVED, 1: KILLED, 3: KILLED, 5: NO_TEST, 33: NO_TEST, 24: LATE, 36: LATE}
LEFT = "not tried"

CONFIG = """
[tool.mutmut]
source_paths = ["domain"]
only_mutate = {only}
also_copy = {also}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]
pytest_add_cli_args_test_selection = {tests}
"""
# What a function remembers from before it was broken would hide that it is.
FORGETFUL = """
import functools, sys
import pytest

@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    for name, module in list(sys.modules.items()):
        if name.startswith("domain."):
            for one in list(vars(module).values()):
                if isinstance(one, functools._lru_cache_wrapper):
                    one.cache_clear()
"""
DIFF = """
import json, sys
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
names = json.load(sys.stdin)
print(json.dumps({name: get_diff_for_mutant(name, path=find_mutant(name).path) for name in names}))
"""


def judges(module: str) -> list[str]:
    """The test files of a module."""
    names = (f"test_{module}", *JUDGES.get(module, ()))
    found = [f"tests/domain/{name}.py" for name in names]
    there = [one for one in found if (ROOT / one).exists()]
    if not there:
        raise SystemExit(f"no tests of domain/{module}.py are known: name them in tests/mutants.py")
    return there


def prepare(modules: list[str]) -> None:
    """The copy, with what is to be broken and what is to notice."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    for name in listed.stdout.splitlines():
        if not name.startswith(("pages/", "bench/", "docs/pictures")) and (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, COPY / name)
    (COPY / "conftest.py").write_text(FORGETFUL)
    rest = [one.name for one in COPY.iterdir() if one.name not in ("domain", "tests", ".ci")]
    tests = sorted({test for module in modules for test in judges(module)})
    config = CONFIG.format(
        only=json.dumps([f"domain/{module}.py" for module in modules]),
        also=json.dumps(sorted(one for one in rest if one != "pyproject.toml")),
        tests=json.dumps(tests),
    )
    with (COPY / "pyproject.toml").open("a") as project:
        project.write(config)


def results(module: str) -> dict[str, str]:
    """What became of each mutant of a module."""
    meta = COPY / "mutants" / "domain" / f"{module}.py.meta"
    if not meta.exists():
        return {}
    codes = json.loads(meta.read_text())["exit_code_by_key"]
    return {name: LEFT if code is None else CODES.get(code, KILLED) for name, code in codes.items()}


def changes(names: list[str]) -> dict[str, list[str]]:
    """The lines that a mutant takes away and puts in their place."""
    done = subprocess.run(
        [sys.executable, "-c", DIFF],
        cwd=COPY,
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        name: [line for line in diff.splitlines() if re.match(r"[-+](?![-+]{2})", line)]
        for name, diff in json.loads(done.stdout.splitlines()[-1]).items()
    }


def page(modules: list[str]) -> str:
    """docs/mutants.md."""
    lines = [
        "# What no test notices",
        "",
        "Written by `make mutants` (`tests/mutants.py`, mutmut): these files were broken in many ways,",
        "one at a time, and their tests of `tests/domain` were run. What survived is below, to be judged:",
        "a rule without a test, or a change that changes nothing.",
        "",
        f"| domain/ | mutants | {KILLED} | {SURVIVED} | {NO_TEST} | {LATE} | {LEFT} |",
        "|---|---|---|---|---|---|---|",
    ]
    found = {module: results(module) for module in modules}
    for module, became in found.items():
        count = Counter(became.values())
        cells = [str(count[one]) for one in (KILLED, SURVIVED, NO_TEST, LATE, LEFT)]
        lines.append(f"| `{module}.py` | {len(became)} | {' | '.join(cells)} |")
    for module, became in found.items():
        alive = [name for name, one in became.items() if one in (SURVIVED, NO_TEST)]
        lines += ["", f"## {module}.py", ""]
        if not alive:
            tried = any(one != LEFT for one in became.values())
            lines.append("Nothing survived of what was tried." if tried else "Not tried.")
        said = changes(alive) if alive else {}
        for name, change in said.items():
            where = name.rpartition(".")[2].removeprefix("x_").rpartition("__mutmut_")[0]
            lines += [f"`{where}`{' (no test)' if became[name] == NO_TEST else ''}:"]
            lines += ["```diff", *change, "```"]
    return "\n".join(lines) + "\n"


def main() -> int:
    modules = os.environ.get("MODULES", "").split() or list(DEFAULT)
    minutes = float(os.environ.get("MINUTES", "15"))
    prepare(modules)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1)]
    with (COPY / "mutmut.log").open("wb") as out:
        run = subprocess.Popen(command, cwd=COPY, stdout=out, stderr=out, start_new_session=True)
        try:
            run.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            print(f"{minutes:g} minutes are over: what was not tried is counted")
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
    if not any(results(module) for module in modules):
        print((COPY / "mutmut.log").read_text("utf-8", "replace")[-2000:])
        return 1
    PAGE.write_text(page(modules), "utf-8")
    print(PAGE.read_text("utf-8").partition("\n## ")[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
