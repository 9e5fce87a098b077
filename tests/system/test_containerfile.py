"""The RUN lines of deploy/container/Containerfile, in a Debian made fresh: there is no daemon of containers
where this is tested."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newcomer import BASE, CODE_NAMES, Debian, Run, mirrors
from tests.system.product import ROOT

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]
CONTAINERFILE = ROOT / "deploy" / "container" / "Containerfile"


def lines() -> list[tuple[str, str]]:
    """Instruction and what it is given, in their order."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text("utf-8"), flags=re.M)
    whole = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(one.split()[0], one.split(maxsplit=1)[1]) for one in whole if one]


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Debian]:
    assert os.geteuid() == 0, "debootstrap and chroot need root"
    ((_, base),) = [one for one in lines() if one[0] == "FROM"]
    found = re.fullmatch(r"docker\.io/library/debian:(\d+)-slim", base)
    assert found is not None
    one = Debian(found.group(1), tmp_path, Run(tmp_path / "log"))
    made = subprocess.run(
        ["debootstrap", *BASE, CODE_NAMES[one.version], str(one.root), mirrors()["main"]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout[-2000:]
    one._settings()
    yield one
    shutil.rmtree(one.root)


def test_the_image_has_the_command_and_runs_it_as_its_user(debian: Debian, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), "."]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=300)
    (dist / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "demo.txt", dist / "requirements")
    user, entry, data = "", "", ""
    for instruction, given in lines():
        if instruction == "RUN":
            debian.do(given, 600)
        elif instruction == "COPY":
            assert given == "dist/ /tmp/dist/"
            shutil.copytree(dist, debian.root / "tmp" / "dist")
        elif instruction == "USER":
            user = given
        elif instruction == "ENTRYPOINT":
            (entry,) = re.findall(r'^\["(.+)"\]$', given)
        elif instruction == "VOLUME":
            data = given
    assert not (debian.root / "tmp" / "dist").exists()
    asked = f"su -s /bin/sh {user} -c 'id -un && stat -c %U:%a {data} && {entry} --version'"
    said = subprocess.run(
        debian.inside(asked), env=debian.environment, capture_output=True, text=True, check=False
    )
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert said.stdout.split() == ["jingmin", "jingmin:700", "jingmin", version], said
    as_the_guide_says(debian)


def as_the_guide_says(debian: Debian) -> None:
    """What is typed to make a service of it, but for systemd, which does not run there."""
    guide = (ROOT / "docs" / "operator.md").read_text("utf-8")
    (typed,) = re.findall(r"^```\n(useradd .*?)^```", guide, re.M | re.S)
    *commands, last = typed.splitlines()
    assert last == "systemctl daemon-reload && systemctl enable --now jingmin"
    shutil.copytree(ROOT / "deploy", debian.root / "root" / "deploy")
    (debian.root / "etc" / "jingmin.toml").write_text('public_url = "https://110.example.cn"\n')
    debian.do("userdel jingmin; mkdir -p /etc/systemd/system", 60)
    for one in commands:
        debian.do(f"cd /root && {one}", 60)
    found = (debian.root / "etc" / "jingmin.toml").stat()
    assert found.st_mode & 0o777 == 0o640
    unit = (debian.root / "etc" / "systemd" / "system" / "jingmin.service").read_text()
    assert "User=jingmin" in unit
    debian.do("su -s /bin/sh jingmin -c 'test -r /etc/jingmin.toml'", 60)
