"""Checking an incident: the chain, its signed checkpoints, and every sealed file."""

from __future__ import annotations

import asyncio
import hashlib

from api.routes import Ask, Routes, now_ms
from api.shapes import FlawView, VerifyView
from domain.clock import within
from domain.desk import look
from domain.errors import NotFound, Refused
from domain.evidence import Checkpoint, Flaw, verify
from domain.incident import Incident
from domain.notice import Notice
from domain.people import DESK
from domain.ports import Seal, Store
from domain.queries_people import checkpoints_of
from domain.replay import differences
from domain.tip import COARSE_MS, Tip

# Heads are signed a second after they change, or when an api process is there again.
SIGNED_WITHIN_MS = 60_000

routes = Routes()


@routes.add("GET", "/incidents/{id}/verify", DESK)
async def verify_incident(ask: Ask, id: str) -> VerifyView:
    """Whether the log and the sealed files of an incident are as they were written."""
    it = await look(ask.house.store, ask.staff, id)
    return await check(ask.house.store, ask.house.secret, ask.house.content, it)


async def check(
    store: Store, secret: bytes, content: Seal, it: Incident, *, unsigned: bool = False
) -> VerifyView:
    """Everything wrong with an incident's log and files; files are read through once. ``unsigned``: the end
    of the log may be so, of a store that no api process has been on since it was written. When its log has
    grown since it was read, it is judged as it is now."""
    points = await _points(store, it)
    if _grown(it, points):
        it = await store.incidents.get(it.id)
    flaws = await asyncio.to_thread(lambda: [*verify(it.log, points, secret), *differences(it)])
    signed = unsigned or any(point.length == it.log.length for point in points)
    if (
        not signed
        and it.log.entries
        and not within(it.log.entries[-1].at, now_ms(), SIGNED_WITHIN_MS)
    ):
        flaws.append(Flaw(it.log.length, "the end of the log has no signed checkpoint"))
    sealed = _sealed(it)
    for seq, file, digest in sealed:
        try:
            found = await _digest(store, file)
        except NotFound:
            flaws.append(Flaw(seq, f"file {file} is missing"))
            continue
        if found != digest and not await _closed(store, content, file, digest):
            flaws.append(Flaw(seq, f"file {file} was changed"))
    return VerifyView(
        not flaws, len(it.log.entries), len(sealed), [FlawView(one.seq, one.what) for one in flaws]
    )


async def check_log(
    store: Store, secret: bytes, it: Tip | Notice, *, unsigned: bool = False
) -> VerifyView:
    """Everything wrong with the log of a tip or notice, and with a tip's files; ``unsigned`` as above."""
    points = await _points(store, it)
    if _grown(it, points):
        it = await (store.tips if isinstance(it, Tip) else store.notices).get(it.id)
    flaws = await asyncio.to_thread(verify, it.log, points, secret)
    signed = unsigned or any(point.length == it.log.length for point in points)
    if (
        not signed
        and it.log.entries
        and not within(it.log.entries[-1].at, now_ms(), COARSE_MS + SIGNED_WITHIN_MS)
    ):
        flaws.append(Flaw(it.log.length, "the end of the log has no signed checkpoint"))
    files = [entry for entry in it.log.entries if entry.what == "upload"]
    for entry in files:
        try:
            found = await _digest(store, str(entry.data["file"]))
        except NotFound:
            flaws.append(Flaw(entry.seq, f"file {entry.data['file']} is missing"))
            continue
        if found != entry.data["sha256"]:
            flaws.append(Flaw(entry.seq, f"file {entry.data['file']} was changed"))
    return VerifyView(
        not flaws, len(it.log.entries), len(files), [FlawView(one.seq, one.what) for one in flaws]
    )


async def _points(store: Store, it: Incident | Tip | Notice) -> list[Checkpoint]:
    return [one async for one in store.checkpoints.every(checkpoints_of(it.id))]


def _grown(it: Incident | Tip | Notice, points: list[Checkpoint]) -> bool:
    """Whether more was signed than this reading of it has: only a log that is read after its checkpoints
    tells a tail that was cut from one that was not there yet."""
    return any(point.length > it.log.length for point in points)


def _sealed(it: Incident) -> list[tuple[int, str, str]]:
    files: list[tuple[int, str, str]] = []
    for entry in it.log.entries:
        if entry.what not in ("upload", "recording.sealed"):
            continue
        data = entry.data
        files.append((entry.seq, str(data["file"]), str(data["sha256"])))
        original = data.get("original_sha256")
        if original and original != data["sha256"]:
            files.append((entry.seq, f"{data['file']}.original", str(original)))
    return files


async def _closed(store: Store, content: Seal, file: str, digest: str) -> bool:
    """Whether this is an original from the chat, which is kept under the key of contents."""
    if not file.endswith(".original"):
        return False
    sealed = b"".join([piece async for piece in store.files.read(file)])

    def opened() -> str:
        return hashlib.sha256(content.open_bytes(sealed)).hexdigest()

    try:
        return await asyncio.to_thread(opened) == digest
    except Refused:
        return False


async def _digest(store: Store, file: str) -> str:
    digest = hashlib.sha256()
    async for piece in store.files.read(file):
        await asyncio.to_thread(digest.update, piece)
    return digest.hexdigest()
