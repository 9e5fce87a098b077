"""The OpenAPI document as a page to read: no scripts, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from api.catalogue import catalogue, where
from api.routes import Route

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.4rem;"
    "text-align:left;vertical-align:top;white-space:pre-line}"
)


def page(routes: Iterable[Route], prefix: str, version: str) -> str:
    """Every operation and every refusal."""
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>Jingmin 110 API {escape(version)}</title><style>{STYLE}</style>"
        f"<h1>Jingmin 110 (警民110) API {escape(version)}</h1>"
        f"<p>The document for machines: <a href='{prefix}/openapi.json'>{prefix}/openapi.json</a></p>"
        "<h2>Operations</h2>"
        "<table><tr><th>Method<th>Path<th>Who<th>Body<th>Answer<th>Promise</tr>"
        + "".join(_operation(route, prefix) for route in routes)
        + "</table><h2>Errors</h2>"
        "<table><tr><th>Code<th>Status<th>中文<th>English<th>What a client does<th>Where</tr>"
        + "".join(_errors())
        + "</table></html>"
    )


def _operation(route: Route, prefix: str) -> str:
    access = route.access if isinstance(route.access, str) else ", ".join(route.access)
    shape = route.body or route.lenient
    body = shape.__name__ if shape else ("bytes" if route.raw_body else "")
    answer = str(route.raw_answer or getattr(route.answer, "__name__", ""))
    return (
        f"<tr><td><b>{route.method}</b></td><td><code>{escape(prefix + route.path)}</code></td>"
        f"<td>{escape(access)}</td><td><code>{escape(body)}</code></td>"
        f"<td><code>{escape(answer)}</code></td><td>{escape(route.summary)}</td></tr>"
    )


def _errors() -> Iterable[str]:
    for fault, advice in catalogue():
        cells = (str(fault.status), fault.zh, fault.en, advice, where(fault))
        rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        yield f"<tr id='error-{fault.code}'><td><code>{fault.code}</code></td>{rest}</tr>"
