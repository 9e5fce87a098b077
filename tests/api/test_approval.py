"""A notice that goes far or fast is read by somebody who did not write it, and both hear of it."""

from __future__ import annotations

import pytest

from domain.people import Role
from domain.revise import revise
from tests.api.conftest import Site
from tests.api.test_notices_api import W1, finder, groups, officer, written

__all__ = ["finder"]


async def test_a_wide_notice_is_submitted_returned_changed_and_approved(site: Site) -> None:
    await groups(site, *W1)
    zhou, chief = await officer(site, "zhou"), await officer(site, "chief2", None)
    it = await written(site, zhou, communities=W1[:6])
    path = f"/notices/{it['id']}"
    assert it["may"] == ["edit", "withdraw", "submit"]
    assert "chief2 民警" in it["approvers"]
    await site.ask(zhou, "POST", f"{path}/submit", {"version": it["version"] - 1}, status=409)
    it = await site.ask(zhou, "POST", f"{path}/submit", {"version": it["version"]})
    assert (it["state"], it["may"]) == ("SUBMITTED", ["edit", "withdraw"])
    body = {"version": it["version"], "reason": "x"}
    await site.ask(zhou, "POST", f"{path}/return", body, status=403)

    listed = await site.ask(chief, "GET", "/notices?state=SUBMITTED")
    assert [one["id"] for one in listed["notices"]] == [it["id"]]
    seen = listed["notices"][0]
    assert {"approve", "return"} <= set(seen["may"])
    body = {"version": it["version"], "reason": "几号楼？"}
    it = await site.ask(chief, "POST", f"{path}/return", body)
    assert (it["state"], it["entries"][-1]["what"]) == ("DRAFT", "notice.returned")
    assert it["entries"][-1]["data"]["reason"] == "几号楼？"

    change = {"version": it["version"], "text": "今晚一至六号楼停水。"}
    it = await site.ask(zhou, "PATCH", path, change)
    it = await site.ask(zhou, "POST", f"{path}/submit", {"version": it["version"]})
    # What was read is what is approved.
    await site.ask(chief, "POST", f"{path}/approve", {"version": it["version"] - 1}, status=409)
    it = await site.ask(chief, "POST", f"{path}/approve", {"version": it["version"]})
    assert (it["state"], it["released"]) == ("APPROVED", False)
    assert it["entries"][-1]["what"] == "notice.approved"
    it = await site.ask(zhou, "POST", f"{path}/publish")
    assert it["state"] == "PUBLISHED"


async def test_what_its_author_lets_out_himself_is_not_called_approved(site: Site) -> None:
    await groups(site, "w1-c1")
    zhou = await officer(site, "zhou")
    it = await written(site, zhou)
    path, version = f"/notices/{it['id']}", {"version": it["version"]}
    await site.ask(zhou, "POST", f"{path}/submit", version, status=422)
    it = await site.ask(zhou, "POST", f"{path}/approve", version)
    assert (it["released"], it["entries"][-1]["what"]) == (True, "notice.released")


@pytest.mark.parametrize("before", [{"urgent": True}, {"communities": W1[:6]}])
async def test_it_needs_the_second_person_still_when_what_needed_him_is_taken_out(
    site: Site, before: dict[str, object]
) -> None:
    await groups(site, *W1)
    zhou = await officer(site, "zhou")
    it = await written(site, zhou, **before)
    path = f"/notices/{it['id']}"
    change = {"version": it["version"], "urgent": False, "communities": W1[:1]}
    it = await site.ask(zhou, "PATCH", path, change)
    assert it["needs_second"]
    await site.ask(zhou, "POST", f"{path}/approve", {"version": it["version"]}, status=403)


