"""deploy/container: what it sets are settings, and its processes may run beside each other. No container is
started: there is no daemon where this is tested."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import PREFIX, Settings, load
from main import _parser
from network_settings import check_media, doubts

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "container"
COMPOSE = (FOLDER / "compose.yaml").read_text("utf-8")
GIVEN = {
    "NAME": "110.example.cn",
    "BOUNDARIES": "/srv/stations.geojson",
    "SECRET": "s" * 32,
    "MONGO_PASSWORD": "word",
    "TURN_SECRET": "turn",
    "METRICS_TOKEN": "a-token-of-the-tests",
    "PUBLIC_ADDRESS": "203.0.113.10",
    "OFFICIAL_APPID": "wx1",
    "OFFICIAL_SECRET": "s",
    "OFFICIAL_ORIGINAL_ID": "gh_1",
    "OFFICIAL_TOKEN": "t",
    "OFFICIAL_AES_KEY": "a" * 43,
}
# https://github.com/compose-spec/compose-spec/blob/main/spec.md: those of its words that are used.
SERVICE = {
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "entrypoint",
    "environment",
    "healthcheck",
    "image",
    "network_mode",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "ulimits",
    "volumes",
}
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)(?::\?[^}]*)?\}")


def project() -> dict[str, Any]:
    """As Compose reads it, with its variables put in."""
    found: dict[str, Any] = yaml.safe_load(VARIABLE.sub(lambda one: GIVEN[one.group(1)], COMPOSE))
    return found


def ours() -> dict[str, Mapping[str, Any]]:
    return {
        name: one
        for name, one in project()["services"].items()
        if str(one["image"]).startswith("jingmin:")
    }


def settings_of(service: Mapping[str, Any]) -> Settings:
    assert all(name.startswith(PREFIX) for name in service["environment"])
    return load(None, {name: str(value) for name, value in service["environment"].items()})


def test_what_has_to_be_given_is_asked_for() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))
    assert asked == set(GIVEN) == {one.group(1) for one in VARIABLE.finditer(COMPOSE)}


def test_every_word_is_one_of_composes() -> None:
    whole = project()
    assert {name for name in whole if not name.startswith("x-")} == {"name", "services", "volumes"}
    for name, one in whole["services"].items():
        assert set(one) <= SERVICE, name
        for volume in one.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith("/") or source in whole["volumes"], volume
        for other, how in one.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in whole["services"][other]


@pytest.mark.parametrize("name", sorted(ours()))
def test_a_process_starts_with_these_settings(name: str) -> None:
    service = ours()[name]
    settings = settings_of(service)
    check_media(settings)
    assert doubts(settings) == []
    assert settings.has_bot
    (command,) = service["command"]
    assert _parser().parse_args([command]).command == command == name.partition("-")[0]


def test_no_two_of_them_want_the_same_port_or_name() -> None:
    tcp: list[int] = [27017, 3478]
    udp: list[int] = [3478]
    for name, one in ours().items():
        settings = settings_of(one)
        kind = name.partition("-")[0]
        tcp.append(getattr(settings, {"api": "port"}.get(kind, f"{kind}_port")))
        if kind == "media":
            udp.append(settings.media_udp_port)
    assert len(set(tcp)) == len(tcp)
    assert len(set(udp)) == len(udp)
    assert 0 not in tcp + udp
    media = [settings_of(one) for name, one in ours().items() if name.startswith("media")]
    assert len({one.media_id for one in media}) == len({one.media_url for one in media}) == 2
    # As the proxy of the guide has them.
    proxy = (ROOT / "deploy" / "nginx" / "jingmin.conf").read_text()
    for one in media:
        path = one.media_url.removeprefix("wss://110.example.cn")
        assert f"location = {path} {{" in proxy


def test_the_image_is_made_of_the_wheel_and_its_lock_and_runs_as_nobody_in_particular() -> None:
    text = (FOLDER / "Containerfile").read_text("utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.M)).splitlines()
    words = [line.split()[0] for line in lines if line]
    assert words[0] == "FROM"
    assert set(words) == {
        "FROM",
        "RUN",
        "COPY",
        "ENV",
        "USER",
        "WORKDIR",
        "VOLUME",
        "ENTRYPOINT",
        "CMD",
    }
    assert words.index("USER") > max(at for at, word in enumerate(words) if word == "RUN")
    assert "--require-hashes -r /tmp/dist/requirements/demo.txt" in text
    data = next(line for line in lines if line.startswith("ENV ")).split()[1:]
    load(None, {"JINGMIN_DEMO": "true", **dict(one.split("=") for one in data[:1])})


def lint(file: Path) -> tuple[int, str]:
    """What dclint says, which has the Compose specification's schema with it."""
    linter = ROOT / "pages" / "node_modules" / ".bin" / "dclint"
    done = subprocess.run(
        [linter, "--config", FOLDER / "dclint.yaml", "--max-warnings", "0", file],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_project_is_as_compose_specifies() -> None:
    assert lint(FOLDER / "compose.yaml")[0] == 0, lint(FOLDER / "compose.yaml")[1]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("restart: unless-stopped", "restrat: unless-stopped"),
        ("depends_on: {mongo: {condition: service_healthy}}", "depends_on: 7"),
        ("services:\n", "services:\n  a b:\n    image: x\n"),
    ],
)
def test_and_the_linter_sees_what_is_not(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in COMPOSE
    file = tmp_path / "compose.yaml"
    file.write_text(COMPOSE.replace(right, wrong, 1))
    assert lint(file)[0] == 1, lint(file)[1]
