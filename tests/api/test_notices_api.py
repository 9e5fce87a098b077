"""Notices over the wire: who may do what, the second person, the public page."""

from __future__ import annotations

import io
import re
from typing import Any

import aiohttp
import pytest
from PIL import Image

from domain import publishing
from domain.group import Group
from domain.people import Person, Role
from domain.ticket import random_id
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from tests.api.conftest import CHEAP, PASSWORD, Site
from tests.neighbourhoods import city_of_communities

W1 = [f"w1-c{number}" for number in range(1, 9)]
HOUR = 3_600_000


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@pytest.fixture(autouse=True)
def _no_calm_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published goes out at once, also when these tests run just after a full or half hour."""
    monkeypatch.setattr(publishing, "CALM_MINUTES", 0)


async def officer(site: Site, login: str, station: str | None = "w1") -> aiohttp.ClientSession:
    role = Role.COMMUNITY_OFFICER if station else Role.SUPERVISOR
    person = Person(
        random_id(), login, f"{login} 民警", role, CHEAP.hash(PASSWORD), station, userid=login
    )
    await site.house.store.people.add(person)
    client = site.anybody(**{"Jingmin-Face": "community"})
    await site.ask(client, "POST", "/session", {"login": login, "password": PASSWORD})
    return client


async def groups(site: Site, *communities: str, owner: str = "zhou") -> None:
    made = [Group(f"wr-{one}", f"{one} 群", owner, one, members=100) for one in communities]
    await site.house.store.groups.add_many(made)


def words(**more: Any) -> dict[str, Any]:
    return {
        "key": random_id(),
        "title": "停水通知",
        "text": "今晚停水。",
        "communities": ["w1-c1"],
        **more,
    }


async def written(site: Site, client: aiohttp.ClientSession, **more: Any) -> dict[str, Any]:
    return dict(await site.ask(client, "POST", "/notices", words(**more), status=201))


async def published(site: Site, client: aiohttp.ClientSession, **more: Any) -> dict[str, Any]:
    it = await written(site, client, **more)
    path = f"/notices/{it['id']}"
    await site.ask(client, "POST", f"{path}/approve", {"version": it["version"]})
    return dict(await site.ask(client, "POST", f"{path}/publish"))


async def test_a_small_notice_is_its_author_s_own_to_release(site: Site) -> None:
    await groups(site, "w1-c1")
    zhou = await officer(site, "zhou")
    it = await written(site, zhou)
    assert (it["state"], it["needs_second"], it["station_name"]) == ("DRAFT", False, "西一派出所")
    assert it["may"] == ["edit", "approve", "withdraw"]
    path = f"/notices/{it['id']}"
    await site.ask(zhou, "POST", f"{path}/publish", status=409)
    it = await site.ask(zhou, "POST", f"{path}/approve", {"version": it["version"]})
    it = await site.ask(zhou, "POST", f"{path}/publish")
    assert (it["state"], it["groups"], it["people"]) == ("PUBLISHED", 1, 100)
    assert [one["what"] for one in it["entries"]] == [
        "notice.drafted",
        "notice.released",
        "notice.published",
    ]
    assert it["may"] == ["withdraw", "correct"]
    again = await site.ask(zhou, "POST", f"{path}/publish")
    assert again["version"] == it["version"]
    sent = await site.ask(zhou, "GET", f"{path}/deliveries")
    assert [(one["owner_name"], one["state"]) for one in sent["deliveries"]] == [
        ("zhou 民警", "PLANNED")
    ]
    assert sent["deliveries"][0]["groups"][0]["outcome"] == "WAITING"
    # Nobody was asked to confirm anything yet: the page must not say that an owner keeps it waiting.
    assert (sent["totals"]["waiting"], sent["totals"]["unasked"]) == (1, 1)
    assert it["totals"]["unasked"] == 1


@pytest.mark.parametrize("more", [{"urgent": True}, {"communities": W1[:6]}])
async def test_urgent_and_wide_ones_need_somebody_who_did_not_write_them(
    site: Site, more: dict[str, Any]
) -> None:
    await groups(site, *W1)
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    it = await written(site, zhou, **more)
    path = f"/notices/{it['id']}"
    assert (it["needs_second"], "approve" in it["may"]) == (True, False)
    await site.ask(zhou, "POST", f"{path}/approve", {"version": it["version"]}, status=403)
    # Whoever changed the words wrote them, too.
    change = {"version": it["version"], "text": "明晚停水。"}
    it = await site.ask(wu, "PATCH", path, change)
    await site.ask(wu, "POST", f"{path}/approve", {"version": it["version"]}, status=403)
    chief = await officer(site, "chief2", None)
    await site.ask(chief, "POST", f"{path}/approve", {"version": it["version"] - 1}, status=409)
    it = await site.ask(chief, "POST", f"{path}/approve", {"version": it["version"]})
    assert (it["state"], it["approver_name"]) == ("APPROVED", "chief2 民警")
    # Approved words cannot be changed on the way out.
    it = await site.ask(zhou, "PATCH", path, {"version": it["version"], "title": "别的"})
    assert (it["state"], it["approver"]) == ("DRAFT", None)
    await site.ask(zhou, "POST", f"{path}/publish", status=409)


async def test_five_communities_are_one_person_s_six_are_not(site: Site) -> None:
    zhou = await officer(site, "zhou")
    for count, second in ((5, False), (6, True)):
        it = await site.ask(zhou, "POST", "/notices/rehearse", {"communities": W1[:count]})
        assert it["needs_second"] is second


async def test_an_officer_stays_within_the_station(site: Site) -> None:
    await groups(site, "w1-c1", "e1-c1")
    zhou, li = await officer(site, "zhou"), await officer(site, "li", "e1")
    for body in (words(communities=["e1-c1"]), words(communities=["w1-c1", "e1-c1"])):
        await site.ask(zhou, "POST", "/notices", body, status=403)
    await site.ask(zhou, "POST", "/notices/rehearse", {"communities": ["e1-c1"]}, status=403)
    await site.ask(zhou, "POST", "/notices", words(communities=["nowhere"]), status=422)
    mine = await written(site, zhou)
    path = f"/notices/{mine['id']}"
    for method, tail, body in (
        ("GET", "", None),
        ("PATCH", "", {"version": 0, "text": "x"}),
        ("GET", "/rehearsal", None),
        ("POST", "/approve", {"version": 0}),
        ("POST", "/publish", None),
        ("POST", "/withdraw", {"reason": "x"}),
        ("POST", "/correct", {"key": "long-enough", "title": "x", "text": "x"}),
        ("GET", "/deliveries", None),
    ):
        await site.ask(li, method, path + tail, body, status=404)
    assert (await site.ask(li, "GET", "/notices"))["notices"] == []
    assert len((await site.ask(zhou, "GET", "/notices"))["notices"]) == 1
    # A notice of the city reaches both; only the supervisor may act on it.
    chief = await officer(site, "chief2", None)
    wide = await written(site, chief, communities=["w1-c1", "e1-c1"])
    seen = await site.ask(li, "GET", f"/notices/{wide['id']}")
    assert seen["may"] == []
    await site.ask(li, "POST", f"/notices/{wide['id']}/withdraw", {"reason": "x"}, status=403)


async def test_an_edit_that_saw_something_else_is_refused(site: Site) -> None:
    zhou, wu = await officer(site, "zhou"), await officer(site, "wu")
    it = await written(site, zhou, send_at=2_000_000_000_000, expires_at=2_000_000_900_000)
    path, seen = f"/notices/{it['id']}", it["version"]
    await site.ask(zhou, "PATCH", path, {"version": seen, "text": "第一"})
    problem = await site.ask(wu, "PATCH", path, {"version": seen, "text": "第二"}, status=409)
    assert problem["code"] == "conflict"
    now = await site.ask(zhou, "PATCH", path, {"version": seen + 1, "send_at": 0})
    assert (now["text"], now["send_at"], now["expires_at"]) == ("第一", None, 2_000_000_900_000)


async def test_the_same_key_is_the_same_draft(site: Site) -> None:
    zhou = await officer(site, "zhou")
    body = words()
    one = await site.ask(zhou, "POST", "/notices", body, status=201)
    two = await site.ask(zhou, "POST", "/notices", body, status=201)
    assert one["id"] == two["id"]
    assert len((await site.ask(zhou, "GET", "/notices"))["notices"]) == 1


async def test_a_rehearsal_says_exactly_who_gets_it(site: Site) -> None:
    store = site.house.store
    now = site.house.clock()
    await groups(site, "w1-c1", owner="zhou")
    await groups(site, "w1-c2", owner="wu")
    had = Group("wr-had", "有过的群", "wu", "w1-c2", members=50, sent=[now], missed_sends=2)
    orphan = Group("wr-orphan", "没有群主", "", "w1-c2", members=7)
    full = Group("wr-month", "本月已满", "wu", "w1-c2", members=9, sent=[now] * 31)
    gone = Group("wr-gone", "解散了", "wu", "w1-c2", members=3)
    left = Group("wr-left", "群主走了", "wu", "w1-c2", members=7, orphaned=True)
    await store.groups.add_many([had, orphan, left, full, gone])
    gone = await store.groups.get("wr-gone")
    gone.state = type(gone.state).DISMISSED
    await store.groups.save(gone)
    zhou = await officer(site, "zhou")
    it = await site.ask(
        zhou, "POST", "/notices/rehearse", {"communities": ["w1-c1", "w1-c2", "w1-c3"]}
    )
    assert (it["groups"], it["owners"], it["people"], it["tasks"]) == (3, 2, 250, 2)
    assert it["today"] == 1
    assert {one["id"]: one["sent_today"] for one in it["plan"]}["wr-had"] == 1
    assert {(one["id"], one["reason"]) for one in it["skipped"]} == {
        ("wr-orphan", "no_owner"),
        ("wr-left", "no_owner"),
        ("wr-month", "month"),
    }
    assert it["empty"] == ["w1-c3"]
    assert {one["owner"]: one["missed"] for one in it["by_owner"]} == {"zhou": 0, "wu": 2}
    assert {one["owner"]: one["name"] for one in it["by_owner"]}["zhou"] == "zhou 民警"
    # What is published is what was rehearsed, and the next rehearsal counts what still waits.
    made = await published(site, zhou, communities=["w1-c1", "w1-c2", "w1-c3"])
    assert (made["groups"], made["people"]) == (3, 250)
    it = await site.ask(zhou, "GET", f"/notices/{made['id']}/rehearsal")
    assert {one["waiting"] for one in it["plan"]} == {1}
    assert {one["open_tasks"] for one in it["by_owner"]} == {1}


async def test_nobody_there_is_said_before_it_is_published(site: Site) -> None:
    zhou = await officer(site, "zhou")
    it = await written(site, zhou)
    path = f"/notices/{it['id']}"
    await site.ask(zhou, "POST", f"{path}/approve", {"version": it["version"]})
    problem = await site.ask(zhou, "POST", f"{path}/publish", status=422)
    assert problem["facts"]["empty"] == ["w1-c1"]


async def test_a_correction_is_linked_both_ways_and_only_once(site: Site) -> None:
    await groups(site, "w1-c1", "w1-c2")
    zhou = await officer(site, "zhou")
    wrong = await published(site, zhou, communities=["w1-c1", "w1-c2"])
    path = f"/notices/{wrong['id']}"
    body = {"key": random_id(), "title": "更正", "text": "不停水。"}
    second = await site.ask(zhou, "POST", f"{path}/correct", body, status=201)
    assert second["communities"] == ["w1-c1", "w1-c2"]
    assert second["corrects"]["number"] == wrong["number"]
    narrower = {"version": second["version"], "communities": ["w1-c1"]}
    await site.ask(zhou, "PATCH", f"/notices/{second['id']}", narrower, status=422)
    assert (await site.ask(zhou, "GET", path))["corrected_by"] is None, "not before it is out"
    other = await site.ask(
        zhou, "POST", f"{path}/correct", {**body, "key": random_id()}, status=201
    )
    for it in (second, other):
        approve = f"/notices/{it['id']}/approve"
        await site.ask(zhou, "POST", approve, {"version": it["version"]})
    await site.ask(zhou, "POST", f"/notices/{second['id']}/publish")
    await site.ask(zhou, "POST", f"/notices/{other['id']}/publish", status=422)
    read = await site.ask(zhou, "GET", path)
    assert read["corrected_by"]["id"] == second["id"]
    assert read["entries"][-1]["what"] == "notice.corrected"
    listed = (await site.ask(zhou, "GET", "/notices"))["notices"]
    assert {one["number"]: one["corrected"] for one in listed}[wrong["number"]] is True


async def page(site: Site, number: str, query: str = "", **headers: str) -> tuple[int, str, Any]:
    async with site.anybody(**headers).get(f"{site.url}/n/{number}{query}") as response:
        return response.status, await response.text(), response.headers


async def test_the_public_page_says_whether_it_holds(site: Site) -> None:
    await groups(site, "w1-c1")
    zhou = await officer(site, "zhou")
    draft = await written(site, zhou)
    assert (await page(site, draft["number"]))[0] == 404
    it = await published(
        site, zhou, urgent=False, title="<b>停水</b>", expires_at=site.house.clock() + HOUR
    )
    number = it["number"]
    # Not urgent, it may go out some minutes later; until then it is nobody's.
    kept = await site.house.store.notices.get(it["id"])
    kept.send_at = site.house.clock() - 1
    await site.house.store.notices.save(kept)
    status, text, headers = await page(site, number)
    assert status == 200
    assert "有效" in text
    assert "已撤回" not in text
    assert "西一派出所" in text
    assert "&lt;b&gt;停水&lt;/b&gt;" in text
    assert "<script" not in text
    assert "zhou" not in text
    assert int(re.findall(r"max-age=(\d+)", headers["Cache-Control"])[0]) <= 60
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Valid" in (await page(site, number, **{"Accept-Language": "en-GB,en;q=0.9"}))[1]
    assert "Valid" in (await page(site, number, "?lang=en&d=0123"))[1]
    assert "Valid" not in (await page(site, number, "?lang=zh", **{"Accept-Language": "en"}))[1]
    seen = await site.ask(site.anybody(), "GET", f"/notices/public/{number}")
    assert (seen["standing"], seen["station"]) == ("VALID", "西一派出所")
    assert "author" not in str(seen)

    body = {"key": random_id(), "title": "更正", "text": "不停水。"}
    fixed = await site.ask(zhou, "POST", f"/notices/{it['id']}/correct", body, status=201)
    approve = f"/notices/{fixed['id']}/approve"
    await site.ask(zhou, "POST", approve, {"version": fixed["version"]})
    await site.ask(zhou, "POST", f"/notices/{fixed['id']}/publish")
    text = (await page(site, number))[1]
    assert "已更正" in text
    assert f"/n/{fixed['number']}" in text
    text = (await page(site, fixed["number"]))[1]
    assert "有效" in text
    assert f"/n/{number}" in text

    await site.ask(zhou, "POST", f"/notices/{fixed['id']}/withdraw", {"reason": "又错了"})
    text = (await page(site, fixed["number"]))[1]
    assert "已撤回" in text
    assert "又错了" not in text, "reasons are for the station"
    over = await site.house.store.notices.get(it["id"])
    over.corrected_by, over.expires_at = None, site.house.clock() - 1
    await site.house.store.notices.save(over)
    assert "已过期" in (await page(site, number))[1], "no process has to notice it first"


async def test_numbers_that_are_none_say_so_kindly(site: Site) -> None:
    for number in ("N-260101-AAAAAAAA", "x", "..%2f..%2fetc", "N-260101-AAAAAAAA%0a", "<script>"):
        status, text, headers = await page(site, number)
        assert status == 404
        assert "110" in text
        assert "<script>" not in text
        assert headers["Cache-Control"] == "no-store"
    await site.ask(site.anybody(), "GET", "/notices/public/N-260101-AAAAAAAA", status=404)


async def test_a_draft_is_discarded_and_gone_from_nobody_s_log(site: Site) -> None:
    zhou = await officer(site, "zhou")
    it = await written(site, zhou)
    await site.ask(zhou, "POST", f"/notices/{it['id']}/withdraw", {"reason": "不需要了"})
    read = await site.ask(zhou, "GET", f"/notices/{it['id']}")
    assert (read["state"], read["may"]) == ("WITHDRAWN", [])
    assert (await page(site, it["number"]))[0] == 404


async def test_what_is_not_a_notice_is_refused(site: Site) -> None:
    zhou = await officer(site, "zhou")
    for wrong in (
        {"title": ""},
        {"title": "   "},
        {"title": "长" * 61},
        {"text": "长" * 1001},
        {"text": " \n"},
        {"communities": []},
        {"link": "http://110.example"},
        {"link": "javascript:alert(1)"},
        {"link": "https://a b"},
        {"expires_at": 1},
        {"send_at": 2_000_000_000_000, "expires_at": 1_999_999_999_999},
        {"author": "somebody else"},
    ):
        await site.ask(zhou, "POST", "/notices", words(**wrong), status=422)


async def test_a_picture_is_cleaned_and_public_once_the_notice_went_out(site: Site) -> None:
    await groups(site, "w1-c1")
    zhou = await officer(site, "zhou")
    raw = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SomeCamera"
    Image.new("RGB", (60, 40), (200, 30, 30)).save(raw, "JPEG", exif=exif)
    async with zhou.post(f"{site.api}/notices/pictures?key=one", data=raw.getvalue()) as response:
        assert response.status == 201
        kept = await response.json()
    assert (kept["width"], kept["height"]) == (60, 40)
    async with zhou.get(f"{site.api}/notices/pictures/{kept['file']}") as response:
        assert response.content_type == "image/jpeg"
        assert b"SomeCamera" not in await response.read()
    await site.ask(zhou, "POST", "/notices", words(picture="notice-nothing.jpg"), status=422)
    async with zhou.post(f"{site.api}/notices/pictures", data=b"no picture") as response:
        assert response.status == 415

    it = await written(site, zhou, picture=kept["file"])
    page = f"{site.api.removesuffix('/api/v1')}/n/{it['number']}"
    async with zhou.get(f"{page}/picture") as response:
        assert response.status == 404
    path = f"/notices/{it['id']}"
    await site.ask(zhou, "POST", f"{path}/approve", {"version": it["version"]})
    await site.ask(zhou, "POST", f"{path}/publish")
    async with zhou.get(page) as response:
        assert f"/n/{it['number']}/picture" in await response.text()
    async with zhou.get(f"{page}/picture") as response:
        assert (response.status, response.content_type) == (200, "image/jpeg")
