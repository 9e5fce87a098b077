"""Pictures, voice and video clips on the thread: checked, sealed, stripped, served safely."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import IO

from aiohttp import web
from msgspec import Struct

from api.bodies import Key, Ms
from api.integrators import spend_upload
from api.magic import Media, answered_as, recognise, saved_as
from api.routes import Ask
from api.shapes_thread import UploadView
from domain.errors import (
    BAD_REQUEST,
    MEDIA_KIND,
    RANGE,
    STORE_DOWN,
    TOO_LARGE,
    NotFound,
    Refused,
)
from domain.incident import Incident
from domain.message import Attachment, FileKind, attach, find_file, require_may_write, sent
from domain.people import Who
from domain.ticket import random_id

LIMITS = {
    FileKind.PICTURE: 20 * 2**20,
    FileKind.VOICE: 20 * 2**20,
    FileKind.VIDEO: 100 * 2**20,
}
FILES_EACH = 300
PIECE_S = 30.0
HEAD = 512  # bytes that tell what a file is
# Reports must still fit when clips no longer do.
KEEP_FREE = 2 * 2**30
BYTES_EACH = 2**30
BYTES_TEST = 20 * 2**20


class UploadQuery(Struct, forbid_unknown_fields=True):
    """``key`` is the idempotency key; ``device_at`` the sender's clock."""

    key: Key
    device_at: Ms | None = None


async def receive(ask: Ask, who: Who, it: Incident, query: UploadQuery) -> UploadView:
    """Take the body, seal what came, store what may be shown, put it on the thread."""
    known = sent(it, who, query.key, "upload")
    if known is not None:
        return _view(known.data, known.seq)
    if ask.session is not None:
        require_may_write(it, who)
    if ask.integrator is not None:
        spend_upload(ask.house, ask.integrator)
    else:
        whose = f"session:{ask.session.id}" if ask.session is not None else f"incident:{it.id}"
        ask.house.limits.spend(whose, "upload")
    _within_quota(it)
    # A test takes no room that an emergency may need.
    keep = 2 * KEEP_FREE if it.sandbox else KEEP_FREE
    if shutil.disk_usage(ask.house.spool).free < keep:
        raise Refused(STORE_DOWN, "the disk is nearly full; reports and text still work")
    file = await asyncio.to_thread(_fresh, ask.house.spool)
    try:
        media, digest, size = await _take(ask.request, file)
        attachment = await _keep(ask, it, file, media, digest, size)
    finally:
        await asyncio.to_thread(file.close)  # its space is given back here
    entry = await attach(
        ask.house.store, who, it.id, query.key, attachment, ask.now, query.device_at
    )
    return _view(entry.data, entry.seq)


async def send_file(
    ask: Ask, it: Incident, file: str, *, recordings: bool = True
) -> web.StreamResponse:
    """A file of this incident."""
    data = find_file(it, file)
    if data["kind"] == "recording" and not recordings:
        raise NotFound("no such file")
    # Chromium plays Matroska with VP8 and Opus when it is called WebM, which it is.
    kind = "video/webm" if data["kind"] == "recording" else str(data["type"])
    return await send_kept(ask, file, kind)


async def send_kept(ask: Ask, file: str, kind: str) -> web.StreamResponse:
    """A stored file, whole or the range asked for; never something a browser would run."""
    size = await ask.house.store.files.size(file)
    start, end, status = _range(ask.request, size)
    response = web.StreamResponse(
        status=status,
        headers={
            "Content-Type": answered_as(kind),
            "Content-Disposition": f'attachment; filename="{saved_as(file, kind)}"',
            "Accept-Ranges": "bytes",
            "Content-Length": str(end - start),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
    if status == 206:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    await response.prepare(ask.request)
    async for piece in ask.house.store.files.read(file, start, end):
        await response.write(piece)
    await response.write_eof()
    return response


def _within_quota(it: Incident) -> None:
    sizes = [entry.data["bytes"] for entry in it.log.entries if entry.what == "upload"]
    if len(sizes) >= FILES_EACH or sum(sizes) >= (BYTES_TEST if it.sandbox else BYTES_EACH):
        raise Refused(TOO_LARGE, "this incident has as many files as it may have")


async def _take(request: web.Request, file: IO[bytes]) -> tuple[Media, str, int]:
    piece = await _head(request)
    if not piece:
        raise Refused(MEDIA_KIND, "nothing was sent")
    media = recognise(piece[:HEAD], request.content_type)
    if media is None:
        raise Refused(MEDIA_KIND, "neither picture, voice nor video that is known here")
    digest, size = hashlib.sha256(), 0
    while piece:
        size += len(piece)
        if size > LIMITS[media.kind]:
            raise Refused(TOO_LARGE, f"at most {LIMITS[media.kind]} bytes")
        await asyncio.to_thread(_write, file, digest, piece)
        piece = await _next_piece(request)
    return media, digest.hexdigest(), size


async def _head(request: web.Request) -> bytes:
    """The first bytes, enough to judge by however small the packets are, or all there are."""
    head = bytearray()
    while len(head) < HEAD and (piece := await _next_piece(request)):
        head += piece
    return bytes(head)


async def _keep(
    ask: Ask, it: Incident, file: IO[bytes], media: Media, digest: str, size: int
) -> Attachment:
    files, name = ask.house.store.files, random_id()
    file.seek(0)
    meta = {"incident": it.id}
    if media.kind is not FileKind.PICTURE:
        path = await asyncio.to_thread(_copy, file, ask.house.spool / name)
        try:
            await files.put(name, str(path), meta)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return Attachment(name, media.kind, media.type, size, digest, digest)
    original = await asyncio.to_thread(file.read)
    shown = await ask.house.pictures(original, it.id, ask.house.origin(ask.request))
    await files.put_bytes(f"{name}.original", original, meta)
    await files.put_bytes(name, shown.data, meta)
    sealed = await asyncio.to_thread(lambda: hashlib.sha256(shown.data).hexdigest())
    return Attachment(
        name, media.kind, shown.type, len(shown.data), sealed, digest, shown.width, shown.height
    )


async def _next_piece(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(PIECE_S):
            return await request.content.read(1 << 18)
    except TimeoutError:
        raise Refused(BAD_REQUEST, f"nothing was sent for {PIECE_S:.0f} s") from None


def _fresh(folder: Path) -> IO[bytes]:
    return tempfile.TemporaryFile(dir=folder)


def _write(file: IO[bytes], digest: hashlib._Hash, piece: bytes) -> None:
    digest.update(piece)
    file.write(piece)


def _copy(file: IO[bytes], path: Path) -> Path:
    with path.open("wb") as target:
        while piece := file.read(1 << 20):
            target.write(piece)
    return path


def _range(request: web.Request, size: int) -> tuple[int, int, int]:
    try:
        asked = request.http_range
    except ValueError:
        raise Refused(RANGE, "the Range header cannot be read") from None
    if asked.start is None and asked.stop is None:
        return 0, size, 200
    start = asked.start or 0
    if start < 0:
        start = max(0, size + start)
    end = size if asked.stop is None else min(asked.stop, size)
    if start >= end:
        raise Refused(RANGE, f"the file has {size} bytes")
    return start, end, 206


def _view(data: dict[str, object], seq: int) -> UploadView:
    return UploadView(
        str(data["file"]),
        str(data["kind"]),
        str(data["type"]),
        int(str(data["bytes"])),
        str(data["sha256"]),
        seq,
    )
