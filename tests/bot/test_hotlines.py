"""Every answer to free text ends with whom to call, once, in the resident's language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot import hotlines
from bot.dialog import turn
from bot.house import BotHouse
from bot.texts import TEXTS, placeholders, say
from bot.turn import Came, Data, Line, Say, State, What
from domain.resident import Language
from storage.store import MongoStore
from tests.bot.conftest import Sim
from tests.bot.street import Street
from tests.bot.test_handler import work

BOT = Path(__file__).parents[2] / "bot"
WRITTEN = ["楼下的路灯不亮", "the street light is broken", "刚给骗子转了三万", "楼下着火了", "啊"]
# Sentences that are not said to somebody who wrote here: parts of others, and what comes by itself.
PARTS = (
    "state_",
    "template_",
    "card_",
    "officer_",
    "number_",
    "incident_",
    "station_",
    "step_",
    "late_",
)


def said_by_scenes() -> list[str]:
    """Every sentence that ``Scene.say`` and ``Say`` can answer with."""
    names: set[str] = set()
    for path in BOT.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in TEXTS:
                names.add(str(node.value))
    names |= {name for name in TEXTS if name.startswith(("lost_", "check_", "added"))}
    return sorted(name for name in names if not name.startswith(PARTS) or name == "officer_is")


def last_line(text: str) -> str:
    return text.rstrip().rsplit("\n", 1)[-1]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("name", said_by_scenes())
def test_every_sentence_names_the_telephone(name: str, written: str) -> None:
    for language in Language:
        plain = say(name, language, **dict.fromkeys(placeholders(TEXTS[name][0]), "x"))
        answer = hotlines.ended(plain, written, language)
        assert answer.startswith(plain)
        assert answer.count("tel:110") >= 1
        if "tel:110" not in plain:
            assert "tel:110" in last_line(answer), answer
        assert len(answer.encode()) < 1_900
        if language is Language.EN:
            assert not re.search("[\u4e00-\u9fff]", answer.removeprefix(plain))
        assert hotlines.ended(plain, "", language) == plain, (
            "a command gets no more than its answer"
        )


@pytest.mark.parametrize("state", State)
def test_what_every_state_answers_to_free_text_ends_with_it(state: State) -> None:
    data = Data(lines=[Line("x")], shown=["x"], chosen="x")
    for effect in turn(state, data, Came(What.TEXT, "楼下的路灯不亮")).effects:
        if isinstance(effect, Say):
            plain = say(effect.text, Language.ZH, link="x", city="x", **effect.args)
            assert "tel:110" in hotlines.ended(plain, "楼下的路灯不亮", Language.ZH)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("楼下着火了", "tel:119"),
        ("我妈晕倒了没呼吸", "tel:120"),
        ("出车祸了", "tel:122"),
        ("不能说话 他在旁边", "12110"),
        ("刚给骗子转了三万", "tel:96110"),
    ],
)
def test_other_numbers_have_a_line_of_their_own(written: str, number: str) -> None:
    answer = hotlines.ended(say("lost_idle", Language.ZH), written, Language.ZH)
    assert sum(number in line for line in answer.split("\n")) == 1
    assert "tel:110" in answer


async def test_free_text_is_answered_with_the_telephone_and_a_command_is_not(
    sim: Sim, house: BotHouse, store: MongoStore, bot_url: str
) -> None:
    street = Street(sim, house, store, await sim.resident())
    for text, named in (("楼下的路灯不亮", True), ("0", False), ("收到一条诈骗短信", True)):
        await street.say(text)
        await work(house)
        assert ("tel:110" in last_line((await street.heard())[-1])) is named, text
    assert "tel:96110" in (await street.heard())[-1]
