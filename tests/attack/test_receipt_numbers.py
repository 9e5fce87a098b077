"""A receipt number is for people: whatever happens to the counter, a report is taken."""

from __future__ import annotations

import asyncio

from domain.intake import Report, compose, raise_alarm
from domain.receipt_numbers import ReceiptNumbers
from domain.ticket import random_id
from storage.store import MongoStore
from tests.api.conftest import Site

NOW = 1_795_000_000_000
DAY = "261118"


def report(number: str) -> Report:
    return Report(random_id(), random_id(), number, NOW)


async def test_a_number_that_exists_costs_no_report(store: MongoStore) -> None:
    await raise_alarm(store, report(f"0110-{DAY}-0000007"), NOW)
    second = await raise_alarm(store, report(f"0110-{DAY}-0000007"), NOW)
    assert (await store.incidents.get(second.id)).id == second.id


async def test_a_store_that_still_has_the_unique_index_takes_the_report_and_loses_it(
    store: MongoStore,
) -> None:
    incidents = store._database.incidents
    await incidents.drop_index("number_1")
    await incidents.create_index("number", unique=True)
    await raise_alarm(store, report(f"0110-{DAY}-0000008"), NOW)
    second = await raise_alarm(store, report(f"0110-{DAY}-0000008"), NOW)
    assert second.number.startswith(f"0110-{DAY}-J")
    await store._prepare()
    assert not (await incidents.index_information())["number_1"].get("unique")


async def test_after_a_restore_numbers_go_on_above_the_highest_stored(store: MongoStore) -> None:
    numbers = ReceiptNumbers(store, 10)
    await numbers.fill(NOW)
    first = numbers.take(NOW)
    assert first == f"0110-{DAY}-0000001"
    await store.incidents.add(compose(report(f"0110-{DAY}-0004321"), NOW))
    # The counter of the backup knows nothing of those.
    await store._database.counters.update_one({"_id": f"incident:{DAY}"}, {"$set": {"next": 3}})
    await numbers.fill(NOW)
    assert numbers.take(NOW) == f"0110-{DAY}-0004322"


async def test_two_processes_share_a_day_and_every_day_begins_anew(store: MongoStore) -> None:
    both = ReceiptNumbers(store, 10), ReceiptNumbers(store, 10)
    await asyncio.gather(*(one.fill(NOW) for one in both))
    taken = [one.take(NOW) for one in both for _ in range(10)]
    assert len(set(taken)) == 20
    midnight = 1_795_017_600_000  # in China
    before = midnight - 60_000
    await both[0].fill(before)
    assert both[0].take(before).startswith(f"0110-{DAY}-00")
    # The next day's were reserved before it began.
    assert both[0].take(midnight) == "0110-261119-0000001"


async def test_repeating_a_key_uses_up_no_number(site: Site) -> None:
    first = await site.report(key="repeated-1")
    for _ in range(5):
        assert (await site.report(key="repeated-1"))["number"] == first["number"]
    following = await site.report()
    assert int(following["number"][-7:]) == int(first["number"][-7:]) + 1
