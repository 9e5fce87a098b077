"""Access tokens: one for all processes, fetched once, renewed once."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.errors import PlatformError, Unknown, Unsent
from bot.house import BotHouse
from bot.official import OfficialApi
from bot.platforms import connect
from bot.tokens import Tokens
from bot.work import WorkApi
from domain.arrival import Token
from domain.errors import StoreDown
from locate.finder import BoundaryFinder
from simulator.world import World
from storage.seal import KeySeal
from storage.store import MongoStore
from tests.bot.conftest import SECRET, Ports, Sim, build_house

SEAL = KeySeal(SECRET, "identity")


class Issuer:
    """A platform's token endpoint that counts."""

    def __init__(self, life: int = 7200) -> None:
        self.fetched = 0
        self.forced = 0
        self.life = life
        self.value = "token-1"
        self.trouble: Exception | None = None

    async def __call__(self, force: bool) -> tuple[str, int]:
        self.fetched += 1
        await asyncio.sleep(0.05)
        if self.trouble is not None:
            raise self.trouble
        if force:
            self.forced += 1
            self.value = f"forced-{self.forced}"
        return self.value, self.life


class Hands:
    """A clock to turn."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


def tokens(store: MongoStore, clock: Hands, process: str = "a") -> Tokens:
    return Tokens(store, SEAL, process, clock)


@pytest.fixture
def oa(house: BotHouse, sim: Sim) -> OfficialApi:
    return house.officials.of("")


@pytest.fixture
def work(house: BotHouse, sim: Sim) -> WorkApi:
    return house.corps.of("")


async def test_a_herd_in_two_processes_fetches_once(store: MongoStore) -> None:
    clock, issuer = Hands(), Issuer()
    both = tokens(store, clock, "a"), tokens(store, clock, "b")
    found = await asyncio.gather(*(both[n % 2].get("official", issuer) for n in range(20)))
    assert set(found) == {"token-1"}
    assert issuer.fetched == 1


async def test_the_store_does_not_hold_it_openly(store: MongoStore) -> None:
    await tokens(store, Hands()).get("official", Issuer())
    kept = await store.tokens.get("official")
    assert "token-1" not in kept.value
    assert SEAL.open(kept.value) == "token-1"
    assert (kept.renewing_by, kept.renewing_until) == ("", 0)


async def test_it_is_renewed_before_it_ends_and_not_much_before(store: MongoStore) -> None:
    clock, issuer = Hands(), Issuer()
    one = tokens(store, clock)
    await one.get("official", issuer)
    clock.now += 7_100_000
    assert await one.get("official", issuer) == "token-1"
    assert issuer.fetched == 1
    issuer.value = "token-2"
    clock.now += 60_000
    assert await one.get("official", issuer) == "token-2"
    assert issuer.fetched == 2


async def test_a_token_about_to_end_is_not_asked_for_again_and_again(store: MongoStore) -> None:
    clock, issuer = Hands(), Issuer(life=40)
    one = tokens(store, clock)
    for _ in range(20):
        await one.get("work:1", issuer)
        clock.now += 500
    assert issuer.fetched == 1


async def test_what_another_process_renewed_is_taken_from_the_store(store: MongoStore) -> None:
    clock, issuer = Hands(), Issuer()
    a, b = tokens(store, clock, "a"), tokens(store, clock, "b")
    await a.get("official", issuer)
    await b.get("official", issuer)
    issuer.value = "token-2"
    assert await a.get("official", issuer, stale="token-1") == "token-2"
    assert issuer.fetched == 2
    assert await b.get("official", issuer, stale="token-1") == "token-2"
    assert issuer.fetched == 2


async def test_a_dead_token_that_is_given_again_is_forced_away_once(store: MongoStore) -> None:
    issuer = Issuer()
    one = tokens(store, Hands())
    await one.get("official", issuer)
    found = await asyncio.gather(*(one.get("official", issuer, stale="token-1") for _ in range(10)))
    assert set(found) == {"forced-1"}
    assert issuer.forced == 1


async def test_the_claim_of_a_dead_process_runs_out(store: MongoStore) -> None:
    clock, issuer = Hands(), Issuer()
    await store.tokens.add(Token("official", renewing_by="dead", renewing_until=clock.now + 20_000))
    waiting = asyncio.create_task(tokens(store, clock).get("official", issuer))
    await asyncio.sleep(0.3)
    assert issuer.fetched == 0
    clock.now += 20_001
    assert await waiting == "token-1"


async def test_a_refused_secret_is_not_tried_by_everybody(store: MongoStore) -> None:
    issuer = Issuer()
    issuer.trouble = PlatformError(40125, "invalid appsecret")
    one = tokens(store, Hands())
    found = await asyncio.gather(
        *(one.get("official", issuer) for _ in range(10)), return_exceptions=True
    )
    assert {type(each) for each in found} == {PlatformError}
    assert issuer.fetched == 1


async def test_no_token_means_that_nothing_was_sent(store: MongoStore) -> None:
    issuer = Issuer()
    issuer.trouble = Unknown("lost")
    with pytest.raises(Unsent):
        await tokens(store, Hands()).get("official", issuer)


async def test_after_trouble_the_next_one_renews(
    store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.tokens.PAUSE_S", 0.0)
    issuer = Issuer()
    issuer.trouble = Unsent("down")
    one = tokens(store, Hands())
    with pytest.raises(Unsent):
        await one.get("official", issuer)
    issuer.trouble = None
    begun = time.monotonic()
    assert await one.get("official", issuer) == "token-1"
    assert time.monotonic() - begun < 15  # the claim was given back: one that is kept costs 25 s


async def test_a_value_under_another_secret_is_renewed(store: MongoStore) -> None:
    clock, issuer = Hands(), Issuer()
    other = KeySeal(b"another secret of thirty-two bytes!", "identity")
    await Tokens(store, other, "a", clock).get("official", issuer)
    assert await tokens(store, clock).get("official", issuer) == "token-1"
    assert issuer.fetched == 2


async def test_without_the_store_a_process_looks_after_itself(store: MongoStore) -> None:
    class Away:
        async def get(self, id: str) -> Token:
            raise StoreDown("away")

    class NoStore:
        tokens = Away()

    issuer = Issuer()
    one = Tokens(NoStore(), SEAL, "a", Hands())  # type: ignore[arg-type]
    assert await asyncio.gather(*(one.get("official", issuer) for _ in range(5))) == ["token-1"] * 5
    assert issuer.fetched == 1


# ---- against the platforms


async def test_twenty_first_calls_of_two_bots_fetch_one_token(
    oa: OfficialApi,
    sim: Sim,
    store: MongoStore,
    finder: BoundaryFinder,
    world: World,
    ports: Ports,
) -> None:
    other = build_house(store, finder, world, ports)
    client = connect(other)
    one = await sim.resident()
    await asyncio.gather(*((oa, other.officials.of(""))[n % 2].user(one) for n in range(20)))
    assert len(await sim.calls("stable_token")) == 1
    await client.close()


@pytest.mark.parametrize("way", ["revoked", "expired"])
async def test_a_dead_token_is_renewed_once_for_all_calls(
    oa: OfficialApi, work: WorkApi, sim: Sim, way: str, house: BotHouse, world: World
) -> None:
    # The bot's clock stays where it is: only the platform knows that the token is over.
    stopped = house.clock()
    one = await sim.resident()
    await oa.user(one)
    await work.user("zhang")
    for api in (oa, work):
        api._access._tokens._clock = lambda: stopped  # type: ignore[attr-defined]
    if way == "revoked":
        await sim.post("tokens/revoke")
    else:
        await sim.advance(7300)
    await asyncio.gather(*(oa.user(one) for _ in range(10)))
    await asyncio.gather(*(work.user("zhang") for _ in range(10)))
    assert len(await sim.calls("stable_token")) == 2
    assert len(await sim.calls("gettoken")) == 2


async def test_a_garbage_token_in_the_store_is_renewed(
    oa: OfficialApi, sim: Sim, house: BotHouse
) -> None:
    garbage = Token("official", house.tokens.close("garbage"), house.clock() + 3_600_000)
    await house.store.tokens.add(garbage)
    one = await sim.resident()
    assert (await oa.user(one)).following
    assert len(await sim.calls("stable_token")) == 1
    assert len(await sim.calls("user/info")) == 2


async def test_a_call_renews_at_most_once(oa: OfficialApi, sim: Sim) -> None:
    one = await sim.resident()
    await oa.user(one)
    await sim.fault("user/info", "error", code=40001)
    with pytest.raises(PlatformError) as caught:
        await oa.user(one)
    assert caught.value.code == 40001
    assert len(await sim.calls("user/info")) == 3
    # The token it had, the same once more, and one by force.
    assert len(await sim.calls("stable_token")) == 3


async def test_a_wrong_secret_is_told_as_such(
    sim: Sim, store: MongoStore, finder: BoundaryFinder, world: World, ports: Ports
) -> None:
    world.config.oa.secret = "changed"
    house = build_house(store, finder, world, ports)
    client = connect(house)
    for _ in range(3):
        with pytest.raises(PlatformError) as caught:
            await house.officials.of("").send_custom(
                "o1", {"msgtype": "text", "text": {"content": "x"}}
            )
        assert caught.value.code == 40125
    assert len(await sim.calls("stable_token")) == 1
    assert await sim.calls("custom/send") == []
    await client.close()


async def test_tickets_of_pages_are_shared_like_tokens(
    oa: OfficialApi,
    sim: Sim,
    store: MongoStore,
    finder: BoundaryFinder,
    world: World,
    ports: Ports,
) -> None:
    other = build_house(store, finder, world, ports)
    client = connect(other)
    found = await asyncio.gather(
        *((oa, other.officials.of(""))[n % 2].jsapi_ticket() for n in range(10))
    )
    assert len(set(found)) == 1
    assert len(await sim.calls("getticket")) == 1
    await client.close()
