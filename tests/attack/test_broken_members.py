"""One broken member costs that member: a report in danger, a position, a line of text."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Site
from tests.city import IN_W1

POSITIONS = json.loads((Path(__file__).parents[1] / "data" / "positions.json").read_text())


async def post(site: Site, body: bytes, **headers: str) -> dict[str, Any]:
    async with site.anybody(**headers).post(
        f"{site.api}/incidents", data=io.BytesIO(body)
    ) as response:
        assert response.status == 201, await response.text()
        receipt: dict[str, Any] = await response.json()
        return receipt


@pytest.mark.parametrize("case", POSITIONS["cases"], ids=lambda case: case["name"])
async def test_positions_as_telephones_send_them(site: Site, case: dict[str, Any]) -> None:
    receipt = await post(site, json.dumps({"position": case["position"]}).encode())
    expected = case["expect"]
    assert receipt["missing"] == expected["missing"]
    stored = (await site.stored(receipt["id"])).position
    assert (stored is not None) is expected["kept"]
    if stored is not None:
        assert (stored.wgs84.lon, stored.wgs84.lat) == pytest.approx((121.128, 41.117), abs=1e-9)
        assert stored.wgs84.accuracy == expected["accuracy"]
        assert stored.wgs84.altitude == expected.get("altitude")
    # The same position later, on the caller's own way.
    caller = site.caller(await site.report())
    status = 200 if expected["kept"] else 422
    taken = await site.ask(caller, "POST", "/my/position", case["position"], status)
    if expected["kept"]:
        assert taken == {"shown": True, "why": "FIRST", "missing": expected["missing"]}
    else:
        assert taken["facts"]["missing"] == expected["missing"]


@pytest.mark.parametrize(
    ("body", "missing", "words"),
    [
        (rb'{"key": "%s", "silent": true, "words": "\ud83d help"}', [], "\ufffd help"),
        (b'{"key": "%s", "silent": true, "words": "\xed\xa0\xbd\xff x"}', [], None),
        (b'{"key": "%s", "silent": true, "words": "x", "device_at": NaN}', ["device_at"], "x"),
        (b'{"key": "%s", "silent": true, "x": -Infinity, "words": "x"}', [], "x"),
        (b'\xef\xbb\xbf{"key": "%s", "silent": true, "words": "x"}', [], "x"),
        (b'{"key": "%s", "silent": true, "words": "a\nb"}', [], "a\nb"),
        (
            b'{"key": "%s", "silent": true, "words": "cut off in the mid',
            ["body"],
            "cut off in the mid",
        ),
        (b'{"words": {"a": [1, "silent": true, "key": "%s"', ["body"], ""),
        (b'{"silent": true, "key": "%s", "x": ' + b"[" * 30_000, ["body"], ""),
        (b'{"words": "' + b"w" * 90_000 + b'", "silent": true, "key": "%s"}', ["words_end"], None),
        (
            b'{"silent": true, "key": "%s", "words": "' + b"w" * (1 << 20) + b'"}',
            ["body", "words_end"],
            None,
        ),
        (b'{"key": "%s", "silent": True}', ["body"], ""),
        (b'{"key": "%s", "silent": tru', ["body", "silent"], ""),
        (b'{"x": {"silent": false}, "silent": true, "key": "%s", ', ["body"], ""),
        (
            b'{"key": "%s", "silent": true, "position": [1], "kind": 7, "lang": {}}',
            ["kind", "lang"],
            "",
        ),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, bytes) else None,
)
async def test_silent_and_key_survive_anything(
    site: Site, body: bytes, missing: list[str], words: str | None
) -> None:
    """Half an emoji made a silent report a ringing one and lost its key."""
    body = body.replace(b"%s", b"survives-1234")
    receipt = await post(site, body)
    assert receipt["silent"]
    assert sorted(receipt["missing"]) == sorted([*missing, "position"])
    stored = await site.stored(receipt["id"])
    assert stored.key == "survives-1234"
    if words is not None:
        assert stored.words == words
    again = await post(site, b'{"key": "survives-1234"}')
    assert again["id"] == receipt["id"]


async def test_a_key_in_the_header_survives_a_broken_one_in_the_body(site: Site) -> None:
    header = {"Idempotency-Key": "from-the-header"}
    first = await post(site, b'{"key": "short"}', **header)
    assert "key" in first["missing"]
    assert (await post(site, b"}", **header))["id"] == first["id"]


async def test_utf_16_is_read(site: Site) -> None:
    body = '{"key": "in-utf-16", "silent": true, "words": "救命"}'.encode("utf-16")
    receipt = await post(site, body)
    assert (receipt["missing"], receipt["silent"]) == (["position"], True)


async def test_lines_and_positions_are_judged_member_by_member(site: Site) -> None:
    caller = site.caller(await site.report(position=IN_W1))
    text = '{"key": "half-emoji-1", "text": "\\ud83d 救命", "device_at": "soon", "x": NaN}'.encode()
    for _ in range(2):
        async with caller.post(f"{site.api}/my/messages", data=text) as response:
            assert response.status == 200, await response.text()
            entry = await response.json()
    assert entry["data"]["text"] == "\ufffd 救命"
    long = await site.ask(caller, "POST", "/my/messages", {"text": "长" * 5000, "new": 1})
    assert len(long["data"]["text"]) == 4000
    refused = await site.ask(caller, "POST", "/my/messages", {"text": ["x"]}, 422)
    assert refused["facts"]["missing"] == ["text"] * 2 or refused["facts"]["missing"] == [
        "text",
        "text",
    ]
    position = {**IN_W1, "accuracy": -1, "speed": None, "heading": "north"}
    taken = await site.ask(caller, "POST", "/my/position", position)
    assert taken["missing"] == ["position.accuracy"]
    state = await site.ask(caller, "POST", "/my/return", {"changed": "true", "more": 1})
    messages = [one for one in state["entries"] if one["what"] == "message"]
    assert len(messages) == 2


async def test_a_good_fix_a_moment_after_a_coarse_one_is_shown(site: Site) -> None:
    caller = site.caller(await site.report(position={**IN_W1, "accuracy": 3000}))
    taken = await site.ask(caller, "POST", "/my/position", {**IN_W1, "accuracy": 6})
    assert taken == {"shown": True, "why": "BETTER", "missing": []}
    taken = await site.ask(caller, "POST", "/my/position", {**IN_W1, "accuracy": 30_000})
    assert taken == {"shown": False, "why": "COARSER", "missing": []}


async def test_a_device_with_a_wrong_clock_does_not_send_old_positions(site: Site) -> None:
    years_ago = 1_500_000_000_000
    position = {**IN_W1, "accuracy": 6, "at": years_ago - 2_000}
    caller = site.caller(await site.report(position={**IN_W1, "accuracy": 3000}))
    taken = await site.ask(caller, "POST", "/my/position", {**position, "device_at": years_ago})
    assert taken["shown"]
    other = await site.report(position=position, device_at=years_ago)
    stored = await site.stored(other["id"])
    assert stored.position is not None
    assert stored.position.received_at - stored.position.taken == 2_000


async def test_an_hour_old_position_is_shown_as_such(site: Site) -> None:
    now = int(time.time() * 1000)
    old = await site.report(position={**IN_W1, "at": now - 3_600_000}, device_at=now)
    fresh = await site.report(position={**IN_W1, "at": now - 1_000}, device_at=now)
    desk = await site.staff("desk1")
    for receipt, stale in ((old, True), (fresh, False)):
        seen = await site.ask(desk, "GET", f"/incidents/{receipt['id']}")
        assert seen["position"]["stale"] is stale


async def test_silent_as_a_form_writes_it_and_where_it_says_no(site: Site) -> None:
    assert (await post(site, b"key=a-form-1234&silent=true"))["silent"]
    assert not (await post(site, b'{"silent": false, "words": "cut'))["silent"]
