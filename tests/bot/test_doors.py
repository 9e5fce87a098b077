"""The doors against the simulated platforms: who comes in, and who is told why not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot import entrance
from bot.accounts import Accounts
from bot.cards import officer
from bot.doors import add_doors
from bot.house import BotHouse
from domain.errors import Refused, StoreDown
from domain.people import Person, Role
from domain.resident import resident_id
from domain.ticket import EntryKind, random_id, read_entry
from tests.bot.conftest import SECRET, Ports, Sim, serve
from tests.bot.street import until

PAGE = "http://127.0.0.1:8110/110/"
SOON_S = 10.0  # sooner than anything that hangs here ends
WECHAT = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50 Language/zh_CN"
WECOM = "Mozilla/5.0 (iPhone) MicroMessenger/8.0 wxwork/4.1"


class Phone:
    """A browser that belongs to somebody on the simulated platforms."""

    def __init__(self, door: str, simulator: str, **identity: str) -> None:
        self.door = door
        self._simulator = simulator
        self._identity = identity
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def walk(self, path: str, agent: str = "", spoil: str = "") -> tuple[int, str, list[str]]:
        """Open a door and go where one is sent, up to our own pages: status, end, places."""
        name, value = next(iter(self._identity.items()))
        url, places = self.door + path, [self.door + path]
        open_url = f"{self._simulator}/sim/open?{name}={value}&url={self._simulator}"
        async with self.session.get(open_url, allow_redirects=False):
            pass
        for _ in range(6):
            async with self.session.get(
                url, allow_redirects=False, headers={"User-Agent": agent or WECHAT}
            ) as response:
                if response.status != 302:
                    return response.status, await response.text(), places
                url = response.headers["Location"]
            if spoil and "state=" in url and "code=" in url:
                url = url.replace(parse_qs(urlsplit(url).query)["state"][0], spoil)
            places.append(url)
            if url.startswith("http://127.0.0.1:8110/"):
                return 302, url, places
        raise AssertionError(places)


@pytest.fixture
async def door(house: BotHouse, ports: Ports) -> AsyncIterator[str]:
    app = web.Application()
    add_doors(app, house)
    runner = await serve(app, ports.bot)
    yield f"http://127.0.0.1:{ports.bot}"
    await runner.cleanup()


async def opened(phone: Phone, url: str, agent: str = WECHAT) -> str:
    """Where this one address sends the browser, whatever hangs."""
    begun = time.monotonic()
    async with phone.session.get(
        url, allow_redirects=False, headers={"User-Agent": agent}
    ) as response:
        assert response.status == 302
        assert time.monotonic() - begun < SOON_S
        return response.headers["Location"]


def fragment(url: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(url).fragment).items()}


def entry(house: BotHouse, token: str, kind: EntryKind) -> str:
    return read_entry(SECRET, token, kind, house.clock()).subject


async def hire(house: BotHouse, userid: str, **members: object) -> Person:
    person = Person(random_id(), userid.lower(), "张警官", Role.COMMUNITY_OFFICER, "x", "w1")
    person.userid = userid
    for name, value in members.items():
        setattr(person, name, value)
    await house.store.people.add(person)
    return person


async def test_a_resident_comes_in_and_is_known_by_an_id(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    openid = await sim.resident()
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        status, end, places = await phone.walk("/wechat/enter")
        assert status == 302
        assert end.startswith("http://127.0.0.1:8110/110/#wx=")
        assert "scope=snsapi_base" in places[1]
        id = entry(house, fragment(end)["wx"], EntryKind.RESIDENT)
        assert id == resident_id(SECRET, openid)
        row = await house.store.residents.get(id)
        assert openid not in str(row)
        assert house.identity.open(row.sealed) == openid
        with pytest.raises(Refused):
            entry(house, fragment(end)["wx"], EntryKind.OFFICER)
        row.incident = "an incident"
        await house.store.residents.save(row)
        # A menu that was set up earlier may still say where to; there is one page.
        _, end, _ = await phone.walk("/wechat/enter?to=report")
        assert set(fragment(end)) == {"wx"}
        assert (await house.store.residents.get(id)).incident == "an incident"
        _, end, _ = await phone.walk("/wechat/enter?to=//evil.example")
        assert "evil" not in end
    # The page that is opened now finds the ticket its signature is made with.
    assert (await house.store.tokens.get("official:jsapi")).value


async def test_whoever_did_not_begin_here_is_a_caller_we_do_not_know(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    openid = await sim.resident()
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        assert (await phone.walk("/wechat/enter", spoil="a" * 32))[:2] == (302, PAGE)
        _, end, places = await phone.walk("/wechat/enter")
        assert "#wx=" in end
        used = next(place for place in places if "code=" in place)
    # Another browser with the address of this one: no cookie, and the code is used up besides.
    other = Phone(door, simulator_url, openid=openid)
    async with other.session:
        assert await opened(other, used) == PAGE
    exchanged = await sim.calls("sns/oauth2/access_token")
    assert len(exchanged) == 1  # a wrong state never costs a code


async def test_a_snapshot_visitor_is_told_how(
    house: BotHouse, door: str, simulator_url: str, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    openid = await sim.resident()
    await sim.post(f"residents/{openid}", snapshot=True)
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        status, text, places = await phone.walk("/wechat/enter")
        assert status == 403
        assert "使用完整服务" in text
        assert "tel:110" in text
        # 使用完整服务 loads the address again, which has a code that is used up.
        used = next(place for place in places if "code=" in place)
        monkeypatch.setattr(entrance, "TWICE_S", 0.0)
        await sim.post(f"residents/{openid}", snapshot=False)
        assert "#wx=" in await opened(phone, await opened(phone, await opened(phone, used)))
    shown = resident_id(SECRET, "oV" + openid[2:])
    assert await house.store.residents.find({"_id": shown}) == []


@pytest.mark.parametrize("agent", ["Mozilla/5.0", WECOM])
async def test_an_officer_comes_in_from_wecom_and_from_a_browser(
    house: BotHouse, door: str, simulator_url: str, agent: str
) -> None:
    person = await hire(house, "zhang")
    phone = Phone(door, simulator_url, userid="zhang")
    async with phone.session:
        status, end, places = await phone.walk("/wechat/officer", agent)
    assert (status, end.partition("#")[0]) == (302, "http://127.0.0.1:8110/community/")
    assert ("open.weixin.qq.com" in places[1]) == (agent == WECOM)
    assert entry(house, fragment(end)["entry"], EntryKind.OFFICER) == person.id


@pytest.mark.parametrize("kind", ["tip", "notice"])
@pytest.mark.parametrize(("asked", "kept"), [("0f" * 16, "0f" * 16), ("x", None), ("0f<&", None)])
async def test_a_card_leads_through_the_door_to_its_tip_or_notice(
    house: BotHouse, door: str, simulator_url: str, kind: str, asked: str, kept: str | None
) -> None:
    await hire(house, "zhang")
    phone = Phone(door, simulator_url, userid="zhang")
    async with phone.session:
        status, end, _ = await phone.walk(f"/wechat/officer?{kind}={quote(asked)}", WECOM)
    assert (status, fragment(end).get(kind)) == (302, kept)


async def test_only_officers_of_this_system_come_in(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    await hire(house, "zhang", disabled=True)
    await hire(house, "li", role=Role.ADMIN)
    openid = await sim.resident()
    for identity in ({"userid": "zhang"}, {"userid": "li"}, {"userid": "wang"}, {"openid": openid}):
        phone = Phone(door, simulator_url, **identity)
        async with phone.session:
            # A resident's browser gets as far as the platform's own door in WeCom.
            status, text, _ = await phone.walk("/wechat/officer", WECOM)
        assert (status, "只供民警使用" in text) == (403, True), identity


@pytest.mark.parametrize("written", ["zhang", "Zhang", "ZHANG"])
async def test_an_officer_is_found_however_the_platform_writes_the_account(
    house: BotHouse, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    person = await hire(house, "zhang")
    await hire(house, "li")
    read: list[Person] = []
    find = house.store.people.find

    async def seen(*args: Any, **more: Any) -> list[Person]:
        found = await find(*args, **more)
        read.extend(found)
        return found

    monkeypatch.setattr(house.store.people, "find", seen)
    assert await officer(house, written) == person
    assert read == [person], "nobody else was read for it"


async def test_a_wrong_state_lets_no_officer_in(
    house: BotHouse, door: str, simulator_url: str
) -> None:
    await hire(house, "zhang")
    phone = Phone(door, simulator_url, userid="zhang")
    async with phone.session:
        status, text, _ = await phone.walk("/wechat/officer", spoil="b" * 32)
    assert (status, "重新进入" in text) == (403, True)


def test_nothing_is_waited_for_so_long_that_the_page_would_take_three_seconds() -> None:
    assert entrance.WAIT_S <= 2.0


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("hang", {}),
        ("slow", {"seconds": 20.0}),
        ("lost", {}),
        ("http", {"code": 502}),
        *(("error", {"code": code}) for code in (-1, 40029, 40163, 42003, 45009, 45011, 40164)),
        ("error", {"code": 48001}),
    ],
)
async def test_whatever_the_platform_does_the_page_is_there_before_it_answers(
    house: BotHouse,
    door: str,
    simulator_url: str,
    sim: Sim,
    action: str,
    more: dict[str, Any],
) -> None:
    openid = await sim.resident()
    await sim.fault("sns/oauth2/access_token", action, **more)
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        begun = time.monotonic()
        assert (await phone.walk("/wechat/enter"))[:2] == (302, PAGE)
        assert time.monotonic() - begun < SOON_S


async def test_a_page_ticket_that_does_not_come_keeps_no_visitor_waiting(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    openid = await sim.resident()
    await sim.fault("getticket", "hang")
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        begun = time.monotonic()
        assert "#wx=" in (await phone.walk("/wechat/enter"))[1]
        assert time.monotonic() - begun < SOON_S


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (Linux; Android 14) Chrome/120", "curl/8", WECOM])
async def test_outside_wechat_nobody_is_sent_to_a_page_that_refuses_him(
    house: BotHouse, door: str, simulator_url: str, agent: str
) -> None:
    phone = Phone(door, simulator_url, openid="nobody")
    async with phone.session:
        assert await opened(phone, f"{door}/wechat/enter", agent) == PAGE


async def test_the_phones_of_the_demo_are_browsers(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    house.settings = replace(house.settings, demo=True)
    phone = Phone(door, simulator_url, openid=await sim.resident())
    async with phone.session:
        assert "#wx=" in (await phone.walk("/wechat/enter", "Mozilla/5.0 Chrome/120"))[1]


async def test_a_code_that_is_delivered_twice_brings_the_same_visitor_twice(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    """40163: some clients load the address they are sent back to twice, at once or one after the other."""
    openid = await sim.resident()
    await sim.fault("sns/oauth2/access_token", "slow", seconds=0.3)
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        _, _, places = await phone.walk("/wechat/enter")
        used = next(place for place in places if "code=" in place)
        both = [await opened(phone, used), await opened(phone, used)]
        sent = await opened(phone, f"{door}/wechat/enter")
        back = await opened(phone, sent)
        both += await asyncio.gather(opened(phone, back), opened(phone, back))
    ids = {entry(house, fragment(end)["wx"], EntryKind.RESIDENT) for end in both}
    assert ids == {resident_id(SECRET, openid)}
    assert len(await sim.calls("sns/oauth2/access_token")) == 2, "one exchange for each code"


async def test_the_first_delivery_may_be_cut_off(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    openid = await sim.resident()
    await sim.fault("sns/oauth2/access_token", "slow", seconds=0.5)
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        async with phone.session.get(f"{simulator_url}/sim/open?openid={openid}&url={door}") as _:
            pass
        back = await opened(phone, await opened(phone, f"{door}/wechat/enter"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await opened(phone, back)
        assert "#wx=" in await opened(phone, back)


async def test_who_did_not_come_back_from_wechat_is_not_sent_there_again(
    house: BotHouse, door: str, simulator_url: str, sim: Sim
) -> None:
    openid = await sim.resident()
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        assert "authorize" in await opened(phone, f"{door}/wechat/enter")
        await sim.advance(8)
        assert await opened(phone, f"{door}/wechat/enter") == PAGE
        assert await opened(phone, f"{door}/wechat/enter?state=x") == PAGE
        # Who came back once goes the usual way, however much later.
        assert "#wx=" in (await phone.walk("/wechat/enter"))[1]
        await sim.advance(300)
        assert "authorize" in await opened(phone, f"{door}/wechat/enter")


class Away:
    """Residents of a store that is away until ``down`` is False."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.down = True

    def __getattr__(self, name: str) -> Any:
        return self._refuse if self.down else getattr(self._real, name)

    async def _refuse(self, *args: Any, **more: Any) -> Any:
        raise StoreDown("away")


async def test_with_the_store_away_the_visitor_is_known_and_his_row_written_later(
    house: BotHouse, door: str, simulator_url: str, sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    openid = await sim.resident()
    real = house.store.residents
    away = Away(real)
    monkeypatch.setattr(house.store, "residents", away)
    phone = Phone(door, simulator_url, openid=openid)
    async with phone.session:
        begun = time.monotonic()
        assert "#wx=" in (await phone.walk("/wechat/enter"))[1]
        assert time.monotonic() - begun < SOON_S
    away.down = False

    async def written() -> bool:
        return bool(await real.find({"_id": resident_id(SECRET, openid)}))

    await until(written)


async def test_without_the_platform_there_is_no_door(house: BotHouse, door: str) -> None:
    house.officials, house.corps = Accounts(), Accounts()
    async with aiohttp.ClientSession() as session:
        for path in ("enter", "officer"):
            async with session.get(f"{door}/wechat/{path}") as response:
                assert response.status == 404
