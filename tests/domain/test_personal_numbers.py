"""Numbers that lead to a person are found however they are written, and covered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.personal_numbers import covered, has_numbers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我的电话13812345678，晚上打", "我的电话138******78，晚上打"),
        ("138 1234 5678", "138********78"),
        ("138-1234-5678", "138********78"),
        ("１３８１２３４５６７８", "１３８******７８"),
        ("一三八一二三四五六七八", "一三八******七八"),
        ("身份证21070219900101123X", "身份证210*************3X"),
        ("210702900101123", "210**********23"),
        ("座机0416-1234567", "座机041*******67"),
        ("卡号6222021234567890123", "卡号622**************23"),
        ("两个13812345678和13912345678", "两个138******78和139******78"),
    ],
)
def test_a_number_is_covered(text: str, shown: str) -> None:
    assert has_numbers(text)
    assert covered(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-29 18点",
        "2026-11-29 18:05",
        "辽G12345",
        "3号楼2单元501",
        "一二三四五",
        "121.123456789012",
    ],
)
def test_what_is_no_such_number_stays(text: str) -> None:
    assert not has_numbers(text)
    assert covered(text) == text


@given(st.text(st.sampled_from("0123456789 -Xx一二三０１号a."), max_size=80))
def test_covering_changes_nothing_else_and_leaves_no_number(text: str) -> None:
    shown = covered(text)
    assert len(shown) == len(text)
    assert all(a in (b, "*") for a, b in zip(shown, text, strict=True))
    assert covered(shown) == shown
