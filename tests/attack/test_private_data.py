"""Nobody else on the machine reads the data folder, whichever command was the first and whoever made it."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import main
from config import Settings
from storage.embedded import EmbeddedStore
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
OTHERS = 0o077
COMMANDS = ("serve", "demo", "api", "media", "bot", "worker", "simulator")


@pytest.fixture(autouse=True)
def anybody() -> Iterator[None]:
    """As an operator whose shell makes files for everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [str(path) for path in paths if path.lstat().st_mode & OTHERS]


def run(monkeypatch: pytest.MonkeyPatch, data: Path, command: str) -> None:
    def begin(settings: Settings, options: object) -> int:
        (settings.data / "journal").mkdir(parents=True)
        (settings.data / "journal" / "one").write_bytes(b"")
        return 0

    monkeypatch.setattr(main, "_process", lambda name: begin)
    monkeypatch.setattr(main, "load", lambda *about, **more: Settings(data=data))
    monkeypatch.setattr(main, "_log", lambda *about: None)
    assert main.main([command, "--data", str(data)]) == 0


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("restored", [True, False])
def test_every_command_closes_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, restored: bool
) -> None:
    data = tmp_path / "data"
    if restored:
        data.mkdir(0o755)
        assert open_to_others(data)
    run(monkeypatch, data, command)
    assert open_to_others(data) == []


def test_what_the_store_writes_is_closed(tmp_path: Path) -> None:
    os.umask(0o077)  # as in every process
    store = EmbeddedStore(tmp_path / "store", free_port())
    store.start()
    store.stop()
    assert open_to_others(tmp_path / "store") == []


def test_a_folder_for_everybody_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o1777)
    run(monkeypatch, tmp_path, "api")
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_nothing_is_written_before() -> None:
    """The command's first act; its children inherit it."""
    tree = ast.parse((ROOT / "main.py").read_text("utf-8"))
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    first = next(one for one in functions if one.name == "main").body[1]
    assert ast.unparse(first) == "os.umask(63)"
    for path in ROOT.glob("*.py"):
        if path.name != "main.py":
            assert "umask(" not in path.read_text("utf-8")
