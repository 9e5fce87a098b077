"""A report through an integrator's app: whose app it is, whom the app verified, and the app's own id."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from api.integrators import HEADER
from domain.channel import ReportChannel
from domain.errors import StoreDown
from domain.flood import says_nothing
from domain.incident import Incident
from domain.intake import Report, compose
from tests.api.conftest import Site
from tests.api.test_integrators import a_key

SAID = {
    "external_id": "订单-7/2026",
    "caller_name": "王小明",
    "caller_telephone": "138 0013 8000",
    "key": "one-and-the-same-key",
}


async def through(site: Site, token: str, **members: Any) -> dict[str, Any]:
    receipt: dict[str, Any] = await site.ask(
        site.anybody(**{HEADER: token}), "POST", "/incidents", members, status=201
    )
    await site.house.settled(receipt["id"])
    return receipt


async def test_the_desk_sees_whom_which_app_verified(site: Site) -> None:
    made, desk = await a_key(site), await site.staff("desk1")
    receipt = await through(site, made["key"], **SAID)
    assert (receipt["missing"], receipt["external_id"]) == (["position"], SAID["external_id"])
    shown = await site.ask(desk, "GET", f"/incidents/{receipt['id']}")
    assert shown["via"] == "app"
    assert shown["caller"]["channel"] == {
        "name": "市民APP",
        "person": "王小明",
        "telephone": "13800138000",
        "external_id": SAID["external_id"],
    }
    told = shown["entries"][0]["data"]["channel"]
    assert told == {"name": "市民APP", "person": "王**", "telephone": "138****8000"}
    assert not (await site.ask(desk, "GET", f"/incidents/{receipt['id']}/verify"))["flaws"]
    for question in ("王小明", "13800138000", SAID["external_id"], "市民APP"):
        found = await site.ask(desk, "GET", f"/incidents?q={quote(question)}")
        assert [one["id"] for one in found["incidents"]] == [receipt["id"]], question


async def test_a_station_sees_it_while_it_is_at_work(site: Site) -> None:
    made, desk, station = await a_key(site), await site.staff("desk1"), await site.staff("w1")
    receipt = await through(site, made["key"], **SAID)
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    masked = (await site.ask(station, "GET", path))["caller"]["channel"]
    assert masked == {
        "name": "市民APP",
        "person": "王**",
        "telephone": "138****8000",
        "external_id": "",
    }
    found = await site.ask(station, "GET", "/incidents?q=13800138000")
    assert found["incidents"] == []
    await site.ask(station, "POST", f"{path}/respond", {"event": "acknowledge"})
    whole = (await site.ask(station, "GET", path))["caller"]["channel"]
    assert whole["telephone"] == "13800138000"


async def test_the_same_external_id_is_the_same_report_of_one_integrator(site: Site) -> None:
    one = await a_key(site, scopes=["caller"])
    other = await a_key(site, name="另一个APP")
    first = await through(site, one["key"], **SAID)
    again = await through(site, one["key"], external_id=SAID["external_id"], words="又一次")
    assert (again["id"], again["token"]) == (first["id"], first["token"])
    assert (await through(site, other["key"], external_id=SAID["external_id"]))["id"] != first["id"]
    assert (await site.report(key=SAID["key"]))["id"] != first["id"]
    path = f"/resume?external_id={quote(SAID['external_id'], safe='')}"
    found = await site.ask(site.anybody(**{HEADER: one["key"]}), "GET", path)
    assert (found["id"], found["token"]) == (first["id"], first["token"])
    missing = "/resume?external_id=never-sent"
    await site.ask(site.anybody(**{HEADER: one["key"]}), "GET", missing, status=404)
    await site.ask(site.anybody(), "GET", path, status=401)
    weak = await a_key(site, scopes=["public"])
    await site.ask(site.anybody(**{HEADER: weak["key"]}), "GET", path, status=403)


@pytest.mark.parametrize("kind", ["none", "forged", "weak", "revoked"])
async def test_what_no_good_key_vouches_for_is_not_believed_and_named(
    site: Site, kind: str
) -> None:
    key = "jk-forged"
    if kind in ("weak", "revoked"):
        made = await a_key(site, scopes=["public"] if kind == "weak" else ["caller"])
        key = made["key"]
    if kind == "revoked":
        admin = await site.staff("admin")
        await site.ask(admin, "DELETE", f"/integrators/{made['integrator']['id']}")
    if kind == "none":
        receipt = await site.report(**SAID)
    else:
        receipt = await through(site, key, **SAID)
    claims = {"external_id", "caller_name", "caller_telephone"}
    assert set(receipt["missing"]) == {"position"} | claims | (
        set() if kind == "none" else {HEADER}
    )
    it = await site.stored(receipt["id"])
    assert (it.channel, it.via) == (None, "web")
    assert "王小明" not in str(it)


async def test_each_member_is_judged_alone(site: Site) -> None:
    made = await a_key(site)
    members = {"external_id": "x" * 129, "caller_name": {}, "caller_telephone": "not a number"}
    receipt = await through(site, made["key"], **members)
    assert set(receipt["missing"]) == {"position", *members}
    it = await site.stored(receipt["id"])
    assert it.channel is not None
    assert (it.channel.name, it.channel.verified) == ("市民APP", False)


async def test_while_the_store_is_away_a_key_counts_as_it_was_last_read(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, unseen = await a_key(site), await a_key(site)
    first = await through(site, made["key"], **SAID)

    async def away(id: str) -> None:
        raise StoreDown()

    monkeypatch.setattr(site.house.store.integrators, "get", away)
    assert (await through(site, made["key"], **SAID))["id"] == first["id"]
    assert HEADER in (await through(site, unseen["key"], external_id="new"))["missing"]


def test_an_empty_report_of_somebody_the_app_verified_says_something() -> None:
    def raised(channel: ReportChannel | None, via: str) -> Incident:
        report = Report("a", "key-0001", "0110-1", 1, via=via, origin="here", channel=channel)
        return compose(report, 1)

    known = ReportChannel("app", "市民APP", telephone="13800138000")
    assert not says_nothing(raised(known, "app"))
    assert says_nothing(raised(ReportChannel("app", "市民APP"), "app"))
    assert says_nothing(raised(None, "web"))
