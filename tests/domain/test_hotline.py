"""Numbers beside 110: those that a text names or is a case for, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.hotline import Hotline, numbers


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("楼下着火了", [Hotline.FIRE]),
        ("家里煤气漏了", [Hotline.FIRE]),
        ("the building is on fire", [Hotline.FIRE]),
        ("我妈晕倒了没呼吸", [Hotline.AMBULANCE]),
        ("she is unconscious", [Hotline.AMBULANCE]),
        ("出车祸了", [Hotline.TRAFFIC]),
        ("车祸有人受伤流血", [Hotline.AMBULANCE, Hotline.TRAFFIC]),
        ("我不能说话 他就在旁边", [Hotline.SILENT]),
        ("I can't talk, he is here", [Hotline.SILENT]),
        ("刚给骗子转了三万", [Hotline.FRAUD]),
        ("收到一条诈骗短信", [Hotline.FRAUD]),
        ("i was scammed, transferred money 5 minutes ago", [Hotline.FRAUD]),
        ("119怎么打", [Hotline.FIRE]),
        ("120", [Hotline.AMBULANCE]),
        ("96110打来的是真的吗", [Hotline.FRAUD]),
        ("有人拿刀追我", []),
        ("身份证丢了", []),
        ("楼上太吵", []),
        ("火锅店门口停车", []),
        ("昨天的火已经灭了", []),
        ("110", []),
        ("1195号", []),
    ],
)
def test_numbers(words: str, meant: list[Hotline]) -> None:
    assert list(numbers(words)) == meant


@given(st.text(max_size=300))
def test_any_text_has_at_most_two(words: str) -> None:
    assert len(numbers(words)) <= 2
