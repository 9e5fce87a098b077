"""The card 居民反馈未解决 says what is still wrong."""

from __future__ import annotations

import pytest

from bot.meaning import Token, complaint, token
from bot.turn import Came, State, What
from domain.tip import TipState
from tests.bot.street import Street, until
from tests.bot.test_officer_lines import finder, street, told, working
from tests.bot.test_tips import reply

__all__ = ["finder", "street", "working"]
pytestmark = pytest.mark.usefixtures("finder")


async def answered(street: Street) -> None:
    await told(street)
    await street.press("Zhang", await street.card("Zhang"))
    await street.hears("张警官已接手")
    await reply(street, "zhang", "k1", "answer", "已通知物业清理")
    await street.hears("已通知物业清理")


async def test_words_behind_it_are_on_the_card(working: Street) -> None:
    await answered(working)
    await working.say("没有解决，电瓶又堆回来了")
    said = await working.hears("已重新交给民警")
    assert "tel:110" in said
    card = await working.card("Zhang", count=2)
    assert card["data"]["main_title"]["desc"] == "电瓶又堆回来了"
    rows = {one["keyname"]: one["value"] for one in card["data"]["horizontal_content_list"]}
    assert rows["线索"] == "楼道里堆满电瓶"
    assert rows["我们的答复"] == "已通知物业清理"
    assert (await working.tip()).state is TipState.ASSIGNED


async def test_words_that_follow_come_onto_the_card_and_as_a_line(working: Street) -> None:
    await answered(working)
    await working.say("没有解决")
    await working.hears("已重新交给民警")
    card = await working.card("Zhang", count=2)
    assert "还没有写" in card["data"]["main_title"]["desc"]
    await working.say('电瓶又<a href="http://x">堆</a>回来了')
    line = await working.officer_reads("Zhang", "居民说没有解决的是")
    assert line.count("<a ") == 1, "no link of somebody else's"

    async def completed() -> bool:
        cards = await working.cards("Zhang")
        return "回来了" in str(cards[-1]["data"]["main_title"]["desc"])

    await until(completed)
    assert len(await working.cards("Zhang")) == 2, "the same card"
    await working.say("还有异味")
    await working.officer_reads("Zhang", "有新的补充")


async def test_that_it_is_solved_after_all_is_not_what_is_wrong(working: Street) -> None:
    await answered(working)
    await working.say("没有解决")
    await working.hears("已重新交给民警")
    await working.press("Zhang", await working.card("Zhang", count=2))
    await reply(working, "zhang", "k2", "answer", "下午到场处理")
    await working.hears("下午到场处理")
    await working.say("已解决")
    await working.officer_reads("Zhang", "居民说已解决")
    lines = str(await working.sim.screen("Zhang"))
    assert "没有解决的是" not in lines


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("没有解决，灯还是不亮", "灯还是不亮"),
        ("没解决 灯不亮", "灯不亮"),
        ("还是没有解决：灯不亮", "灯不亮"),
        ("Not solved: still dark", "still dark"),
        ("没有解决", ""),
        ("没有解决。", ""),
        ("没有解决不了的问题", ""),
        ("问题没有解决，灯不亮", ""),
    ],
)
def test_what_is_still_wrong(text: str, wrong: str) -> None:
    assert complaint(text) == wrong
    if wrong:
        assert token(State.IDLE, Came(What.TEXT, text)) is Token.NOT_SOLVED


def test_a_cry_is_a_cry() -> None:
    came = Came(What.TEXT, "没有解决，他拿刀要杀我，救命")
    assert token(State.IDLE, came) is Token.URGENT
