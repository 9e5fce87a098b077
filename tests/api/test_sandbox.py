"""The sandbox: an app is tried from the report to the end, and neither does a test ring anywhere nor does
an emergency land in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pymongo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import uploads
from api.integrators import HEADER
from api.limits import Limits, Rate
from api.routes import now_ms
from api.sandbox import KEPT_MS, Sandbox
from domain.errors import StoreDown
from domain.integrator import is_key, issue_key, means_sandbox
from tests.api.conftest import SECRET, Site, another, until
from tests.api.test_channels import SAID, through
from tests.api.test_integrators import VOICE, a_key
from tests.api.test_webhooks import Receiver, hooked, receiver

_ = receiver
WORDS = "救命有人持刀杀人"
PLACE = {"lon": 121.13, "lat": 41.1, "datum": "WGS84", "accuracy": 8}


def sandbox(site: Site) -> Sandbox:
    assert site.house.sandbox is not None
    return site.house.sandbox


async def sandbox_key(site: Site) -> str:
    return str((await a_key(site, sandbox=True))["key"])


async def report(site: Site, of: str, **members: Any) -> dict[str, Any]:
    body = {"words": WORDS, "position": PLACE, **members}
    client = site.anybody(**{HEADER: of})
    receipt: dict[str, Any] = await site.ask(client, "POST", "/incidents", body, status=201)
    return receipt


async def everything(site: Site, key: str) -> dict[str, Any]:
    """A test with all that a caller, the desk of the sandbox and a live page can do."""
    receipt = await report(site, key, **SAID)
    caller, app = site.caller(receipt), site.anybody(**{HEADER: key})
    path = f"/sandbox/incidents/{receipt['id']}"
    async with site.anybody().ws_connect(f"{site.api}/live/caller") as live:
        await live.send_json({"type": "hello", "token": receipt["token"]})
        assert (await live.receive_json())["incident"]["sandbox"] is True
        await live.send_json({"type": "ping", "at": 1, "still": True})
        await site.ask(caller, "POST", "/my/position", PLACE)
        await site.ask(caller, "POST", "/my/messages", {"text": WORDS})
        async with caller.post(f"{site.api}/my/uploads?key=a-test-of-a-file", data=VOICE) as sent:
            assert sent.status == 200
        await site.ask(caller, "POST", "/my/contact", {"contact": "王小明 13800138000"})
        assert (await site.ask(caller, "POST", "/my/join", status=503))["code"] == "no_media"
        await site.ask(caller, "POST", "/my/hangup", {})
        await site.ask(caller, "POST", "/my/return", {})
        await site.ask(app, "POST", f"{path}/answer")
        await site.ask(app, "POST", f"{path}/message", {"text": "请说"})
        await site.ask(app, "POST", f"{path}/close", {})
        await site.ask(caller, "POST", "/my/return", {"changed": True})
    return receipt


class Screens:
    """What the screens of all staff are sent."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def listen(self, site: Site, login: str) -> asyncio.Task[None]:
        face = "station" if login == "w1" else "console"
        client = await site.staff(login)
        socket = await client.ws_connect(f"{site.api}/live?face={face}")
        self.said.append(str(await socket.receive_json()))

        async def read() -> None:
            async for message in socket:
                self.said.append(str(message.data))

        return asyncio.create_task(read())


async def test_nothing_of_a_test_is_in_the_store_or_on_a_screen(
    site: Site, client: pymongo.MongoClient[dict[str, Any]], database: str
) -> None:
    screens = Screens()
    listening = [await screens.listen(site, login) for login in ("desk1", "chief", "w1")]
    receipt = await everything(site, await sandbox_key(site))
    real = await site.report(words="真的", position=PLACE)
    await until(lambda: any(real["number"] in said for said in screens.said))
    for one in listening:
        one.cancel()
    traces = (receipt["id"], receipt["number"], WORDS, "王小明", "13800138000", "TEST-")
    for said in screens.said:
        assert not [trace for trace in traces if trace in said]
    # What no list, number, search, sweep, bot, hand-over or audit can find is not in what they read.
    found = {
        name: [trace for trace in traces if trace in str(list(client[database][name].find()))]
        for name in client[database].list_collection_names()
    }
    assert {name for name, traced in found.items() if traced} == set()
    assert {one.id for one in site.house.board.incidents()} == {real["id"]}
    assert {one.id for one in site.house.journal.waiting()} <= {real["id"]}
    assert "TEST" not in site.house.metrics.text().decode()


