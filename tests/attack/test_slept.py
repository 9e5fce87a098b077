"""The machine slept: nobody is said to have gone because this process stood still, or its clock was set.

A machine that sleeps sets the wall clock forth by hours while nothing runs and no other clock of a process
moves; here the wall clock of the api is set so. Processes that are stopped and go on are in
``test_frozen_product.py``.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

import heartbeat
import webrtc.spool
from api.house import House
from api.routes import now_ms
from bot.dialog import LATE_MS
from domain.arrival import TOKEN_MS
from domain.attendance import joined
from domain.call import MEDIA_DEAD_MS, MediaProcess
from domain.clock import HOUR_MS, STILL_S, Standstill
from domain.delivery import LONGEST_PAUSE_MS
from domain.errors import StoreDown
from domain.incident import IncidentState
from domain.presence import SEEN_AGAIN_MS
from storage.mongo import ANSWER_MS
from supervisor import SILENT_S, Child
from tests.api.conftest import Site, until
from tests.api.test_transfer import at_desk
from tests.attack.test_clock_steps import Hands, hands, rings
from tests.city import IN_W1
from tests.webrtc.memory_store import MemoryStore
from webrtc.metrics import Metrics
from webrtc.phase import Phase
from webrtc.server import MEDIA_SILENCE, MediaServer
from webrtc.spool import Spool

__all__ = ["hands"]
NIGHT = 8 * 3_600_000
NOW = 1_795_000_000_000
JUMPS = pytest.mark.parametrize("jump", [45_000, NIGHT, -NIGHT], ids=["45 s", "8 h", "set back"])


# ---- that it is noticed


class Clocks:
    """The wall clock, and the clock of the time that passed."""

    def __init__(self) -> None:
        self.wall, self.passed = NOW, 1_000.0

    def go(self, seconds: float, wall: float | None = None) -> None:
        self.passed += seconds
        self.wall += int((seconds if wall is None else wall) * 1_000)

    def standstill(self) -> Standstill:
        return Standstill(lambda: self.wall, 1.0, lambda: self.passed)


@pytest.mark.parametrize(
    ("seconds", "wall", "found"),
    [
        (1.0, 1.0, (0.0, 0.0)),
        (1.0 + STILL_S, 1.0 + STILL_S, (0.0, 0.0)),  # a busy machine
        (1.0, 0.6, (0.0, 0.0)),  # kept right, little by little
        (45.0, 45.0, (45.0, 0.0)),  # stopped, or slept
        (1.0, 46.0, (0.0, 45.0)),  # a guest that was paused, or the clock was set forth
        (1.0, -3_599.0, (0.0, -3_600.0)),
        (45.0, 90.0, (45.0, 45.0)),
    ],
)
def test_a_standstill_and_a_clock_that_was_set_are_told_apart(
    seconds: float, wall: float, found: tuple[float, float]
) -> None:
    clocks = Clocks()
    one = clocks.standstill()
    clocks.go(1)
    assert one.look() == (0.0, 0.0)
    clocks.go(seconds, wall)
    assert one.look() == pytest.approx(found)
    assert one.within(20_000) is any(found)
    assert one.before == (NOW + 1_000 if any(found) else 0)
    clocks.go(1)
    assert one.look() == (0.0, 0.0), "said once"
    clocks.go(STILL_S)
    assert one.within(20_000) is any(found)
    for _ in range(20):
        clocks.go(1)
        one.look()
    assert not one.within(20_000)


def test_whoever_asks_first_after_it_knows_of_it() -> None:
    clocks = Clocks()
    one = clocks.standstill()
    clocks.go(NIGHT / 1_000)
    assert one.within(1)


def test_while_signs_of_life_cannot_be_written_the_moment_before_counts() -> None:
    clocks = Clocks()
    one = clocks.standstill()
    for _ in range(30):
        clocks.go(3)
        one.hold()
        assert (one.within(20_000), one.before) == (True, NOW + 3_000)
    for _ in range(20):
        clocks.go(1)
        one.look()
    assert not one.within(20_000)
    one.hold()
    assert one.before == clocks.wall


async def test_the_log_says_it_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    looks = iter([(0.0, 0.0), (45.5, 0.0), (0.0, 28_800.0), (0.0, 0.0)])

    class Told:
        def __init__(self, *clocks: object) -> None:
            pass

        def look(self) -> tuple[float, float]:
            return next(looks, (0.0, 0.0))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heartbeat, "Standstill", Told)
        patch.setattr(heartbeat, "EVERY_S", 0.01)
        beat = heartbeat.Heartbeat()
        beats = list[float]()
        beat.late = beats.append

        async def some() -> None:
            await until(lambda: len(beats) > 5)

        await beat.during(some())
    said = [one.getMessage().partition(": ")[2] or one.getMessage() for one in caplog.records]
    assert len([one for one in said if "stood still, or its machine slept, for 45.5 s" in one]) == 1
    assert len([one for one in said if "set by 28800.0 s forth" in one]) == 1


# ---- what the api does


async def in_a_call(
    site: Site,
) -> tuple[dict[str, Any], str, list[aiohttp.ClientWebSocketResponse]]:
    """A case of desk1, who talks with the caller in a room of ``media-2``, whose process gives no sign of
    life: the receipt, the person of the desk, and the pages that are open."""
    store, now = site.house.store, now_ms()
    await store.media_processes.add(MediaProcess("media-2", "ws://127.0.0.1:1/rtc", 0, 0, now, now))
    receipt = await site.report(position=IN_W1)
    page = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await page.send_json({"type": "hello", "token": receipt["token"]})
    await page.send_json({"type": "ping", "at": 1, "still": True})
    desk, screen, person = await at_desk(site, "desk1")
    await site.ask(desk, "POST", f"/incidents/{receipt['id']}/answer")

    it = await site.stored(receipt["id"])
    for one in it.call.participants:
        await joined(store, it.id, it.call.id, one.id, now, "media-2")
    board = site.house.board
    await until(lambda: board.get(receipt["id"]).call.media == "media-2")  # type: ignore[union-attr]
    await until(lambda: board.seen(receipt["id"]).present and board.gone_since(person) is None)
    return receipt, person, [page, screen]


def judges(house: House) -> None:
    """As if store and process had run for long: else nothing is judged yet anyway."""
    house.store_up_since = now_ms() - 3_600_000


async def swept(site: Site, id: str) -> None:
    """Until a sweep wrote something into this report since."""

    async def escalated() -> bool:
        return (await site.stored(id)).escalation == 2

    await until(escalated)


@JUMPS
async def test_nobody_has_left_because_this_machine_slept(
    site: Site, hands: Hands, jump: int
) -> None:
    receipt, person, pages = await in_a_call(site)
    waiting = await site.report(words="有人撬门")
    await until(rings(site, waiting["id"]))
    judges(site.house)
    assert site.house.may_judge_media(now_ms())
    hands.ahead = jump
    assert not site.house.may_judge_media(now_ms())
    board = site.house.board
    assert board.desks()
    assert board.gone_since(person) is None
    assert board.seen(receipt["id"]).present
    if jump == NIGHT or jump < 0:
        await swept(site, waiting["id"])
    else:
        await until(lambda: board.get(waiting["id"]).escalation == 1)  # type: ignore[union-attr]
    after = await site.stored(receipt["id"])
    said = [one.what for one in after.log.entries]
    assert not {"participant.left", "incident.unattended", "incident.abandoned"} & {*said}
    assert after.call.media == "media-2"
    assert (after.state, after.unattended_at) == (IncidentState.ANSWERED, None)
    assert {one.state for one in after.call.participants} == {"JOINED"}
    steps = [one.what for one in (await site.stored(waiting["id"])).log.entries]
    assert steps.count("incident.escalated") == 1, "once, however long it was"
    for page in pages:
        await page.close()


async def test_who_is_gone_all_the_same_is_said_to_be_after_a_while(
    site: Site, hands: Hands
) -> None:
    receipt, _, pages = await in_a_call(site)
    judges(site.house)
    hands.ahead = NIGHT
    standstill = site.house.board.standstill
    assert standstill.within(MEDIA_DEAD_MS)
    judges(site.house)
    assert standstill._since is not None
    standstill._since -= SEEN_AGAIN_MS / 1_000

    async def lost() -> bool:
        log = (await site.stored(receipt["id"])).log.entries
        left = [one.data["cause"] for one in log if one.what == "participant.left"]
        return left == ["media_process_lost"] * 2

    await until(lost)
    assert not site.house.board.seen(receipt["id"]).present
    for page in pages:
        await page.close()


async def test_a_page_is_confirmed_by_the_new_clock_before_it_counts_as_gone(
    site: Site, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.open_pages.EVERY_MS", 500)
    _, screen, person = await at_desk(site, "desk1")
    await until(lambda: site.house.board.gone_since(person) is None)
    hands.ahead = NIGHT

    async def written() -> bool:
        pages = [one async for one in site.house.store.presences.every()]
        return any(one.seen_at > now_ms() - 60_000 for one in pages)

    await until(written)
    standstill = site.house.board.standstill
    assert standstill._since is not None
    standstill._since -= SEEN_AGAIN_MS / 1_000
    await until(lambda: site.house.board.gone_since(person) is None)
    await screen.close()


async def test_nobody_has_left_while_the_store_was_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, screen, person = await at_desk(site, "desk1")
    board = site.house.board
    await until(lambda: board.gone_since(person) is None)
    monkeypatch.setattr("domain.presence.FRESH_MS", 4_000)

    async def away() -> None:
        raise StoreDown("test")

    with monkeypatch.context() as patch:
        patch.setattr(site.house.store, "check", away)
        await until(lambda: not site.house.store_up)
        await asyncio.sleep(5)  # longer than a page is believed to be open
        assert board.desks()
    await until(lambda: site.house.store_up)
    assert board.gone_since(person) is None
    await screen.close()
    await until(lambda: board.gone_since(person) is not None)


# ---- what media processes and the supervisor do


async def test_a_recording_of_another_media_process_is_not_sealed_while_both_wake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ahead = MemoryStore(), 0
    real = webrtc.spool._now
    monkeypatch.setattr(webrtc.spool, "_now", lambda: real() + ahead)
    spool = Spool(tmp_path, "media-1", store, Metrics())  # type: ignore[arg-type]
    now = real()
    other = MediaProcess("media-2", "ws://x", 0, 0, now, now)
    await store.media_processes.add(other)
    assert await spool._writer_lives("media-2")
    ahead = NIGHT
    assert await spool._writer_lives("media-2")
    assert spool._standstill._since is not None
    spool._standstill._since -= 2 * MEDIA_DEAD_MS / 1_000
    assert not await spool._writer_lives("media-2")
    spool.close()


async def test_whom_a_media_process_did_not_hear_while_it_stood_still_it_hears_first(
    tmp_path: Path,
) -> None:
    server = MediaServer(
        store=MemoryStore(),  # type: ignore[arg-type]
        secret=b"s" * 32,
        media_id="media-1",
        public_url="ws://127.0.0.1/rtc",
        addresses=["127.0.0.1"],
        origins=[],
        spool=tmp_path / "spool",
    )
    lost = list[float]()
    peer = SimpleNamespace(heard_at=lambda: 100.0)
    one = SimpleNamespace(peer=peer, phase=Phase.CONNECTED, lost=lambda: lost.append(1.0))
    server._connections = [one]  # type: ignore[assignment, list-item]
    server._watched = 100.0
    for half_seconds in range(13):
        server._watch(145.0 + half_seconds / 2)
    assert not lost
    server._watch(145.0 + MEDIA_SILENCE + 0.5)
    assert lost
    server._spool.close()
    server._used.close()


def test_a_supervisor_that_stood_still_between_two_looks_ends_nobody() -> None:
    child = Child("one", [], {})
    ended = list[str]()
    child.running = lambda: True  # type: ignore[method-assign]

    class Process:
        pid = 1

        def kill(self) -> None:
            ended.append("killed")

    child._process = Process()  # type: ignore[assignment]
    child._beaten, child._beat_at = True, 100.0
    child._watch(145.0, 45.0)
    child._watch(145.1 + SILENT_S - 0.2, 0.1)
    assert not ended
    child._watch(145.1 + SILENT_S, 0.1)
    assert ended == ["killed"]


# ---- what operators are told


def row(begins: str) -> str:
    text = (Path(__file__).parents[2] / "docs" / "operator.md").read_text("utf-8")
    (found,) = [line for line in text.splitlines() if line.startswith(f"| {begins}")]
    return found


def test_the_figures_of_the_operators_guide_are_those_of_the_code() -> None:
    sleeps = row("the machine sleeps")
    assert f"lost for {2 * MEDIA_DEAD_MS // 1_000} s" in sleeps
    assert f"closed for {SEEN_AGAIN_MS // 1_000} s" in sleeps
    for line in (heartbeat.STOOD_STILL, heartbeat.CLOCK_SET):
        said = line.replace("%d", "N").replace("for %.1f", "for 45.5").replace("%.1f", "45.0")
        assert f"`{said.replace('%s', 'forth')}`" in sleeps
    assert f"After {MEDIA_DEAD_MS // 1_000} s" in row("a media process stands still")
    back = row("the clock is set back")
    assert f"{LONGEST_PAUSE_MS // 60_000} minutes at most" in back
    assert 2 * LATE_MS == HOUR_MS
    assert "ends within an hour" in back
    assert TOKEN_MS == 2 * HOUR_MS
    assert "more than two hours" in back
    assert f"after {ANSWER_MS // 1_000} s at most" in row("the store stands still")
