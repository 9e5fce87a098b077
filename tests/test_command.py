"""The ``jingmin`` command: settings, locate, and a demo that leaves nothing behind but its data."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from config import Settings, SettingsError, load
from tests.city import small_city
from tests.journeys.conftest import Demo


def jingmin(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "main", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command() -> None:
    said = jingmin("--help").stdout
    for name in (
        "demo",
        "serve",
        "api",
        "media",
        "bot",
        "worker",
        "simulator",
        "verify",
        "locate",
        "people",
        "person",
        "wechat",
        "boundaries",
        "doctor",
        "backup",
        "restore",
        "convert",
        "backup-key",
        "store",
        "move",
    ):
        assert f"\n    {name} " in said


def test_locate_says_who_and_why(tmp_path: Path) -> None:
    city = tmp_path / "city.geojson"
    city.write_text(json.dumps(small_city()))
    arguments = ["locate", "121.05", "41.05", "--boundaries", str(city), "--data", str(tmp_path)]
    found = json.loads(jingmin(*arguments, "--accuracy", "20", "--json").stdout)
    assert found["certainty"] == "ONE"
    assert found["candidates"][0]["station"] == "w1"
    assert "西一派出所" in jingmin(*arguments).stdout
    shifted = json.loads(jingmin(*arguments, "--datum", "GCJ02", "--json").stdout)
    assert shifted["wgs84"] != found["wgs84"]


def test_a_broken_boundary_file_is_refused_with_the_place(tmp_path: Path) -> None:
    city = small_city()
    city["features"][2]["geometry"]["coordinates"][0][1] = [121.3, 41.1]
    path = tmp_path / "city.geojson"
    path.write_text(json.dumps(city))
    found = jingmin("locate", "121", "41", "--boundaries", str(path), "--data", str(tmp_path))
    assert found.returncode == 1
    assert "w1" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"JINGMIN_PROT": "1"}, "JINGMIN_PROT"),
        ({"JINGMIN_PORT": "no"}, "port"),
        ({"JINGMIN_OFFICIAL_APPID": "wx1"}, "official_secret"),
        ({"JINGMIN_WORK_CORPID": "ww1"}, "work_secret"),
        ({"JINGMIN_CONTACT_AES_KEY": "short"}, "contact_aes_key"),
        ({"JINGMIN_PORT": "70000"}, "port"),
        ({}, "public_url"),
        ({"JINGMIN_PUBLIC_URL": "http://110.example.cn"}, "https"),
        ({"JINGMIN_PUBLIC_URL": "https://110.example.cn"}, "boundaries"),
        ({"JINGMIN_DEMO": "true", "JINGMIN_HOST": "0.0.0.0"}, "demo"),
        ({"JINGMIN_SECRET": "short"}, "secret"),
        ({"JINGMIN_TURN_URLS": "turn:x"}, "turn_secret"),
        ({"JINGMIN_ORIGINS": "110.example.cn"}, "origins"),
        ({"JINGMIN_CORS_ORIGINS": "*"}, "cors_origins"),
        ({"JINGMIN_CORS_ORIGINS": "https://*.example.cn"}, "cors_origins"),
        ({"JINGMIN_CORS_ORIGINS": "https://app.example.cn/"}, "cors_origins"),
        ({"JINGMIN_CORS_ORIGINS": "http://app.example.cn"}, "cors_origins"),
        ({"JINGMIN_CORS_ORIGINS": "null"}, "cors_origins"),
        ({"JINGMIN_EMBED_ORIGINS": "*"}, "embed_origins"),
        ({"JINGMIN_EMBED_ORIGINS": "https://app.example.cn/110"}, "embed_origins"),
        ({"JINGMIN_EMBED_ORIGINS": "https://a.example.cn; script-src *"}, "embed_origins"),
        ({"JINGMIN_EMBED_ORIGINS": "'self'"}, "embed_origins"),
    ],
)
def test_wrong_settings_are_refused_by_name(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(None, environment)


def test_settings_come_from_file_and_environment_and_hide_secrets(tmp_path: Path) -> None:
    file = tmp_path / "jingmin.toml"
    file.write_text(
        'public_url = "https://110.example.cn"\nboundaries = "b.geojson"\nport = 9000\n'
    )
    secret = "a secret that is long enough to be one"
    settings = load(file, {"JINGMIN_PORT": "9001", "JINGMIN_SECRET": secret})
    assert settings.port == 9001
    assert settings.all_origins == ("https://110.example.cn",)
    assert secret not in repr(settings)
    assert load(None, settings.environment()) == settings
    file.write_text("prot = 1\n")
    with pytest.raises(SettingsError, match="prot"):
        load(file, {})


def test_the_secret_is_made_once_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    first = settings.secret_bytes()
    assert len(first) >= 32
    assert settings.secret_bytes() == first
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret").write_text("")
    with pytest.raises(SettingsError, match="damaged"):
        settings.secret_bytes()


@pytest.fixture
def own_demo(tmp_path: Path) -> Iterator[Demo]:
    """Whatever becomes of the test, its processes end with it."""
    one = Demo(tmp_path)
    yield one
    one.stop()


@pytest.mark.slow
async def test_ctrl_c_leaves_no_process_and_the_data_is_found_again(
    own_demo: Demo, tmp_path: Path
) -> None:
    demo = own_demo
    (tmp_path / "sample-city.geojson").write_text(json.dumps(small_city()))
    receipts = []
    for _ in range(2):
        demo.start()
        await _healthy(demo)
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{demo.url}/api/v1/incidents", json={"key": "the-same-key"}) as response,
        ):
            receipts.append(await response.json())
        await asyncio.to_thread(demo.stop)
        # The store ended last, and a healthy start warns of nothing.
        assert [one for one in demo.log.read_text().splitlines() if " WARNING " in one] == []
        left = subprocess.run(
            ["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert left.stdout == ""
        for port in (
            demo.port,
            demo.media_port,
            demo.store_port,
            demo.bot_port,
            demo.simulator_port,
        ):
            with pytest.raises(OSError, match=r"refused|Connect call failed"):
                await asyncio.open_connection("127.0.0.1", port)
    first, again = ({**one, "journaled": None} for one in receipts)
    assert again == first
    code, said = await asyncio.to_thread(demo.verify, receipts[0]["number"])
    assert code == 0, said


async def _healthy(demo: Demo) -> None:
    end = time.monotonic() + 60
    async with aiohttp.ClientSession() as client:
        while time.monotonic() < end:
            try:
                async with client.get(f"{demo.url}/healthz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    pytest.fail("the demo did not start")
