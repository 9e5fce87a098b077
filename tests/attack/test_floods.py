"""A flood of empty reports hides nobody, and nobody who is there is counted among them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api.proxies import networks
from api.routes import now_ms
from domain.evidence import append
from domain.flood import Floods, says_nothing
from domain.incident import Incident, IncidentState
from domain.intake import Report, compose
from domain.people import CALLER
from domain.place import Fix, Wgs84
from domain.ticket import random_id
from locate.finder import BoundaryFinder
from storage.store import MongoStore
from tests.api.conftest import Site, build_house, until

NOW = 1_795_000_000_000


def report(at: int, origin: str = "one", **members: Any) -> Incident:
    id = random_id()
    return compose(Report(id, id, f"n-{id}", at, origin=origin, **members), at)


def flood(count: int, start: int, every: int, origin: str = "one") -> list[Incident]:
    return [report(start + n * every, origin) for n in range(count)]


def folded(floods: Floods, those: list[Incident]) -> int:
    return sum(floods.hidden(it.id) for it in those)


def floods_of(those: list[Incident], now: int, here: Callable[[str, int], bool]) -> Floods:
    floods = Floods(here)
    for it in those:
        floods.put(it, now)
    floods.refold(now)
    return floods


def nobody(id: str, now: int) -> bool:
    return False


def test_more_than_twenty_a_minute_are_one_row_that_counts() -> None:
    those = flood(21, NOW, 2_900)
    floods = floods_of(those, NOW + 100_000, nobody)
    assert folded(floods, those) == 20
    assert floods.stands_for(those[0].id) == 20
    assert not folded(floods_of(those[:20], NOW + 100_000, nobody), those)
    slow = flood(40, NOW, 3_001)
    assert not folded(floods_of(slow, NOW + 200_000, nobody), slow)
    two = [*flood(15, NOW, 100, "a"), *flood(15, NOW, 100, "b")]
    assert not folded(floods_of(two, NOW + 100_000, nobody), two)


def test_the_first_ten_seconds_everybody_stands_alone() -> None:
    those = flood(30, NOW, 10)
    floods = floods_of(those, NOW + 9_999, nobody)
    assert folded(floods, those) == 0
    changed = floods.refold(NOW + 10_150)
    assert (
        folded(floods, those) == 15
    )  # those of the first 150 ms, but for the one that stands for them
    assert {it.id for it in those[:16]} == changed
    floods.refold(NOW + 30_000)
    assert folded(floods, those) == 29


@pytest.mark.parametrize(
    "members",
    [
        {"silent": True},
        {"words": "救命"},
        {"position": Fix(Wgs84(121.05, 41.05), 121.05, 41.05, Wgs84.datum, NOW)},
        {"via": "wechat"},
    ],
    ids=lambda members: next(iter(members)),
)
def test_what_says_anything_stands_alone(members: dict[str, Any]) -> None:
    real = report(NOW, **members)
    those = [*flood(50, NOW, 10), real]
    floods = floods_of(those, NOW + 60_000, nobody)
    assert not floods.hidden(real.id)
    assert folded(floods, those) == 49


def test_a_row_is_answered_from_its_oldest_on() -> None:
    those = flood(50, NOW, 10)
    floods = floods_of(those, NOW + 60_000, nobody)
    oldest, second = those[0], those[1]
    assert [it for it in those if not floods.hidden(it.id)] == [oldest]
    oldest.state = IncidentState.ANSWERED
    assert floods.put(oldest, NOW) == {oldest.id, second.id}
    assert floods.stands_for(second.id) == 48
    assert not floods.hidden(second.id)
    assert not floods.hidden(oldest.id)


def test_who_hung_up_does_not_stand_for_those_who_wait() -> None:
    those = flood(30, NOW, 10)
    for it in those[:5]:
        it.state = IncidentState.ABANDONED
        append(it.log, CALLER, "incident.abandoned", NOW)
        append(it.log, CALLER, "call.ended", NOW)
    floods = floods_of(those, NOW + 60_000, nobody)
    assert [it for it in those if not floods.hidden(it.id)] == [those[5]]
    assert floods.stands_for(those[5].id) == 29
    # The one that stands for the others hangs up, too: the next is heard.
    those[5].state = IncidentState.ABANDONED
    assert floods.put(those[5], NOW) == {those[5].id, those[6].id}
    assert not floods.hidden(those[6].id)


def test_reports_that_waited_on_disk_did_not_come_at_once() -> None:
    """Three minutes apart, and written to the store in one second when it was back."""
    those = []
    for n in range(25):
        id = random_id()
        received = NOW + n * 180_000
        those.append(compose(Report(id, id, f"n-{id}", received, origin="one"), NOW + 9_000_000))
    assert not folded(floods_of(those, NOW + 9_100_000, nobody), those)


async def test_what_came_alone_is_escalated_before_a_flood_of_words(site: Site) -> None:
    board = site.house.board
    loud = [report(NOW, "a program", words="x") for _ in range(30)]
    for it in loud:
        board._take_incident(it.id, it)
    real = report(NOW, "a home", words="有人砸门")
    board._take_incident(real.id, real)
    assert board.sweepable()[0] is real


async def test_after_the_store_was_restored_what_it_has_is_on_the_board(site: Site) -> None:
    receipt = await site.report(words="恢复之前")
    board, shelf = site.house.board, site.house.store.incidents
    await until(lambda: board.get(receipt["id"]) is not None)
    newer = await shelf.get(receipt["id"])
    newer.version, newer.state = 99, IncidentState.CLOSED
    board._take_incident(newer.id, newer)
    await board.load()
    back = board.get(receipt["id"])
    assert back is not None
    assert (back.state, back.version) == (IncidentState.RAISED, 0)


async def many(store: MongoStore, count: int, raised_at: int, origin: str) -> list[Incident]:
    those = flood(count, raised_at, 1, origin)
    # Not so many at once that a busy machine's store takes longer than it is waited for.
    for start in range(0, count, 100):
        await store.incidents.add_many(those[start : start + 100])
    return those


async def snapshot(site: Site, staff: aiohttp.ClientSession) -> tuple[Any, dict[str, Any]]:
    screen = await staff.ws_connect(f"{site.api}/live", max_msg_size=0)
    first = await screen.receive_json()
    assert first["type"] == "snapshot"
    assert not first["more"]
    return screen, {one["id"]: one for one in first["incidents"]}


async def test_after_a_restart_one_real_report_under_five_thousand_empty_ones_is_on_the_desk(
    store: MongoStore, finder: BoundaryFinder, tmp_path: Path, site: Site
) -> None:
    """The newest 5,000 were kept, and the oldest, the real one, was on no desk any more."""
    now = now_ms()
    real = report(now - 600_000, "a home", words="有人砸门")
    await store.incidents.add(real)
    empty = await many(store, 5_050, now - 500_000, "a program")
    house = build_house(store, finder, tmp_path / "again", site.url)
    await house.board.start()
    try:
        board = house.board
        assert board.get(real.id) is not None
        assert not board.hidden(real.id)
        shown = [it.id for it in board.incidents() if not board.hidden(it.id)]
        assert sorted(shown) == sorted([real.id, empty[0].id])
        assert board.seen(empty[0].id).stands_for == 5_049
        assert [it.id for it in board.sweepable()] == [real.id, empty[0].id]
    finally:
        await house.board.stop()
        house.journal.close()


async def test_two_hundred_behind_one_address_with_their_pages_open_are_two_hundred_cards(
    site: Site,
) -> None:
    """Neighbours of one fire, behind one carrier's address, who tap once and keep the page open."""
    receipts = [await site.report() for _ in range(200)]
    feeds = []
    for receipt in receipts:
        feed = await site.anybody().ws_connect(f"{site.api}/live/caller")
        await feed.send_json({"type": "hello", "token": receipt["token"]})
        feeds.append(feed)
    gone = [await site.report() for _ in range(30)]
    board = site.house.board
    await until(lambda: all(board.seen(one["id"]).present for one in receipts))
    # Ten seconds later, without waiting for them.
    for origin in board._floods._origins.values():
        origin.foldable = {id: (o, at - 11_000) for id, (o, at) in origin.foldable.items()}
    desk = await site.staff("desk1")
    await until(lambda: sum(board.hidden(one["id"]) for one in gone) == 29)
    screen, cards = await snapshot(site, desk)
    assert {one["id"] for one in receipts} <= cards.keys()
    assert len(cards) == 201
    assert sorted(one["stands_for"] for one in cards.values())[-2:] == [0, 29]
    # One of those that were folded opens its page, another writes: both stand alone at once.
    late = next(one for one in gone if board.hidden(one["id"]))
    feed = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await feed.send_json({"type": "hello", "token": late["token"]})
    writes = next(one for one in gone if board.hidden(one["id"]) and one is not late)
    await site.ask(site.caller(writes), "POST", "/my/messages", {"text": "在吗"})
    heard: dict[str, Any] = {}
    while not {late["id"], writes["id"]} <= heard.keys():
        message = await asyncio.wait_for(screen.receive_json(), 30)
        if message["type"] == "incident":
            heard[message["incident"]["id"]] = message["incident"]
    # One press on the row answers its oldest, and the next oldest stands for the rest.
    first = next(one for one in cards.values() if one["stands_for"])
    answered = await site.ask(desk, "POST", f"/incidents/{first['id']}/answer")
    assert answered["state"] == "ANSWERED"
    await until(lambda: any(board.seen(one["id"]).stands_for == 26 for one in gone))
    for one in (*feeds, feed, screen):
        await one.close()


