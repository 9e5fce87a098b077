"""A caller who hangs up: why, who sees it, how he is reached; a number or a name he leaves."""

from __future__ import annotations

from typing import Any

import pytest

from domain.contact import masked, telephone
from tests.api.conftest import Site, until


async def _whole(site: Site, desk: Any, id: str) -> dict[str, Any]:
    it: dict[str, Any] = await site.ask(desk, "GET", f"/incidents/{id}")
    return it


def _entries(it: dict[str, Any], what: str) -> list[dict[str, Any]]:
    return [one["data"] for one in it["entries"] if one["what"] == what]


async def test_a_hang_up_before_the_receipt_is_kept_with_the_report(site: Site) -> None:
    desk = await site.staff("desk1")
    receipt = await site.report(hung_up=True, words="有人打架")
    it = await _whole(site, desk, receipt["id"])
    assert it["state"] == "ABANDONED"
    assert it["caller"]["hung_up_at"] is not None
    assert [one["what"] for one in it["entries"]][:2] == ["incident.raised", "incident.abandoned"]


async def test_a_repeated_report_that_was_hung_up_meanwhile_is_abandoned(site: Site) -> None:
    desk, key = await site.staff("desk1"), "a-key-of-the-phone-1"
    first = await site.report(key=key)
    again = await site.report(key=key, hung_up=True)
    assert again["number"] == first["number"]
    assert (await _whole(site, desk, first["id"]))["state"] == "ABANDONED"


@pytest.mark.parametrize(
    ("words", "reason", "urgency"),
    [
        ("钱包丢了", "MISTAKE", "ORDINARY"),
        ("着火了 有人被困", "MISTAKE", "URGENT"),
        ("钱包丢了", "OTHER_WAY", "URGENT"),
        ("着火了 有人被困", "OTHER_WAY", "LIFE"),
        ("钱包丢了", "because", "ORDINARY"),
    ],
)
async def test_why_he_hung_up_lowers_or_raises_and_never_deletes(
    site: Site, words: str, reason: str, urgency: str
) -> None:
    desk, receipt = await site.staff("desk1"), await site.report(words=words)
    await site.ask(site.caller(receipt), "POST", "/my/hangup", {"reason": reason})
    it = await _whole(site, desk, receipt["id"])
    assert (it["state"], it["urgency"]) == ("ABANDONED", urgency)
    known = reason if reason in ("MISTAKE", "OTHER_WAY") else None
    assert it["caller"]["hung_up"] == known
    assert [one.get("reason") for one in _entries(it, "incident.abandoned")] == [known]


async def test_a_mistake_never_lowers_a_silent_report(site: Site) -> None:
    desk, receipt = await site.staff("desk1"), await site.report(silent=True)
    await site.ask(site.caller(receipt), "POST", "/my/hangup", {"reason": "MISTAKE"})
    assert (await _whole(site, desk, receipt["id"]))["urgency"] == "SILENT"


async def test_who_cannot_speak_goes_on_in_silence(site: Site) -> None:
    desk, receipt = await site.staff("desk1"), await site.report(words="钱包丢了")
    caller = site.caller(receipt)
    for _ in range(2):
        await site.ask(caller, "POST", "/my/hangup", {"reason": "CANNOT_SPEAK"})
    it = await _whole(site, desk, receipt["id"])
    assert (it["state"], it["silent"], it["urgency"]) == ("RAISED", True, "SILENT")
    assert len(_entries(it, "caller.silent")) == 1
    assert (await site.ask(caller, "GET", "/my/incident"))["silent"]


async def test_the_desk_calls_back_until_the_caller_is_back(site: Site) -> None:
    desk, receipt = await site.staff("desk1"), await site.report()
    caller, path = site.caller(receipt), f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/call-back", status=409)
    await site.ask(caller, "POST", "/my/hangup", {})
    it = await _whole(site, desk, receipt["id"])
    assert it["state"] == "ANSWERED"
    assert it["caller"]["hung_up_at"] is not None
    for _ in range(2):
        it = await site.ask(desk, "POST", f"{path}/call-back")
    assert it["caller"]["called_back_at"] is not None
    assert len(_entries(await _whole(site, desk, receipt["id"]), "caller.called_back")) == 1
    seen = await site.ask(caller, "GET", "/my/incident")
    assert seen["called_back_at"] == it["caller"]["called_back_at"]
    await site.ask(caller, "POST", "/my/return", {})
    standing = (await _whole(site, desk, receipt["id"]))["caller"]
    assert (standing["hung_up_at"], standing["called_back_at"]) == (None, None)
    await site.ask(await site.staff("desk2"), "POST", f"{path}/call-back", status=409)


async def test_a_silent_report_is_never_called_back(site: Site) -> None:
    desk, receipt = await site.staff("desk1"), await site.report(silent=True)
    path = f"/incidents/{receipt['id']}"
    await site.ask(site.caller(receipt), "POST", "/my/hangup", {})
    it = await site.ask(desk, "POST", f"{path}/answer")
    assert it["caller"]["called_back_at"] is None
    await site.ask(desk, "POST", f"{path}/call-back", status=422)


async def test_answering_an_abandoned_report_rings_at_the_page(site: Site) -> None:
    desk, receipt = await site.staff("desk1"), await site.report()
    await site.ask(site.caller(receipt), "POST", "/my/hangup", {})
    it = await site.ask(desk, "POST", f"/incidents/{receipt['id']}/answer")
    assert it["caller"]["hung_up_at"] is not None
    assert it["caller"]["called_back_at"] is not None