async def test_no_address_of_the_staff_knows_of_a_test(site: Site) -> None:
    receipt = await everything(site, await sandbox_key(site))
    for login in ("desk1", "chief", "w1"):
        staff = await site.staff(login)
        for path in (
            f"/incidents/{receipt['id']}",
            f"/incidents/{receipt['id']}/verify",
        ):
            await site.ask(
                staff, "GET", path, status=404 if login != "w1" or "verify" not in path else 403
            )
        for path in ("/incidents", f"/incidents?q={receipt['number']}", "/incidents?q=13800138000"):
            assert receipt["id"] not in str(await site.ask(staff, "GET", path))
    chief = await site.staff("chief")
    await site.ask(chief, "POST", f"/incidents/{receipt['id']}/answer", status=404)


async def test_its_caller_is_answered_told_and_closed_as_in_earnest(
    site: Site, receiver: Receiver
) -> None:
    app = await hooked(site, receiver, sandbox=True)
    developer = site.anybody(**{HEADER: app.key})
    receipt = await report(site, app.key, **SAID)
    assert receipt["sandbox"]
    assert receipt["number"].startswith("TEST-")
    path, caller = f"/sandbox/incidents/{receipt['id']}", site.caller(receipt)
    early = await site.ask(developer, "POST", f"{path}/message", {"text": "?"}, status=409)
    assert early["code"] == "wrong_state"
    async with site.anybody().ws_connect(f"{site.api}/live/caller") as live:
        await live.send_json({"type": "hello", "token": receipt["token"]})
        first = await live.receive_json()
        assert (first["incident"]["state"], first["desks"]) == ("RAISED", True)
        assert (await site.ask(developer, "POST", f"{path}/answer"))["state"] == "ANSWERED"
        await site.ask(
            developer, "POST", f"{path}/message", {"text": "请锁好门", "key": "line-0001"}
        )
        await site.ask(
            developer, "POST", f"{path}/message", {"text": "请锁好门", "key": "line-0001"}
        )
        await site.ask(developer, "POST", f"{path}/close", {"disposition": "RESOLVED"})
        async with asyncio.timeout(30):
            while (told := (await live.receive_json())["incident"])["state"] != "CLOSED":
                pass
    lines = [one["data"]["text"] for one in told["entries"] if one["what"] == "message"]
    assert lines == ["请锁好门"]
    assert (await site.ask(caller, "GET", "/my/incident"))["state"] == "CLOSED"
    await until(lambda: len(receiver.came) >= 4)
    webhooks = sorted(receiver.told(), key=lambda one: one["data"]["sequence"])
    kinds = ["received", "answered", "message", "closed"]
    assert [one["type"] for one in webhooks] == [f"incident.{kind}" for kind in kinds]
    assert {one["data"]["sandbox"] for one in webhooks} == {True}
    again = await site.ask(developer, "GET", f"/resume?external_id={SAID['external_id']}")
    assert again["id"] == receipt["id"]


async def test_a_link_opens_its_page(site: Site) -> None:
    key = await sandbox_key(site)
    receipt = await report(site, key)
    app = site.anybody(**{HEADER: key})
    made = await site.ask(app, "POST", f"/sandbox/incidents/{receipt['id']}/link")
    link = made["path"].partition("#back=")[2]
    page = await site.ask(site.anybody(), "POST", "/resume", {"link": link})
    assert (page["id"], page["sandbox"]) == (receipt["id"], True)


async def test_a_key_of_the_sandbox_is_good_for_nothing_else(site: Site) -> None:
    key, other = await sandbox_key(site), await sandbox_key(site)
    real = await a_key(site)
    earnest, test = await through(site, real["key"], **SAID), await report(site, key, **SAID)
    assert earnest["id"] != test["id"]
    assert not earnest["sandbox"]
    mixed = site.anybody(**{HEADER: key, "Authorization": f"Bearer {earnest['token']}"})
    await site.ask(mixed, "GET", "/my/incident", status=401)
    mixed = site.anybody(**{HEADER: real["key"], "Authorization": f"Bearer {test['token']}"})
    await site.ask(mixed, "GET", "/my/incident", status=401)
    path = f"/sandbox/incidents/{test['id']}/answer"
    await site.ask(site.anybody(**{HEADER: other}), "POST", path, status=404)
    await site.ask(site.anybody(**{HEADER: real["key"]}), "POST", path, status=403)
    await site.ask(site.anybody(), "POST", path, status=401)
    path = f"/sandbox/incidents/{earnest['id']}/answer"
    await site.ask(site.anybody(**{HEADER: key}), "POST", path, status=404)
    assert (await site.stored(earnest["id"])).dispatcher is None
    login = {"login": "chief", "password": "correct horse battery"}
    await site.ask(site.anybody(**{HEADER: key}), "POST", "/session", login, status=401)


