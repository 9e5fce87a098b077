"""JSON nested deeper than the product reads: one limit, the same on every interpreter.

64 levels are read, 65 are refused before a parser sees them, brackets inside a string are text. A
report is taken all the same.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.client import Client
from bot.errors import Unknown
from bot.house import BotHouse, Mode
from domain.errors import BAD_REQUEST, TOO_LARGE, Refused
from domain.json_limits import DEEP, LEVELS, check_json
from tests.api.conftest import Site, site
from tests.bot.conftest import house, http, ports, world
from tests.bot.test_callbacks import Knock, in_mode
from tests.city import IN_W1
from tests.ports import free_port
from tests.webrtc.conftest import Start, start
from tests.webrtc.test_signaling import ended, hear

__all__ = ["house", "http", "in_mode", "ports", "site", "start", "world"]

ROOT = Path(__file__).parents[2]
MANY = (LEVELS, 900, 5_000, 30_000)  # brackets inside an object: one level more
AS_TEXT = "[{" * 5_000 + '\\" \\\\'


def nested(brackets: int, **members: Any) -> str:
    """An object with these members and, in one that nobody knows, so many brackets."""
    inside = json.dumps(members)[1:-1]
    return "{" + (inside + "," if inside else "") + '"x":' + "[" * brackets + "]" * brackets + "}"


# ---- a report


@pytest.mark.parametrize("brackets", MANY)
async def test_a_report_is_taken_and_says_that_its_body_was_not_read(
    site: Site, brackets: int
) -> None:
    body = nested(brackets, position=IN_W1)
    async with site.anybody().post(f"{site.api}/incidents", data=body) as response:
        assert response.status == 201, await response.text()
        receipt = await response.json()
    assert receipt["missing"] == ["body"]
    await site.house.settled(receipt["id"])
    stored = await site.stored(receipt["id"])
    assert stored.state == "RAISED"
    assert stored.position is not None, "what can be read of it is used"


async def test_what_is_deep_enough_or_only_text_costs_a_report_nothing(site: Site) -> None:
    for body in (
        nested(LEVELS - 1, position=IN_W1),
        json.dumps({"words": "[{" * 1_500, "position": IN_W1}),
    ):
        async with site.anybody().post(f"{site.api}/incidents", data=body) as response:
            assert response.status == 201
            assert (await response.json())["missing"] == []


# ---- everything else of the api


@pytest.mark.parametrize("brackets", MANY)
async def test_other_routes_refuse_with_the_same_words(site: Site, brackets: int) -> None:
    receipt = await site.report(position=IN_W1)
    async with site.anybody().post(f"{site.api}/session", data=nested(brackets)) as response:
        problem = await response.json(content_type=None)
        assert (response.status, problem["code"]) == (400, "bad_request")
        assert problem["detail"] == DEEP
    # What a caller sends is judged member by member: here there is no text among them.
    caller = site.caller(receipt)
    async with caller.post(f"{site.api}/my/messages", data=nested(brackets)) as response:
        problem = await response.json(content_type=None)
        assert (response.status, problem["facts"]["missing"]) == (422, ["text", "body"])


@pytest.mark.parametrize("brackets", [LEVELS, 900, 3_000])
async def test_the_live_feeds_close(site: Site, brackets: int) -> None:
    screen = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await screen.send_str(nested(brackets, type="hello", token="x"))
    message = await screen.receive(timeout=30)
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4408)
    desk = await site.staff("desk1")
    screen = await desk.ws_connect(f"{site.api}/live")
    await screen.send_str(nested(brackets, type="ping", at=1))
    while (message := await screen.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT:
        assert message.json()["type"] != "pong"
    assert message.type is aiohttp.WSMsgType.CLOSE


# ---- signalling


@pytest.mark.parametrize("brackets", MANY)
async def test_signalling_ends_the_connection(start: Start, brackets: int) -> None:
    process = await start()
    socket = await process.connect()
    await socket.send_str(nested(brackets, type="hello", protocol=1, ticket="x"))
    await ended(socket, "protocol")
    socket = await process.connect()
    await socket.send_str(nested(LEVELS - 1, type="hello", protocol=1, ticket="x"))
    assert (await hear(socket))["code"] == "ticket_bad"


# ---- the bot


@pytest.mark.parametrize("brackets", MANY)
async def test_a_callback_is_refused(in_mode: Any, house: BotHouse, brackets: int) -> None:
    knock: Knock = await in_mode(Mode.PLAIN)
    deep_xml = "<xml>" + "<a>" * brackets + "1" + "</a>" * brackets + "</xml>"
    for body in (nested(brackets), deep_xml[: 60 * 1024]):
        assert (await knock.post(knock.plain(), body))[0] == 400
    assert await house.store.arrivals.find() == []


@pytest.mark.parametrize("brackets", MANY)
async def test_an_answer_of_a_platform_is_unknown(brackets: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=nested(brackets, errcode=0), content_type="application/json")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    client = Client()
    try:
        with pytest.raises(Unknown):
            await client.call(f"http://127.0.0.1:{port}/")
    finally:
        await client.close()
        await runner.cleanup()


# ---- a boundary file


@pytest.mark.parametrize("brackets", MANY)
def test_a_boundary_file_is_refused_in_a_sentence(tmp_path: Path, brackets: int) -> None:
    file = tmp_path / "deep.geojson"
    file.write_text(nested(brackets, type="FeatureCollection"))
    done = subprocess.run(
        [sys.executable, "-m", "main", "locate", "121", "41", "--boundaries", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert DEEP in done.stdout + done.stderr


# ---- no other way in

READS = re.compile(r"json\.loads\(|json\.decode\(|json\.Decoder\b")
# These read only what we wrote ourselves: sealed, signed, or in our own folder.
OWN = {
    "bot/parcel.py",
    "bot/post.py",
    "bot/turn.py",
    "clips.py",  # our own child's word
    "domain/ticket.py",  # behind its signature
    "decoding.py",  # our own child's word
    "decoder_process.py",  # our own parent's word
    "locate/boundaries.py",  # what shapely wrote
    "locate/conversion.py",  # the same
    "locate/kept.py",  # behind its hash
    "locate/layer.py",
    "storage/journal.py",
    "webrtc/spool.py",
}


def test_whatever_else_reads_json_looks_at_its_depth_first() -> None:
    files = [*ROOT.glob("*.py"), *(ROOT / "jingmin").rglob("*.py")]
    for room in ("api", "bot", "domain", "locate", "storage", "webrtc"):
        files += (ROOT / room).rglob("*.py")
    reading = {
        str(path.relative_to(ROOT)): "check_json(" in text
        for path in files
        if READS.search(text := path.read_text("utf-8"))
    }
    assert {name for name, looks in reading.items() if not looks} <= OWN
    assert sum(reading.values()) >= 7


# ---- the measure itself


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


values = st.recursive(
    st.text(alphabet='[]{}"\\ab中') | st.none() | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('[{"\\', max_size=3), inner)
    ),
    max_leaves=30,
)


@given(values, st.integers(0, 70), st.booleans())
def test_levels_are_counted_as_a_parser_would(value: Any, around: int, ascii_only: bool) -> None:
    for _ in range(around):
        value = [value, "]"]
    text = json.dumps(value, ensure_ascii=ascii_only)
    for form in (text, text.encode()):
        if depth(value) <= LEVELS:
            check_json(form, len(text) * 4)
            continue
        with pytest.raises(Refused) as caught:
            check_json(form, len(text) * 4)
        assert (caught.value.fault, caught.value.detail) == (BAD_REQUEST, DEEP)


def test_size_is_in_bytes() -> None:
    check_json("中" * 10, 30)
    for text in ("中" * 11, b"1" * 31):
        with pytest.raises(Refused) as caught:
            check_json(text, 30)
        assert caught.value.fault is TOO_LARGE


@pytest.mark.parametrize("piece", ['"', '\\"', "\\\\", '"\\"', "[", "]", "[]", '"["', '\\"['])
def test_no_text_takes_long(piece: str) -> None:
    began = time.monotonic()
    with contextlib.suppress(Refused):
        check_json("[" + piece * (1 << 20), 1 << 24)
    assert time.monotonic() - began < 10
