"""Stickers, cards and animations: what nobody can read is no tip, and is not asked for twice."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from bot.hearing import words
from bot.house import BotHouse
from bot.parcel import Incoming, Kind
from bot.turn import State, What
from domain.arrival import Platform
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import Street
from tests.bot.test_progress import finder, work

__all__ = ["finder"]
pytestmark = pytest.mark.usefixtures("finder")
STAND_IN = "【收到不支持的消息类型，暂无法显示】"


@pytest.fixture
async def street(sim: Sim, house: BotHouse, store: MongoStore, bot_url: str) -> Street:
    return Street(sim, house, store, await sim.resident())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (STAND_IN, What.OTHER),
        ("[收到不支持的消息类型，暂无法显示]", What.OTHER),
        (f" {STAND_IN}\n", What.OTHER),
        (f"有人发给我{STAND_IN}", What.TEXT),
        ("收到不支持的消息类型是什么意思", What.TEXT),
        ("【三号楼】有人堆电瓶", What.TEXT),
    ],
)
def test_what_stands_for_something_else_is_no_text(text: str, what: What) -> None:
    one = Incoming(
        platform=Platform.OFFICIAL, kind=Kind.TEXT, sender="o", receiver="g", sent_at=0, text=text
    )
    assert words(one).what is what


def gif() -> str:
    frames = [Image.new("P", (20, 20), n) for n in (1, 2)]
    data = io.BytesIO()
    frames[0].save(data, "GIF", save_all=True, append_images=frames[1:])
    return base64.b64encode(data.getvalue()).decode()


async def state(street: Street) -> tuple[str, list[str]]:
    await work(street)
    return (await street.store.dialogs.get(street.resident)).state, await street.heard()


@pytest.mark.parametrize("first", ["", "线索", "核实", "救命，有人拿刀"])
async def test_neither_is_a_tip_nor_asked_for_again(street: Street, first: str) -> None:
    await work(street)
    if first:
        await street.say(first)
    before, said = await state(street)
    await street.say(STAND_IN)
    after, more = await state(street)
    assert after == before
    assert len(more) == len(said) + 1
    assert "记下了" not in more[-1]
    await street.do("image", data=gif(), filename="sticker.gif")
    after, more = await state(street)
    assert after == before
    assert "再发一次" not in more[-1]
    if before != State.RUMOUR:
        assert "照片、截图" in more[-1]
    assert await street.store.loose_files.find({}) == []
