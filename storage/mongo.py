"""The driver: the only importer of motor, ready to be swapped for PyMongo's own async client.

motor runs pymongo in threads and every open change stream holds one of them; hence one stream a
process and more threads than motor's default, which it reads when it is imported.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("MOTOR_MAX_WORKERS", "64")

from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from bson.int64 import Int64
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorGridFSBucket,
)

Database = Any  # motor has no types of its own


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
    client: Any = AsyncIOMotorClient(
        uri,
        appname="jingmin",
        serverSelectionTimeoutMS=2_000,
        connectTimeoutMS=2_000,
        socketTimeoutMS=20_000,
        waitQueueTimeoutMS=5_000,
        maxPoolSize=64,
    )
    return client.get_database(database, codec_options=_CODEC)


def disconnect(database: Database) -> None:
    """Close every connection of the client behind this handle."""
    database.client.close()


def bucket(database: Database) -> Any:
    """The GridFS bucket that holds sealed files."""
    return AsyncIOMotorGridFSBucket(database, bucket_name="files", chunk_size_bytes=1 << 20)
