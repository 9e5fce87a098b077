"""Notices through the simulated WeCom: every task exactly once, and what became of it in each group."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from PIL import Image

from bot import outbox
from bot.groups import GroupKeeper
from bot.house import BotHouse
from bot.notices import NoticeSender
from bot.platforms import connect
from bot.post import open_letter
from domain.approving import approve
from domain.clock import DAY_MS
from domain.delivery import marker
from domain.errors import Refused
from domain.notice import Delivery, DeliveryState, Notice, NoticeState, Outcome
from domain.outgoing import Channel, MessageState
from domain.people import Person, Role, Who
from domain.publishing import Cap, publish
from domain.resident import Credit, Resident, Trigger, earn, resident_id
from domain.writing import Words, correct, draft, withdraw
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from simulator.world import World
from storage.store import MongoStore
from tests.bot.conftest import Ports, Sim, build_house
from tests.neighbourhoods import city_of_communities

CHIEF = Who("chief", Role.SUPERVISOR, "科长")
SECOND = Who("second", Role.SUPERVISOR, "副科长")
ZHOU = Who("zhou", Role.COMMUNITY_OFFICER, "周警官", "w1")
OWNERS, GROUPS = 12, 40
HOUR_S, CHINA_S = 3_600, 8 * 3_600


@pytest.fixture(scope="session")
def finder() -> BoundaryFinder:
    return BoundaryFinder(Boundaries.from_geojson(city_of_communities()))


class Town:
    """Forty groups of twelve owners in the communities of w1 and e1, known to the registry."""

    def __init__(self, sim: Sim, world: World, house: BotHouse) -> None:
        self.sim, self.world, self.house = sim, world, house
        self.store = house.store
        self.owners: list[str] = []
        self.chats: list[str] = []
        self.communities = [f"w1-c{number}" for number in range(1, 7)]
        self.communities += [f"e1-c{number}" for number in range(1, 7)]
        self.keys = 0

    @property
    def now(self) -> int:
        return self.house.clock()

    async def build(self) -> None:
        seeded = await self.sim.post("seed", owner_count=OWNERS, groups=GROUPS, members=260)
        self.owners, self.chats = seeded["owners"], seeded["chat_ids"]
        for owner, community in zip(self.owners, self.communities, strict=True):
            station = community[:2]
            officer = Person(owner, owner, owner, Role.COMMUNITY_OFFICER, "", station)
            officer.userid, officer.communities = owner, [community]
            await self.store.people.add(officer)
        await GroupKeeper(self.house).turn()

    async def until_hour(self, hour: float) -> None:
        """To the next time it is that late in China, far from full and half hours if ``hour`` is."""
        today = (self.world.clock.now() + CHINA_S) % 86_400
        await self.sim.advance((hour * HOUR_S - today) % 86_400)

    def sender(self) -> NoticeSender:
        return NoticeSender(self.house)

    async def written(self, **more: Any) -> Notice:
        self.keys += 1
        words = Words(
            "停水通知", "今晚八点至十点停水。", **{"communities": self.communities, **more}
        )
        return await draft(
            self.store, self.house.finder, CHIEF, f"key-{self.keys:05d}", words, self.now
        )

    async def published(self, **more: Any) -> Notice:
        it = await self.written(**more)
        return await self.release(it)

    async def release(self, it: Notice) -> Notice:
        it = await approve(self.store, self.house.finder, SECOND, it.id, it.version, self.now)
        return await publish(self.store, self.house.finder, SECOND, it.id, self.now, Cap())

    async def deliveries(self, it: Notice) -> dict[str, Delivery]:
        found = await self.store.deliveries.find({"notice": it.id}, limit=1000)
        return {one.owner: one for one in found}

    async def outcomes(self, it: Notice) -> Counter[str]:
        found = (await self.deliveries(it)).values()
        return Counter(str(how) for one in found for how in one.outcomes.values())

    async def tasks(self, owner: str) -> list[dict[str, Any]]:
        return list((await self.sim.get(f"members/{owner}/tasks"))["tasks"])

    async def confirm(self, *owners: str) -> None:
        for owner in owners:
            for task in await self.tasks(owner):
                if task["state"] == "open":
                    await self.sim.post(f"members/{owner}/tasks/{task['msgid']}/confirm")

    def masses(self) -> Counter[str]:
        """How often the platform has the task of each marker."""
        links = [one.attachments[0]["link"]["url"] for one in self.world.state.masses.values()]
        return Counter(link.partition("?d=")[2] for link in links)


@pytest.fixture
async def town(sim: Sim, world: World, house: BotHouse) -> Town:
    one = Town(sim, world, house)
    await one.until_hour(10.2)
    await one.build()
    return one


async def test_a_notice_reaches_its_groups_when_their_owners_confirm(town: Town) -> None:
    world, sender = town.world, town.sender()
    world.settings.mass_cap_day = 2
    capped = await town.store.groups.get(town.chats[0])
    world.state.groups[capped.id].reached = [world.clock.now()] * 2
    it = await town.published()
    assert (it.groups, it.people) == (GROUPS, GROUPS * 261)
    assert {one.state for one in (await town.deliveries(it)).values()} == {DeliveryState.PLANNED}
    assert it.unasked == GROUPS
    await sender.turn()
    assert len(world.state.masses) == OWNERS
    task = next(iter(world.state.masses.values()))
    assert "停水通知" in task.text["content"]
    assert "西一派出所" not in task.text["content"]  # the chief speaks for the city
    assert f"/n/{it.number}?d=" in task.attachments[0]["link"]["url"]
    assert await town.outcomes(it) == {"WAITING": GROUPS}
    assert (await town.store.notices.get(it.id)).unasked == 0, "all owners were asked"

    await town.sim.advance(5)  # first the platform says 41063
    late = town.owners[-2:]
    await town.confirm(*town.owners[:-2])
    await sender.turn()
    found = await town.deliveries(it)
    left = sum(len(found[owner].chats) for owner in late)
    expected = {"SENT": GROUPS - left - 1, "CAPPED": 1, "WAITING": left}
    assert await town.outcomes(it) == expected
    read = await town.store.notices.get(it.id)
    assert {str(how): count for how, count in read.totals.items()} == expected
    assert read.reached == (GROUPS - left - 1) * 261
    group = await town.store.groups.get(town.chats[1])
    assert len(group.sent) == 1
    before = len(await town.sim.calls("get_groupmsg_send_result"))
    await sender.turn()
    assert len(await town.sim.calls("get_groupmsg_send_result")) == before, "not asked all the time"

    # The mistake is put right: the same audience, and both ways of the chain.
    words = Words("停水时间更正", "停水改为明晚。", [])
    second = await correct(
        town.store, town.house.finder, CHIEF, it.id, "key-correct", words, town.now
    )
    second = await town.release(second)
    wrong = await town.store.notices.get(it.id)
    assert (second.corrects, wrong.corrected_by) == (it.id, second.id)
    assert second.communities == it.communities
    await sender.turn()
    assert len(world.state.masses) == 2 * OWNERS
    assert await town.outcomes(it) == {"SENT": GROUPS - left - 1, "CAPPED": 1, "CANCELLED": left}
    assert [one["state"] for one in await town.tasks(late[0])] == ["open", "cancelled"]
    await town.sim.advance(5)
    await town.confirm(*town.owners[:-2])
    await sender.turn()
    assert (await town.outcomes(second))["SENT"] == GROUPS - left - 1


async def test_a_picture_goes_along_and_is_handed_over_once(town: Town) -> None:
    name = f"notice-{'0' * 32}.png"
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 90, 160)).save(picture, "PNG")
    await town.house.store.files.put_bytes(name, picture.getvalue(), {})
    await town.published(picture=name)
    await town.sender().turn()
    masses = list(town.world.state.masses.values())
    assert len(masses) > 1
    kinds = [[part["msgtype"] for part in one.attachments] for one in masses]
    assert kinds == [["link", "image"]] * len(masses)
    media = {one.attachments[1]["image"]["media_id"] for one in masses}
    assert len(media) == 1
    assert len(await town.sim.calls("/media/upload")) == 1


async def test_a_withdrawn_notice_is_stopped_where_it_was_not_sent(town: Town) -> None:
    sender = town.sender()
    it = await town.published()
    await sender.turn()
    await town.sim.advance(5)
    await town.confirm(town.owners[0])
    await withdraw(town.store, town.house.finder, SECOND, it.id, "写错了", town.now)
    await sender.turn()
    await sender.turn()
    sent = len((await town.deliveries(it))[town.owners[0]].chats)
    assert await town.outcomes(it) == {"SENT": sent, "CANCELLED": GROUPS - sent}
    states = Counter(one.state for one in town.world.state.masses.values())
    assert states == {"sent": 1, "cancelled": OWNERS - 1}
    ended = await town.store.notices.get(it.id)
    assert ended.state is NoticeState.WITHDRAWN
    assert ended.settled_at is not None
    assert ended.log.entries[-1].what == "notice.settled"


async def test_what_was_withdrawn_before_its_time_is_never_made(town: Town) -> None:
    it = await town.published(send_at=town.now + 3_600_000)
    await town.sender().turn()
    assert not town.world.state.masses
    await withdraw(town.store, town.house.finder, SECOND, it.id, "不发了", town.now)
    await town.sim.advance(4_000)
    await town.sender().turn()
    assert not town.world.state.masses
    assert await town.outcomes(it) == {"CANCELLED": GROUPS}


async def test_a_scheduled_notice_goes_out_at_its_time_off_the_full_hour(town: Town) -> None:
    wanted = (town.now // 3_600_000 + 2) * 3_600_000
    it = await town.published(send_at=wanted)
    assert it.send_at is not None
    assert 3 * 60_000 <= it.send_at - wanted <= 10 * 60_000
    await town.sim.advance((wanted - town.now) / 1000 + 1)
    await town.sender().turn()
    assert not town.world.state.masses
    await town.sim.advance(600)
    await town.sender().turn()
    assert len(town.world.state.masses) == OWNERS


async def test_a_lost_answer_makes_no_second_task(town: Town) -> None:
    sender = town.sender()
    await town.sim.fault("externalcontact/add_msg_template", "lost", count=5)
    await town.sim.fault("externalcontact/add_msg_template", "http", code=502, count=2)
    it = await town.published()
    await sender.turn()
    states = Counter(one.state for one in (await town.deliveries(it)).values())
    assert states[DeliveryState.CREATING] == 7
    await sender.turn()
    assert len(await town.sim.calls("add_msg_template")) == OWNERS, "nothing is repeated in haste"
    for _ in range(4):
        await town.sim.advance(30)
        await sender.turn()
    found = await town.deliveries(it)
    assert {one.state for one in found.values()} == {DeliveryState.CREATED}
    assert town.masses() == {marker(one): 1 for one in found.values()}
    # What the platform calls the task is what is known here.
    for one in found.values():
        assert town.world.state.masses[one.task].sender == one.owner.lower()


async def test_a_crash_between_claim_and_answer_makes_no_second_task(
    town: Town, store: MongoStore, finder: BoundaryFinder, world: World, ports: Ports
) -> None:
    it = await town.published()
    work = town.house.corps.of("")
    assert work is not None
    made = type(work).add_group_message
    calls = 0

    class Crash(BaseException):
        """The process is gone."""

    async def dying(self: Any, *args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls % 3 == 0:
            raise Crash  # before anything left
        answer = await made(self, *args, **more)
        if calls % 3 == 1:
            raise Crash  # the platform has it, nobody here knows
        return answer

    type(work).add_group_message = dying  # type: ignore[method-assign]
    try:
        for _ in range(OWNERS):
            with pytest.raises(BaseException):
                await town.sender().turn()
                raise Crash
    finally:
        type(work).add_group_message = made  # type: ignore[method-assign]
    other = build_house(store, finder, world, ports)
    client = connect(other)
    worker = NoticeSender(other)
    for _ in range(6):
        await town.sim.advance(130)
        await worker.turn()
    await client.close()
    found = await town.deliveries(it)
    assert {one.state for one in found.values()} == {DeliveryState.CREATED}
    assert town.masses() == {marker(one): 1 for one in found.values()}


async def test_two_processes_share_the_work(
    town: Town, store: MongoStore, finder: BoundaryFinder, world: World, ports: Ports
) -> None:
    import asyncio

    other = build_house(store, finder, world, ports)
    client = connect(other)
    it = await town.published()
    await asyncio.gather(town.sender().turn(), NoticeSender(other).turn())
    await client.close()
    assert town.masses() == {marker(one): 1 for one in (await town.deliveries(it)).values()}


async def test_a_busy_platform_is_asked_later(town: Town) -> None:
    sender = town.sender()
    await town.sim.fault("externalcontact/add_msg_template", "error", code=45009, count=4)
    await town.sim.fault("externalcontact/add_msg_template", "error", code=45033, count=2)
    it = await town.published()
    await sender.turn()
    assert len(town.world.state.masses) == OWNERS - 6
    waiting = [
        one for one in (await town.deliveries(it)).values() if one.state is DeliveryState.PLANNED
    ]
    assert len(waiting) == 6
    assert all(one.due_at > town.now for one in waiting)
    for _ in range(3):
        await town.sim.advance(61)
        await sender.turn()
    assert town.masses() == {marker(one): 1 for one in (await town.deliveries(it)).values()}


async def test_an_owner_whose_groups_had_their_share_counts_as_capped(town: Town) -> None:
    owner = town.owners[0].lower()
    for group in town.world.state.groups.values():
        if group.owner == owner:
            group.reached = [town.world.clock.now()]
    it = await town.published()
    await town.sender().turn()
    one = next(d for d in (await town.deliveries(it)).values() if d.owner.lower() == owner)
    assert (one.state, one.reason) == (DeliveryState.FAILED, "41048")
    assert set(one.outcomes.values()) == {Outcome.CAPPED}


async def test_what_an_owner_of_an_old_client_left_out_is_refused(town: Town) -> None:
    sender, owner = town.sender(), town.owners[0]
    it = await town.published()
    await sender.turn()
    await town.sim.advance(5)
    chats = (await town.deliveries(it))[owner.lower()].chats
    task = (await town.tasks(owner))[0]["msgid"]
    await town.sim.post(f"members/{owner}/tasks/{task}/confirm", chats=chats[:1])
    await sender.turn()
    assert (await town.outcomes(it))["SENT"] == 1
    await town.sim.advance(700)
    await sender.turn()
    await town.sim.advance(200)
    await sender.turn()
    one = (await town.deliveries(it))[owner.lower()]
    assert one.state is DeliveryState.DONE
    assert Counter(one.outcomes.values()) == {Outcome.SENT: 1, Outcome.REFUSED: len(chats) - 1}


async def test_owners_are_reminded_three_times_a_day_and_never_at_night(town: Town) -> None:
    sender = town.sender()
    await town.published(communities=town.communities[:3])
    await sender.turn()
    await town.sim.advance(5)
    await town.confirm(town.owners[0], town.owners[1])
    waiting = town.owners[2]
    reminded: list[float] = []

    async def reminders() -> int:
        lines = await town.sim.screen(waiting)
        return sum(line["kind"] == "mass_reminder" for line in lines)

    for _ in range(4 * 40):  # forty hours, every quarter of one
        await town.sim.advance(900)
        await sender.turn()
        if await reminders() > len(reminded):
            reminded.append(town.now / 1000)
    hours = [(at + CHINA_S) % 86_400 / HOUR_S for at in reminded]
    assert len(hours) == 6, hours
    assert 12.2 <= hours[0] <= 13, "two hours after it was made"
    assert all(7 <= hour < 22 for hour in hours)
    assert all(
        later - first >= 86_400 for first, later in zip(reminded, reminded[3:], strict=False)
    )
    calls = await town.sim.calls("remind_groupmsg_send")
    assert len(calls) == 6, "the others were left in peace, and the platform never had to refuse"


async def test_an_urgent_notice_reminds_at_night_too(town: Town) -> None:
    await town.until_hour(21.2)
    sender = town.sender()
    await town.published(communities=town.communities[:1], urgent=True)
    await sender.turn()
    await town.sim.advance(2 * HOUR_S + 60)
    await sender.turn()
    assert len(await town.sim.calls("remind_groupmsg_send")) == 1


async def test_after_three_days_it_is_given_up_and_counted(town: Town) -> None:
    sender = town.sender()
    it = await town.published(communities=town.communities[:2])
    await sender.turn()
    await town.sim.advance(5)
    await town.confirm(town.owners[0])
    await sender.turn()
    for _ in range(8):
        await town.sim.advance(9.1 * HOUR_S)
        await sender.turn()
    found = await town.deliveries(it)
    late = found[town.owners[1].lower()]
    assert (late.state, late.reason) == (DeliveryState.CANCELLED, "unconfirmed")
    assert set(late.outcomes.values()) == {Outcome.CANCELLED}
    missed = [(await town.store.groups.get(chat)).missed_sends for chat in late.chats]
    assert set(missed) == {1}
    good = [
        (await town.store.groups.get(chat)).missed_sends
        for chat in found[town.owners[0].lower()].chats
    ]
    assert set(good) == {0}
    task = (await town.tasks(town.owners[1]))[0]
    assert task["state"] == "cancelled", "an old notice must not appear next week"
    assert (await town.store.notices.get(it.id)).settled_at is not None


async def test_it_expires_and_is_not_sent_any_more(town: Town) -> None:
    sender = town.sender()
    it = await town.published(expires_at=town.now + 3_600_000)
    await sender.turn()
    await town.sim.advance(3_601)
    await sender.turn()
    ended = await town.store.notices.get(it.id)
    assert ended.state is NoticeState.EXPIRED
    assert await town.outcomes(it) == {"CANCELLED": GROUPS}
    assert {one.state for one in town.world.state.masses.values()} == {"cancelled"}


async def test_followers_of_the_communities_get_a_message_of_their_own(town: Town) -> None:
    sender, store = town.sender(), town.store
    near = [Resident(f"{n:032x}", "sealed", community="w1-c1") for n in range(700)]
    far = Resident("f" * 32, "sealed", community="w2-c1")
    gone = Resident("e" * 32, "sealed", community="w1-c1", following=False)
    await store.residents.add_many([*near, far, gone])
    it = await town.published(communities=["w1-c1"], expires_at=town.now + 3_600_000)
    assert it.followers == 700
    await sender.turn()
    await sender.turn()
    found = await store.messages.find({"about": it.id}, limit=2000)
    assert len(found) == 700
    assert {one.to for one in found} == {one.id for one in near}
    assert {one.channel for one in found} == {Channel.OFFICIAL}
    assert all(one.template == "" for one in found), "no template for what goes to many"
    content = open_letter(town.house, found[0]).body["text"]["content"]
    assert it.number in content
    assert "停水通知" in content
    await town.sim.advance(3_601)
    await sender.turn()
    found = await store.messages.find({"about": it.id}, limit=2000)
    assert {(one.state, one.reason) for one in found} == {(MessageState.FAILED, "expired")}


async def test_a_follower_hears_it_at_the_next_contact_and_not_after_its_end(town: Town) -> None:
    store, house = town.store, town.house
    chatting, quiet = await town.sim.resident(), await town.sim.resident()
    for openid in (chatting, quiet):
        id = resident_id(house.secret, openid)
        await store.residents.add(
            Resident(id, house.identity.close(openid), community="w1-c1", heard_at=town.now)
        )
    await town.sim.post(f"residents/{chatting}/text", content="你好", wait=True)
    credit = Credit(resident_id(house.secret, chatting))
    earn(credit, Trigger.MESSAGE, town.now, town.now, "greeting")
    await store.credits.add(credit)
    await town.sim.advance(61)  # the credit of following is over
    it = await town.published(communities=["w1-c1"], expires_at=town.now + 3_600_000)
    await town.sender().turn()
    await outbox.sweep(house)

    async def got(openid: str) -> list[str]:
        lines = await town.sim.chat(openid)
        texts = [str(line["data"].get("content", "")) for line in lines if line["who"] == "account"]
        return [text for text in texts if it.number in text]

    assert len(await got(chatting)) == 1
    assert await got(quiet) == []
    (held,) = await store.messages.find({"about": it.id, "state": "QUEUED"})
    assert (held.to, held.reason) == (resident_id(house.secret, quiet), "no_credit")
    await withdraw(store, house.finder, SECOND, it.id, "写错了", town.now)
    await town.sender().turn()
    await outbox.sweep(house)
    assert await got(quiet) == []
    assert await store.messages.find({"about": it.id, "state": "QUEUED"}) == []


async def test_a_plan_that_broke_off_sends_nothing_until_it_is_published(town: Town) -> None:
    from domain.publishing import deliveries, rehearse

    it = await town.written()
    it = await approve(town.store, town.house.finder, SECOND, it.id, it.version, town.now)
    plan = await rehearse(town.store, it.communities, False, None, it.id, town.now, Cap())
    await town.store.deliveries.add_many(deliveries(it.id, plan))  # and the process died
    await town.sender().turn()
    assert not town.world.state.masses
    # Meanwhile one group, and all groups of another owner, went to another community.
    elsewhere = {town.chats[0], *town.chats[1::OWNERS]}
    for chat in elsewhere:
        moved = await town.store.groups.get(chat)
        moved.community = "e2-c1"
        await town.store.groups.save(moved)
    it = await publish(town.store, town.house.finder, SECOND, it.id, town.now, Cap())
    assert it.groups == GROUPS - len(elsewhere)
    await town.sim.advance(6)
    await town.sender().turn()
    sent_to = {chat for mass in town.world.state.masses.values() for chat in mass.deliveries}
    assert sent_to == set(town.chats) - elsewhere


async def test_four_thousand_groups_are_planned_within_five_seconds(
    store: MongoStore, finder: BoundaryFinder
) -> None:
    import time

    from domain.group import Group

    known = [one.id for station in finder.stations() for one in finder.communities(station.id)]
    groups = [
        Group(f"wr{n:05d}", f"群{n}", f"owner{n % 300:03d}", known[n % len(known)], members=260)
        for n in range(4_196)
    ]
    await store.groups.add_many(groups)
    words = Words("全市通告", "请注意防范。", known)
    it = await draft(store, finder, CHIEF, "key-of-many", words, 1_000_000)
    with pytest.raises(Refused):
        await approve(store, finder, CHIEF, it.id, it.version, 1_000_000)
    it = await approve(store, finder, SECOND, it.id, it.version, 1_000_000)
    begun = time.process_time()
    it = await publish(store, finder, SECOND, it.id, 1_000_000 + DAY_MS, Cap())
    took = time.process_time() - begun
    found = await store.deliveries.find({"notice": it.id}, limit=1000)
    assert (it.groups, len(found)) == (4_196, 300)
    assert sum(len(one.chats) for one in found) == 4_196
    assert took < 5, took
