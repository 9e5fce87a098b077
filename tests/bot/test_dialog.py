"""The conversation's table: every path, urgent from anywhere, and nothing that leaves it speechless."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialog import ANYWHERE, TABLE, late, turn
from bot.meaning import MENU, Token, token
from bot.texts import TEXTS
from bot.turn import (
    Add,
    Came,
    Check,
    Data,
    Effect,
    FindCommunity,
    Following,
    Forget,
    Line,
    ListMine,
    Raise,
    Say,
    SetCommunity,
    SetLanguage,
    ShowNotices,
    ShowOfficer,
    ShowOne,
    State,
    Submit,
    Thread,
    What,
    read,
)
from domain.emergency import urgent
from domain.message import Attachment, FileKind
from domain.resident import Language

FILE = Attachment("f1", FileKind.PICTURE, "image/jpeg", 10, "a", "b", 1, 1)


def text(words: str, **more: Any) -> Came:
    return Came(What.TEXT, words, **more)


def click(key: str) -> Came:
    return Came(What.CLICK, key=key)


PLACE = Came(What.PLACE, "三号楼", lon=121.0, lat=41.0)
PICTURE = Came(What.PICTURE, file=FILE)
VOICE = Came(What.VOICE, "他们每天晚上来", file=FILE)
LINK = Came(What.LINK, "停水通知", url="https://example.org/1")


class Talk:
    """A conversation that remembers what it did last."""

    def __init__(self) -> None:
        self.state, self.data = State.IDLE, Data()
        self.effects: list[Effect] = []

    def hear(self, *things: Came | str) -> Talk:
        for one in things:
            step = turn(self.state, self.data, text(one) if isinstance(one, str) else one)
            self.state, self.data, self.effects = step.state, step.data, step.effects
        return self

    @property
    def said(self) -> list[str]:
        return [one.text for one in self.effects if isinstance(one, Say)]


# ---- tips


def test_a_tip_is_told_in_any_order_and_sent_with_one() -> None:
    talk = Talk().hear(click("TIP"), PICTURE, "楼道里堆满电瓶", PLACE, VOICE)
    assert (talk.state, talk.said) == (State.TIP, ["tip_noted"])
    talk.hear("1")
    assert talk.state is State.IDLE
    assert talk.data == Data()
    (sent,) = talk.effects
    assert isinstance(sent, Submit)
    assert [bool(line.file) for line in sent.lines] == [True, False, False, True]
    assert [line.text for line in sent.lines][1:] == ["楼道里堆满电瓶", "三号楼", "他们每天晚上来"]
    assert sent.named == ""


def test_the_place_is_asked_once_and_not_insisted_on() -> None:
    talk = Talk().hear("线索", "有人摆摊占道", "1")
    assert (talk.state, talk.said) == (State.PLACE, ["tip_where"])
    assert isinstance(talk.hear("1").effects[0], Submit)
    talk = Talk().hear("线索", "有人摆摊占道", "1", PLACE)
    (sent,) = talk.effects
    assert isinstance(sent, Submit)
    assert sent.lines[-1].placed


def test_the_place_may_be_written() -> None:
    (sent,) = Talk().hear("线索", "有人摆摊占道", "1", "中央大街12号门口").effects
    assert isinstance(sent, Submit)
    assert sent.lines[-1].text == "中央大街12号门口"


def test_a_tip_is_anonymous_unless_it_is_signed() -> None:
    talk = Talk().hear("线索", "有人摆摊占道", PLACE, "署名")
    assert (talk.state, talk.said) == (State.NAME, ["name_ask"])
    (sent,) = talk.hear("王先生 某号码", "1").effects
    assert isinstance(sent, Submit)
    assert sent.named == "王先生 某号码"
    (sent,) = Talk().hear("线索", "有人摆摊占道", PLACE, "署名", "0", "1").effects
    assert isinstance(sent, Submit)
    assert sent.named == ""


def test_an_empty_tip_is_not_sent_and_a_dropped_one_is_gone() -> None:
    assert Talk().hear("线索", "1").said == ["tip_empty"]
    talk = Talk().hear("线索", "有人摆摊占道", "0")
    assert (talk.state, talk.data, talk.said) == (State.IDLE, Data(), ["tip_dropped"])


def test_numbers_other_than_the_choices_are_part_of_a_tip() -> None:
    talk = Talk().hear("线索", "12")
    assert [line.text for line in talk.data.lines] == ["12"]


def test_a_word_out_of_the_blue_is_offered_a_way() -> None:
    talk = Talk().hear("楼下每晚有人聚赌")
    assert (talk.state, talk.said) == (State.OFFERED, ["offer"])
    talk.hear("1")
    assert talk.state is State.TIP
    assert [line.text for line in talk.data.lines] == ["楼下每晚有人聚赌"]
    talk = Talk().hear("明天全市停课吗", "2")
    assert talk.effects == [Check("明天全市停课吗", "")]
    assert isinstance(Talk().hear("找谁办居住证明", "3").effects[0], ShowOfficer)
    assert Talk().hear("没事", "0").state is State.IDLE


def test_a_picture_out_of_the_blue_can_become_a_tip() -> None:
    talk = Talk().hear(PICTURE, "1")
    assert talk.data.lines == [Line(file=FILE)]


# ---- emergencies


CRIES = (
    "救命",
    "救命啊！！快来人",
    "着火了 三楼",
    "有人持刀砍人",
    "我想自杀",
    "有 人 持 刀",
    "help me",
    "HELP ME PLEASE",
    "there's a fire in the kitchen",
    "someone has a knife",
    "孩子不见了",
    "我们在山上迷路了",
)


@pytest.mark.parametrize("words", CRIES)
@pytest.mark.parametrize("state", [one for one in State if one is not State.RUMOUR])
def test_a_call_for_help_jumps_to_110_from_anywhere(state: State, words: str) -> None:
    data = Data(lines=[Line("写了一半")])
    step = turn(state, data, text(words))
    assert step.state is State.EMERGENCY
    if state is State.EMERGENCY:
        assert any(isinstance(one, Raise) for one in step.effects)
    else:
        assert step.effects == [Say("urgent", urgent=True)]
        assert step.data.cry == [Line(words)]
    assert Line("写了一半") in step.data.lines, "the draft is kept"


def test_recognised_speech_calls_for_help_too() -> None:
    assert Talk().hear(Came(What.VOICE, "救命啊", file=FILE)).said == ["urgent"]


RUMOURS = (
    "网传昨晚某小区有人持刀砍人，三人死亡，请大家转发扩散，注意安全，接送孩子不要独自出门",
    "听说河里有人溺水了是真的吗",
    "转发：某商场发生爆炸",
    "网传某中学学生跳楼",
    "urgent! a man with a gun was seen near the mall, share with everyone you know",
)


@pytest.mark.parametrize("words", RUMOURS)
def test_a_quoted_rumour_is_checked_not_alarmed(words: str) -> None:
    talk = Talk().hear("核实", words)
    assert talk.effects == [Check(words, "")]
    assert talk.state is State.IDLE, "one check, and then words are read anew"


@pytest.mark.parametrize(
    "words",
    [
        "救命",
        "救命啊快来",
        "help me",
        "我家着火了",
        "我被困在电梯里",
        "隔壁着火了",
        "楼下有人拿刀砍人",
    ],
)
def test_but_a_cry_inside_a_rumour_check_is_heard(words: str) -> None:
    assert Talk().hear("核实", words).said == ["urgent"]


def test_a_forwarded_title_is_somebody_elses_words() -> None:
    link = Came(What.LINK, "昨夜一小区失火 有人持刀", url="https://example.org")
    assert Talk().hear(link).said == ["offer"]


@pytest.mark.parametrize(
    "words", ["谢谢救命恩人", "参加消防演练", "防溺水讲座什么时候", "你好", "1"]
)
def test_harmless_words_do_not_alarm(words: str) -> None:
    assert not urgent(words)


def test_the_alarm_asks_no_form_and_sends_what_was_said() -> None:
    talk = Talk().hear(click("ALARM"))
    assert (talk.state, talk.effects) == (State.EMERGENCY, [Say("alarm", urgent=True)])
    talk.hear("门锁芯被人换过")
    assert talk.said == ["cry_noted"]
    (raised,) = talk.hear("1").effects
    assert isinstance(raised, Raise)
    assert [line.text for line in raised.lines] == ["门锁芯被人换过"]


@pytest.mark.parametrize("asks", [click("ALARM"), text("报警"), text("１１０")])
@pytest.mark.parametrize("first", ["门锁在动", "救命，有人撬门"])
def test_who_asks_for_110_loses_no_word_said_before(first: str, asks: Came) -> None:
    talk = Talk().hear(first, asks)
    assert talk.state is State.EMERGENCY
    (raised,) = talk.hear("1").effects
    assert isinstance(raised, Raise)
    assert first in [line.text for line in raised.lines]


@pytest.mark.parametrize(
    "yes", ["1", "１", "一", "①", "回复1", "回复 1", "是", "好的", "快！", "yes"]
)
def test_a_yes_is_a_yes(yes: str) -> None:
    (raised,) = Talk().hear("救命", yes).effects
    assert isinstance(raised, Raise)
    assert [line.text for line in raised.lines] == ["救命"]


@pytest.mark.parametrize("no", ["0", "０", "没事了", "发错了", "按错了！", "no"])
def test_a_no_is_a_no_and_is_told_the_desk_when_it_has_the_report(no: str) -> None:
    assert Talk().hear("救命", no).state is State.IDLE
    if no not in ("0", "０"):
        told = text(no, at110=True)
        assert turn(State.EMERGENCY, Data(), told).effects == [Thread(told.line())]


@pytest.mark.parametrize("state", [State.TIP, State.PLACE, State.NAME])
@pytest.mark.parametrize(("word", "said"), [("帮助", "help"), ("我的", ""), ("help", "help")])
def test_the_words_of_the_menu_work_in_a_tip_and_say_that_it_is_kept(
    state: State, word: str, said: str
) -> None:
    step = turn(state, Data(lines=[Line("楼道杂物")]), text(word))
    assert step.data.lines == [Line("楼道杂物")]
    assert Say("late_draft") in step.effects
    assert not said or Say(said) in step.effects


def test_a_two_in_a_tip_is_what_somebody_has_to_say() -> None:
    talk = Talk().hear("线索", "几单元？", "2")
    assert talk.state is State.TIP
    assert [line.text for line in talk.data.lines] == ["几单元？", "2"]


def test_a_place_or_a_picture_in_an_emergency_goes_at_once() -> None:
    for thing in (PLACE, PICTURE):
        (raised,) = Talk().hear("救命", thing).effects
        assert isinstance(raised, Raise)
        assert raised.lines[0].text == "救命"
        assert raised.lines[1].placed or raised.lines[1].file


def test_an_emergency_that_was_none_goes_back_to_the_tip() -> None:
    talk = Talk().hear("线索", "上周有人持刀闹事", "0")
    assert (talk.state, talk.said) == (State.TIP, ["calm_back"])
    assert [line.text for line in talk.data.lines] == ["上周有人持刀闹事"]


def test_while_a_report_is_open_words_and_places_belong_to_it() -> None:
    said = text("他走了，往东去了", at110=True)
    assert turn(State.IDLE, Data(), said).effects == [Thread(said.line())]
    place = Came(What.PLACE, "", lon=121.0, lat=41.0, at110=True)
    assert turn(State.TIP, Data(), place).effects == [Thread(place.line())]
    help_ = text("救命", at110=True)
    assert turn(State.TIP, Data(), help_).effects == [Thread(help_.line())]
    # The menu still works, and a tip that is being told stays a tip.
    assert turn(State.IDLE, Data(), text("线索", at110=True)).state is State.TIP
    assert turn(State.TIP, Data(), text("楼道杂物", at110=True)).data.lines == [Line("楼道杂物")]


# ---- the rest of the menu


def test_mine_is_listed_chosen_added_to_and_judged() -> None:
    talk = Talk().hear(click("MINE"))
    assert talk.effects == [ListMine()]
    talk.data.shown = ["t1", "t2"]
    assert talk.hear("2").effects == [ShowOne("t2")]
    assert talk.state is State.CHOSEN
    assert talk.hear("车牌看清了").effects == [Add("t2", Line("车牌看清了"))]
    assert talk.hear(PICTURE).effects == [Add("t2", Line(file=FILE))]
    assert talk.hear("没有解决").effects == [Add("t2", Line("没有解决"), "not_solved")]
    assert talk.state is State.CHOSEN
    assert talk.hear("已解决").effects == [Add("t2", Line("已解决"), "solved")]
    assert talk.state is State.IDLE


def test_how_it_went_without_a_choice_is_about_the_newest() -> None:
    assert Talk().hear("没有解决").effects == [Add("", Line("没有解决"), "not_solved")]


def test_a_number_that_is_not_on_the_list_shows_the_list_again() -> None:
    talk = Talk().hear("我的")
    talk.data.shown = ["t1"]
    assert talk.hear("7").effects == [ListMine()]


def test_a_community_is_found_picked_and_left() -> None:
    talk = Talk().hear("社区", "太和")
    assert talk.effects == [FindCommunity(Line("太和"), "")]
    talk.data.shown = ["c1", "c2"]
    assert talk.hear("2").effects == [SetCommunity("c2", "")]
    assert Talk().hear("社区", "退出社区").effects == [SetCommunity(None)]
    assert isinstance(Talk().hear("社区", PLACE).effects[0], FindCommunity)


def test_officer_notices_language_and_following() -> None:
    assert Talk().hear(click("OFFICER")).effects == [ShowOfficer()]
    assert Talk().hear("通告").effects == [ShowNotices()]
    assert Talk().hear("语言", "2").effects[0] == SetLanguage(Language.EN)
    assert Talk().hear("English").effects[0] == SetLanguage(Language.EN)
    assert Talk().hear("中文").effects[0] == SetLanguage(Language.ZH)
    assert Talk().hear(Came(What.FOLLOW, key="p1")).effects == [
        Following(True, "p1"),
        Say("welcome"),
    ]
    assert Talk().hear(Came(What.UNFOLLOW)).effects == [Following(False)]
    assert Talk().hear(Came(What.SCAN, key="p1")).effects[0] == Following(True, "p1")


def test_a_link_is_checked() -> None:
    assert Talk().hear(click("RUMOUR"), LINK).effects == [Check("停水通知", LINK.url)]
    assert Talk().hear("核实", PICTURE).said == ["rumour_text"]


def test_withdrawing_needs_the_very_words() -> None:
    assert Talk().hear("注销").said == ["forget_ask"]
    assert Talk().hear("注销", "确认删除").effects == [Forget()]
    assert Talk().hear("注销", "0").said == ["forget_kept"]
    assert Talk().hear("注销", "好").effects == [Say("forget_kept")]
    assert not any(isinstance(one, Forget) for one in Talk().hear("确认删除").effects)


def test_a_draft_is_kept_through_everything_else_and_offered_again() -> None:
    talk = Talk().hear("线索", "有人摆摊占道")
    ended = late(talk.state, talk.data)
    assert ended.effects == [Say("late_draft")]
    talk.state, talk.data = ended.state, ended.data
    assert talk.hear("线索").said == ["unfinished"]
    assert talk.state is State.UNFINISHED
    assert talk.hear("1").state is State.TIP
    assert [line.text for line in talk.data.lines] == ["有人摆摊占道"]
    for words in ("通告", "帮助", "我的", "语言"):
        talk = Talk()
        talk.data = Data(lines=[Line("一半")])
        assert talk.hear(words).data.lines == [Line("一半")], words


def test_a_late_emergency_that_was_not_sent_is_asked_after() -> None:
    talk = Talk().hear("救命")
    assert late(talk.state, talk.data).effects == [Say("late_emergency")]


def test_an_idle_conversation_does_not_end() -> None:
    assert late(State.IDLE, Data()).effects == []


# ---- the table as a whole


def test_every_menu_key_leads_somewhere_from_every_state() -> None:
    for state in State:
        for key in MENU:
            step = turn(state, Data(), click(str(key)))
            assert step.effects, (state, key)


def test_the_table_knows_every_state_and_token() -> None:
    assert set(TABLE) == set(State)
    reachable = set(ANYWHERE) | {one for row in TABLE.values() for one in row} | {Token.OTHER}
    assert reachable == set(Token)


def _sayable(effects: list[Effect]) -> bool:
    return all(one.text in TEXTS for one in effects if isinstance(one, Say))


came = st.builds(
    Came,
    st.sampled_from(What),
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(["0", "1", "2", "9", "已解决", "署名", "救命", "确认删除", "English"]),
    ),
    st.one_of(st.text(max_size=10), st.sampled_from([str(one) for one in MENU])),
    st.text(max_size=20),
    st.none() | st.floats(allow_nan=True),
    st.none() | st.floats(allow_nan=True),
    st.none() | st.just(FILE),
    st.booleans(),
)


@given(st.sampled_from(State), st.lists(came, max_size=12))
def test_nothing_raises_and_every_state_answers(state: State, things: list[Came]) -> None:
    data = Data()
    for one in things:
        before = data.seal()
        step = turn(state, data, one)
        assert data.seal() == before, "data is not changed in place"
        assert step.effects or token(state, one) is Token.NOTHING
        assert _sayable(step.effects)
        ended = late(step.state, step.data)
        assert ended.state is State.IDLE
        assert _sayable(ended.effects)
        state, data = step.state, step.data


@given(st.lists(came.filter(lambda one: one.lon is None or one.lon == one.lon), max_size=6))
def test_what_was_said_survives_being_written_down(things: list[Came]) -> None:
    state, data = State.TIP, Data()
    for one in things:
        step = turn(state, data, Came(one.what, one.text, file=one.file))
        state, data = step.state, step.data
    assert read(data.seal()) == data


@given(st.text(max_size=3_000), st.booleans())
def test_urgent_is_total(words: str, quoted: bool) -> None:
    assert urgent(words, quoted) in (True, False)
