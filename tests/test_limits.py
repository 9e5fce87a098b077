"""No list is cut in silence: whoever asks for some says why some are enough; whoever needs all reads on.

``find`` gives as many as its limit says. Taken for everything there is, that hides the rest: a person
from the list of staff, an officer from those who are called, a living process from those alive.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("api", "bot", "domain", "locate", "storage", "webrtc")
# Why some are enough. ``one``: there is only one, or it is asked whether there is any; ``page``: says that
# there is more; ``batch``: is asked again until nothing is left; ``kept``: no more than are shown;
# ``platform``: not the store's; ``open``: a fault that is not mended yet.
ENOUGH = {
    ("domain/forgetting.py", "_narrower"): "one",
    ("api/board.py", "load"): "kept",
    ("api/groups.py", "list_doorways"): "page",
    ("api/groups.py", "list_groups"): "page",
    ("api/notice_views.py", "find_public"): "one",
    ("api/personnel.py", "_deputy"): "one",
    ("api/personnel.py", "_free"): "one",
    ("api/personnel.py", "add"): "one",
    ("api/people.py", "list_people"): "page",
    ("api/login.py", "check_log_in"): "one",
    ("api/session.py", "log_in_demo"): "one",
    ("api/session.py", "log_in_entry"): "one",
    ("api/session.py", "read_demo"): "open",
    ("api/tips.py", "_behind"): "one",
    ("api/webhooks.py", "list_webhook_events"): "kept",
    ("api/webhook_sending.py", "round"): "one",
    ("api/webhook_sending.py", "_begin"): "batch",
    ("jingmin/assembly/areas.py", "keep_boundaries"): "one",
    ("jingmin/people_commands.py", "work"): "one",
    ("jingmin/people_commands.py", "_named"): "one",
    ("bot/cards.py", "officer"): "one",
    ("bot/effects.py", "_doorway"): "one",
    # Behind more than these nothing is a file alone: it waits.
    ("bot/handler.py", "_is_next"): "kept",
    ("bot/loose.py", "_wanted"): "one",
    ("bot/notices.py", "_resolve"): "platform",
    ("bot/outbox.py", "_ahead"): "one",
    ("bot/outbox.py", "_first_queued"): "one",
    ("bot/standing.py", "_has_room"): "page",
    ("bot/tips.py", "tellers_of"): "page",
    ("verifying.py", "verify"): "one",
    ("verifying.py", "verify_sample"): "batch",
    ("api/tip_lists.py", "count_tips"): "one",
    ("domain/paging.py", "in_order"): "page",
    ("domain/paging.py", "newest_first"): "page",
}


def files() -> list[Path]:
    found = [one for room in ROOMS for one in (ROOT / room).rglob("*.py")]
    return sorted([*found, *ROOT.glob("*.py"), *(ROOT / "jingmin").rglob("*.py")])


def asked(path: Path) -> Iterator[tuple[str, ast.Call, str]]:
    """Every awaited ``find``: the function it is in, the call, the function's text."""
    text = path.read_text()

    lines = text.splitlines()

    def inside(node: ast.AST, function: str, source: str) -> Iterator[tuple[str, ast.Call, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                body = "\n".join(lines[child.lineno - 1 : child.end_lineno])
                yield from inside(child, child.name, body)
                continue
            if isinstance(child, ast.Await) and isinstance(child.value, ast.Call):
                called = child.value.func
                if isinstance(called, ast.Attribute) and called.attr == "find":
                    yield function, child.value, source
            yield from inside(child, function, source)

    return inside(ast.parse(text), "", text)


def word(limit: ast.expr | None) -> str:
    return "" if limit is None else ast.unparse(limit)


@pytest.mark.parametrize("path", files(), ids=lambda one: str(one.relative_to(ROOT)))
def test_a_limit_has_a_reason(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    for function, call, source in asked(path):
        reason = ENOUGH.get((name, function))
        place = f"{name}:{call.lineno} in {function}"
        assert reason, f"{place}: a list that may be cut. Read it with `every`, or say why not."
        limits = [one.value for one in call.keywords if one.arg == "limit"]
        limit = limits[0] if limits else None
        if reason == "one":
            assert word(limit) in ("1", "2"), f"{place}: {word(limit)} is not one"
        if reason == "page":
            assert "more" in source, f"{place}: nobody is told that there is more"
            sorts = ".sort(" in source or "sorted(" in source
            assert not sorts, f"{place}: sorts a page; the store has to order all"
        if reason == "batch":
            assert limit is not None, f"{place}: how many at a time?"


@pytest.mark.parametrize("path", files(), ids=lambda one: str(one.relative_to(ROOT)))
def test_find_is_not_taken_by_another_name(path: Path) -> None:
    """``find = shelf.find`` would hide from the test above."""
    tree = ast.parse(path.read_text())
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "find":
            if ast.unparse(node.value) in ("rules", "rumour"):  # functions of modules
                continue
            assert id(node) in called, f"{path}:{node.lineno}"


def test_every_reason_is_still_needed() -> None:
    used = {
        (str(path.relative_to(ROOT)), function)
        for path in files()
        for function, _, _ in asked(path)
    }
    assert set(ENOUGH) - used == set()