async def test_a_page_that_is_closed_is_not_open_any_more(site: Site) -> None:
    receipt = await site.report()
    feed = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await feed.send_json({"type": "hello", "token": receipt["token"]})
    await feed.send_json({"type": "ping", "at": 1, "still": True})
    board = site.house.board
    await until(lambda: board.seen(receipt["id"]).confirmed_at is not None)
    desk = await site.staff("desk1")
    screen, cards = await snapshot(site, desk)
    assert cards[receipt["id"]]["present"]
    await feed.close()
    while True:
        message = await asyncio.wait_for(screen.receive_json(), 30)
        if message["type"] == "presence":
            break
    assert (message["id"], message["present"]) == (receipt["id"], False)
    assert message["confirmed_at"] is not None
    await screen.close()


def test_a_report_without_an_origin_is_never_folded() -> None:
    """Reports of before, and of tips and the chat, have none."""
    assert not says_nothing(report(NOW, ""))
    assert says_nothing(report(NOW))


async def test_an_address_is_a_network_of_ipv6_and_is_not_written_down(site: Site) -> None:
    site.house.proxies = networks(["127.0.0.1/32"])

    async def origin(address: str) -> str:
        client = site.anybody(**{"X-Forwarded-For": address})
        async with client.post(f"{site.api}/incidents", json={}) as response:
            receipt = await response.json()
        await site.house.settled(receipt["id"])
        it = await site.stored(receipt["id"])
        assert address not in str(it)
        return it.origin

    home = await origin("2001:db8:1:2::1")
    assert await origin("2001:db8:1:2:ffff::2") == home
    assert await origin("2001:db8:1:3::1") != home
    assert await origin("::ffff:192.0.2.7") == await origin("192.0.2.7")
    assert len({home, await origin("192.0.2.7"), await origin("192.0.2.8")}) == 3


async def test_a_page_cannot_make_the_store_write_as_often_as_it_likes(site: Site) -> None:
    receipt = await site.report()
    feed = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await feed.send_json({"type": "hello", "token": receipt["token"]})
    for n in range(200):
        await feed.send_json({"type": "ping", "at": n, "still": bool(n % 2)})
    await until(lambda: site.house.board.seen(receipt["id"]).present)
    await asyncio.sleep(0.3)
    assert (await site.house.store.presences.get(receipt["id"])).version <= 2
    # A second page of the same caller; the first one's end does not make him absent.
    other = await site.anybody().ws_connect(f"{site.api}/live/caller")
    await other.send_json({"type": "hello", "token": receipt["token"]})
    await other.send_json({"type": "ping", "at": 1})
    before = (await site.house.store.presences.get(receipt["id"])).by
    await until(lambda: _by(site, receipt, before))
    await feed.close()
    await asyncio.sleep(0.3)
    assert (await site.house.store.presences.get(receipt["id"])).open
    await other.close()


async def _by(site: Site, receipt: dict[str, Any], before: str) -> bool:
    return (await site.house.store.presences.get(receipt["id"])).by != before
