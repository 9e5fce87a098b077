"""What is wrong with a start is said in one sentence, with rc 2, before anything runs."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import starting
from config import SettingsError, load
from network_settings import check_media, doubts
from tests.city import small_city
from tests.installed import jingmin, outside
from tests.ports import free_port

LOCAL = {"JINGMIN_DEMO": "true"}
CITY = {"JINGMIN_PUBLIC_URL": "https://110.example.cn", "JINGMIN_BOUNDARIES": "city.geojson"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MEDIA_ADDRESSES", "media.example.cn", "media_addresses: media.example.cn is no IP"),
        ("MEDIA_ADDRESSES", "10.0.0.5=media.example.cn", "media_addresses: 10.0.0.5=media"),
        ("MEDIA_ADDRESSES", "10.0.0.5=", "media_addresses: 10.0.0.5= is no IP"),
        ("MEDIA_ADDRESSES", "10.0.0.5=2001:db8::7", "media_addresses: .* names an IPv4"),
        ("MEDIA_ADDRESSES", "", "media_addresses: at least one"),
        ("MEDIA_ADDRESSES", "0.0.0.0=", "media_addresses: 0.0.0.0= is no IP"),
        ("MEDIA_ADDRESSES", "=203.0.113.7", "media_addresses: =203.0.113.7 is no IP"),
        ("MEDIA_ADDRESSES", "0.0.0.0=here", "media_addresses: 0.0.0.0=here is no IP"),
        ("MEDIA_ADDRESSES", "0.0.0.0=2001:db8::1", "media_addresses: .* an IPv4 and an IPv6"),
        ("PROXIES", "127.0.0.1/33", "proxies: 127.0.0.1/33 is no address"),
        ("PROXIES", "proxy.example.cn", "proxies: proxy.example.cn is no address"),
        ("PORT", "8113", "bot_port: 8113 is port already"),
        ("MEDIA_PORT", "8110", "media_port: 8110 is port already"),
        ("STORE_PORT", "8111", "store_port: 8111 is media_port already"),
        ("MEDIA_URL", "https://110.example.cn/rtc", "media_url: https://110.example.cn/rtc"),
        ("BOT_URL", "110.example.cn", "bot_url: 110.example.cn does not begin with https://"),
        ("STORE_URI", "postgres://me:word@db/x", "store_uri: it does not begin with mongodb"),
        ("TURN_URLS", "relay.example.cn", "turn_urls: relay.example.cn is not like turn:"),
    ],
)
def test_a_setting_that_is_no_address_is_named(name: str, value: str, said: str) -> None:
    secret = {"JINGMIN_TURN_SECRET": "of the relay"}
    with pytest.raises(SettingsError, match=said) as raised:
        load(None, {**LOCAL, **secret, f"JINGMIN_{name}": value})
    assert "word" not in str(raised.value)


def test_pages_of_https_need_a_socket_they_may_open() -> None:
    for url in ("", "ws://110.example.cn/rtc"):
        with pytest.raises(SettingsError, match=r"media_url: .* wss://110\.example\.cn/rtc"):
            check_media(load(None, {**CITY, "JINGMIN_MEDIA_URL": url}))
    check_media(load(None, {**CITY, "JINGMIN_MEDIA_URL": "wss://110.example.cn/rtc"}))
    check_media(load(None, LOCAL))


def test_what_is_seldom_right_in_production_is_said_once_each() -> None:
    assert [one.partition(":")[0] for one in doubts(load(None, CITY))] == [
        "media_addresses",
        "media_udp_port",
        "proxies",
    ]
    right = {
        "JINGMIN_MEDIA_ADDRESSES": "127.0.0.1,203.0.113.7",
        "JINGMIN_MEDIA_UDP_PORT": "8115",
        "JINGMIN_PROXIES": "127.0.0.1/32",
    }
    assert doubts(load(None, {**CITY, **right})) == []
    behind_nat = {**right, "JINGMIN_MEDIA_ADDRESSES": "0.0.0.0=203.0.113.10"}
    assert doubts(load(None, {**CITY, **behind_nat})) == []
    assert doubts(load(None, LOCAL)) == []


def test_the_configuration_of_the_guide_can_be_started(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operator.md").read_text("utf-8")
    file = tmp_path / "jingmin.toml"
    file.write_text(guide.partition("```toml\n")[2].partition("```")[0])
    settings = load(file, {})
    check_media(settings)
    assert settings.media_addresses == ["0.0.0.0=203.0.113.10"]
    assert doubts(settings) == []
    behind = load(file, {"JINGMIN_MEDIA_ADDRESSES": "0.0.0.0=127.0.0.1"})
    assert [one.partition(":")[0] for one in doubts(behind)] == ["media_addresses"]


def test_a_port_of_another_installation_is_not_shared() -> None:
    port = free_port()
    with closing(starting.claim("port", port, "ours")):
        assert starting.strangers(port, "ours") == []
        starting.claim("port", free_port(), "theirs").close()
        with pytest.raises(SettingsError, match=f"port: {port} is served by another installation"):
            starting.claim("port", port, "theirs")
        with pytest.raises(SettingsError, match="another installation"):
            starting.require_ports({"port": ("127.0.0.1", port)}, "theirs")
    starting.claim("port", port, "theirs").close()


def test_who_shares_secret_and_store_is_one_installation() -> None:
    one = starting.installation(b"s" * 32, "127.0.0.1:8112/jingmin")
    assert one == starting.installation(b"s" * 32, "127.0.0.1:8112/jingmin")
    assert one != starting.installation(b"s" * 32, "127.0.0.1:9112/jingmin")
    assert one != starting.installation(b"t" * 32, "127.0.0.1:8112/jingmin")


class Machine:
    """The installed ``jingmin`` with a small city, on ports of ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: list[subprocess.Popen[str]] = []
        (folder / "city.geojson").write_text(json.dumps(small_city()))

    def settings(self, data: str, **more: Any) -> dict[str, str]:
        ports = {name: free_port() for name in ("port", "media_port", "store_port", "bot_port")}
        settings = {
            "data": self.folder / data,
            "public_url": "http://127.0.0.1:1",
            "boundaries": self.folder / "city.geojson",
            **ports,
            **more,
        }
        return {f"JINGMIN_{name.upper()}": str(value) for name, value in settings.items()}

    def start(
        self,
        command: str,
        settings: dict[str, str],
        program: Sequence[str] = (),
        where: Path | None = None,
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*(program or [jingmin()]), command],
            env=outside(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=where or self.folder,
        )
        self._running.append(process)
        return process

    def refused(self, command: str, settings: dict[str, str]) -> str:
        """The last line said by a command that ends by itself with rc 2."""
        process = self.start(command, settings)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 2, said
        assert "Traceback" not in said
        return said.strip().splitlines()[-1]

    def stop(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.terminate()
            process.wait(60)
            if process.stdout:
                process.stdout.close()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Machine]:
    """Named as fixtures are that start whole processes."""
    one = Machine(tmp_path)
    yield one
    one.stop()


