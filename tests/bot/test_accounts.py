"""A city with two Official Accounts and two corps: each resident and officer is spoken to through his own.

The second platform is a simulator of its own, whose members have the same userids as the first one's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest

from bot.alarms import ALARMS
from bot.checkup import check
from bot.errors import CallFailed
from bot.groups import GroupKeeper
from bot.house import BotHouse, CallbackKeys, OfficialSettings, WorkSettings
from bot.menu import buttons
from bot.notices import NoticeSender
from bot.platforms import connect
from bot.worker import watch_menu
from domain.approving import approve
from domain.errors import Refused
from domain.finding import Verdict
from domain.group import Handing, NoOwner
from domain.handing_over import ask_to_hand_over
from domain.notice import DeliveryState
from domain.people import Person, Role, Who
from domain.publishing import Cap, publish
from domain.registry import WELCOME, make_doorway, write_welcome
from domain.ticket import EntryKind
from domain.writing import Words, draft
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.accounts import App, Config, Contact, Corp, OfficialAccount
from simulator.accounts import Person as Member
from simulator.app import create_app as create_simulator
from simulator.world import World
from storage.store import MongoStore
from tests.bot.conftest import (
    AGENT,
    APP_KEY,
    CONTACT_KEY,
    KEY,
    Ports,
    Sim,
    build_house,
    serve,
)
from tests.bot.street import Street, officer, until
from tests.bot.test_doors import WECOM, Phone, entry, fragment
from tests.bot.test_officer_lines import told
from tests.bot.working import working
from tests.neighbourhoods import city_of_communities
from tests.ports import free_port

__all__ = ["working"]
NAME, APPID, CORPID = "guta", "wxfedcba9876543210", "wwfedcba9876543210"
CHIEF = Who("chief", Role.SUPERVISOR, "科长")
SECOND = Who("second", Role.SUPERVISOR, "副科长")


@pytest.fixture(scope="module")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


@dataclass(frozen=True)
class Other:
    """The second platform."""

    world: World
    port: int
    sim: Sim

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
async def other(ports: Ports, world: World, http: aiohttp.ClientSession) -> AsyncIterator[Other]:
    bot = f"http://127.0.0.1:{ports.bot}/wechat"
    app = App(
        agentid=AGENT,
        secret="app-secret",
        token="second-app",
        aes_key=APP_KEY,
        callback_url=f"{bot}/work/{NAME}",
        customer_contact=True,
    )
    second = World(
        Config(
            oa=OfficialAccount(
                appid=APPID,
                original_id="gh_ba9876543210",
                token="second",
                aes_key=KEY,
                callback_url=f"{bot}/official/{NAME}",
                templates=["template-tip", "template-incident"],
            ),
            wecom=Corp(
                corpid=CORPID,
                apps=[app],
                contact=Contact(
                    token="second-contact", aes_key=CONTACT_KEY, url=f"{bot}/contact/{NAME}"
                ),
                members=[Member(userid="Zhang", name="张三"), Member(userid="Zhao", name="赵警官")],
            ),
        )
    )
    second.clock = world.clock
    port = free_port()
    runner = await serve(create_simulator(second), port)
    yield Other(second, port, Sim(f"http://127.0.0.1:{port}", http, ports.bot))
    await runner.cleanup()


@pytest.fixture
async def house(
    store: MongoStore, finder: BoundaryFinder, world: World, ports: Ports, other: Other
) -> AsyncIterator[BotHouse]:
    house = build_house(store, finder, world, ports)
    first, corp = house.settings.officials[0], house.settings.corps[0]
    second: OfficialSettings = replace(
        first,
        appid=APPID,
        original_id="gh_ba9876543210",
        callback=CallbackKeys("second", KEY, APPID),
        api=f"{other.url}/api.weixin.qq.com",
        open=f"{other.url}/open.weixin.qq.com",
        mp=f"{other.url}/mp.weixin.qq.com",
        name=NAME,
    )
    district: WorkSettings = replace(
        corp,
        corpid=CORPID,
        callback=CallbackKeys("second-app", APP_KEY, CORPID),
        contact=CallbackKeys("second-contact", CONTACT_KEY, CORPID),
        api=f"{other.url}/qyapi.weixin.qq.com",
        open=f"{other.url}/open.weixin.qq.com",
        login=f"{other.url}/login.work.weixin.qq.com",
        name=NAME,
        title="古塔分局",
    )
    house.settings = replace(house.settings, officials=(first, second), corps=(corp, district))
    client = connect(house)
    yield house
    await client.close()


async def screen(sim: Sim, userid: str) -> list[str]:
    return [str(line["data"]) for line in await sim.screen(userid)]


async def test_each_resident_is_answered_by_the_account_he_wrote_to(
    house: BotHouse, store: MongoStore, sim: Sim, other: Other, working: None
) -> None:
    """The officer is of the first corp; a member of the other has the same userid and hears nothing."""
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    await store.people.add(officer("san", f"{NAME}~Zhang", "张三", communities=["e1-c1"]))
    here = Street(sim, house, store, await sim.resident())
    there = Street(other.sim, house, store, await other.sim.resident())
    await told(there)
    said = len(await here.heard())
    card = await here.card("Zhang")
    await here.press("Zhang", card)
    await there.hears("张警官已接手")
    assert len(await here.heard()) == said, "not through the account of others"
    assert await screen(other.sim, "Zhang") == []
    await here.say("你好")
    await here.hears("tel:110")
    rows = [one async for one in store.residents.every()]
    kept = {house.identity.open(one.sealed) for one in rows}
    assert kept == {here.openid, f"{NAME}~{there.openid}"}


async def test_a_cry_is_answered_with_the_way_in_of_its_own_account(
    house: BotHouse, store: MongoStore, sim: Sim, other: Other, bot_url: str
) -> None:
    there = Street(other.sim, house, store, await other.sim.resident())
    await there.say("救命")
    text = await there.hears("tel:110")
    door = f"{bot_url}/wechat/enter/{NAME}"
    assert door in text
    phone = Phone(bot_url, other.url, openid=there.openid)
    async with phone.session:
        _, end, places = await phone.walk(f"/wechat/enter/{NAME}")
        assert f"appid={APPID}" in places[1]
        id = entry(house, fragment(end)["wx"], EntryKind.RESIDENT)
    row = await store.residents.get(id)
    assert house.identity.open(row.sealed) == f"{NAME}~{there.openid}"


async def test_an_officer_comes_in_as_himself_and_is_asked_for_his_corp(
    house: BotHouse, store: MongoStore, sim: Sim, other: Other, bot_url: str, ports: Ports
) -> None:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    await store.people.add(officer("san", f"{NAME}~Zhang", "张三", communities=["e1-c1"]))
    phone = Phone(bot_url, other.url, userid="zhang")
    async with phone.session:
        status, page, _ = await phone.walk("/wechat/officers", WECOM)
        assert status == 200
        assert "古塔分局" in page
        assert f"/wechat/officer/{NAME}" in page
        _, end, _ = await phone.walk(f"/wechat/officer/{NAME}", WECOM)
        assert entry(house, fragment(end)["entry"], EntryKind.OFFICER) == "san"
    phone = Phone(bot_url, f"http://127.0.0.1:{ports.simulator}", userid="zhang")
    async with phone.session:
        _, end, _ = await phone.walk("/wechat/officer", WECOM)
        assert entry(house, fragment(end)["entry"], EntryKind.OFFICER) == "zhang"


async def test_officers_of_one_community_in_two_corps_all_hear_of_a_tip(
    house: BotHouse, store: MongoStore, sim: Sim, other: Other, working: None
) -> None:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    await store.people.add(officer("li", "Li", "李警官", communities=["w1-c5"]))
    await store.people.add(officer("zhao", f"{NAME}~Zhao", "赵警官", communities=["w1-c5"]))
    here = Street(sim, house, store, await sim.resident())
    there = Street(other.sim, house, store, here.openid)
    await told(here)
    tip = await here.tip()
    card = await here.card("Zhang")
    line = await there.officer_reads("Zhao", tip.number)
    assert f"/wechat/officer/{NAME}?tip={tip.id}" in line
    assert f"/wechat/officer?tip={tip.id}" in str(card)
    await here.press("Li", await here.card("Li"))
    await here.hears("李警官已接手")


async def make_group(sim: Sim, owner: str) -> str:
    return str((await sim.post("groups", owner=owner, name="群", seeded=3))["chat_id"])


async def test_groups_of_both_corps_are_kept_and_reached_by_one_notice(
    house: BotHouse, store: MongoStore, sim: Sim, other: Other, bot_url: str
) -> None:
    today = (house.clock() // 1000 + 8 * 3600) % 86_400
    await sim.advance((10.2 * 3600 - today) % 86_400)
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    await store.people.add(officer("san", f"{NAME}~Zhang", "张三", communities=["w1-c5"]))
    mine, theirs = await make_group(sim, "Zhang"), await make_group(other.sim, "Zhang")
    await write_welcome(store, CHIEF, "欢迎加入", house.clock())
    keeper = GroupKeeper(house)
    await keeper.turn()
    groups = {one.id: one async for one in store.groups.every()}
    assert set(groups) == {mine, f"{NAME}~{theirs}"}
    assert {one.owner for one in groups.values()} == {"zhang", f"{NAME}~zhang"}
    assert {one.community for one in groups.values()} == {"w1-c5"}
    welcome = await store.welcomes.get(WELCOME)
    assert welcome.template
    assert welcome.elsewhere[NAME]
    assert len(other.world.state.welcomes) == 1

    door = await make_doorway(store, CHIEF, house.finder, "key-of-door", "w1-c5", "海报", 1)
    await keeper.turn()
    made = await store.doorways.get(door.id)
    assert made.url
    assert len(made.chats) == 1, "a code leads to groups of one corp"

    now = house.clock()
    words = Words("停水通知", "今晚八点至十点停水。", communities=["w1-c5"])
    it = await draft(store, house.finder, CHIEF, "key-of-notice", words, now)
    it = await approve(store, house.finder, SECOND, it.id, it.version, now)
    it = await publish(store, house.finder, SECOND, it.id, now, Cap())
    assert it.groups == 2
    await NoticeSender(house).turn()
    for world in (sim, other.sim):
        (task,) = (await world.get("members/Zhang/tasks"))["tasks"]
        await world.post(f"members/Zhang/tasks/{task['msgid']}/confirm")

    async def reached() -> bool:
        await sim.advance(60)
        await NoticeSender(house).turn()
        found = await store.deliveries.find({"notice": it.id}, limit=10)
        return all(one.confirmed_at for one in found) and len(found) == 2

    await until(reached)
    found = await store.deliveries.find({"notice": it.id}, limit=10)
    assert {str(how) for one in found for how in one.outcomes.values()} == {"SENT"}
    assert {one.state for one in found} <= {DeliveryState.CREATED, DeliveryState.DONE}


async def test_a_group_goes_to_nobody_of_another_corp(
    house: BotHouse, store: MongoStore, sim: Sim, other: Other, bot_url: str
) -> None:
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    await store.people.add(officer("zhao", f"{NAME}~Zhao", "赵警官", communities=["w1-c5"]))
    chat = await make_group(sim, "Zhang")
    keeper = GroupKeeper(house)
    await keeper.turn()
    with pytest.raises(Refused):
        await ask_to_hand_over(store, CHIEF, house.finder, chat, "zhao", house.clock())
    group = await store.groups.get(chat)  # asked before the officer went to the other corp
    group.handing, group.next_owner = Handing.ASKED, f"{NAME}~zhao"
    await store.groups.save(group)
    await keeper.turn()
    group = await store.groups.get(chat)
    assert (group.handing, group.no_owner) == (Handing.REFUSED, NoOwner.UNKNOWN)
    assert await other.sim.calls("transfer") == []


async def test_an_event_of_a_group_asks_the_corp_it_came_from(
    house: BotHouse, store: MongoStore, other: Other, working: None
) -> None:
    await store.people.add(officer("san", f"{NAME}~Zhang", "张三", communities=["w1-c5"]))
    theirs = await make_group(other.sim, "Zhang")

    async def kept() -> Any:
        wanted = {"_id": f"{NAME}~{theirs}", "synced_at": {"$gt": 0}}
        return await store.groups.find(wanted, limit=1)

    (group,) = await until(kept)
    assert group.owner == f"{NAME}~zhang"


async def test_what_one_account_refuses_is_not_ended_by_the_other(
    house: BotHouse, sim: Sim, other: Other, bot_url: str
) -> None:
    second, first = house.officials.of(f"{NAME}~x"), house.officials.of("x")
    await other.sim.fault("sns/oauth2/access_token", "error", code=45009)
    with pytest.raises(CallFailed):
        await second.oauth("code")
    (alarm,) = ALARMS.standing()
    assert alarm.platform == f"{NAME}~official"
    ALARMS.went_through(first.platform, "/sns/oauth2/access_token")
    assert len(ALARMS.standing()) == 1
    ALARMS.went_through(second.platform, "/sns/oauth2/access_token")
    assert ALARMS.standing() == []


async def test_check_and_menu_go_through_all_of_them(
    house: BotHouse, sim: Sim, other: Other, bot_url: str
) -> None:
    for name, official in house.officials:
        await official.menu_create(buttons(house.settings, name))
    assert await watch_menu(house) == 2
    found = {one.about: one for one in await check(house)}
    assert {one.verdict for one in found.values()} == {Verdict.WELL, Verdict.UNSEEN}
    for door in ("official", "work", "contact"):
        assert f"{bot_url}/wechat/{door}" in found
        assert f"[{NAME}] {bot_url}/wechat/{door}/{NAME}" in found
    assert f"/wechat/enter/{NAME}" in str(other.world.state.menu)
    # The other account's menu leads to the door of the first: its followers would be strangers there.
    await house.officials.of(f"{NAME}~x").menu_create(buttons(house.settings, ""))
    assert await watch_menu(house) == 1
    ALARMS.went_through(f"{NAME}~official", "/cgi-bin/menu/create")


async def test_an_account_that_is_configured_no_more_ends_nothing(
    house: BotHouse, store: MongoStore, sim: Sim, other: Other, bot_url: str
) -> None:
    person: Person = officer("old", "gone~old", "旧警官", communities=["w1-c5"])
    await store.people.add(person)
    await store.people.add(officer("zhang", "Zhang", "张警官", communities=["w1-c5"]))
    mine = await make_group(sim, "Zhang")
    keeper = GroupKeeper(house)
    await keeper.turn()
    assert [one.id async for one in store.groups.every()] == [mine]
