"""The private names the fast path stands on are still there, in the pinned versions."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from aiortc import RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from pylibsrtp import Session

from webrtc import fastpath


@pytest.mark.parametrize(
    ("owner", "name"), [(owner, name) for owner, names in fastpath.PRIVATE for name in names]
)
async def test_private_names(owner: object, name: str) -> None:
    assert hasattr(owner, name), f"{owner} has lost {name}"


async def test_private_members() -> None:
    gatherer = RTCIceGatherer(iceServers=[])
    ice = RTCIceTransport(gatherer)
    objects = {
        "gatherer": gatherer,
        "ice": ice,
        "dtls": RTCDtlsTransport(ice, [fastpath.new_certificate()]),
        "connection": gatherer._connection,
        "session": Session(),
    }
    for kind, names in fastpath.PRIVATE_MEMBERS.items():
        for name in names:
            assert hasattr(objects[kind], name), f"{kind} has lost {name}"


def test_the_measured_versions() -> None:
    assert version("aiortc").startswith("1.16.")
    assert version("aioice").startswith("0.13.")
    assert version("pylibsrtp").startswith("1.")


# They speak STUN and TURN with what aioice offers everybody.
PUBLIC = ("probe.py", "relay_probe.py")


def test_no_other_file_knows_private_names() -> None:
    for path in Path(fastpath.__file__).parent.glob("*.py"):
        if path.name == "fastpath.py":
            continue
        text = path.read_text()
        assert "aioice" not in text or path.name in PUBLIC, path.name
        assert "pylibsrtp" not in text, path.name
        taken = re.findall(r"(?<!self)\._[a-z]\w*", text)
        assert taken == [], f"{path.name} uses {taken}"
