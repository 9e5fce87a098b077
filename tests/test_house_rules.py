"""Rules that the heads of files and docs/house.md state, looked for in the sources."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOMAIN = sorted((ROOT / "domain").glob("*.py"))
ROOMS = [path for room in ("api", "domain") for path in sorted((ROOT / room).glob("*.py"))]
# A state that is not saved, that the bot found, or that comes out of ``step`` a few lines before.
OTHERWISE = {
    ("api/stood_down.py", "IncidentState.DISPATCHED"): "of the copy that is shown",
    ("domain/marks.py", "state"): "what became of a line in the caller's chat, as the bot says",
    ("domain/publishing.py", "after"): "the step was made before the deliveries were written",
}


def trees(paths: list[Path]) -> Iterator[tuple[str, ast.Module]]:
    for path in paths:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def steps(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "step":
            yield node


def assigned(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of plain assignments, those of tuples one by one."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=True)
            else:
                yield target, node.value


def test_rule_1_the_state_of_a_call_changes_in_its_file_alone() -> None:
    """domain/call.py: and for what media processes report in attendance.py."""
    where = {
        name
        for name, tree in trees(ROOMS)
        for call in steps(tree)
        if ast.unparse(call.args[0]) in ("CALL", "PARTICIPANT")
    }
    assert where == {"domain/call.py", "domain/attendance.py"}
    written = (ROOT / "domain" / "attendance.py").read_text("utf-8")
    assert "step(CALL" not in written


def test_state_changes_only_through_a_table() -> None:
    """docs/house.md, How a change is made: nothing sets ``state`` to what ``step`` did not answer."""
    used = set()
    for name, tree in trees(ROOMS):
        for target, value in assigned(tree):
            if isinstance(target, ast.Attribute) and target.attr == "state":
                text = ast.unparse(value)
                if (name, text) in OTHERWISE:
                    used.add((name, text))
                else:
                    assert text.startswith("step("), f"{name}: {ast.unparse(target)} = {text}"
    assert used == set(OTHERWISE)


def test_a_word_of_the_domain_has_one_meaning() -> None:
    """docs/house.md: the class names of ``domain/`` are the words; each is there once."""
    found = defaultdict(list)
    for name, tree in trees(DOMAIN):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(name)
    assert {word: files for word, files in found.items() if len(files) > 1} == {}


def test_what_must_survive_a_crash_is_no_global() -> None:
    """docs/house.md: the domain keeps nothing between two calls but names for what never changes."""
    for name, tree in trees(DOMAIN):
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Global), name
            if isinstance(node, ast.Assign) and node in tree.body:
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        known = target.id == "log" or target.id.upper() == target.id
                        assert known or target.id[0].isupper() or target.id == "T", (
                            f"{name}: {target.id}"
                        )


def test_the_first_waiting_is_never_rewritten() -> None:
    """domain/incident.py: ``raised_at`` never changes once an incident was composed."""
    for name, tree in trees(ROOMS):
        for target, _ in assigned(tree):
            if isinstance(target, ast.Attribute):
                assert target.attr != "raised_at", name


def test_an_entry_of_a_log_is_appended_in_one_place() -> None:
    """domain/evidence.py: append-only. Nobody else puts an entry into a log, or takes one out; audit.py
    lets go of what the store has."""
    changes = ("append", "insert", "pop", "remove", "clear", "extend", "sort", "reverse")
    for name, tree in trees(ROOMS):
        if name in ("domain/evidence.py", "domain/audit.py"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                changed = ast.unparse(node.func.value) if node.func.attr in changes else ""
                assert not changed.endswith("log.entries"), name
            for target in node.targets if isinstance(node, ast.Assign | ast.Delete) else []:
                text = ast.unparse(target)
                assert "log.entries" not in text, f"{name}: {text}"
                assert not text.endswith(("log.head", "log.length")), f"{name}: {text}"
