"""What the operator's command asks of a store: that it answers, what it is, and that its promise to keep a
write is kept."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

import pymongo.errors

from domain.ticket import random_id
from storage.mongo import Database, connect, disconnect

WRITE_MS = 5_000
ACKNOWLEDGED_BY: str | int = "majority"
Sign = tuple[
    str, str, int
]  # media, bot or worker; its name; when it last said that it lives (Unix ms)


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
    """Look once; never raises for what the store does. The one document that it writes it removes again,
    also when the write was not acknowledged."""
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


async def last_signs(uri: str, name: str) -> tuple[Sign, ...]:
    """When each process that the store knows said last that it lives; none when it does not answer."""
    try:
        database = connect(uri, name)
    except (pymongo.errors.PyMongoError, ValueError):
        return ()
    try:
        media = await database.media_processes.find({}, limit=100).to_list(100)
        others = await database.processes.find({}, limit=100).to_list(100)
    except pymongo.errors.PyMongoError:
        return ()
    finally:
        await disconnect(database)
    return (
        *(("media", str(one["_id"]), int(one.get("heartbeat_at", 0))) for one in media),
        *((str(one.get("kind")), str(one["_id"]), int(one.get("beat_at", 0))) for one in others),
    )


async def _kept(database: Database) -> str:
    """Why a write was not acknowledged by a majority's journal."""
    concern = pymongo.WriteConcern(w=ACKNOWLEDGED_BY, j=True, wtimeout=WRITE_MS)
    marks, mark = database.get_collection("health", write_concern=concern), random_id()
    try:
        await marks.insert_one({"_id": mark})
    except pymongo.errors.PyMongoError as error:
        return _reason(error)
    finally:
        # The primary may have it all the same, and waits for nobody to remove it.
        alone = database.get_collection("health", write_concern=pymongo.WriteConcern(w=1))
        with contextlib.suppress(pymongo.errors.PyMongoError):
            await alone.delete_one({"_id": mark})
    return ""


def _reason(error: pymongo.errors.PyMongoError) -> str:
    """Its kind and the server's code; never what it says, which may hold addresses and names."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__}{f' {code}' if code is not None else ''}"
