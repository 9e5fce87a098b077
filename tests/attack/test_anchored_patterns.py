"""No pattern takes one more line than it says: ``$`` is before a last line feed, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from api.bodies import CodeIn, RadioIn
from domain.emergency import read

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "bot", "domain", "locate", "simulator", "storage", "webrtc")
JUDGES = ("compile", "match", "search", "fullmatch", "sub", "split", "finditer", "findall")
# ``\Z`` for Python alone; what other languages read, too, in schemas, says it like this.
ENDS = r"(?<!\\)\$(?!\(\?!\\n\))"


def sources() -> Iterator[Path]:
    yield from ROOT.glob("*.py")
    yield from (ROOT / "jingmin").rglob("*.py")
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def patterns(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every pattern that is written out, names in it left out."""
    for call in ast.walk(tree):
        # A pattern with a name of its own, too.
        name = call.value if isinstance(call, ast.Constant) else None
        if isinstance(name, str) and name.startswith("^") and "\n" not in name:
            yield call.lineno, name  # type: ignore[attr-defined]
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "re":
            judged = call.args[:1] if call.func.attr in JUDGES else []
        else:
            judged = [one.value for one in call.keywords if one.arg == "pattern"]
        for one in judged:
            parts = [
                part.value
                for part in ast.walk(one)
                if isinstance(part, ast.Constant) and isinstance(part.value, str | bytes)
            ]
            for part in parts:
                yield call.lineno, part if isinstance(part, str) else part.decode("latin-1")


def loose(pattern: str) -> bool:
    within_no_class = re.sub(r"\[(?:\\.|[^\]\\])*\]", "", pattern)
    return re.search(ENDS, within_no_class) is not None


def test_no_pattern_of_the_sources_ends_before_a_line_feed() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {pattern[-40:]!r}"
        for path in sources()
        for line, pattern in patterns(ast.parse(path.read_text("utf-8")))
        if loose(pattern) and not path.name.startswith("emergency")
    ]
    assert found == []


@pytest.mark.parametrize("line_feed", ["\n", "\r\n", "\u2028", "\x0b", "\x85"])
def test_words_of_danger_are_read_in_one_line(line_feed: str) -> None:
    """Why ``$`` may stand in their patterns: what is read there has no lines."""
    for text in (f"救命{line_feed}", f"{line_feed}help{line_feed}", f"着火{line_feed}了"):
        assert all("\n" not in one for one in read(text))


@pytest.mark.parametrize("bad", [r"^a$", "a|b$", r"(?:a$)", "^[$]$"])
def test_the_test_finds_them(bad: str) -> None:
    assert loose(bad)


@pytest.mark.parametrize("good", [r"a\Z", r"^a$(?!\n)", r"\$", "[$]", "a"])
def test_and_nothing_else(good: str) -> None:
    assert not loose(good)


def test_a_line_feed_at_the_end_is_refused() -> None:
    assert msgspec.convert({"code": "123456"}, CodeIn).code == "123456"
    for type, value in ((CodeIn, {"code": "123456\n"}), (RadioIn, {"event": "depart\n"})):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, type)
