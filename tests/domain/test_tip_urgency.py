"""Which words of a tip mark it urgent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tip_urgency import grave


@pytest.mark.parametrize(
    "text",
    [
        "楼上男的天天打老婆",
        "隔壁經常打孩子，哭得很慘",
        "邻居家暴很久了",
        "有人虐待老人",
        "他又揍自己的儿子",
        "有人要杀我",
    ],
)
def test_violence_at_home_and_a_cry_are_grave(text: str) -> None:
    assert grave(text)


@pytest.mark.parametrize(
    "text",
    [
        "三号楼楼道有人堆了很多摩托车电瓶",
        "楼下夜里很吵",
        "路灯不亮很久了",
        "广场舞音响太大",
        "",
    ],
)
def test_what_can_wait_is_not(text: str) -> None:
    assert not grave(text)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert grave(text) in (True, False)
