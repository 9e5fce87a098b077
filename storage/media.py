"""Sealed files in GridFS: pictures, clips, recordings. A file is written once under its id."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import gridfs.errors
import pymongo.errors

from domain.errors import NotFound, StoreDown
from storage.mongo import Database, bucket
from storage.shelf import refusing

PIECE = 1 << 20


class GridFiles:
    """``domain.ports.Files``. Ids are chosen by the caller; putting one twice keeps the first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bucket = bucket(database)

    @refusing
    async def put(self, id: str, path: str, meta: Mapping[str, Any]) -> None:
        with await asyncio.to_thread(Path(path).open, "rb") as source:

            async def pieces() -> AsyncIterator[bytes]:
                while piece := await asyncio.to_thread(source.read, PIECE):
                    yield piece

            await self._put(id, pieces(), meta)

    @refusing
    async def put_bytes(self, id: str, data: bytes, meta: Mapping[str, Any]) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(data), PIECE):
                yield data[start : start + PIECE]

        await self._put(id, pieces(), meta)

    async def _put(self, id: str, pieces: AsyncIterator[bytes], meta: Mapping[str, Any]) -> None:
        if await self._database["files.files"].find_one({"_id": id}, {"_id": 1}):
            return
        # Left-over pieces of an attempt that a crash cut short would collide with ours.
        await self._database["files.chunks"].delete_many({"files_id": id})
        stream = self._bucket.open_upload_stream_with_id(id, id, metadata=dict(meta))
        try:
            async for piece in pieces:
                await stream.write(piece)
        except BaseException:
            await stream.abort()
            raise
        await stream.close()

    async def size(self, id: str) -> int:
        return int((await self._open(id)).length)

    async def read(self, id: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        stream = await self._open(id)
        left = (stream.length if end is None else min(end, stream.length)) - start
        try:
            if start:
                stream.seek(start)
            while left > 0:
                piece = await stream.read(min(PIECE, left))
                if not piece:
                    return
                left -= len(piece)
                yield piece
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(type(error).__name__) from error

    @refusing
    async def remove(self, id: str) -> None:
        await self._database["files.files"].delete_one({"_id": id})
        await self._database["files.chunks"].delete_many({"files_id": id})

    async def _open(self, id: str) -> Any:
        try:
            return await self._bucket.open_download_stream(id)
        except gridfs.errors.NoFile:
            raise NotFound("no such file") from None
        except pymongo.errors.PyMongoError as error:
            raise StoreDown(type(error).__name__) from error
