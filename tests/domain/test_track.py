"""Which fix of a caller is shown: the rule, and the sequences it was made for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.caller_position import move, take
from domain.incident import Incident
from domain.intake import Report, compose
from domain.place import Fix, Wgs84
from domain.position import fix, read_position
from domain.replay import differences
from domain.ticket import random_id
from domain.track import AGREEING, SHOWN, Spot, Track, Why, effective_radius, judge, stale
from locate.finder import BoundaryFinder
from storage.store import MongoStore

START = 1_795_000_000_000
GOOD = (121.128, 41.117)
SEQUENCES = json.loads((Path(__file__).parents[1] / "data" / "fix_sequences.json").read_text())


def at(
    seconds: float,
    accuracy: float | None = 8.0,
    lonlat: tuple[float, float] = GOOD,
    taken: float = 0.0,
    abroad: bool = False,
) -> Fix:
    """A fix received so many seconds after the start, taken so many after (before) that."""
    now = START + round(seconds * 1000)
    place = Wgs84(*lonlat, accuracy)
    return Fix(place, *lonlat, Wgs84.datum, now, taken_at=now + round(taken * 1000), abroad=abroad)


def report() -> Report:
    id = random_id()
    return Report(id, id, f"n-{id}", START, missing=["position"])


@pytest.mark.parametrize("case", SEQUENCES["sequences"], ids=lambda case: case["name"])
async def test_the_sequences_show_what_they_should(
    store: MongoStore, finder: BoundaryFinder, case: dict[str, Any]
) -> None:
    it = compose(report(), START)
    await store.incidents.add(it)
    now = START
    for given_fix in case["fixes"]:
        now = START + round(given_fix["t"] * 1000)
        lon, lat = given_fix["lonlat"]
        taken = now + round(given_fix.get("taken", 0) * 1000)
        position, missing = read_position(
            {
                "lon": lon,
                "lat": lat,
                "datum": "WGS84",
                "accuracy": given_fix["accuracy"],
                "at": taken,
            }
        )
        assert position is not None
        assert missing == []
        await move(store, it.id, fix(finder, position, now), now)
    after = await store.incidents.get(it.id)
    shown, expected = after.position, case["shown_after"]
    assert shown is not None
    assert [shown.wgs84.lon, shown.wgs84.lat] == expected["lonlat"]
    assert shown.wgs84.accuracy == expected["accuracy"]
    assert stale(shown, now) is expected.get("stale", False)
    logged = [one for one in after.log.entries if one.what == "position"]
    assert len(logged) == len(case["fixes"]), "every fix is logged"
    assert differences(after) == []
    assert "position" not in after.missing


@pytest.mark.parametrize(
    ("shown", "fix", "speed", "why"),
    [
        (None, at(0, 30_000), 2, Why.FIRST),
        (at(0, 3000), at(0.3, 6), 2, Why.BETTER),
        (at(0, 8), at(5, 18), 2, Why.BETTER),  # 8 + 2 m/s x 5 s = 18: not larger
        (at(0, 8), at(5, 18.1), 2, Why.COARSER),
        (at(0, 8), at(5, 200), 40, Why.BETTER),  # in a car: 8 + 200
        (at(0, 8), at(5, 200), 400, Why.BETTER),  # at most 40 m/s count
        (at(0, 8), at(5, 18), 0.1, Why.BETTER),  # at least 2 m/s count
        (at(0, 8), at(5, 8, taken=-600), 2, Why.COARSER),  # as old as that: 8 + 2 x 600
        (at(0, 3000), at(5, 8, taken=-600), 2, Why.BETTER),  # still better than +-3 km
        (at(0, None), at(1, 501), 2, Why.BETTER),  # unknown counts 500 m, and has aged a second
        (at(0, 8), at(5, None), 2, Why.COARSER),
        (at(0, 8), at(2, 8, (121.8, 41.6)), 2, Why.TOO_FAR),
        (at(0, 25), at(2, 8, (121.8, 41.6)), 2, Why.BETTER),  # 25 m is more than 3 x 8
        (at(0, 24), at(2, 8, (121.8, 41.6)), 2, Why.TOO_FAR),
        (at(0, 8), at(3600, 8, (121.8, 41.6)), 2, Why.BETTER),  # in an hour anybody gets there
        (at(0, 8), at(5, 8, (0, 0), abroad=True), 2, Why.ABROAD),
        (at(0, 8, (0, 0), abroad=True), at(5, 30_000), 2, Why.HOME),
        (at(0, 8), at(-100, 8), 2, Why.BETTER),  # the clock was set back: no age below zero
    ],
)
def test_the_rule(shown: Fix | None, fix: Fix, speed: float, why: Why) -> None:
    assert judge(Track(speed), shown, fix, fix.received_at) is why


def test_three_impossible_fixes_in_a_row_that_agree_are_believed() -> None:
    it, far = compose(report(), START), (121.8, 41.6)
    assert take(it, at(0), START) is Why.FIRST
    becomes = [take(it, at(n, 8, far), START + n * 1000) for n in (2, 3)]
    assert becomes == [Why.TOO_FAR, Why.TOO_FAR]
    # One that agrees with nothing begins the row anew.
    assert take(it, at(4, 8, (120.2, 40.3)), START + 4_000) is Why.TOO_FAR
    becomes = [take(it, at(n, 8, far), START + n * 1000) for n in (5, 6, 7)]
    assert becomes == [Why.TOO_FAR, Why.TOO_FAR, Why.AGREED]
    assert it.position is not None
    assert (it.position.wgs84.lon, it.track.apart) == (121.8, [])


def shown_after(fixes: list[tuple[float, Fix]]) -> Fix:
    it = compose(report(), START)
    for seconds, one in fixes:
        take(it, one, START + round(seconds * 1000))
    assert it.position is not None
    return it.position


def test_a_fast_train_does_not_stand_still() -> None:
    """350 km/h: each fix is impossible against the one shown, and against the one before it."""
    for every in (1.0, 5.0):
        fixes = []
        for n in range(40):
            seconds = n * every
            fixes.append((seconds, at(seconds, 8, (121.128 + n * every * 97 / 83_900, 41.117))))
        last = fixes[-1][1].wgs84
        assert abs(shown_after(fixes).wgs84.lon - last.lon) * 83_900 <= 3 * every * 97


def test_far_fixes_between_good_ones_are_not_in_a_row() -> None:
    far = (121.8, 41.6)
    fixes = [(0.0, at(0, 8))]
    for n in range(1, 7):
        fixes.append((n, at(n, 12, far if n % 2 else GOOD)))
    assert shown_after(fixes).wgs84.lon == GOOD[0]


def test_what_was_taken_before_the_one_shown_is_not_believed_three_times() -> None:
    """A phone that sends what it had buffered an hour ago, elsewhere."""
    fixes = [(0.0, at(0, 8))]
    fixes += [(n, at(n, 8, (124.0, 42.0), taken=-3600 + n)) for n in (1, 2, 3, 4)]
    assert shown_after(fixes).wgs84.lon == GOOD[0]


def test_one_wrong_cell_said_three_times_does_not_replace_a_good_fix() -> None:
    fixes = [(0.0, at(0, 5))]
    fixes += [(n, at(n, 2000, (121.8, 41.6))) for n in (1, 2, 3, 4)]
    assert shown_after(fixes).wgs84.accuracy == 5


def test_a_car_is_fast_though_the_circles_of_its_fixes_overlap() -> None:
    it = compose(report(), START)
    for n in range(15):  # 30 m/s, a fix of 20 m each second
        take(it, at(n, 20, (121.128 + n * 30 / 83_900, 41.117)), START + n * 1000)
    assert 27 < it.track.speed < 33


def test_nobody_confirms_what_was_old_when_it_came() -> None:
    old = at(0, 12, taken=-3600)
    assert stale(old, START + 1_000, confirmed_at=START + 1_000)


def test_the_speed_of_the_last_good_pair_lets_a_fix_age_faster() -> None:
    it = compose(report(), START)
    for n in range(5):  # 25 m/s to the east
        take(it, at(n * 2, 8, (121.128 + n * 0.0006, 41.117)), START + n * 2000)
    assert 24 < it.track.speed < 27
    assert it.position is not None
    assert 8 + 24 * 60 < effective_radius(it.position, it.track.speed, START + 68_000) < 8 + 27 * 60
    assert take(it, at(68, 1000, (121.14, 41.117)), START + 68_000) is Why.BETTER


def test_a_page_that_confirms_keeps_a_still_caller_from_looking_lost() -> None:
    lying = at(0, 6)
    assert not stale(lying, START + 119_000)
    assert stale(lying, START + 120_000)
    assert not stale(lying, START + 600_000, confirmed_at=START + 590_000)
    assert stale(lying, START + 720_000, confirmed_at=START + 590_000)
    assert stale(at(0, 12, taken=-3600), START)


async def test_a_better_fix_is_never_throttled_and_a_flood_is_bounded(store: MongoStore) -> None:
    it = compose(report(), START)
    await store.incidents.add(it)
    for n in range(40):
        await move(store, it.id, at(n / 10, 50), START + n * 100)
    better = await move(store, it.id, at(4.05, 5), START + 4_050)
    assert better is Why.BETTER
    worse = await move(store, it.id, at(4.1, 50), START + 4_100)
    assert worse is None
    after = await store.incidents.get(it.id)
    assert after.position is not None
    assert after.position.wgs84.accuracy == 5
    assert sum(one.what == "position" for one in after.log.entries) == 11


async def test_positions_go_on_after_the_clock_was_set_back(store: MongoStore) -> None:
    it = compose(report(), START)
    await store.incidents.add(it)
    for n in range(12):
        await move(store, it.id, at(n, 8), START + n * 1000)
    hour_ago = -3600.0
    assert await move(store, it.id, at(hour_ago, 8), START - 3_600_000) in SHOWN
    assert await move(store, it.id, at(hour_ago + 5, 8), START - 3_595_000) in SHOWN


async def test_another_station_is_a_line_at_the_desk(
    store: MongoStore, finder: BoundaryFinder
) -> None:
    it = compose(report(), START)
    await store.incidents.add(it)
    for n, (lon, accuracy) in enumerate(
        [(121.05, 20), (121.0502, 20), (121.13, 20), (121.1301, 20)]
    ):
        place = Wgs84(lon, 41.05, accuracy)
        now = START + n * 300_000
        await move(store, it.id, fix(finder, place, now), now)
    after = await store.incidents.get(it.id)
    lines = [one.data for one in after.log.entries if one.what == "position.station"]
    first = finder.locate(Wgs84(121.05, 41.05, 20)).candidates[0]
    then = finder.locate(Wgs84(121.13, 41.05, 20)).candidates[0]
    assert lines == [{"station": then.station, "name": then.name, "before": first.station}]


_FIXES = st.lists(
    st.tuples(
        st.floats(0, 600),
        st.floats(120, 122),
        st.floats(40, 42),
        st.none() | st.floats(0.1, 50_000),
        st.floats(-4000, 100),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(_FIXES)
def test_whatever_comes_the_log_replays_to_what_is_shown(fixes: list[Any]) -> None:
    it: Incident = compose(report(), START)
    now = START
    for after, lon, lat, accuracy, taken, abroad in fixes:
        now += round(after * 1000)
        one = at((now - START) / 1000, accuracy, (lon, lat), taken, abroad)
        before = it.position
        why = take(it, one, now)
        assert (it.position is one) is (why in SHOWN)
        if before is not None and not before.abroad:
            assert it.position is not None
            assert not it.position.abroad
        assert len(it.track.apart) <= AGREEING
        assert all(isinstance(spot, Spot) for spot in it.track.apart)
    assert differences(it) == []
