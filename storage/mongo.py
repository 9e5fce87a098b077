"""The driver: the only importer of motor, ready to be swapped for PyMongo's own async client.

motor runs pymongo in threads and every open change stream holds one of them; hence one stream a
process and more threads than motor's default, which it reads when it is imported.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

os.environ.setdefault("MOTOR_MAX_WORKERS", "64")

import pymongo
from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorGridFSBucket,
)

Database = Any  # motor has no types of its own
ANSWER_MS = 20_000
BUILD_MS = 3_600_000
COPY_MS = 600_000  # the embedded store reads a whole collection before it answers


class _PlainInt(TypeDecoder):
    """Large numbers come back as what went in: JSON encoders know ``int`` only."""

    bson_type = Int64

    def transform_bson(self, value: Any) -> int:
        return int(value)


_CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, type_registry=TypeRegistry([_PlainInt()])
)


def connect(uri: str, database: str) -> Database:
    """A database handle; connects at the first operation. Every operation has a time-out."""
    return _handle(uri, database, connect_ms=2_000, queue_ms=5_000, answer_ms=ANSWER_MS)


def connect_patiently(uri: str, database: str) -> Database:
    """A handle for what may keep the store busy for long: a store that was there may take an hour."""
    # The embedded store answers nobody while it builds an index: not who connects, and not the driver's
    # own question whether it is there, which has the time-out for connecting and ends what waits.
    return _handle(uri, database, connect_ms=BUILD_MS, queue_ms=BUILD_MS, answer_ms=BUILD_MS)


def connect_raw(uri: str, database: str) -> Database:
    """A database for a thread that may wait, whose documents are the bytes that are stored. Its client is
    closed by who asked. An answer may take ten minutes."""
    client: Any = pymongo.MongoClient(
        uri,
        appname="jingmin-copy",
        serverSelectionTimeoutMS=2_000,
        connectTimeoutMS=2_000,
        socketTimeoutMS=COPY_MS,
        document_class=RawBSONDocument,
    )
    return client.get_database(database)


def _handle(uri: str, database: str, connect_ms: int, queue_ms: int, answer_ms: int) -> Database:
    client: Any = AsyncIOMotorClient(
        uri,
        appname="jingmin",
        serverSelectionTimeoutMS=2_000,
        connectTimeoutMS=connect_ms,
        socketTimeoutMS=answer_ms,
        waitQueueTimeoutMS=queue_ms,
        maxPoolSize=64,
    )
    return client.get_database(database, codec_options=_CODEC)


async def disconnect(database: Database) -> None:
    """Close every connection of the client behind this handle."""
    # To say goodbye the driver may connect first.
    await asyncio.to_thread(database.client.close)


def blocking(database: Database) -> Any:
    """The same database on the driver below, for a thread that may wait."""
    return database.delegate


def at_hand(stream: Any) -> bool:
    """Whether a change stream of ``blocking`` holds a change that has come already."""
    cursor = stream._cursor  # pymongo has no public word for it
    return cursor is not None and bool(cursor._has_next())


def bucket(database: Database) -> Any:
    """The GridFS bucket that holds sealed files."""
    return AsyncIOMotorGridFSBucket(database, bucket_name="files", chunk_size_bytes=1 << 20)
