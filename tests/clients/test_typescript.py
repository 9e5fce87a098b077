"""The types that openapi-typescript makes, and examples/typescript with them: compiled and run by Node."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.conftest import Site
from tests.clients.conftest import ROOT, TOOLS
from tests.clients.test_python import picture

# Generators and compilers are processes of their own, and need not be tried with every interpreter.
pytestmark = pytest.mark.slow
PATIENCE_S = 60


def run(*command: str, cwd: Path) -> str:
    """What a command prints; fails with it when the command fails."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def compiled(openapi: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples as JavaScript; strict types have been checked on the way."""
    folder = tmp_path_factory.mktemp("typescript")
    for file in (
        *(ROOT / "examples" / "typescript").glob("*.ts"),
        Path(__file__).parent / "emergency.ts",
    ):
        shutil.copy(file, folder)
    run(str(TOOLS / "openapi-typescript"), str(openapi), "-o", "api.d.ts", cwd=folder)
    settings = {
        "strict": True, "target": "ES2022", "module": "ESNext", "moduleResolution": "Bundler",
        "lib": ["ES2022", "DOM"], "types": [], "noUnusedLocals": True, "skipLibCheck": False,
        "outDir": "made",
    }  # fmt: skip
    (folder / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": settings, "include": ["*.ts"]})
    )
    run(str(TOOLS / "tsc"), "-p", "tsconfig.json", cwd=folder)
    made = folder / "made"
    for file in made.glob("*.js"):  # Node wants the ending that bundlers add
        file.write_text(file.read_text("utf-8").replace("from './report'", "from './report.js'"))
    (made / "package.json").write_text('{"type": "module"}')
    return made


async def test_it_reports_uploads_follows_and_joins(compiled: Path, site: Site) -> None:
    encoded = base64.b64encode(picture()).decode()
    major = int(run("node", "--version", cwd=compiled).strip("v\n").split(".")[0])
    sockets = ["--experimental-websocket"] if major < 22 else []  # newer ones have them
    said = await asyncio.to_thread(
        run, "node", *sockets, "emergency.js", site.url, encoded, cwd=compiled
    )
    found = json.loads(said)
    assert found["id"] == found["again"]
    assert set(found["followed"]) == {found["id"]}
    assert found["sent"]["type"] == "image/jpeg"
    assert found["join"]["media_url"] == "ws://127.0.0.1:1/rtc"
    assert found["join"]["ticket"]
    assert found["code"] == "media_kind"
