"""``jingmin doctor`` asks a relay behind TLS as a browser does: by its name, with a certificate it trusts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.probe import ProbeKind, issue_probe
from tests.operations.proxy import certificate
from tests.system.coturn import SECRET, Coturn
from webrtc.ice import Relay
from webrtc.relay_probe import RelayFound, Relaying, ask_relay

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("identity"), "localhost", 30)


@pytest.fixture(scope="module")
def secure(
    tmp_path_factory: pytest.TempPathFactory, identity: tuple[Path, Path]
) -> Iterator[Coturn]:
    one = Coturn(tmp_path_factory.mktemp("coturn-tls"), identity)
    one.start()
    yield one
    one.stop()


async def asked(relay: Coturn, host: str, secret: str = SECRET) -> RelayFound:
    url = f"turns:{host}:{relay.tls_port}?transport=tcp"
    now = time.time_ns() // 1_000_000
    given = issue_probe(b"s" * 32, ProbeKind.MEDIA, now)
    return await ask_relay(Relay([url], secret), url, now, None, given)


async def test_a_relay_is_given_through_tls(
    secure: Coturn, identity: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(identity[0]))
    found = await asked(secure, "localhost")
    assert (found.became, found.relayed) == (Relaying.GIVEN, "127.0.0.1"), found
    refused = await asked(secure, "localhost", "another secret")
    assert (refused.became, refused.code) == (Relaying.REFUSED, 401), refused


async def test_a_certificate_of_nobody_known_is_said(secure: Coturn) -> None:
    found = await asked(secure, "localhost")
    assert found.became is Relaying.AWAY
    assert "certificate" in found.detail


async def test_a_certificate_of_another_name_is_said(
    secure: Coturn, identity: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(identity[0]))
    found = await asked(secure, "127.0.0.1")
    assert found.became is Relaying.AWAY
    assert "certificate" in found.detail
