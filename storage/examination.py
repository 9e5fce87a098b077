"""What the operator's command asks of a store: that it answers, what it is, and that its promise to keep a
write is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pymongo.errors

from domain.ticket import random_id
from storage.mongo import connect, disconnect

WRITE_MS = 5_000


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """``away`` is why it did not answer, "" when it did. ``concern`` is how this URI has writes acknowledged
    (``w``, ``j``), ``kept`` why a write with majority and journal was not acknowledged, "" when it was;
    ``trip_ms`` there and back, the median of five; ``ahead_ms`` how far its clock is ahead of ours, None when
    it does not tell; ``backup_at`` the last backup (Unix ms), None when there was none; ``media`` the media
    processes that it knows: id, signalling socket, last sign of life (Unix ms)."""

    away: str = ""
    version: str = ""
    replica_set: str = ""
    concern: tuple[str, bool] = ("", False)
    kept: str = ""
    trip_ms: float = 0.0
    ahead_ms: int | None = None
    backup_at: int | None = None
    media: tuple[tuple[str, str, int], ...] = ()


async def examine(uri: str, name: str) -> StoreFacts:
    """Look once; never raises for what the store does. It leaves nothing behind."""
    try:
        database = connect(uri, name)
    except (pymongo.errors.PyMongoError, ValueError) as error:
        return StoreFacts(away=type(error).__name__)
    try:
        hello = await database.command("hello")
        trips, told = [], None
        for _ in range(5):
            began, at = time.monotonic(), time.time_ns() // 1_000_000
            said = (await database.command("hello")).get("localTime")
            trips.append((time.monotonic() - began) * 1_000)
            if said is not None:
                told = int(said.timestamp() * 1_000 - at - trips[-1] / 2)
        last = await database.backups.find_one({"_id": "last"})
        media = await database.media_processes.find({}, limit=100).to_list(100)
        asked = database.client.write_concern.document
        return StoreFacts(
            version=str((await database.command("buildInfo")).get("version", "?")),
            replica_set=str(hello.get("setName") or hello.get("msg") or ""),
            concern=(str(asked.get("w", "")), bool(asked.get("j", False))),
            kept=await _kept(database),
            trip_ms=sorted(trips)[2],
            ahead_ms=told,
            media=tuple(
                (str(one["_id"]), str(one.get("url", "")), int(one.get("heartbeat_at", 0)))
                for one in media
            ),
            backup_at=int(last["at"]) if last and isinstance(last.get("at"), int) else None,
        )
    except pymongo.errors.PyMongoError as error:
        return StoreFacts(away=_reason(error))
    finally:
        await disconnect(database)


async def _kept(database: object) -> str:
    """Why a write was not acknowledged by a majority's journal."""
    concern = pymongo.WriteConcern(w="majority", j=True, wtimeout=WRITE_MS)
    marks = database.get_collection("health", write_concern=concern)  # type: ignore[attr-defined]
    mark = random_id()
    try:
        await marks.insert_one({"_id": mark})
        await marks.delete_one({"_id": mark})
    except pymongo.errors.PyMongoError as error:
        return _reason(error)
    return ""


def _reason(error: pymongo.errors.PyMongoError) -> str:
    """Its kind and the server's code; never what it says, which may hold addresses and names."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__}{f' {code}' if code is not None else ''}"
