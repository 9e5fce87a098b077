"""The simulator's own crypto against published vectors, and against wrong input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.crypto import BadEnvelope, Envelope, pad, page_signature, signature, unpad
from simulator.datum import gcj02
from simulator.parcel import xml
from tests.simulator.conftest import KEY, tree

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "wechat_vectors.json").read_text("utf-8")
)["vectors"]


def of(*kinds: str) -> list[Any]:
    return [pytest.param(one, id=one["id"]) for one in VECTORS if one["kind"] in kinds]


@pytest.mark.parametrize("one", of("verify_url", "decrypt"))
def test_signs_and_opens(one: dict[str, Any]) -> None:
    signed = signature(one["token"], one["timestamp"], one["nonce"], one["ciphertext"])
    assert (signed == one["msg_signature"]) is not bool(one.get("negative"))
    if not one.get("negative"):
        opened = Envelope(one["encoding_aes_key"], one["receive_id"]).open(one["ciphertext"])
        assert opened == one["expected_plaintext"]


@pytest.mark.parametrize("one", of("encrypt"))
def test_seals(one: dict[str, Any]) -> None:
    envelope = Envelope(one["encoding_aes_key"], one["receive_id"])
    assert envelope.seal(one["plaintext"], one["random_prefix"].encode()) == one["ciphertext"]


@pytest.mark.parametrize("one", of("plain_signature"))
def test_plain_signature(one: dict[str, Any]) -> None:
    assert signature(one["token"], one["timestamp"], one["nonce"]) == one["expected_signature"]


@pytest.mark.parametrize("one", of("jssdk_signature"))
def test_page_signature(one: dict[str, Any]) -> None:
    parts = one["jsapi_ticket"], one["noncestr"], one["timestamp"]
    assert page_signature(*parts, one["url"]) == one["expected_signature"]
    assert page_signature(*parts, one["url"] + "#top") == one["expected_signature"]


def test_every_vector_is_used() -> None:
    kinds = {"verify_url", "decrypt", "encrypt", "plain_signature", "jssdk_signature"}
    assert {one["kind"] for one in VECTORS} == kinds


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33])
def test_padding_is_never_absent(size: int) -> None:
    padded = pad(b"x" * size)
    assert len(padded) % 32 == 0
    assert len(padded) > size
    assert unpad(padded) == b"x" * size


@pytest.mark.parametrize("end", [b"\x00", b"\x21", b"\x02"])
def test_refuses_wrong_padding(end: bytes) -> None:
    with pytest.raises(BadEnvelope, match="padding"):
        unpad(b"x" * 31 + end)


def test_refuses_another_receiver() -> None:
    with pytest.raises(BadEnvelope, match="receive_id"):
        Envelope(KEY, "one").open(Envelope(KEY, "two").seal("hello"))


def test_a_text_cannot_break_out_of_its_element() -> None:
    evil = "]]></Content><Content>x"
    assert tree(xml({"Content": evil, "MsgId": 1})) == {"Content": evil, "MsgId": "1"}


def test_the_map_is_shifted() -> None:
    latitude, longitude = gcj02(39.915, 116.404)
    assert (round(latitude, 4), round(longitude, 4)) == (39.9164, 116.4102)
    assert gcj02(52.52, 13.405) == (52.52, 13.405)
