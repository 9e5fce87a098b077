"""Every query has a name: no criteria are written where a shelf is asked.

``domain/queries*.py`` hold them, each with its index; ``tests/storage/test_named_queries.py`` explains them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain import queries, queries_groups, queries_messages, queries_people
from domain.query import QUERIES

ROOT = Path(__file__).parent.parent
ROOMS = ("api", "bot", "domain", "locate", "storage", "webrtc")
MODULES = (queries, queries_groups, queries_messages, queries_people)
ASKING = {"find", "every", "count", "tally", "parts", "remove_many"}  # methods of a shelf
PAGING = {"newest_first", "in_order", "named", "forget_all"}  # functions that ask one
CHANGING = {"delete_many", "update_many", "find_one_and_update", "find_one_and_delete"}
# Where criteria may be put together: a range for the pages of a query, the shelf's own, what is there twice,
# the pieces of a file.
MAKERS = {
    "domain/paging.py",
    "domain/forgetting.py",
    "storage/shelf.py",
    "storage/media.py",
    "storage/indexing.py",
    "storage/dump.py",
}
# A document a day each; every one is reached by its id.
BY_ID = {("storage/store.py", "find_one_and_update")}


def files() -> list[Path]:
    found = [one for room in ROOMS for one in (ROOT / room).rglob("*.py")]
    return sorted([*found, *ROOT.glob("*.py"), *(ROOT / "jingmin").rglob("*.py")])


def function(node: ast.Call) -> str:
    called = node.func
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def written(tree: ast.AST, driver: bool = False) -> Iterator[tuple[int, str]]:
    """Where criteria are written: as an argument, or under a name that is one in the same function."""
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        dicts = {
            target.id
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and holds(node.value)
        }
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and (function(node) in ASKING | PAGING | CHANGING):
                # The driver's ``find``, in storage alone, is given the fields that are wanted, too.
                args = node.args[:1] if driver else node.args
                for given in [*args, *(one.value for one in node.keywords)]:
                    named = isinstance(given, ast.Name) and given.id in dicts
                    if (
                        named
                        or holds(given)
                        or (function(node) in CHANGING and given is node.args[0])
                    ):
                        yield node.lineno, function(node)


def holds(value: ast.expr) -> bool:
    """Whether the value is, or may be, a dict that is written here."""
    if isinstance(value, ast.IfExp):
        return holds(value.body) or holds(value.orelse)
    if isinstance(value, ast.BinOp):
        return holds(value.left) or holds(value.right)
    if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "dict":
        return True
    # An empty one, which asks for everything, is not a query of its own.
    return isinstance(value, ast.Dict) and bool(value.keys)


@pytest.mark.parametrize("path", files(), ids=lambda one: str(one.relative_to(ROOT)))
def test_no_criteria_are_written_where_a_shelf_is_asked(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    if name in MAKERS:
        return
    for line, asked in written(ast.parse(path.read_text()), name.startswith("storage/")):
        assert (name, asked) in BY_ID, f"{name}:{line}: give it a name in domain/queries"


@pytest.mark.parametrize(
    "text",
    [
        'shelf.find({"state": 1})',
        'def f():\n    wanted = {"a": 1}\n    shelf.every(wanted, order="a")',
        'shelf.count({"a": 1} if b else None)',
        'newest_first(shelf, "at", 1, {"a": 1})',
        'shelf.tally("a", criteria={"b": 1})',
        "collection.delete_many(old)",
    ],
)
def test_criteria_that_are_written_there_are_found(text: str) -> None:
    assert list(written(ast.parse(text)))


def test_every_function_that_makes_criteria_is_a_named_query() -> None:
    for module in MODULES:
        for name, made in vars(module).items():
            if getattr(made, "__module__", "") == module.__name__ and callable(made):
                assert name in QUERIES, f"{module.__name__}.{name}: @query is missing"


def test_every_query_is_asked() -> None:
    text = "\n".join(path.read_text() for path in files() if "quer" not in path.name)
    assert [name for name in QUERIES if f"{name}(" not in text] == []
