"""Chinese text has Chinese punctuation: in every sentence that a page, the bot or the server says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
HAN = "\u3400-\u9fff"
# Half-width marks that stand in a Chinese sentence; not those of numbers, times, addresses and code.
MARK = re.compile(
    rf"(?<=[{HAN}”」）…])\s?[,;:?!](?!//)|[,;:?!]\s?(?=[{HAN}“「《])|\([^()]*[{HAN}][^()]*\)"
)
LITERAL = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|<!--.*?-->", re.S | re.M)
# What residents write is read with whatever marks they use.
READ = {
    "bot/meaning.py",
    "domain/hotline.py",
    *(f"domain/{path.name}" for path in (ROOT / "domain").glob("emergency*.py")),
}
PAGES = [
    path
    for kind in ("ts", "tsx", "vue")
    for path in sorted((ROOT / "pages").glob(f"*/*.{kind}"))
    if ".test." not in path.name
]
SERVER = [
    path
    for room in ("api", "bot", "domain", "locate", "simulator")
    for path in sorted((ROOT / room).rglob("*.py"))
    if str(path.relative_to(ROOT)) not in READ
]


def wrong(text: str) -> bool:
    """Whether a half-width mark stands in this Chinese text. English that names something Chinese, and
    pieces of markup, are none."""
    plain = re.sub(r"\$?\{[^}]*\}", "", text)
    han, latin = len(re.findall(rf"[{HAN}]", plain)), len(re.findall(r"[A-Za-z]", plain))
    return 0 < latin + han <= 4 * han and MARK.search(plain) is not None


def test_it_tells_half_from_full_width() -> None:
    for text in ("您好, 请说", "正在看: {names}", "无声 (照片)", "要挂断吗?", ", 误差 {m}"):
        assert wrong(text), text
    for text in (
        "您好，请说",
        "等 10:30",
        "约 1,200 米",
        "choose it under 模板消息, then",
        "'110': [",
    ):
        assert not wrong(text), text


def said_by_pages(source: str) -> list[str]:
    """Every literal of a page's source that is Chinese."""
    return LITERAL.findall(COMMENT.sub("", source))


def said_by_server(source: str) -> list[str]:
    """Every string of a module that is no docstring."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    notes = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes
    ]


def test_pages_speak_with_chinese_punctuation() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in PAGES
        for text in said_by_pages(path.read_text("utf-8"))
        if wrong(text)
    ]
    assert not found, "\n".join(found)


def test_bot_and_server_speak_with_chinese_punctuation() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in SERVER
        for text in said_by_server(path.read_text("utf-8"))
        if wrong(text)
    ]
    assert not found, "\n".join(found)
