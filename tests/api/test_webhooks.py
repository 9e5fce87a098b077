"""Webhooks over real HTTP: what is told and signed, again when it failed, never to our own network."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import api.webhook_post as webhook_post
from api.routes import now_ms
from api.webhook_post import check_url, post
from api.webhook_sending import OF_ONE
from domain.errors import Refused
from domain.public_network import is_public
from domain.webhook import (
    GIVE_UP_MS,
    GONE,
    PAUSES_MS,
    TRIES,
    EventState,
    Webhook,
    WebhookEvent,
    new_secret,
    went,
)
from tests.api.conftest import Site, another, until
from tests.api.test_channels import SAID, through
from tests.api.test_integrators import a_key
from tests.ports import free_port


@dataclass
class Receiver:
    """An app's server: keeps what came, and answers what it is told to."""

    url: str
    status: int = 204
    slow: bool = False
    location: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.came.append((dict(request.headers), await request.read()))
        if self.slow:
            await asyncio.sleep(30)
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, text="thank you", headers=headers)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.came]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    port = free_port()
    found = Receiver(f"http://127.0.0.1:{port}/hook")
    app = web.Application()
    app.router.add_post("/hook", found.take)
    app.router.add_get("/elsewhere", found.take)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield found
    await runner.cleanup()


@dataclass
class App:
    """An integrator with a webhook."""

    id: str
    key: str
    secret: str


async def hooked(site: Site, receiver: Receiver, **members: Any) -> App:
    site.house.settings = replace(site.house.settings, webhook_private=True)
    made, admin = await a_key(site, **members), await site.staff("admin")
    id = made["integrator"]["id"]
    got = await site.ask(admin, "PUT", f"/integrators/{id}/webhook", {"url": receiver.url})
    assert got["integrator"]["webhook"]["url"] == receiver.url
    return App(id, made["key"], got["secret"])


async def events(site: Site, app: App) -> list[dict[str, Any]]:
    admin = await site.staff("admin")
    path = f"/integrators/{app.id}/webhook/events"
    found: list[dict[str, Any]] = (await site.ask(admin, "GET", path))["events"]
    return found


