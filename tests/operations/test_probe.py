"""What answers ``jingmin doctor`` answers nobody else: a pass is of one installation, kind and time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from api.routes import now_ms
from domain.probe import (
    LONGEST_S,
    ProbeKind,
    ProbePass,
    is_probe,
    issue_probe,
    probe_password,
)
from webrtc.metrics import Metrics
from webrtc.port import Port
from webrtc.probe import Probes, ask_media, request

SECRET, ANOTHER = b"s" * 32, b"t" * 32
NOW = 1_795_000_000_000


def test_a_pass_is_good_for_its_kind_and_its_time() -> None:
    given = issue_probe(SECRET, ProbeKind.FRONT, NOW)
    assert is_probe(SECRET, ProbeKind.FRONT, given.text(), NOW + 59_000)
    assert not is_probe(SECRET, ProbeKind.FRONT, given.text(), NOW + 60_000)
    assert not is_probe(SECRET, ProbeKind.PAGE, given.text(), NOW)
    assert not is_probe(ANOTHER, ProbeKind.FRONT, given.text(), NOW)
    long = issue_probe(SECRET, ProbeKind.FRONT, NOW, 10**6)
    assert not is_probe(SECRET, ProbeKind.FRONT, long.text(), NOW + LONGEST_S * 1000)
    later = given.name.replace(given.name[-3:], "999")
    for text in (
        "",
        ":",
        "front",
        f"{later}:{given.password}",
        f"{given.name}:",
        f"{given.name}:é",
    ):
        assert not is_probe(SECRET, ProbeKind.FRONT, text, NOW)


@pytest.mark.parametrize(
    "name", ["front/", "front/1e9", "front/-1", "front/９", "front/" + "9" * 40]
)
def test_a_name_without_a_time_has_no_password(name: str) -> None:
    assert probe_password(SECRET, ProbeKind.FRONT, name, NOW) is None


@pytest.fixture(params=["127.0.0.1", "::1"])
async def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def port(address: str) -> AsyncIterator[Port]:
    one = Port(address, address, 0, Metrics())
    one.answer = Probes(SECRET).answer
    one.start(asyncio.get_running_loop())
    yield one
    one.close()


async def test_the_media_process_says_where_who_may_ask_comes_from(
    port: Port, address: str
) -> None:
    given = issue_probe(SECRET, ProbeKind.MEDIA, now_ms())
    found = await ask_media((address, port.port), given)
    assert found is not None
    assert found[0] == address


@pytest.mark.parametrize("flaw", ["another secret", "another kind", "over", "not signed"])
async def test_the_media_process_answers_nobody_else(port: Port, address: str, flaw: str) -> None:
    now = now_ms() - (120_000 if flaw == "over" else 0)
    kind = ProbeKind.FRONT if flaw == "another kind" else ProbeKind.MEDIA
    given = issue_probe(ANOTHER if flaw == "another secret" else SECRET, kind, now)
    if flaw == "not signed":
        given = ProbePass(given.name, "of nobody")
    assert await ask_media((address, port.port), given) is None


def test_what_is_no_request_gets_no_answer() -> None:
    given = issue_probe(SECRET, ProbeKind.MEDIA, now_ms())
    good = bytes(request(given))
    probes = Probes(SECRET)
    assert probes.answer(good, given.name, ("127.0.0.1", 9)) is not None
    for end in range(0, len(good), 4):
        assert probes.answer(good[:end], given.name, ("127.0.0.1", 9)) is None
    for at in range(len(good) - 8):  # the last eight are the fingerprint
        bad = bytearray(good)
        bad[at] ^= 1
        assert probes.answer(bytes(bad), given.name, ("127.0.0.1", 9)) is None, at
