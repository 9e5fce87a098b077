"""Messages: strict to read, and exactly those PROTOCOL.md names."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import PROTOCOL, TOO_LARGE, Fault, Refused
from webrtc import messages

DOCUMENT = Path(messages.__file__).with_name("PROTOCOL.md").read_text()


def documented(part: str) -> dict[str, set[str]]:
    """Message name → names of members in its example, of one part of the document."""
    body = DOCUMENT.split(f"## {part}\n")[1].split("\n## ")[0]
    found: dict[str, set[str]] = {}
    for section in body.split("### ")[1:]:
        name = section.split("\n")[0].strip()
        example = re.search(r'`(\{"type":.*?\})`', section, re.S)
        assert example is not None, f"{name} has no example"
        assert f'"type":"{name}"' in example[1]
        found[name] = set(re.findall(r'"(\w+)":', example[1])) - {"type"}
    return found


def members(struct: type[msgspec.Struct]) -> set[str]:
    """Names of the members, with those of nested structs."""
    names: set[str] = set()
    for name, kind in typing.get_type_hints(struct).items():
        names.add(name)
        for inner in typing.get_args(kind):
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                names |= members(inner)
    return names


@pytest.mark.parametrize(
    ("part", "union"),
    [("Client → server", messages.Client), ("Server → client", messages.Server)],
)
def test_the_document_and_the_code_say_the_same(part: str, union: typing.Any) -> None:
    structs = {str(one.__struct_config__.tag): one for one in typing.get_args(union)}
    described = documented(part)
    assert described.keys() == structs.keys()
    for name, struct in structs.items():
        assert described[name] == members(struct), name


def test_the_documented_values_are_those_of_the_code() -> None:
    rungs = "|".join(f'"{one}"' for one in typing.get_args(messages.Rung))
    causes = "|".join(f'"{one}"' for one in typing.get_args(messages.Cause))
    reasons = "|".join(f'"{one}"' for one in typing.get_args(messages.Reason))
    for values in (rungs, causes, reasons):
        assert values in DOCUMENT


def refusal_of(text: str) -> Fault | None:
    try:
        messages.read(text)
    except Refused as refusal:
        return refusal.fault
    return None


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert refusal_of(text) in (None, PROTOCOL, TOO_LARGE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
known = st.sampled_from(
    ["hello", "offer", "candidate", "media", "rung", "keyframe", "ping", "bye", "welcome", "x"]
)
fields = st.sampled_from(["protocol", "ticket", "sdp", "audio", "video", "rung", "cause", "at"])


@given(known, st.dictionaries(fields, json_values))
def test_known_types_with_any_members(kind: str, rest: dict[str, object]) -> None:
    text = msgspec.json.encode({"type": kind, **rest}).decode()
    if refusal_of(text) is None:
        assert messages.read(text).__struct_config__.tag == kind
    else:
        assert refusal_of(text) is PROTOCOL


def test_types_are_not_bent() -> None:
    for text in (
        '{"type":"media","audio":1,"video":false}',
        '{"type":"ping","at":"1"}',
        '{"type":"rung","rung":"cinema","cause":"user"}',
        '{"type":"hello","protocol":1}',
        '{"type":"nothing"}',
        "[]",
        "[" * 5000,
    ):
        with pytest.raises(Refused):
            messages.read(text)


def test_sizes() -> None:
    large = '{"type":"hello","protocol":1,"ticket":"' + "x" * (65 << 10) + '"}'
    with pytest.raises(Refused) as caught:
        messages.read(large)
    assert caught.value.fault is TOO_LARGE
    assert messages.read(large.replace("hello", "offer").replace("ticket", "sdp"))
    with pytest.raises(Refused) as caught:
        messages.read("x" * (257 << 10))
    assert caught.value.fault is TOO_LARGE


def test_unknown_members_are_ignored() -> None:
    assert messages.read('{"type":"bye","mood":"sad"}') == messages.Bye()
