"""No comprehension borrows a name that its function takes from outside.

CPython 3.12 and later make comprehensions part of their function; 3.13 then loses the outer meaning of
such a name for generator expressions beside it: ``NameError`` at run time, on that version alone.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("api", "bot", "domain", "locate", "simulator", "storage", "webrtc", "bench")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)


def own(function: ast.AST) -> list[ast.AST]:
    """What stands in a function, but not in the functions inside it."""
    found, left = [], list(ast.iter_child_nodes(function))
    while left:
        node = left.pop()
        found.append(node)
        if not isinstance(node, FUNCTIONS):
            left += ast.iter_child_nodes(node)
    return found


def borrowed(tree: ast.AST) -> list[str]:
    found = []
    for outer in ast.walk(tree):
        if not isinstance(outer, FUNCTIONS):
            continue
        named = {one.name for one in own(outer) if isinstance(one, FUNCTIONS[:2])}
        for inner in own(outer):
            if not isinstance(inner, FUNCTIONS):
                continue
            targets = {
                name.id
                for one in own(inner)
                if isinstance(one, COMPREHENSIONS)
                for generator in one.generators
                for name in ast.walk(generator.target)
                if isinstance(name, ast.Name)
            }
            found += [f"{inner.lineno}: {name}" for name in sorted(targets & named)]
    return found


def test_no_comprehension_borrows_the_name_of_a_function_around_it() -> None:
    files = [*ROOT.glob("*.py"), *(ROOT / "jingmin").rglob("*.py")]
    for room in ROOMS:
        files += sorted((ROOT / room).rglob("*.py"))
    found = {
        str(path.relative_to(ROOT)): places
        for path in files
        if "node_modules" not in path.parts
        and (places := borrowed(ast.parse(path.read_text("utf-8"))))
    }
    assert found == {}


def test_the_walk_sees_one() -> None:
    text = """
async def sweep(lane):
    async def one(arrival): ...
    async def some_of(lane):
        wanted = [str(one) for one in lane]
        return [*(one(arrival) for arrival in wanted)]
"""
    assert borrowed(ast.parse(text)) == ["4: one"]
