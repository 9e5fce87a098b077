"""Content codings: what a client accepts (RFC 9110, 12.5.3), and built files beside their compressed ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

BR, GZIP, IDENTITY = "br", "gzip", "identity"
# What the machine's own list says differs: nosniff needs these.
KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
}
_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def coding(accepted: str, offered: Iterable[str]) -> str:
    """The coding to answer with: of those ``offered`` (the server's favourite first) the one of the most
    weight, else ``identity``, even where that is refused as well: 406 helps nobody."""
    weights = _weights(accepted)
    other = weights.get("*", 0.0)
    best, weight = IDENTITY, weights.get(IDENTITY, 0.0)
    for one in offered:
        mine = weights.get(one, other)
        if mine > weight or (mine == weight > 0 and best == IDENTITY):
            best, weight = one, mine
    return best


def _weights(accepted: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                value = value.strip()
                weight = float(value) if _WEIGHT.fullmatch(value) else 0.0
        if name:
            found["gzip" if name == "x-gzip" else name] = weight
    return found


class BuiltFile(web.FileResponse):
    """A file of the pages' build. aiohttp takes the ``.br`` or ``.gz`` beside it for any mention of the
    coding, also for ``br;q=0``, so it is shown only the coding that was chosen. A range is one of the plain
    file: half of a compressed one is of no use to whoever reads the other half elsewhere."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, headers={hdrs.VARY: hdrs.ACCEPT_ENCODING})
        if path.suffix in KINDS:
            self.content_type = KINDS[path.suffix]

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        headers = CIMultiDict(request.headers)
        accepted = ",".join(headers.popall(hdrs.ACCEPT_ENCODING, []))
        if hdrs.RANGE not in headers:
            headers[hdrs.ACCEPT_ENCODING] = coding(accepted, (BR, GZIP))
        elif '"' in headers.get(hdrs.IF_RANGE, ""):
            # aiohttp compares If-Range with dates only, and would join parts of two builds.
            del headers[hdrs.RANGE]
        return await super().prepare(request.clone(headers=headers))
