"""What lies open is kept and said, whatever else the resident turns to: a cry, a report, a tip."""

from __future__ import annotations

import pytest

from bot.dialog import late, turn
from bot.turn import (
    Add,
    AskPerson,
    Came,
    Data,
    Effect,
    Line,
    ListMine,
    Raise,
    Say,
    State,
    Thread,
    What,
)

PLACE = Came(What.PLACE, "三号楼", lon=121.0, lat=41.0)
PLACE_110 = Came(What.PLACE, "三号楼", lon=121.0, lat=41.0, at110=True)


class Talk:
    """A conversation; ``open`` is whether the desk has a report of this resident."""

    def __init__(self) -> None:
        self.state, self.data, self.open = State.IDLE, Data(), False
        self.effects: list[Effect] = []

    def hear(self, *things: str | Came) -> Talk:
        for one in things:
            came = Came(What.TEXT, one) if isinstance(one, str) else one
            came = Came(
                came.what, came.text, came.key, came.url, came.lon, came.lat, None, self.open
            )
            step = turn(self.state, self.data, came)
            self.state, self.data, self.effects = step.state, step.data, step.effects
            self.open |= any(isinstance(one, Raise) for one in self.effects)
        return self

    @property
    def said(self) -> list[str]:
        return [one.text for one in self.effects if isinstance(one, Say)]

    @property
    def told110(self) -> list[str]:
        lines: list[Line] = []
        for one in self.effects:
            lines += one.lines if isinstance(one, Raise) else []
            lines += [one.line] if isinstance(one, Thread) else []
        return [one.text for one in lines]


def click(key: str) -> Came:
    return Came(What.CLICK, key=key)


# ---- a cry that 110 does not have


@pytest.mark.parametrize(
    "other",
    ["线索", "我的", "人工", "帮助", click("OFFICER"), click("NOTICES"), click("RUMOUR"),
     click("COMMUNITY"), click("LANGUAGE"), click("FORGET"), click("MINE"), click("HELP")],
)  # fmt: skip
def test_nothing_that_is_asked_for_after_a_cry_throws_it_away(other: str | Came) -> None:
    talk = Talk().hear("救命，有人撬门", other)
    assert [line.text for line in talk.data.cry] == ["救命，有人撬门"]
    if talk.state is not State.EMERGENCY:
        assert talk.said[-1] == "cry_open"
    assert talk.hear("报警", "1").told110 == ["救命，有人撬门"]


@pytest.mark.parametrize("word", ["帮助", "人工"])
def test_help_and_a_person_are_had_within_an_emergency_and_do_not_end_it(word: str) -> None:
    talk = Talk().hear("救命", word)
    assert talk.state is State.EMERGENCY
    assert talk.said == [{"帮助": "help", "人工": "person_110"}[word]]
    assert talk.hear("1").told110 == ["救命"]


def test_help_in_english_is_a_cry_within_an_emergency() -> None:
    assert Talk().hear("报警", "help").told110 == ["help"]


@pytest.mark.parametrize("aside", ["我的", click("LANGUAGE"), click("FORGET")])
def test_words_after_a_cry_go_on_with_it_where_nothing_is_told(aside: str | Came) -> None:
    talk = Talk().hear("救命", aside, "三号楼东边")
    assert (talk.state, talk.said) == (State.EMERGENCY, ["cry_noted"])
    assert talk.hear("1").told110 == ["救命", "三号楼东边"]


def test_a_tip_told_after_a_cry_is_sent_and_the_cry_waits_beneath() -> None:
    talk = Talk().hear("救命", "线索", "楼道杂物", PLACE)
    assert [line.text for line in talk.data.lines] == ["楼道杂物", "三号楼"]
    talk.hear("1")
    assert talk.state is State.EMERGENCY
    assert talk.said == ["cry_open"]
    assert talk.hear("1").told110 == ["救命"]
    assert Talk().hear("救命", "线索", "楼道杂物", "0").state is State.EMERGENCY


