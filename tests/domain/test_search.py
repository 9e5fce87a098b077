"""What is found of past incidents, and what is said of where it was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain import evidence
from domain.incident import Disposition, Incident, Kind
from domain.intake import Report, compose
from domain.people import CALLER, Role, Who
from domain.search import DISPOSITION_WORDS, KIND_WORDS, excerpt, words_of

DESK = Who("d1", Role.DISPATCHER, "甲")
PAGES = Path(__file__).parents[2] / "pages"


def incident() -> Incident:
    it = compose(Report("i1", "key-0000", "0110-261128-0000017", 1, words="鄰居家着火了"), 1)
    it.kind, it.dispatcher_name, it.contact = Kind.FIRE, "王接警", "138 0013 8000 李女士"
    evidence.append(it.log, CALLER, "message", 2, key="k", text="他往东门的菜市场跑了\n穿红衣服")
    evidence.append(it.log, DESK, "incident.note", 3, words="已通知物业")
    return it


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("0000017", ""),
        ("火情", ""),
        ("FIRE", ""),
        ("王接警", ""),
        ("邻居", "鄰居家着火了"),
        ("菜市場", "他往东门的菜市场跑了 穿红衣服"),
        ("物业", "已通知物业"),
        ("13800138000", ""),
        ("8000", ""),
        ("李女士", ""),
        ("火情 红衣服", "他往东门的菜市场跑了 穿红衣服"),
        ("火情 蓝衣服", None),
        ("西门", None),
        ("１７", ""),
    ],
)
def test_it_finds_kind_words_messages_notes_and_number(question: str, line: str | None) -> None:
    assert excerpt(incident(), words_of(question)) == line


def test_who_does_not_see_the_contact_does_not_find_by_it() -> None:
    assert excerpt(incident(), words_of("13800138000"), contact=False) is None
    assert excerpt(incident(), words_of("李女士"), contact=False) is None


def test_a_long_line_is_cut_around_what_was_looked_for() -> None:
    it = incident()
    evidence.append(it.log, CALLER, "message", 4, key="l", text="很" * 500 + "钥匙" + "长" * 500)
    line = excerpt(it, words_of("钥匙"))
    assert line is not None
    assert line.startswith("…很")
    assert line.endswith("长…")
    assert len(line) < 60


def test_the_words_of_the_pages_find_it() -> None:
    """What the desk reads on the screen it types into the search."""
    text = (PAGES / "shared" / "words.ts").read_text()
    for table, names in (("KINDS", KIND_WORDS), ("DISPOSITIONS", DISPOSITION_WORDS)):
        body = text.split(f"const {table}")[1].split("};")[0]
        for one, words in names.items():
            chinese = body.split(f"{one.name}: [")[1].split("'")[1]
            assert chinese in words, json.dumps([one.name, chinese], ensure_ascii=False)
    assert set(KIND_WORDS) == set(Kind)
    assert set(DISPOSITION_WORDS) == set(Disposition)