async def test_the_same_told_in_two_small_notices_needs_him_too(site: Site) -> None:
    await groups(site, *W1)
    zhou = await officer(site, "zhou")
    first = await written(site, zhou, communities=W1[:4])
    path = f"/notices/{first['id']}"
    first = await site.ask(zhou, "POST", f"{path}/approve", {"version": first["version"]})
    second = await written(site, zhou, communities=W1[4:], text="今晚停水！！")
    assert second["needs_second"]
    # Released before anybody could know what else would be written: it does not go out like that.
    await site.ask(zhou, "POST", f"{path}/publish", status=403)
    first = await site.ask(zhou, "GET", path)
    assert (first["needs_second"], "submit" in first["may"]) == (True, True)
    first = await site.ask(zhou, "POST", f"{path}/submit", {"version": first["version"]})
    chief = await officer(site, "chief2", None)
    await site.ask(chief, "POST", f"{path}/approve", {"version": first["version"]})
    assert (await site.ask(zhou, "POST", f"{path}/publish"))["state"] == "PUBLISHED"


async def test_what_a_colleague_approved_goes_out_whatever_was_written_since(site: Site) -> None:
    await groups(site, *W1)
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    first = await written(site, zhou, communities=W1[:4])
    path = f"/notices/{first['id']}"
    await site.ask(wu, "POST", f"{path}/approve", {"version": first["version"]})
    await written(site, zhou, communities=W1[4:])
    assert (await site.ask(zhou, "POST", f"{path}/publish"))["state"] == "PUBLISHED"


async def test_other_words_other_days_and_discarded_drafts_are_no_second_part(site: Site) -> None:
    await groups(site, *W1)
    zhou = await officer(site, "zhou")
    old = await written(site, zhou, communities=W1[:4])

    def aged(it: object) -> None:
        it.updated_at -= 25 * 3_600_000  # type: ignore[attr-defined]

    await revise(site.house.store.notices, old["id"], aged)
    dropped = await written(site, zhou, communities=W1[:4])
    path = f"/notices/{dropped['id']}"
    await site.ask(zhou, "POST", f"{path}/withdraw", {"reason": "重写"})
    lost = "周末消防演练，请勿惊慌，有事请联系居委会"
    await written(site, zhou, communities=W1[:4], title="演练", text=lost)
    it = await written(site, zhou, communities=W1[4:])
    assert not it["needs_second"]


async def test_who_is_asked_are_those_who_may(site: Site) -> None:
    await groups(site, *W1)
    zhou = await officer(site, "zhou")
    await officer(site, "wu")
    it = await written(site, zhou, urgent=True)
    # The station has no leader on record here and the site's own supervisor is one.
    leaders = [one async for one in site.house.store.people.every({"role": str(Role.SUPERVISOR)})]
    leaders += [
        one
        async for one in site.house.store.people.every({"role": str(Role.STATION_OFFICER)})
        if one.station == "w1"
    ]
    assert sorted(it["approvers"]) == sorted(one.name for one in leaders)
    for one in leaders:
        one.disabled = True
        await site.house.store.people.save(one)
    it = await site.ask(zhou, "GET", f"/notices/{it['id']}")
    assert it["approvers"] == ["wu 民警"]


async def test_a_trial_is_for_whoever_may_write_it_a_few_times_a_minute(site: Site) -> None:
    await groups(site, "w1-c1")
    zhou, li = await officer(site, "zhou"), await officer(site, "li", "e1")
    it = await written(site, zhou)
    path = f"/notices/{it['id']}"
    await site.ask(li, "POST", f"{path}/trial", status=404)
    for _ in range(3):
        tried = await site.ask(zhou, "POST", f"{path}/trial")
        assert tried["entries"][-1]["what"] == "notice.tried"
    assert (tried["state"], tried["totals"]["waiting"]) == ("DRAFT", 0)
    assert tried["updated_at"] == it["updated_at"]
    await site.ask(zhou, "POST", f"{path}/trial", status=429)
    it = await site.ask(zhou, "POST", f"{path}/approve", {"version": tried["version"]})
    await site.ask(zhou, "POST", f"{path}/publish")
    await site.ask(zhou, "POST", f"{path}/trial", status=409)


async def test_a_trial_needs_an_account_it_can_come_to(site: Site) -> None:
    await groups(site, "w1-c1")
    zhou = await officer(site, "zhou")
    it = await written(site, zhou)
    (person,) = [one async for one in site.house.store.people.every({"login": "zhou"})]
    person.userid = None
    await site.house.store.people.save(person)
    await site.ask(zhou, "POST", f"/notices/{it['id']}/trial", status=422)