def test_a_cry_that_was_left_for_a_tip_is_asked_after_first() -> None:
    talk = Talk().hear("救命", "线索", "楼道杂物")
    assert [one.text for one in late(talk.state, talk.data).effects if isinstance(one, Say)] == [
        "late_emergency",
        "late_draft",
    ]


def test_what_was_offered_goes_with_the_cry_that_follows() -> None:
    assert Talk().hear("隔壁有动静", "救命", "1").told110 == ["隔壁有动静", "救命"]


# ---- a report that the desk has


def raised() -> Talk:
    talk = Talk().hear("救命", "1")
    assert talk.open
    return talk


@pytest.mark.parametrize(
    ("word", "state", "first"),
    [("线索", State.TIP, "tip_start"), ("帮助", State.EMERGENCY, "help"), ("我的", State.MINE, "")],
)
def test_the_words_of_the_menu_say_that_the_report_is_open(
    word: str, state: State, first: str
) -> None:
    talk = raised().hear(word)
    assert talk.state is state
    assert talk.said == [one for one in (first, "report_open") if one]
    assert word != "我的" or ListMine() in talk.effects


def test_a_person_is_asked_for_within_a_report() -> None:
    talk = raised().hear("人工")
    assert (talk.told110, talk.said) == (["人工"], ["person_reads"])


def test_text_and_places_are_the_tips_from_when_it_was_begun() -> None:
    talk = raised().hear("线索", "楼道杂物", PLACE)
    assert talk.told110 == []
    assert [line.text for line in talk.data.lines] == ["楼道杂物", "三号楼"]


def test_a_place_is_the_reports_when_the_tip_was_begun_before_it() -> None:
    step = turn(State.TIP, Data(lines=[Line("楼道杂物")]), PLACE_110)
    assert step.effects == [Thread(PLACE_110.line())]


def test_zero_says_that_the_report_stands_and_goes_back_to_the_tip() -> None:
    talk = Talk().hear("线索", "楼道杂物", "救命", "1", "0")
    assert (talk.state, talk.said) == (State.TIP, ["calm_back_open"])
    talk.hear("三单元", PLACE)
    assert talk.told110 == []
    assert [one.text for one in talk.data.lines][-2:] == ["三单元", "三号楼"]
    talk = raised().hear("0")
    assert (talk.state, talk.said) == (State.IDLE, ["calm_open"])
    assert talk.hear("他往东去了").told110 == ["他往东去了"]


def test_after_a_cry_within_a_tip_words_are_the_reports_until_zero() -> None:
    talk = raised().hear("线索", "楼道杂物", "救命 他又来了")
    assert (talk.state, talk.told110) == (State.EMERGENCY, ["救命 他又来了"])
    assert talk.hear("在三楼").told110 == ["在三楼"]
    assert talk.hear(PLACE).told110 == ["三号楼"]
    assert talk.hear("0").state is State.TIP
    assert [one.text for one in talk.data.lines] == ["楼道杂物"]


@pytest.mark.parametrize("state", [State.MINE, State.LANGUAGE, State.FORGET, State.OFFERED])
def test_words_are_the_reports_where_nothing_is_told(state: State) -> None:
    said = Came(What.TEXT, "他往东去了", at110=True)
    assert turn(state, Data(), said).effects == [Thread(said.line())]


def test_a_choice_stays_a_choice_while_a_report_is_open() -> None:
    talk = raised().hear("我的")
    talk.data.shown = ["t1", "t2"]
    talk.hear("2")
    assert talk.hear("车牌看清了").effects == [Add("t2", Line("车牌看清了"))]


# ---- a person is asked for


@pytest.mark.parametrize("state", [one for one in State if one is not State.EMERGENCY])
@pytest.mark.parametrize("word", ["人工", "转人工", "human"])
def test_a_person_can_be_asked_for_everywhere(state: State, word: str) -> None:
    step = turn(state, Data(lines=[Line("一半")]), Came(What.TEXT, word))
    assert AskPerson() in step.effects
    assert step.data.lines == [Line("一半")]