async def stored(site: Site, state: EventState) -> int:
    return await site.house.store.webhook_events.count({"state": str(state)})


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As the documentation of Standard Webhooks says, written anew."""
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.split("_", 1)[1])
    right = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{right}"


async def test_its_incidents_and_no_others_are_told_without_what_was_said(
    site: Site, receiver: Receiver
) -> None:
    app, desk = await hooked(site, receiver), await site.staff("desk1")
    other = await a_key(site, name="另一个APP")
    await site.report(words="谁也不告诉")
    await through(site, other["key"], external_id="not-yours")
    receipt = await through(site, app.key, **SAID, words="有人撬门")
    path = f"/incidents/{receipt['id']}"
    await site.ask(desk, "POST", f"{path}/answer")
    line = {"key": "line-0001", "text": "请锁好门"}
    await site.ask(desk, "POST", f"{path}/messages", line)
    await site.ask(site.caller(receipt), "POST", "/my/messages", {"text": "好的"})
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "RESOLVED", "words": ""})
    await until(lambda: len(receiver.came) >= 4)
    told = sorted(receiver.told(), key=lambda one: one["data"]["sequence"])
    kinds = ["received", "answered", "message", "closed"]
    assert [one["type"] for one in told] == [f"incident.{kind}" for kind in kinds]
    assert {one["data"]["incident"] for one in told} == {receipt["id"]}
    assert {one["data"]["external_id"] for one in told} == {SAID["external_id"]}
    for headers, body in receiver.came:
        assert is_signed(headers, body, app.secret)
        assert not is_signed(headers, body + b" ", app.secret)
        for word in ("撬门", "锁好", "王小明", "13800138000"):
            assert word not in body.decode()
    await until(lambda: _all_sent(site, 4))
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 4
    admin = await site.staff("admin")
    assert app.secret not in str(await site.ask(admin, "GET", "/integrators"))


async def _all_sent(site: Site, count: int) -> bool:
    return await stored(site, EventState.SENT) == count


async def test_two_processes_tell_it_once(site: Site, receiver: Receiver, tmp_path: Path) -> None:
    app = await hooked(site, receiver)
    async for other in another(site, tmp_path / "other"):
        other.house.settings = replace(other.house.settings, webhook_private=True)
        for number in range(8):
            await through(site if number % 2 else other, app.key, external_id=f"one-{number}")
        await until(lambda: _all_sent(site, 8))
    assert len(receiver.came) == 8


async def test_what_is_refused_is_tried_again_until_there_is_an_end(
    site: Site, receiver: Receiver
) -> None:
    app, late = await hooked(site, receiver), 0
    site.house.clock = lambda: now_ms() + late
    receiver.status = 500
    await through(site, app.key, external_id="one")
    for number in range(1, TRIES):
        await until(lambda number=number: len(receiver.came) == number)
        await until(lambda number=number: _tried(site, number))
        late += PAUSES_MS[number - 1]
    await until(lambda: _failed(site))
    assert len(receiver.came) == TRIES
    (event,) = await events(site, app)
    assert (event["state"], event["tries"], event["answer"]) == ("FAILED", TRIES, 500)
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    receiver.status, admin = 200, await site.staff("admin")
    path = f"/integrators/{app.id}/webhook/events/{event['id']}/again"
    assert (await site.ask(admin, "POST", path))["state"] == "WAITING"
    await until(lambda: _all_sent(site, 1))
    other = await a_key(site)
    wrong = f"/integrators/{other['integrator']['id']}/webhook/events/{event['id']}/again"
    await site.ask(admin, "POST", wrong, status=404)


@pytest.mark.parametrize("step", [1, 20], ids=["an hour", "a day"])
async def test_a_pause_is_no_longer_when_the_clock_is_set_back(
    site: Site, receiver: Receiver, step: int
) -> None:
    app, ahead = await hooked(site, receiver), step * 3_600_000
    site.house.clock = lambda: now_ms() + ahead
    receiver.status = 500
    await through(site, app.key, external_id="one")
    await until(lambda: _tried(site, 1))
    ahead = 0
    await until(lambda: _waits_at_most(site, PAUSES_MS[0]))
    receiver.status = 200
    await until(lambda: _all_sent(site, 1))


async def _waits_at_most(site: Site, pause: int) -> bool:
    found = [one async for one in site.house.store.webhook_events.every({"state": "WAITING"})]
    return all(one.due_at <= now_ms() + pause for one in found)


async def _tried(site: Site, number: int) -> bool:
    found = [one async for one in site.house.store.webhook_events.every({"state": "WAITING"})]
    return [one.tries for one in found] == [number]


async def _failed(site: Site) -> bool:
    return await stored(site, EventState.FAILED) == 1


@pytest.mark.parametrize("kind", ["slow", "refuses", "redirects", "nobody", "private"])
async def test_the_test_says_what_the_receiver_said(
    site: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    app, admin = await hooked(site, receiver), await site.staff("admin")
    path = f"/integrators/{app.id}/webhook"
    assert (await site.ask(admin, "POST", f"{path}/test"))["status"] == 204
    wanted = {"refuses": (403, "refused"), "redirects": (302, "redirect"), "slow": (0, "timeout")}
    if kind == "slow":
        monkeypatch.setattr(webhook_post, "PATIENCE_S", 0.3)
        receiver.slow = True
    elif kind == "refuses":
        receiver.status = 403
    elif kind == "redirects":
        receiver.status, receiver.location = 302, receiver.url.replace("hook", "elsewhere")
    elif kind == "nobody":
        url = f"http://127.0.0.1:{free_port()}/"
        await site.ask(admin, "PUT", path, {"url": url})
    else:
        site.house.settings = replace(site.house.settings, webhook_private=False)
    before = len(receiver.came)
    said = await site.ask(admin, "POST", f"{path}/test")
    others = {"nobody": (0, "unreachable"), "private": (0, "address")}
    assert (said["status"], said["reason"]) == (wanted | others)[kind]
    assert len(receiver.came) - before == (kind not in ("nobody", "private"))
    if kind == "refuses":
        assert said["said"] == "thank you"


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.cn/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://[fe80::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://user:word@app.example.cn/",
        "https://app.example.cn/#part",
        "ftp://app.example.cn/",
        "https:///nowhere",
        "https://app.example.cn:port/",
    ],
)
async def test_an_address_that_is_not_public_is_refused(site: Site, url: str) -> None:
    made, admin = await a_key(site), await site.staff("admin")
    path = f"/integrators/{made['integrator']['id']}/webhook"
    problem = await site.ask(admin, "PUT", path, {"url": url}, status=422)
    assert problem["code"] == "invalid"
    with pytest.raises(Refused):
        check_url(url, private=False)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001"])
async def test_a_name_that_leads_to_our_own_network_is_not_connected_to(host: str) -> None:
    """Names are judged by where they lead, when they are used."""
    came = asyncio.Event()

    async def accept(reader: Any, writer: asyncio.StreamWriter) -> None:
        came.set()
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answer = await post(f"https://{host}:{port}/", new_secret(), "one", b"{}", now_ms())
    assert (answer.status, answer.reason) == (0, "address")
    assert not came.is_set()
    server.close()


def test_which_addresses_are_public() -> None:
    assert all(map(is_public, ("8.8.8.8", "2606:4700::1111")))
    private = ("0.0.0.0", "100.64.0.1", "192.168.1.1", "224.0.0.1", "240.0.0.1", "fd00::1", "::")
    led = ("2002:7f00:1::", "::ffff:127.0.0.1", "64:ff9b:1::1", "2001::1", "nothing")
    assert not any(map(is_public, (*private, *led)))


def test_after_three_days_or_when_it_is_gone_nothing_more_is_sent() -> None:
    hook = Webhook("https://app.example.cn/", "", 0)
    assert went(hook, False, 1_000)
    assert not went(hook, False, GIVE_UP_MS)
    assert went(hook, True, GIVE_UP_MS)
    assert went(hook, False, GIVE_UP_MS)
    assert went(hook, False, 2 * GIVE_UP_MS)
    assert hook.disabled_at == 2 * GIVE_UP_MS
    gone = Webhook("https://app.example.cn/", "", 0)
    assert went(gone, False, 1_000, gone=True)
    assert gone.disabled_at == 1_000


async def test_a_receiver_that_is_gone_is_told_nothing_more_and_shown_so(
    site: Site, receiver: Receiver
) -> None:
    app, admin = await hooked(site, receiver), await site.staff("admin")
    receiver.status = 410
    await through(site, app.key, external_id="one")

    async def disabled() -> bool:
        (one,) = (await site.ask(admin, "GET", "/integrators"))["integrators"]
        return one["webhook"]["disabled_at"] is not None

    await until(disabled)
    await through(site, app.key, external_id="two")
    receiver.status = 204
    again = await site.ask(admin, "PUT", f"/integrators/{app.id}/webhook", {"url": receiver.url})
    assert again["integrator"]["webhook"]["disabled_at"] is None
    await through(site, app.key, external_id="three")
    await until(lambda: len(receiver.came) == 2)
    assert receiver.told()[1]["data"]["external_id"] == "three"


async def test_what_waits_for_a_slow_receiver_is_not_read_again_and_again(
    site: Site, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = await hooked(site, receiver), await a_key(site, name="另一个APP")
    receiver.slow = True
    shelf, now, read = site.house.store.webhook_events, now_ms(), list[int]()
    events = [
        WebhookEvent(f"slow.{n}", slow.id, "closed", "slow", "0110-1", "", n, now, due_at=now - n)
        for n in range(200)
    ]
    await shelf.add_many(events)
    find, every = shelf.find, shelf.every

    async def found(*args: Any, **named: Any) -> Any:
        page = await find(*args, **named)
        read.append(len(page))
        return page

    async def all_of(*args: Any, **named: Any) -> AsyncIterator[WebhookEvent]:
        read.append(0)
        async for one in every(*args, **named):
            read[-1] += 1
            yield one

    monkeypatch.setattr(shelf, "find", found)
    monkeypatch.setattr(shelf, "every", all_of)
    await until(lambda: len(receiver.came) == OF_ONE)
    other = WebhookEvent(
        "quick.1", quick["integrator"]["id"], "closed", "quick", "0110-2", "", 1, now, due_at=now
    )
    await shelf.add(other)

    async def told() -> bool:  # it has no webhook, which is found out when it is its turn
        return (await shelf.get("quick.1")).state is EventState.FAILED

    await until(told)
    assert max(read) <= 2 * OF_ONE
    assert len(receiver.came) == OF_ONE


async def test_a_disabled_webhook_is_an_alarm_until_somebody_deals_with_it(
    site: Site, receiver: Receiver
) -> None:
    app, admin = await hooked(site, receiver), await site.staff("admin")
    receiver.status = GONE
    await through(site, app.key, external_id="one")

    async def alarms() -> list[dict[str, Any]]:
        found = await site.ask(admin, "GET", "/platform-alarms")
        return list(found["webhooks"])

    await until(alarms)
    (alarm,) = await alarms()
    assert (alarm["integrator"], alarm["url"]) == (app.id, receiver.url)
    await through(site, app.key, external_id="two")
    assert len(await alarms()) == 1
    receiver.status = 204
    await site.ask(admin, "PUT", f"/integrators/{app.id}/webhook", {"url": receiver.url})
    assert await alarms() == []
    await through(site, app.key, external_id="three")
    await until(lambda: _all_sent(site, 1))
    assert await alarms() == []
