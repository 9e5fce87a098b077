"""Random conversations on the table: callbacks delivered again, processes that die between two writes,
two open tips and a report, in any order.

Every sentence carries its number, so that one that is lost, doubled or out of order can be seen.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.dialog import late, turn
from bot.turn import (
    Add,
    Bring,
    Came,
    Check,
    Data,
    Effect,
    Line,
    ListMine,
    Raise,
    Say,
    State,
    Submit,
    Thread,
    What,
)  # fmt: skip
from domain.emergency import urgent

CRIES = ("救命", "隔壁着火了", "他拿刀追我", "我被困在电梯里", "help me", "老公打我")
PLAIN = ("楼道堆了杂物", "在三号楼", "灰色的车", "The gate is open", "好像是两个人")
HEARSAY = ("网传有人持刀砍人 是真的吗", "听说河里有人溺水了 真的假的")
MENU = ("线索", "帮助", "我的", "人工", "核实", "通告", "社区", "语言", "注销", "报警", "署名")
KEYS = ("ALARM", "TIP", "OFFICER", "NOTICES", "RUMOUR", "MINE", "COMMUNITY", "LANGUAGE", "FORGET")
# Here what is said is not part of something that the resident turned to.
OPEN = (State.IDLE, State.EMERGENCY, State.OFFERED, State.MINE, State.LANGUAGE, State.FORGET)
TELLING = (State.TIP, State.UNFINISHED, State.PLACE, State.WHICH)
NUMBER = re.compile(r"#(\d+)")


def marks(lines: list[Line]) -> list[int]:
    """The numbers of the sentences in these lines, in their order."""
    return [int(one) for line in lines for one in NUMBER.findall(line.text)]


class Talk(RuleBasedStateMachine):
    """One resident. ``report`` and ``tips`` are what the store has, each line under a key made of the
    arrival as in the product, so that an arrival dealt with again writes nothing anew."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.data = State.IDLE, Data()
        self.open = False
        self.raised_by = -1
        self.report: dict[tuple[int, int], Line] = {}
        self.tips: dict[int, dict[int, Line]] = {}
        self.checked: list[str] = []
        self.count = 0
        self.crying = False  # nothing was asked for since the last cry
        self.for_110: list[int] = []
        self.for_tips: set[int] = set()

    # ---- the product around the table

    def _deliver(self, came: Came, dies: bool = False) -> list[Effect]:
        """One callback; ``dies``: what follows is written, the conversation is not, and it comes again."""
        for _ in range(2 if dies else 1):
            at110 = self.open and self.raised_by != self.count
            step = turn(self.state, self.data, replace(came, at110=at110))
            after = self._apply(step.effects, step.state, step.data)
        self.state, self.data = after
        return step.effects

    def _apply(self, effects: list[Effect], state: State, data: Data) -> tuple[State, Data]:
        for it in effects:
            if isinstance(it, Raise):
                self.open, self.raised_by = True, self.count
                for number, line in enumerate(it.lines):
                    self.report[(self.count, number)] = line
            elif isinstance(it, Bring):
                self._bring(it.lines)
            elif isinstance(it, Thread):
                assert self.open, "nobody is there to read it"
                self.report[(self.count, 0)] = it.line
            elif isinstance(it, Submit):
                if it.community is None and self.count % 3 == 0:  # two communities are named
                    state, data.lines, data.shown = State.WHICH, it.lines, ["c1", "c2"]
                else:
                    self.tips[self.count] = dict(enumerate(it.lines))
            elif isinstance(it, Add) and it.tip:
                self.tips[int(it.tip)][1_000 + self.count] = it.line
            elif isinstance(it, Check):
                self.checked.append(it.text)
            elif isinstance(it, ListMine):
                data.shown = [str(one) for one in self.tips]
                state = state if data.shown else data.at_rest()
        return state, data

    def _says(self, words: str, dies: bool = False) -> list[Effect]:
        self.count += 1
        before, waits = self.state, bool(self.data.cry)
        came = Came(What.TEXT, f"{words} #{self.count}")
        cry = urgent(came.text, quoted=before is State.RUMOUR and words in HEARSAY)
        self.crying |= cry
        effects = self._deliver(came, dies)
        if self.crying or ((self.open or waits) and before in OPEN):
            self.for_110.append(self.count)
        elif before in TELLING:
            self.for_tips.add(self.count)
        return effects

    # ---- what the resident does

    @rule(words=st.sampled_from(CRIES), dies=st.booleans())
    def cries(self, words: str, dies: bool) -> None:
        effects = self._says(words, dies)
        assert not any(isinstance(one, Check) for one in effects), "an emergency is no rumour"
        first = next(one for one in effects if not isinstance(one, Bring))
        assert isinstance(first, Raise | Thread) or (isinstance(first, Say) and first.urgent)
        assert self.state is State.EMERGENCY or self.open

    @rule(words=st.sampled_from(PLAIN), dies=st.booleans())
    def says(self, words: str, dies: bool) -> None:
        self._says(words, dies)

    @rule(words=st.sampled_from(HEARSAY))
    @precondition(lambda self: self.state is State.RUMOUR)
    def asks_whether_it_is_true(self, words: str) -> None:
        effects = self._says(words)
        assert any(isinstance(one, Check) for one in effects)

    @rule(word=st.sampled_from((*MENU, "1", "2", "3")), dies=st.booleans())
    def asks(self, word: str, dies: bool) -> None:
        self._commands(Came(What.TEXT, word), dies)

    @rule(key=st.sampled_from(KEYS))
    def presses(self, key: str) -> None:
        self._commands(Came(What.CLICK, key=key), False)

    def _commands(self, came: Came, dies: bool) -> None:
        self.count += 1
        self.crying = False
        cry = list(self.data.cry)
        effects = self._deliver(came, dies)
        if cry and not self.open and self.state is not State.EMERGENCY and came.what is What.TEXT:
            here = any(isinstance(one, Say) and one.text == "cry_open" for one in effects)
            assert here or self.state in self._asides, "what is left open is said"

    _asides = tuple(one for one in State if one not in (State.IDLE, State.EMERGENCY))

    @rule()
    def sends_a_place(self) -> None:
        self.count += 1
        came = Came(What.PLACE, f"三号楼 #{self.count}", lon=121.0, lat=41.0)
        before, beside, open_ = self.state, self.data.beside, self.open
        self._deliver(came)
        if self.crying or (open_ and not (beside and before in (*TELLING, State.CHOSEN))):
            self.for_110.append(self.count)
        elif before in TELLING:
            self.for_tips.add(self.count)

    @rule(word=st.sampled_from(("0", "没事了")))
    def takes_it_back(self, word: str) -> None:
        """A no ends what 110 does not have; what it has stays."""
        self.count += 1
        before, lines = self.state, marks(self.data.lines)
        self.crying = False
        self._deliver(Came(What.TEXT, word))
        if before is State.EMERGENCY:
            known = set(marks(list(self.report.values())))
            self.for_110 = [one for one in self.for_110 if one in known]
        elif not self.data.lines:
            self.for_tips -= set(lines)

    # ---- what others do

    @rule()
    @precondition(lambda self: not self.open)
    def reports_on_the_page(self) -> None:
        """The link was opened: what was cried in the chat is brought (bot/reports.py)."""
        self.count += 1
        self.open = True
        self._bring(self.data.cry)

    def _bring(self, cry: list[Line]) -> None:
        for line in cry:
            if line not in self.report.values():
                self.report[(-1, len(self.report))] = line

    @rule()
    @precondition(lambda self: self.open)
    def the_desk_closes_it(self) -> None:
        self.open = self.crying = False

    @rule()
    def half_an_hour_passes(self) -> None:
        waits, lines = bool(self.data.cry), bool(self.data.lines)
        step = late(self.state, self.data)
        said = [one.text for one in step.effects if isinstance(one, Say)]
        if self.state is not State.IDLE:
            assert ("late_emergency" in said) == waits, "what 110 does not have is asked after"
            assert ("late_draft" in said) == lines
        known = set(marks(list(self.report.values())))
        self.for_110 = [one for one in self.for_110 if one in known]
        self.state, self.data, self.crying = step.state, step.data, False

    # ---- what holds

    @invariant()
    def no_word_after_a_cry_is_lost_or_doubled_or_out_of_order(self) -> None:
        there = list(dict.fromkeys(marks(list(self.report.values()))))
        waiting = [one for one in marks(self.data.cry) if one not in set(there)]
        assert [one for one in (*there, *waiting) if one in set(self.for_110)] == self.for_110

    @invariant()
    def no_word_of_a_tip_is_lost_or_out_of_order(self) -> None:
        told = [marks(list(tip.values())) for tip in self.tips.values()]
        told.append(marks(self.data.lines))
        for one in told:
            assert one == sorted(set(one))
        assert self.for_tips <= {number for one in told for number in one}

    @invariant()
    def no_emergency_was_answered_as_a_rumour(self) -> None:
        for text in self.checked:
            assert not any(one in text for one in CRIES)

    @invariant()
    def a_cry_that_110_does_not_have_never_lies_idle(self) -> None:
        assert self.state is not State.IDLE or not self.data.cry


TestTalk = Talk.TestCase
TestTalk.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