@pytest.mark.parametrize("spoil", ["{}x", "Bearer {}", '"{}"', "{}"])
async def test_a_test_with_a_key_that_is_no_good_rings_nowhere(site: Site, spoil: str) -> None:
    admin = await site.staff("admin")
    made = await a_key(site, sandbox=True)
    await site.ask(admin, "DELETE", f"/integrators/{made['integrator']['id']}")
    client = site.anybody(**{HEADER: spoil.format(made["key"])})
    problem = await site.ask(client, "POST", "/incidents", {"words": WORDS}, status=401)
    assert problem["code"] == "token_bad"
    assert site.house.board.incidents() == []


async def test_an_emergency_never_lands_in_it(site: Site) -> None:
    test = await report(site, await sandbox_key(site))
    real = await a_key(site)
    for headers in (
        {"Authorization": f"Bearer {test['token']}"},
        {HEADER: real["key"], "Authorization": f"Bearer {test['token']}"},
        {HEADER: real["key"] + "x"},
        {HEADER: "jk-unknown"},
    ):
        body = {"words": "真的", "key": f"key-{len(str(headers))}"}
        got = await site.ask(site.anybody(**headers), "POST", "/incidents", body, status=201)
        assert not got["sandbox"]
        assert site.house.board.get(got["id"]) is not None


@settings(max_examples=50)
@given(st.integers(0, 200), st.text(max_size=3), st.booleans())
def test_a_badly_copied_key_still_means_what_it_meant(at: int, more: str, end: bool) -> None:
    test, real = issue_key(SECRET, sandbox=True), issue_key(SECRET)
    assert not is_key(SECRET, test)
    head = len("sandbox-")
    place = head + at % (len(test) - head)
    assert means_sandbox(test[:place] + more if end else more + test)
    assert not means_sandbox(real[: at % len(real)])


async def test_another_process_has_it(site: Site, tmp_path: Path) -> None:
    key = await sandbox_key(site)
    receipt = await report(site, key)
    async for other in another(site, tmp_path / "other"):
        await other.ask(other.caller(receipt), "POST", "/my/messages", {"text": "在吗"})
        app = other.anybody(**{HEADER: key})
        await other.ask(app, "POST", f"/sandbox/incidents/{receipt['id']}/answer")
    mine = await site.ask(site.caller(receipt), "GET", "/my/incident")
    assert mine["state"] == "ANSWERED"


async def test_it_is_gone_after_a_day(
    site: Site, client: pymongo.MongoClient[dict[str, Any]], database: str
) -> None:
    key = await sandbox_key(site)
    receipt = await everything(site, key)
    real = await site.report()
    await sandbox(site).forget(now_ms())
    await site.ask(site.caller(receipt), "GET", "/my/incident")
    await sandbox(site).forget(now_ms() + KEPT_MS + 60_000)

    async def gone() -> bool:
        async with site.caller(receipt).get(f"{site.api}/my/incident") as answer:
            return answer.status == 404

    await until(gone)
    left = client[f"{database}_sandbox"]
    for name in ("incidents", "presences", "files.files", "files.chunks"):
        assert left[name].count_documents({}) == 0, name
    assert (await site.stored(real["id"])).id == real["id"]


async def test_what_its_store_does_not_take_is_kept_nowhere(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await sandbox_key(site)
    await report(site, key)
    house = await sandbox(site).house()

    async def down(items: Any) -> set[str]:
        raise StoreDown("gone")

    with monkeypatch.context() as away:
        away.setattr(house.store.incidents, "add_many", down)
        client = site.anybody(**{HEADER: key})
        problem = await site.ask(client, "POST", "/incidents", {"words": WORDS}, status=503)
        assert problem["code"] == "store_down"
    assert site.house.journal.waiting() == []
    assert site.house.board.incidents() == []
    await report(site, key, key="after-the-store-came-back")


async def test_tests_do_not_take_the_room_of_emergencies(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await sandbox_key(site)
    receipt = await report(site, key)
    house = await sandbox(site).house()
    house.limits = Limits({"test": Rate(0.001, 1)})
    await report(site, key)
    client = site.anybody(**{HEADER: key})
    refused = await site.ask(client, "POST", "/incidents", {"words": WORDS}, status=429)
    assert refused["code"] == "too_many"
    for _ in range(3):
        await site.report()
    monkeypatch.setattr(uploads, "BYTES_TEST", len(VOICE))
    for of, second in ((receipt, 413), (await site.report(), 200)):
        caller = site.caller(of)
        for number, status in ((1, 200), (2, second)):
            path = f"{site.api}/my/uploads?key=one-of-two-{number}"
            async with caller.post(path, data=VOICE) as answer:
                assert answer.status == status


async def test_who_never_asks_for_it_opens_nothing(site: Site) -> None:
    await site.report()
    assert sandbox(site)._house is None
