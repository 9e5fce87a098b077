"""Who may ask what: every route against every role, and the station's wall."""

from __future__ import annotations

import re

import pytest

from api.app import all_routes
from api.routes import CALLER, PUBLIC
from tests.api.conftest import PASSWORD, STAFF, Site
from tests.city import IN_E1, IN_W1

DESK = {"desk1", "desk2", "chief"}
STATIONS = {"w1", "e1"}
COMMUNITY = {"community"}
CHIEF = {"chief"}
ALL = set(STAFF)
ADMIN = {"admin"}
# The matrix: a route that is not here fails the build.
MATRIX: dict[tuple[str, str], str | set[str]] = {
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/asyncapi.json"): PUBLIC,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/config"): PUBLIC,
    ("GET", "/probe/page"): PUBLIC,  # the same
    (
        "GET",
        "/probe",
    ): PUBLIC,  # with a pass of the installation alone: tests/operations/test_doctor.py
    ("GET", "/areas"): ALL,
    ("GET", "/stations"): ALL,
    ("GET", "/stations/reach"): DESK,
    ("GET", "/locate"): DESK,
    ("POST", "/incidents"): PUBLIC,
    ("GET", "/my/incident"): CALLER,
    ("POST", "/my/position"): CALLER,
    ("POST", "/my/messages"): CALLER,
    ("POST", "/my/read"): CALLER,
    ("POST", "/my/uploads"): CALLER,
    ("GET", "/my/files/{file}"): CALLER,
    ("POST", "/my/join"): CALLER,
    ("POST", "/my/hangup"): CALLER,
    ("POST", "/my/return"): CALLER,
    ("POST", "/session"): PUBLIC,
    ("POST", "/session/demo"): PUBLIC,
    ("GET", "/session"): ALL,
    ("DELETE", "/session"): ALL,
    ("PUT", "/session/password"): ALL,
    ("POST", "/session/totp"): ALL,
    ("PUT", "/session/totp"): ALL,
    ("POST", "/session/recovery"): ALL,
    ("POST", "/session/proof"): ALL,
    ("GET", "/demo"): PUBLIC,
    ("GET", "/incidents"): DESK | STATIONS,
    ("GET", "/incidents/{id}"): DESK | STATIONS,
    ("POST", "/incidents/{id}/answer"): DESK,
    ("POST", "/incidents/{id}/away"): DESK,
    ("POST", "/incidents/{id}/back"): DESK,
    ("POST", "/incidents/{id}/transfer"): DESK,
    ("GET", "/desks"): DESK,
    ("POST", "/incidents/{id}/join"): DESK | STATIONS,
    ("POST", "/incidents/{id}/standby"): DESK | STATIONS,
    ("POST", "/incidents/{id}/dispatch"): DESK,
    ("POST", "/incidents/{id}/stand-down"): DESK,
    ("POST", "/incidents/{id}/respond"): STATIONS,
    ("POST", "/incidents/{id}/decline"): STATIONS,
    ("POST", "/incidents/{id}/messages"): DESK | STATIONS,
    ("POST", "/incidents/{id}/read"): DESK | STATIONS,
    ("POST", "/incidents/{id}/end-call"): DESK,
    ("POST", "/incidents/{id}/call-back"): DESK,
    ("POST", "/incidents/{id}/link"): DESK,
    ("POST", "/incidents/{id}/radio"): DESK,
    ("POST", "/resume"): PUBLIC,
    ("GET", "/resume"): PUBLIC,
    ("POST", "/my/contact"): CALLER,
    ("POST", "/incidents/{id}/uploads"): DESK | STATIONS,
    ("PATCH", "/incidents/{id}"): DESK,
    ("POST", "/incidents/{id}/priority"): DESK,
    ("POST", "/incidents/{id}/close"): DESK,
    ("GET", "/incidents/{id}/files/{file}"): DESK | STATIONS,
    ("GET", "/incidents/{id}/verify"): DESK,
    ("GET", "/incidents/{id}/tip"): DESK | STATIONS,
    ("GET", "/incidents/{id}/tip/files/{file}"): DESK | STATIONS,
    ("POST", "/session/entry"): PUBLIC,
    ("GET", "/wechat/jssdk"): PUBLIC,
    ("POST", "/wechat/resume"): PUBLIC,
    ("GET", "/tips"): DESK | STATIONS | COMMUNITY,
    ("GET", "/tips/counts"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/tips/{id}"): DESK | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/take"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/tips/handed"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/tips/{id}/hand-over"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/take-over"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/tips/{id}/colleagues"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/reassign"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/reply"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/urgent"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/notes"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/tips/{id}/event"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/event"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/tips/{id}/event"): CHIEF | STATIONS | COMMUNITY,
    ("PUT", "/tips/{id}/viewing"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/tips/{id}/viewing"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/hand-over"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/{id}/incident"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/tips/{id}/files/{file}"): DESK | STATIONS | COMMUNITY,
    ("GET", "/session/colleagues"): STATIONS | COMMUNITY,
    ("PUT", "/session/away"): STATIONS | COMMUNITY,
    ("GET", "/platform-alarms"): ADMIN,
    ("GET", "/integrators"): ADMIN,
    ("POST", "/integrators"): ADMIN,
    ("DELETE", "/integrators/{id}"): ADMIN,
    ("PUT", "/integrators/{id}/webhook"): ADMIN,
    ("DELETE", "/integrators/{id}/webhook"): ADMIN,
    ("POST", "/integrators/{id}/webhook/test"): ADMIN,
    ("GET", "/integrators/{id}/webhook/events"): ADMIN,
    ("POST", "/integrators/{id}/webhook/events/{event}/again"): ADMIN,
    ("POST", "/sandbox/incidents/{id}/answer"): PUBLIC,
    ("POST", "/sandbox/incidents/{id}/message"): PUBLIC,
    ("POST", "/sandbox/incidents/{id}/close"): PUBLIC,
    ("POST", "/sandbox/incidents/{id}/link"): PUBLIC,
    ("GET", "/people"): ADMIN,
    ("POST", "/people"): ADMIN,
    ("PATCH", "/people/{id}"): ADMIN,
    ("POST", "/people/{id}/password"): ADMIN,
    ("GET", "/people/{id}/charge"): ADMIN | CHIEF | STATIONS | COMMUNITY,
    ("POST", "/people/{id}/charge/transfer"): ADMIN | CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/public/{number}"): PUBLIC,
    ("PUT", "/groups/welcome"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/rehearse"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/pictures"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/pictures/{file}"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/calendar"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/presets"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/audiences"): CHIEF | STATIONS | COMMUNITY,
    ("PUT", "/notices/audiences/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/notices/audiences/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/templates"): CHIEF | STATIONS | COMMUNITY,
    ("PUT", "/notices/templates/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/notices/templates/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/recurring"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/recurring"): CHIEF | STATIONS | COMMUNITY,
    ("PUT", "/notices/recurring/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/recurring/{id}/stop"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/recurring/{id}/start"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/notices/recurring/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("PATCH", "/notices/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/{id}/rehearsal"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/{id}/submit"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/{id}/return"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/{id}/approve"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/{id}/publish"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/{id}/trial"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/{id}/withdraw"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/notices/{id}/correct"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/notices/{id}/deliveries"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/groups"): CHIEF | STATIONS | COMMUNITY,
    ("PATCH", "/groups/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/groups/{id}/owners"): CHIEF | STATIONS | COMMUNITY,
    ("PUT", "/groups/{id}/owner"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/groups/{id}/owner"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/groups/communities"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/groups/welcome"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/doorways"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/doorways"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/doorways/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/numbers"): CHIEF | STATIONS | COMMUNITY,
    ("PATCH", "/tips/{id}/labels"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/tips/replies"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/prepared-answers"): CHIEF | STATIONS | COMMUNITY,
    ("POST", "/prepared-answers"): CHIEF | STATIONS | COMMUNITY,
    ("PUT", "/prepared-answers/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("DELETE", "/prepared-answers/{id}"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/tips/sheet"): CHIEF | STATIONS | COMMUNITY,
    ("GET", "/numbers/sheet"): CHIEF | STATIONS | COMMUNITY,
}


def test_the_matrix_names_every_route_and_no_other() -> None:
    assert {(route.method, route.path) for route in all_routes(demo=True)} == set(MATRIX)


async def test_every_route_refuses_everybody_else(site: Site) -> None:
    clients = {login: await site.staff(login) for login in STAFF}
    nobody, receipt = site.anybody(), await site.report()
    caller = site.caller(receipt)
    for route in all_routes(demo=False):
        allowed = MATRIX[route.method, route.path]
        path = re.sub(r"{\w+}", receipt["id"], route.path)
        if allowed == PUBLIC or (route.method, route.path) == ("DELETE", "/session"):
            continue
        for client in (nobody, *([] if allowed == CALLER else [caller])):
            async with client.request(route.method, site.api + path, data=b"") as response:
                assert response.status == 401, (route.method, route.path, response.status)
        for login, client in clients.items():
            if isinstance(allowed, set) and login in allowed:
                continue
            expected = 401 if allowed == CALLER else 403
            async with client.request(route.method, site.api + path, data=b"") as response:
                assert response.status == expected, (route.method, route.path, login)


async def test_a_station_gets_not_found_for_everything_of_another(site: Site) -> None:
    desk, mine, other = [await site.staff(login) for login in ("desk1", "w1", "e1")]
    receipt = await site.report(position=IN_W1)
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    upload = f"{path}/uploads?key=picture-key-1"
    picture = one_picture()
    async with mine.post(site.api + upload, data=picture) as response:
        assert response.status == 200, await response.text()
        file = (await response.json())["file"]
    await site.ask(mine, "GET", path)
    for method, tail, body in (
        ("GET", "", None),
        ("POST", "/join", None),
        ("POST", "/respond", {"event": "acknowledge"}),
        ("POST", "/decline", None),
        ("POST", "/messages", {"key": "long-enough", "text": "x"}),
        ("GET", f"/files/{file}", None),
    ):
        problem = await site.ask(other, method, path + tail, body, status=404)
        assert problem["code"] == "not_found"
    async with other.post(site.api + upload, data=picture) as response:
        assert response.status == 404
    assert (await site.ask(other, "GET", "/incidents"))["incidents"] == []
    assert (await site.ask(other, "GET", f"/incidents?q={receipt['number']}"))["incidents"] == []
    assert len((await site.ask(mine, "GET", "/incidents"))["incidents"]) == 1
    elsewhere = await site.report(position=IN_E1)
    async with desk.get(f"{site.api}/incidents/{elsewhere['id']}/files/{file}") as response:
        assert response.status == 404


async def test_a_token_opens_its_own_incident_only(site: Site) -> None:
    one, two = await site.report(), await site.report()
    body, mac = one["token"].split(".")
    forged = {**one, "token": f"{two['token'].split('.')[0]}.{mac}"}
    await site.ask(site.caller(forged), "GET", "/my/incident", status=401)
    mine = await site.ask(site.caller(one), "GET", "/my/incident")
    assert mine["id"] == one["id"]
    assert body


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_changes_need_our_own_origin(site: Site, origin: str | None) -> None:
    client = await site.staff("desk1")
    client.headers.popall("Origin")
    headers = {} if origin is None else {"Origin": origin}
    async with client.delete(f"{site.api}/session", headers=headers) as response:
        assert response.status == 403
        assert (await response.json())["code"] == "origin_refused"
    await site.ask(client, "GET", "/session")


async def test_the_demo_log_in_does_not_exist_in_production(site: Site) -> None:
    async with site.anybody().post(f"{site.api}/session/demo", json={"login": "desk1"}) as response:
        assert response.status in (404, 405)
    async with site.anybody().get(f"{site.api}/demo") as response:
        assert response.status == 404


async def test_wrong_log_ins_are_uniform_and_slow_down(site: Site) -> None:
    client = site.anybody(**{"Jingmin-Face": "console"})
    codes = []
    for login, password in (
        ("desk1", "wrong password"),
        ("nobody-there", PASSWORD),
        ("desk1", "wrong again"),
        ("desk1", "wrong again"),
        ("desk1", "wrong again"),
        ("desk1", PASSWORD),
    ):
        body = {"login": login, "password": password}
        async with client.post(f"{site.api}/session", json=body) as response:
            codes.append((response.status, (await response.json())["code"]))
    assert codes == [(401, "login_failed")] * 5 + [(429, "login_slowed")]
    logged = await site.house.store.audit.find({"what": "login.failed"})
    assert len(logged) == 5
    assert PASSWORD not in str(logged)


async def test_a_code_counts_once_and_is_needed(site: Site) -> None:
    import time

    import pyotp

    client = await site.staff("chief")
    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    totp = pyotp.TOTP(fresh["secret"])
    await site.ask(client, "PUT", "/session/totp", {"code": "000000"}, status=401)
    step = int(time.time() // 30)
    await site.ask(client, "PUT", "/session/totp", {"code": totp.generate_otp(step - 1)})
    again = site.anybody(**{"Jingmin-Face": "console"})
    wanted = {"login": "chief", "password": PASSWORD}
    await site.ask(again, "POST", "/session", wanted, status=401)
    code = totp.generate_otp(int(time.time() // 30))
    await site.ask(again, "POST", "/session", {**wanted, "code": code})
    await site.ask(again, "POST", "/session", {**wanted, "code": code}, status=401)


def one_picture(width: int = 40, height: int = 30) -> bytes:
    import io

    from PIL import Image

    picture = Image.new("RGB", (width, height), (200, 30, 30))
    exif = picture.getexif()
    exif[0x0110] = "SECRET-CAMERA"
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()
