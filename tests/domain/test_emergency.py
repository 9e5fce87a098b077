"""Words that must not wait: emergencies are recognised, however they are written; harmless ones are not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import emergency
from domain.emergency import Gravity, fold, graver, gravity, urgent

DATA = Path(__file__).parents[1] / "data"
GIVEN = json.loads((DATA / "urgent_phrases.json").read_text("utf-8"))
MORE = json.loads((DATA / "danger_phrases.json").read_text("utf-8"))
CRIES = json.loads((DATA / "cries.json").read_text("utf-8"))
SOON_S = 0.5  # of the processor, for what is made to be slow; an endless search takes minutes


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


HOSTILE = (
    "拿一把", "他", "没有人", "a man ", "想问怎么", "昨天已经", "是 ", "孩子在", "刚转", "被", "把他",
    "yao", "救m", "人，", "我，", "老人 ", "楼顶", "刀", "从", "听", "不要电话", "he is ", "110", "🔥",
)  # fmt: skip


def _seconds(text: str) -> float:
    gravity.cache_clear()
    start = time.process_time()
    gravity(text)
    return time.process_time() - start


@pytest.mark.parametrize("piece", HOSTILE)
def test_what_is_made_to_be_slow_is_read_soon(piece: str) -> None:
    assert _seconds(piece * 2_000) < SOON_S
    assert _seconds(piece * 60) < SOON_S


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "，", "打", "掉河里", "吗", "没", "转账", "x"]), max_size=400
    )
)
@settings(deadline=None, max_examples=60)
def test_no_mixture_is_slow_either(pieces: list[str]) -> None:
    assert _seconds("".join(pieces)) < SOON_S


@pytest.mark.parametrize("part", ["development", "unseen"])
def test_cries_are_found(part: str) -> None:
    all_of_them = CRIES["cry"][part]
    missed = [words for words in all_of_them if not urgent(words)]
    assert len(missed) <= 0.03 * len(all_of_them), "\n".join(missed)


@pytest.mark.parametrize("part", ["development", "unseen"])
def test_harmless_words_seldom_alarm(part: str) -> None:
    all_of_them = CRIES["harmless"][part]
    alarms = [words for words in all_of_them if urgent(words)]
    assert len(alarms) <= 0.10 * len(all_of_them), "\n".join(alarms)


@pytest.mark.parametrize(
    "words",
    [
        "老公打我 可以报警吗", "有人拿刀 谢谢", "孩子不见了 能报警吗", "有人晕倒了该打哪个电话",
        "家里着火了怎么办", "我被跟踪了怎么办", "打游戏输了拿刀砍我",
        "群里说有人拿刀进小区了 大家注意 已经砍了一个", "听说楼下有人被捅了 我听见惨叫",
    ],
)  # fmt: skip
def test_neither_a_question_nor_thanks_nor_hearsay_takes_danger_back(words: str) -> None:
    assert urgent(words)


@pytest.mark.parametrize("kind", ["cry", "harmless"])
def test_no_unseen_sentence_is_among_those_the_rules_were_written_with(kind: str) -> None:
    for part in CRIES[kind].values():
        assert part == sorted(set(part))
    assert not set(CRIES[kind]["development"]) & set(CRIES[kind]["unseen"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("佢揸住把刀喺門口", "他拿着把刀在门口"),
        ("我个女唔见咗", "我女儿不见了"),
        ("寻勿着", "找不着"),
        ("让人给揍了", "被人被揍了"),
        ("我遭骗了", "我被骗了"),
        ("跳lou", "跳楼"),
        ("救meng", "救命"),
        ("抱警", "报警"),
        ("九命阿", "救命阿"),
        ("妖妖零", "110"),
        ("个仔细", "个仔细"),
        ("防晒衣", "防晒衣"),
        ("给我打个电话", "给我打个电话"),
    ],
)
def test_however_it_is_spoken(written: str, meant: str) -> None:
    assert emergency.read(written)[0] == meant


def test_the_graver_of_two() -> None:
    assert graver(Gravity.ORDINARY, Gravity.LIFE) is Gravity.LIFE
    assert graver(Gravity.URGENT, Gravity.ORDINARY) is Gravity.URGENT


@given(st.text(max_size=1_500))
def test_any_text_has_a_gravity(words: str) -> None:
    assert gravity(words) in Gravity


STORY = "昨天晚上有人在群里转了一条消息，说河西小区三号楼那边有一户人家，"


@pytest.mark.parametrize(
    ("words", "cry"),
    [
        ("救命", True),
        ("救 命！", True),
        ("我被困在电梯里", True),
        ("我家着火了", True),
        ("听说河西着火了", False),
        ("网上说有人被抢", False),
        ("help me", True),
        ("I'm trapped", True),
        ("a man was trapped in Beijing", False),
        # A story of more than 40 signs is one, whatever it quotes, unless it begins with the cry.
        (STORY[:30] + "我被困了", True),
        (STORY * 2 + "我被困了", False),
        ("河" * 36 + "我被困了", True),
        ("河" * 37 + "我被困了", False),
        ("救命，" + STORY * 2, True),
        ("help me, " + STORY * 2, True),
        ("请看，救命，" + STORY * 2, False),
        # Signs and spaces between do not make it longer, and what only sounds like it is taken out.
        ("救命" + "，" * 60 + "我被困了", True),
        ("我" + "，、 " * 40 + "被困", True),
        ("救命稻草", False),
    ],
)
def test_what_is_probably_quoted_is_a_cry_when_it_is_short_and_his_own(
    words: str, cry: bool
) -> None:
    assert urgent(words, quoted=True) is cry
