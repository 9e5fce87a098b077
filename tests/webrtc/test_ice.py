"""Addresses and relay credentials."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from webrtc.ice import Relay, parse_address, relay_servers


def test_addresses() -> None:
    assert parse_address("127.0.0.1") == ("127.0.0.1", "127.0.0.1")
    assert parse_address("10.0.0.5=203.0.113.7") == ("10.0.0.5", "203.0.113.7")
    for wrong in ("", "localhost", "10.0.0.5=::1", "=1.2.3.4"):
        with pytest.raises(ValueError):
            parse_address(wrong)


def test_credentials_live_ten_minutes() -> None:
    relay = Relay(["turn:turn.example:3478?transport=tcp"], "shared")
    (server,) = relay_servers(relay, "p1", 1_700_000_000_000)
    until, who = server.username.split(":")
    assert int(until) - 1_700_000_000 == 600
    assert who == "p1"
    mac = hmac.new(b"shared", server.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(server.credential) == mac


def test_without_relays_there_is_none() -> None:
    assert relay_servers(None, "p1", 0) == []
