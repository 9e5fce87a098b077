"""What an outsider makes of the OpenAPI document with the usual generators, once for all tests here."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from api.app import all_routes
from api.openapi import document
from tests.api.conftest import site

__all__ = ["site"]

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "pages" / "node_modules" / ".bin"
NAME = "jingmin_client"


@dataclass(frozen=True)
class Generated:
    """``package`` is the generated Python package, ``said`` what its generator printed."""

    folder: Path
    package: Path
    said: str

    def module(self, name: str) -> ModuleType:
        """A module of the package, like ``api.caller.report``."""
        return importlib.import_module(f"{NAME}.{name}")


@pytest.fixture(scope="session")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document as a file."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_bytes(msgspec.json.encode(document(all_routes(demo=False), "0.1.0")))
    return path


@pytest.fixture(scope="session")
def generated(openapi: Path) -> Iterator[Generated]:
    """The client that openapi-python-client makes, importable."""
    folder = openapi.parent
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(openapi), "--output-path", str(folder / NAME)]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert made.returncode == 0, made.stderr
    sys.path.insert(0, str(folder))
    yield Generated(folder, folder / NAME, made.stdout + made.stderr)
    sys.path.remove(str(folder))
    for name in [one for one in sys.modules if one.split(".")[0] == NAME]:
        del sys.modules[name]
