"""Every sentence exists in both languages, asks for the same things, and fits into one message."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.texts import TEXTS, placeholders, say
from bot.turn import State
from domain.incident import IncidentState
from domain.resident import Language
from domain.tip import TipState

BOT = Path(__file__).parents[2] / "bot"
HAN = re.compile(r"[\u4e00-\u9fff]")
# Words that stay as they are in either language.
SAME = {"language_ask"}


@pytest.mark.parametrize("name", TEXTS)
def test_both_languages_say_it_with_the_same_blanks(name: str) -> None:
    zh, en = TEXTS[name]
    assert zh.strip()
    assert en.strip()
    assert placeholders(zh) == placeholders(en), name
    assert HAN.search(zh) or name in SAME or not HAN.search(en)
    if name not in SAME and name != "help":
        assert not HAN.search(en), f"{name} has Chinese in its English"
    for sentence in (zh, en):
        assert len(sentence.encode()) < 1_200, "a frightened person reads it"


def test_what_is_filled_in_is_not_read_as_a_sentence_of_ours() -> None:
    said = say("step_asked", Language.ZH, officer="{link}", number="T-1", text="{0} {text}")
    assert "{link}" in said
    assert "{0} {text}" in said


def test_every_state_can_be_named_and_every_conversation_can_say_it_is_lost() -> None:
    for state in State:
        assert f"lost_{state.lower()}" in TEXTS
    for one in (*TipState, *IncidentState):
        assert f"state_{one}" in TEXTS


def test_every_sentence_that_the_code_says_is_there() -> None:
    missing = []
    for path in BOT.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            first = node.args[0]
            if (
                name in ("say", "Say", "word")
                and isinstance(first, ast.Constant)
                and first.value not in TEXTS
            ):
                missing.append((path.name, first.value))
    assert missing == []


def test_life_in_danger_is_told_the_telephone_first() -> None:
    for name in ("urgent", "alarm", "welcome", "help"):
        for language in Language:
            said = say(name, language, link="https://bot.example/wechat/enter", city="锦州")
            assert 0 <= said.index("tel:110") < said.index("https://bot.example"), name