def answers(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def until_it_answers(process: subprocess.Popen[str], settings: dict[str, str]) -> None:
    end = time.monotonic() + 90
    while not answers(settings["JINGMIN_PORT"]):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_second_installation_takes_no_report_of_the_first(product: Machine) -> None:
    first = product.settings("first")
    running = product.start("serve", first)
    until_it_answers(running, first)
    # The same configuration once more; another that shares its port; an api alone that does.
    said = product.refused("serve", {**first, "JINGMIN_PORT": str(free_port())})
    assert said.startswith("jingmin: data: ")
    assert f"(process {running.pid})" in said
    other = product.settings("other", port=first["JINGMIN_PORT"])
    said = f"jingmin: port: {first['JINGMIN_PORT']} is served by another installation of jingmin"
    assert product.refused("serve", other) == said
    assert product.refused("api", other).endswith(said.removeprefix("jingmin: "))
    for name in ("media_port", "store_port"):
        setting = f"JINGMIN_{name.upper()}"
        wanted = product.settings("other", **{name: first[setting]})
        said = product.refused("serve", wanted)
        assert said == f"jingmin: {name}: {first[setting]} is in use by another program"
    # Nor does a second media process take its name.
    said = product.refused("media", {**first, "JINGMIN_MEDIA_PORT": str(free_port())})
    assert said == "jingmin: media_id: another media process that lives is media-1"
    assert running.poll() is None
    # Another api of the same installation shares the port, on purpose.
    more = product.start("api", first)
    end = time.monotonic() + 60
    port, marks = first["JINGMIN_PORT"], 0
    while marks < 2:
        marks = starting.NAMES.read_text().count(f"@jingmin/{port}/")
        assert more.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_child_that_can_never_start_ends_all(product: Machine) -> None:
    """Its port was free when it was looked for; who took it meanwhile listens for good."""
    settings = product.settings("data")
    (product.folder / "sitecustomize.py").write_text(
        "import starting\nstarting.require_ports = lambda *given: None\n"
    )
    with socket.create_server(("127.0.0.1", int(settings["JINGMIN_MEDIA_PORT"]))):
        settings["PYTHONPATH"] = str(product.folder)
        process = product.start("serve", settings)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 2, said
    assert f"media_port: {settings['JINGMIN_MEDIA_PORT']} is in use by another program" in said
    assert "Traceback" not in said


def test_what_lies_in_the_current_folder_is_not_run(product: Machine) -> None:
    settings = product.settings("data")
    trap = product.folder / "trap"
    trap.mkdir()
    for name in ("main", "commands", "supervisor"):
        (trap / f"{name}.py").write_text(
            f"open({str(trap / 'ran')!r}, 'w').close()\nraise SystemExit(3)\n"
        )
    process = product.start("serve", settings, where=trap)
    until_it_answers(process, settings)
    assert not (trap / "ran").exists()


def test_the_guide_s_first_configuration_is_taken(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operator.md").read_text("utf-8")
    (written,) = re.findall(r"Write `/etc/jingmin\.toml`:\n```toml\n(.*?)```", guide, re.S)
    file = tmp_path / "jingmin.toml"
    file.write_text(written)
    settings = load(file, {})
    check_media(settings)
    assert doubts(settings) == []
