"""Tips over the wire: who sees them, what is opened, and that nobody is named."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from domain.message import Attachment, FileKind
from domain.outgoing import Channel, Message, about, telling_id
from domain.people import Person, Role
from domain.place import Wgs84
from domain.resident import Teller
from domain.ticket import random_id
from domain.tip import Tip, add, submit, tip_number, upload
from tests.api.conftest import CHEAP, PASSWORD, Site, until

MIDDAY = 1_790_000_123_456
SECRET_WORDS = "三号楼后面有人在拆车"
TOUCHED = {"type": "touched", "what": "tips"}


async def a_tip(site: Site, **members: Any) -> Tip:
    id = random_id()
    house = site.house
    fix = house.fix(Wgs84(121.05, 41.05, 30), MIDDAY)
    tip = Tip(id, tip_number(id, MIDDAY), "w1", "西一派出所", 0, 0, position=fix, **members)
    lines = [("message", {"text": house.content.close(SECRET_WORDS)})]
    return await submit(house.store, tip, lines, MIDDAY)


async def officer(site: Site, login: str, station: str = "w1", **members: Any) -> Person:
    person = Person(
        random_id(),
        login,
        f"{login} 民警",
        Role.COMMUNITY_OFFICER,
        CHEAP.hash(PASSWORD),
        station,
        **members,
    )
    await site.house.store.people.add(person)
    return person


async def logged_in(site: Site, login: str) -> aiohttp.ClientSession:
    client = site.anybody(**{"Jingmin-Face": "community"})
    await site.ask(client, "POST", "/session", {"login": login, "password": PASSWORD})
    return client


async def test_an_officer_reads_what_was_said_and_not_who(site: Site) -> None:
    tip = await a_tip(site)
    one = await officer(site, "wang")
    client = await logged_in(site, one.login)
    listed = (await site.ask(client, "GET", "/tips"))["tips"]
    assert [(it["id"], it["next"], it["first"]) for it in listed] == [
        (tip.id, "take", SECRET_WORDS)
    ]
    thread = await site.ask(client, "GET", f"/tips/{tip.id}")
    assert [entry["text"] for entry in thread["entries"] if entry["what"] == "message"] == [
        SECRET_WORDS
    ]
    assert thread["tip"]["position"]["lon"] == 121.05
    stored = await site.house.store.tips.get(tip.id)
    assert SECRET_WORDS not in str(stored)
    assert stored.log.entries[-1].what == "tip.opened"
    assert not hasattr(site.house, "identity")


async def test_the_resident_s_times_stay_coarse(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    thread = await site.ask(client, "GET", f"/tips/{tip.id}")
    times = [entry["at"] for entry in thread["entries"] if entry["who"]["role"] == "RESIDENT"]
    times += [thread["tip"]["opened_at"], thread["tip"]["position"]["received_at"]]
    assert thread["tip"]["position"]["at"] is None
    assert all(at % 300_000 == 0 for at in times), times
    # Looking does not make it newer, or the list would tell when somebody looked.
    assert thread["tip"]["updated_at"] == tip.updated_at


async def test_nobody_else_learns_of_it(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "li", "e1")
    other = await logged_in(site, "li")
    assert (await site.ask(other, "GET", "/tips"))["tips"] == []
    assert (await site.ask(other, "GET", f"/tips?q={tip.number}"))["tips"] == []
    reply = {"key": "long-enough", "event": "answer", "text": "x"}
    for method, tail, body in (
        ("GET", "", None),
        ("POST", "/take", None),
        ("POST", "/reply", reply),
        ("POST", "/hand-over", {"station": "e1"}),
        ("POST", "/incident", {}),
        ("GET", "/files/0123", None),
    ):
        await site.ask(other, method, f"/tips/{tip.id}{tail}", body, status=404)
    desk = await site.staff("desk1")
    await site.ask(desk, "GET", f"/tips/{tip.id}", status=404)
    assert (await site.ask(desk, "GET", "/tips"))["tips"] == []
    chief = await site.staff("chief")
    assert len((await site.ask(chief, "GET", "/tips"))["tips"]) == 1


async def test_the_first_to_take_it_has_it(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    await officer(site, "zhao")
    first, second = await logged_in(site, "wang"), await logged_in(site, "zhao")
    reply = {"key": "reply-key-1", "event": "answer", "text": "已派人去看"}
    await site.ask(first, "POST", f"/tips/{tip.id}/reply", reply, status=403)
    thread = await site.ask(first, "POST", f"/tips/{tip.id}/take")
    assert thread["tip"]["next"] == "answer"
    refused = await site.ask(second, "POST", f"/tips/{tip.id}/take", status=409)
    assert refused["facts"]["name"] == "wang 民警"
    for _ in range(2):  # the same key again changes nothing
        thread = await site.ask(first, "POST", f"/tips/{tip.id}/reply", reply)
    said = [entry["text"] for entry in thread["entries"] if entry["what"] == "tip.answered"]
    assert said == ["已派人去看"]
    assert thread["tip"]["state"] == "ANSWERED"
    assert (thread["tip"]["next"], thread["tip"]["waiting_since"]) == ("close", None)
    assert "已派人去看" not in str(await site.house.store.tips.get(tip.id))
    mine = await site.ask(first, "GET", "/tips?box=mine")
    assert [it["id"] for it in mine["tips"]] == [tip.id]
    assert (await site.ask(second, "GET", "/tips?box=mine"))["tips"] == []


async def test_what_waits_for_credit_is_said_without_saying_for_whom(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    id = telling_id(site.house.secret, tip.id, 2)
    message = Message(id, "resident-id-kept-apart", Channel.OFFICIAL, "sealed", 1, 1)
    message.about = about(site.house.secret, tip.id)
    message.reason = "no_credit"
    await site.house.store.messages.add(message)
    thread = await site.ask(client, "GET", f"/tips/{tip.id}")
    waiting = [(one["seq"], one["state"], one["reason"]) for one in thread["sending"]]
    assert waiting == [(2, "QUEUED", "no_credit")]
    assert "resident-id-kept-apart" not in json.dumps(thread)


async def test_handed_over_it_is_the_other_station_s(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    away = await officer(site, "li", "e1", away_until=10**14)
    there = await officer(site, "sun", "e1")
    mine, other = await logged_in(site, "wang"), await logged_in(site, "sun")
    body = {"station": "e1", "text": "在你们辖区"}
    await site.ask(mine, "POST", f"/tips/{tip.id}/hand-over", {"station": "nowhere"}, status=404)
    view = await site.ask(mine, "POST", f"/tips/{tip.id}/hand-over", body)
    assert view["called"] == [there.id]
    assert away.id not in view["called"]
    await site.ask(mine, "GET", f"/tips/{tip.id}", status=404)
    thread = await site.ask(other, "GET", f"/tips/{tip.id}")
    assert [entry["text"] for entry in thread["entries"] if entry["what"] == "tip.handed_over"] == [
        "在你们辖区"
    ]
    assert [it["id"] for it in (await site.ask(other, "GET", "/tips?box=mine"))["tips"]] == [tip.id]


async def test_where_no_community_officer_is_the_station_s_are_called(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    mine, station = await logged_in(site, "wang"), await site.staff("e1")
    view = await site.ask(mine, "POST", f"/tips/{tip.id}/hand-over", {"station": "e1"})
    me = await site.ask(station, "GET", "/session")
    assert view["called"] == [me["id"]]
    assert (await site.ask(station, "GET", f"/tips/{tip.id}"))["tip"]["station"] == "e1"


async def test_110_gets_it_as_an_incident_once(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    client, desk = await logged_in(site, "wang"), await site.staff("desk1")
    for _ in range(2):
        thread = await site.ask(client, "POST", f"/tips/{tip.id}/incident", {"text": "正在发生"})
    assert thread["tip"]["next"] == "110"
    found = (await site.ask(desk, "GET", "/incidents"))["incidents"]
    assert [it["id"] for it in found] == [thread["tip"]["incident"]]
    assert SECRET_WORDS in found[0]["words"]
    assert "正在发生" in found[0]["words"]
    assert tip.number in found[0]["words"]
    assert (found[0]["state"], found[0]["located"]["candidates"][0]["station"]) == ("RAISED", "w1")
    assert found[0]["via"] == "tip"
    await until(lambda: site.house.board.get(found[0]["id"]) is not None)  # the desk rings
    attached = (await site.ask(desk, "GET", f"/tips?incident={found[0]['id']}"))["tips"]
    assert [it["id"] for it in attached] == [tip.id]
    await site.ask(desk, "GET", f"/tips/{tip.id}")
    await site.ask(desk, "POST", f"/tips/{tip.id}/take", status=403)


async def test_the_desk_reads_the_tip_behind_its_incident_and_not_who_told_it(site: Site) -> None:
    tip, store = await a_tip(site), site.house.store
    await store.tellers.add(Teller(tip.id, "sealed-resident", "marked-resident", opened_at=MIDDAY))
    await officer(site, "wang")
    client, desk = await logged_in(site, "wang"), await site.staff("desk1")
    station = await site.staff("e1")
    screens = [
        await one.ws_connect(f"{site.api}/live?face={face}", headers={"Origin": site.url})
        for one, face in ((desk, "console"), (station, "station"))
    ]
    incident = (await site.ask(client, "POST", f"/tips/{tip.id}/incident"))["tip"]["incident"]
    await site.ask(desk, "POST", f"/incidents/{incident}/answer")
    await site.ask(desk, "POST", f"/incidents/{incident}/dispatch", {"station": "e1"})
    await store.files.put_bytes("f2", b"cleaned", {})
    file = Attachment("f2", FileKind.PICTURE, "image/jpeg", 7, "aa", "bb", 4, 3)
    await add(store, tip.id, "later", "upload", upload(file), MIDDAY + 100_001)

    (found,) = (await site.ask(desk, "GET", f"/tips?incident={incident}"))["tips"]
    thread = await site.ask(desk, "GET", f"/tips/{found['id']}")
    said = [entry for entry in thread["entries"] if entry["who"]["id"] == "teller"]
    assert [one["what"] for one in said] == ["tip.submitted", "message", "upload"]
    assert said[1]["text"] == SECRET_WORDS
    assert (thread["named"], thread["tip"]["position"]["lon"]) == ("", 121.05)
    assert {one["who"]["name"] for one in said} == {"线索提供人"}
    assert all(one["at"] % 300_000 == 0 for one in said)
    raised = await site.ask(desk, "GET", f"/incidents/{incident}")
    assert raised["position"]["received_at"] == thread["tip"]["position"]["received_at"]
    assert "-resident" not in json.dumps([found, thread, raised])
    async with desk.get(f"{site.api}/tips/{tip.id}/files/f2") as response:
        assert (response.status, await response.read()) == (200, b"cleaned")
    # A station that is sent there reads the incident, not another station's tip.
    await site.ask(station, "GET", f"/incidents/{incident}")
    await site.ask(station, "GET", f"/tips/{tip.id}", status=404)
    for screen, hears in zip(screens, (True, False), strict=True):
        await screen.send_json({"type": "ping", "at": 1})
        heard: list[Any] = []
        while not heard or heard[-1]["type"] != "pong" or (hears and TOUCHED not in heard):
            heard.append(await screen.receive_json(timeout=30))
        assert (TOUCHED in heard) == hears


async def test_a_station_sent_there_sees_the_tip_s_files_through_the_incident_only(
    site: Site,
) -> None:
    tip, store = await a_tip(site), site.house.store
    await officer(site, "wang")
    await officer(site, "zhao", "e1")
    client, elsewhere = await logged_in(site, "wang"), await logged_in(site, "zhao")
    desk, sent, other = [await site.staff(login) for login in ("desk1", "e1", "w1")]
    await store.files.put_bytes("v1", b"0123456789", {})
    await store.files.put_bytes("v1.original", b"where and with what", {})
    file = Attachment("v1", FileKind.VOICE, "audio/mp4", 10, "aa", "bb", length_ms=2000)
    await add(store, tip.id, "voice-key", "upload", upload(file), MIDDAY)
    unrelated = (await site.report())["id"]
    await site.ask(desk, "POST", f"/incidents/{unrelated}/answer")
    await site.ask(desk, "POST", f"/incidents/{unrelated}/dispatch", {"station": "e1"})
    incident = (await site.ask(client, "POST", f"/tips/{tip.id}/incident"))["tip"]["incident"]
    path = f"/incidents/{incident}/tip"
    await site.ask(desk, "POST", f"/incidents/{incident}/answer")

    # Not sent there yet, neither of them: the tip's own station reads it as a tip.
    for who in (sent, other):
        await site.ask(who, "GET", path, status=404)
        await site.ask(who, "GET", f"{path}/files/v1", status=404)
    await site.ask(desk, "POST", f"/incidents/{incident}/dispatch", {"station": "e1"})
    for who in (sent, desk):
        found = await site.ask(who, "GET", path)
        assert found["number"] == tip.number
        (shown,) = found["files"]
        assert (shown["what"], shown["who"]["name"]) == ("upload", "线索提供人")
        assert (shown["data"]["file"], shown["data"]["length_ms"]) == ("v1", 2000)
        assert SECRET_WORDS not in json.dumps(found)
        assert "original" not in json.dumps(found)
        url = f"{site.api}{path}/files/v1"
        async with who.get(url) as response:
            assert (response.status, await response.read()) == (200, b"0123456789")
            assert response.content_type == "audio/mp4"
            assert response.headers["Content-Disposition"].startswith("attachment")
        async with who.get(url, headers={"Range": "bytes=2-4"}) as response:
            assert (response.status, await response.read()) == (206, b"234")

    # Through this incident, this file and nothing else.
    for address in (
        f"{path}/files/v1.original",
        f"{path}/files/nothing",
        f"/incidents/{unrelated}/tip/files/v1",
        f"/incidents/{incident}/files/v1",
        f"/incidents/{'0' * 32}/tip",
        f"/tips/{tip.id}",
        f"/tips/{tip.id}/files/v1",
    ):
        problem = await site.ask(sent, "GET", address, status=404)
        assert problem["code"] == "not_found"
    assert (await site.ask(sent, "GET", f"/incidents/{unrelated}/tip"))["files"] == []
    await site.ask(other, "GET", path, status=404)
    await site.ask(other, "GET", f"{path}/files/v1", status=404)
    for who in (client, elsewhere):
        await site.ask(who, "GET", path, status=403)
        await site.ask(who, "GET", f"{path}/files/v1", status=403)
    await site.ask(elsewhere, "GET", f"/tips/{tip.id}/files/v1", status=404)
    looks = [e for e in (await store.tips.get(tip.id)).log.entries if e.what == "file.opened"]
    assert [look.who.id for look in looks] == [
        person.id
        for login in ("e1", "desk1")
        for person in await store.people.find({"login": login}, limit=1)
    ]


async def test_a_closed_tip_raises_nothing(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    await site.ask(client, "POST", f"/tips/{tip.id}/take")
    reply = {"key": "reply-key-2", "event": "close", "text": "已处理"}
    await site.ask(client, "POST", f"/tips/{tip.id}/reply", reply)
    problem = await site.ask(client, "POST", f"/tips/{tip.id}/incident", {}, status=409)
    assert problem["code"] == "wrong_state"
    desk = await site.staff("desk1")
    assert (await site.ask(desk, "GET", "/incidents"))["incidents"] == []
    assert (await site.ask(client, "GET", "/tips?state=open"))["tips"] == []
    assert len((await site.ask(client, "GET", "/tips?state=closed"))["tips"]) == 1


async def test_pictures_come_cleaned_and_each_look_is_logged(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    store = site.house.store
    await store.files.put_bytes("f1", b"cleaned", {})
    await store.files.put_bytes("f1.original", b"where and with what", {})
    file = Attachment("f1", FileKind.PICTURE, "image/jpeg", 7, "aa", "bb", 4, 3)
    await add(store, tip.id, "upload-key", "upload", upload(file), MIDDAY)
    url = f"{site.api}/tips/{tip.id}/files/f1"
    for _ in range(2):
        async with client.get(url) as response:
            assert (response.status, await response.read()) == (200, b"cleaned")
            assert response.content_type == "image/jpeg"
    async with client.get(f"{url}.original") as response:
        assert response.status == 404
    another = await a_tip(site)
    async with client.get(f"{site.api}/tips/{another.id}/files/f1") as response:
        assert response.status == 404
    looks = [e for e in (await store.tips.get(tip.id)).log.entries if e.what == "file.opened"]
    assert [look.data["file"] for look in looks] == ["f1"]


async def test_no_tip_is_lost_between_two_pages(site: Site) -> None:
    # Anonymous tips share their times: a page that ends among equals must not skip the rest.
    made = {(await a_tip(site)).id for _ in range(5)}
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    seen: list[str] = []
    before = ""
    for _ in range(6):
        page = await site.ask(client, "GET", f"/tips?limit=2{before}")
        seen += [it["id"] for it in page["tips"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert sorted(seen) == sorted(made)


async def test_a_damaged_line_says_so_and_costs_no_other(site: Site) -> None:
    tip = await a_tip(site)
    await add(site.house.store, tip.id, "k2", "message", {"text": "bm90IHNlYWxlZA=="}, MIDDAY)
    await officer(site, "wang")
    client = await logged_in(site, "wang")
    thread = await site.ask(client, "GET", f"/tips/{tip.id}")
    lines = [(e["text"], e["damaged"]) for e in thread["entries"] if e["what"] == "message"]
    assert lines == [(SECRET_WORDS, False), (None, True)]


@pytest.mark.parametrize(("login", "station", "hears"), [("wang", "w1", True), ("li", "e1", False)])
async def test_the_live_feed_says_what_to_read_again(
    site: Site, login: str, station: str, hears: bool
) -> None:
    await officer(site, login, station)
    client = await logged_in(site, login)
    async with client.ws_connect(
        f"{site.api}/live?face=community", headers={"Origin": site.url}
    ) as socket:
        first = await socket.receive_json(timeout=30)
        assert (first["type"], first["incidents"]) == ("snapshot", [])
        receipt = await site.report(position={"lon": 121.05, "lat": 41.05, "datum": "WGS84"})
        desk, path = await site.staff("desk1"), f"/incidents/{receipt['id']}"
        await site.ask(desk, "POST", f"{path}/answer")
        await site.ask(desk, "POST", f"{path}/dispatch", {"station": station})
        await a_tip(site)
        await socket.send_json({"type": "ping", "at": 1})
        heard: list[Any] = []
        await until(lambda: site.house.board.incidents() != [])
        try:
            while not any(one["type"] == "touched" for one in heard):
                heard.append(await socket.receive_json(timeout=30 if hears else 2))
        except TimeoutError:
            pass
        assert not any(one["type"] == "incident" for one in heard)
        assert [one["what"] for one in heard if one["type"] == "touched"] == ["tips"] * hears