async def test_a_link_of_the_desk_leads_into_the_open_report(site: Site) -> None:
    desk, receipt = await site.staff("desk1"), await site.report()
    path = f"/incidents/{receipt['id']}"
    await site.ask(await site.staff("desk2"), "POST", f"{path}/link", status=409)
    await site.ask(desk, "POST", f"{path}/answer")
    link = (await site.ask(desk, "POST", f"{path}/link"))["path"].partition("#back=")[2]
    again = await site.ask(site.anybody(), "POST", "/resume", {"link": link})
    assert (again["id"], again["number"]) == (receipt["id"], receipt["number"])
    await site.ask(site.anybody(), "POST", "/resume", {"link": link[:-3] + "xyz"}, status=401)
    assert len(_entries(await _whole(site, desk, receipt["id"]), "caller.link")) == 1
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED"})
    await site.ask(site.anybody(), "POST", "/resume", {"link": link}, status=404)


async def test_a_contact_is_whole_at_the_desk_and_for_a_station_at_work(site: Site) -> None:
    desk, station = await site.staff("desk1"), await site.staff("w1")
    receipt = await site.report()
    caller, path = site.caller(receipt), f"/incidents/{receipt['id']}"
    left = await site.ask(caller, "POST", "/my/contact", {"contact": " 王女士 138 0013 8000 "})
    assert left["contact"] == "王女士 138 0013 8000"
    standing = (await _whole(site, desk, receipt["id"]))["caller"]
    assert standing["contact"] == "王女士 138 0013 8000"
    assert (standing["telephone"], standing["masked"]) == ("13800138000", False)
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    hidden = await _whole(site, station, receipt["id"])
    assert (hidden["caller"]["contact"], hidden["caller"]["masked"]) == ("138****8000", True)
    assert hidden["caller"]["telephone"] is None
    assert "13800138000" not in str(hidden).replace(" ", "")
    async with station.ws_connect(f"{site.api}/live?face=station") as socket:
        (shown,) = (await socket.receive_json())["incidents"]
        assert shown["caller"]["masked"]
        it = await site.ask(station, "POST", f"{path}/respond", {"event": "acknowledge"})
        assert it["caller"]["telephone"] == "13800138000"
        while (message := await socket.receive_json())["type"] != "incident":
            pass
        assert message["incident"]["caller"]["telephone"] == "13800138000"
    it = await site.ask(station, "POST", f"{path}/respond", {"event": "clear"})
    assert it["caller"]["masked"]
    await site.ask(caller, "POST", "/my/contact", {"contact": "x" * 61}, status=422)
    await site.ask(caller, "POST", "/my/contact", {"contact": ""})
    assert (await _whole(site, desk, receipt["id"]))["caller"]["contact"] == ""


@pytest.mark.parametrize(
    ("line", "number", "hidden"),
    [
        ("13800138000", "13800138000", "138****8000"),
        ("１３８００１３８０００", "13800138000", "138****8000"),
        ("张三 +86 138-0013-8000", "13800138000", "138****8000"),
        ("(0416) 212 3456", "04162123456", "041****3456"),
        ("+81 90 1234 5678", "+819012345678", "+81******5678"),
        ("张三丰", None, "张**"),
        ("门牌 110 号", None, "门***"),
        ("12345", None, "1***"),
    ],
)
def test_a_telephone_number_is_found_and_masked(line: str, number: str | None, hidden: str) -> None:
    assert telephone(line) == number
    assert masked(line) == hidden


async def test_the_desk_records_steps_it_heard_by_radio(site: Site) -> None:
    desk, station, receipt = (
        await site.staff("desk1"),
        await site.staff("w1"),
        await site.report(),
    )
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    for _ in range(2):
        await site.ask(desk, "POST", f"{path}/radio", {"station": "w1", "event": "arrive"})
    it = await _whole(site, desk, receipt["id"])
    (responder,) = it["responders"]
    assert responder["state"] == "ON_SCENE"
    assert list(responder["radio"]) == ["ON_SCENE"]
    (step,) = [one for one in it["entries"] if one["what"] == "station.arrive"]
    assert step["data"]["radio"] is True
    assert step["who"]["role"] == "DISPATCHER"
    await site.ask(
        desk, "POST", f"{path}/radio", {"station": "w1", "event": "acknowledge"}, status=409
    )
    await site.ask(desk, "POST", f"{path}/radio", {"station": "e1", "event": "arrive"}, status=404)
    other = await site.staff("desk2")
    await site.ask(other, "POST", f"{path}/radio", {"station": "w1", "event": "clear"}, status=409)
    it = await site.ask(station, "POST", f"{path}/respond", {"event": "clear"})
    assert list(it["responders"][0]["radio"]) == ["ON_SCENE"]


async def test_callers_are_told_when_the_last_desk_goes(site: Site) -> None:
    receipt = await site.report()
    desk = await site.staff("desk1")
    assert (await site.ask(site.anybody(), "GET", "/config"))["desks"] is False
    async with site.anybody().ws_connect(f"{site.api}/live/caller") as socket:
        await socket.send_json({"type": "hello", "token": receipt["token"]})
        assert (await socket.receive_json())["desks"] is False
        async with desk.ws_connect(f"{site.api}/live") as screen:
            await screen.receive_json()
            await until(lambda: site.house.board.desks())
            while not (await socket.receive_json())["desks"]:
                pass
            config = await site.ask(site.anybody(), "GET", "/config")
            assert (config["desks"], config["store"]) == (True, "up")
        while (await socket.receive_json())["desks"]:
            pass
