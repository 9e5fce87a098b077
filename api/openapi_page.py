"""The OpenAPI document as a page to read: no scripts, nothing fetched, on a phone as well."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from api.catalogue import catalogue, where

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:80rem;padding:1rem;overflow-wrap:anywhere}
h2{margin-top:3rem}h3{margin:2.5rem 0 .25rem}h3 code{font-size:1rem}nav a{margin-right:1rem}
pre,code{font:14px/1.5 ui-monospace,monospace}pre{background:#f4f5f7;border:1px solid #ccc;border-radius:4px;
margin:0;max-height:24rem;overflow:auto;padding:.5rem;user-select:all;white-space:pre-wrap}
.both{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr)}
@media(min-width:60rem){.both{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
dt{font-weight:600}dd{margin:0 0 .5rem}dd p{margin:0}
"""


def page(document: dict[str, Any], prefix: str) -> str:
    """Every operation with a request and its answer beside each other, every type and every refusal."""
    title = f"{document['info']['title']} API {document['info']['version']}"
    return "".join(
        [
            "<!doctype html><html lang='en'><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width,initial-scale=1'>"
            f"<title>{escape(title)}</title><style>{STYLE}</style><h1>{escape(title)}</h1>"
            f"<p>For machines: <a href='{prefix}/openapi.json'>{prefix}/openapi.json</a>, of the live feed "
            f"<a href='{prefix}/asyncapi.json'>{prefix}/asyncapi.json</a>. A press on an example "
            "selects the whole of it.</p>"
            "<nav aria-label='Contents'>",
            *(
                f"<a href='#tag-{tag['name']}'>{escape(tag['name'])}</a> "
                for tag in document["tags"]
            ),
            "<a href='#types'>types</a> <a href='#errors'>errors</a></nav><main>",
            *_operations(document),
            "<h2 id='types'>Types</h2>",
            *_types(document),
            "<h2 id='errors'>Errors</h2><dl>",
            *_errors(),
            "</dl></main></html>",
        ]
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for tag in document["tags"]:
        yield f"<h2 id='tag-{tag['name']}'>{escape(tag['name'])}</h2>"
        yield f"<p>{escape(tag['description'])}</p>"
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["tags"] == [tag["name"]]:
                    yield _operation(document, path, method.upper(), operation)


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    answers = operation["responses"]
    status = next(iter(answers))
    codes = [code for _, content in _contents(answers) for code in _refusals(content)]
    links = " ".join(f"<a href='#error-{code}'>{code}</a>" for code in codes)
    words = operation["summary"]
    if operation["description"] != words:
        words += "\n" + operation["description"]
    who = ", ".join(operation.get("x-roles", [])) or (
        "caller" if {"resume": []} in operation["security"] else "anybody"
    )
    types = [name for name in _named(operation) if name in document["components"]["schemas"]]
    shapes = " ".join(f"<a href='#type-{name}'>{name}</a>" for name in types)
    return (
        f"<h3 id='{operation['operationId']}'><b>{method}</b> <code>{escape(path)}</code></h3>"
        f"<p>{_prose(words)}</p><p>Who: {escape(who)}. Types: {shapes or 'none'}. Errors: {links}</p>"
        f"<div class='both'>{_example('Request', _request(document, path, method, operation))}"
        f"{_example('Answer', _answer(document, status, answers[status]))}</div>"
    )


def _prose(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _named(operation: dict[str, Any]) -> list[str]:
    """The types of its body and its answer."""
    contents = [content for _, content in _contents(operation["responses"])]
    contents += operation.get("requestBody", {}).get("content", {}).values()
    found = (content["schema"].get("$ref", "").rpartition("/")[2] for content in contents)
    return sorted({name for name in found if name and name != "Problem"})


def _request(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    lines = [f"{method} {path}"]
    query = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
    if query:
        lines[0] += "?" + "&".join(f"{name}=…" for name in query)
    for one in operation["parameters"]:
        if one["in"] == "header" and one["name"] not in ("Range",):
            lines.append(f"{one['name']}: {one.get('example', '…')}")
    if {"resume": []} in operation["security"]:
        lines.append("Authorization: Bearer …")
    content = operation.get("requestBody", {}).get("content", {})
    return "\n".join([*lines, *_body(document, content)])


def _answer(document: dict[str, Any], status: str, answer: dict[str, Any]) -> str:
    return "\n".join([status, *_body(document, answer["content"])])


def _body(document: dict[str, Any], content: dict[str, Any]) -> Iterator[str]:
    for media_type, kind in content.items():
        yield f"Content-Type: {media_type}"
        for example in kind.get("examples", {}).values():
            name = example["$ref"].rpartition("/")[2]
            value = document["components"]["examples"][name]["value"]
            yield "\n" + json.dumps(value, ensure_ascii=False, indent=1)


def _contents(answers: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for answer in answers.values():
        yield from answer["content"].items()


def _refusals(content: dict[str, Any]) -> list[str]:
    return [one for one in content.get("examples", {}) if one != "example"]


def _example(name: str, text: str) -> str:
    return f"<section><h4>{name}</h4><pre tabindex='0' aria-label='{name}'>{escape(text)}</pre></section>"


def _types(document: dict[str, Any]) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        text = escape(json.dumps(schema, ensure_ascii=False, indent=1))
        yield (
            f"<details id='type-{name}'><summary>{escape(name)}</summary>"
            f"<pre tabindex='0' aria-label='{escape(name)}'>{text}</pre></details>"
        )


def _errors() -> Iterator[str]:
    for fault, advice in catalogue():
        yield (
            f"<dt id='error-{fault.code}'><code>{fault.code}</code> {fault.status}</dt>"
            f"<dd><p lang='zh-CN'>{escape(fault.zh)}</p><p>{escape(fault.en)}. {escape(advice)} "
            f"({escape(where(fault))})</p></dd>"
        )
