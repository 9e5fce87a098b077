"""A table for a spreadsheet: CSV (RFC 4180), UTF-8 with its mark. No text in it is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web

Cell = str | int
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file: ``head``, and each row as ``cell`` writes it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(one) for one in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def download(body: bytes, name: str) -> web.Response:
    """The answer with which a browser saves it as ``name``.csv."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


def cell(it: Cell) -> Cell:
    """A text as a spreadsheet shows it, and not as it would calculate it."""
    if isinstance(it, str) and it.lstrip(" \n").startswith(DANGEROUS):
        return "'" + it
    return it
