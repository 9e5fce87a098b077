"""Words that must not wait: emergencies are recognised, however they are written; harmless ones are not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import emergency
from domain.emergency import Gravity, fold, graver, gravity, urgent

DATA = Path(__file__).parents[1] / "data"
GIVEN = json.loads((DATA / "urgent_phrases.json").read_text("utf-8"))
MORE = json.loads((DATA / "danger_phrases.json").read_text("utf-8"))


@pytest.mark.parametrize("words", GIVEN["must"])
def test_an_emergency_is_recognised(words: str) -> None:
    assert urgent(words)


@pytest.mark.parametrize("words", GIVEN["must_not"])
def test_what_only_sounds_like_one_is_none(words: str) -> None:
    assert gravity(words) is Gravity.ORDINARY


@pytest.mark.parametrize("words", MORE["life"])
def test_danger_to_life_is_the_gravest(words: str) -> None:
    assert gravity(words) is Gravity.LIFE


@pytest.mark.parametrize("words", MORE["urgent"])
def test_what_needs_the_police_now_is_urgent(words: str) -> None:
    assert gravity(words) is not Gravity.ORDINARY


@pytest.mark.parametrize("words", MORE["ordinary"])
def test_what_can_wait_is_ordinary(words: str) -> None:
    assert gravity(words) is Gravity.ORDINARY


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("煤氣爆炸 有人被壓", "煤气爆炸 有人被压"),
        ("我家著火了", "我家着火了"),
        ("有人跟著我", "有人跟着我"),
        ("ＨＥＬＰ　ｍｅ", "help me"),
        ("🆘", " sos "),
        ("救\u200b命", "救命"),
        ("I\u2019m lost", "i'm lost"),
    ],
)
def test_however_it_is_written(written: str, meant: str) -> None:
    assert fold(written) == meant


def test_the_table_turns_one_character_into_one_and_is_done_at_once() -> None:
    table = emergency._SIMPLE
    assert len(table) > 3_000
    for simple in set(table.values()) - {ord("苧"), ord("么")}:
        assert table.get(simple, simple) == simple, chr(int(simple))
    everyday = "的一是了我不在人有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自去之"
    assert fold(everyday) == everyday, "simplified text stays as it is"


def test_a_long_text_is_read_at_both_ends_and_soon() -> None:
    story = "今天小区里在修路，" * 400
    assert gravity(story) is Gravity.ORDINARY
    assert gravity(f"{story}有人掉河里了") is Gravity.LIFE
    assert gravity(f"有人掉河里了{story}") is Gravity.LIFE
    for piece in ("拿一把", "他", "没有人", "a man ", "想问怎么", "昨天已经", "是 "):
        gravity.cache_clear()
        start = time.perf_counter()
        gravity(piece * 2_000)
        assert time.perf_counter() - start < 0.08, piece


def test_the_graver_of_two() -> None:
    assert graver(Gravity.ORDINARY, Gravity.LIFE) is Gravity.LIFE
    assert graver(Gravity.URGENT, Gravity.ORDINARY) is Gravity.URGENT


@given(st.text(max_size=1_500))
def test_any_text_has_a_gravity(words: str) -> None:
    assert gravity(words) in Gravity
