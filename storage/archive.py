"""The form of a backup file: records in compressed chunks, sealed to a key when asked.

Numbers are big-endian::

    file    = "JMBACKUP" u32(length of head) head chunk… sum
    head    = JSON: format, product, created_at (Unix ms), database, store_format and readable_by (of its
              documents: storage/formats.py), and sealed: null, or the key it is sealed to (16 hex digits
              of its SHA-256) and the ephemeral public key (base64)
    chunk   = u32(length, highest bit set: the last chunk) bytes
    sum     = SHA-256 of everything before it
    bytes   = zlib of records, and sealed: ChaCha20-Poly1305 of that
    record  = kind (one byte) u32(length) body

The key of a sealed file is HKDF-SHA256 of an X25519 exchange; the nonce counts the chunks and says which
is the last, the head's SHA-256 is authenticated with each (STREAM, https://eprint.iacr.org/2015/189).
A file that was cut, continued or altered is found before anything of it is used: ``check`` reads it all.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any

from cryptography.exceptions import InvalidTag

from domain.errors import Refused
from domain.json_limits import check_json
from storage.archive_key import Sealing, WrongKey, opened, sealing

MAGIC = b"JMBACKUP"
FORMAT = 1
MOST_FACTS = 1 << 20  # bytes of a head or an end
CHUNK = 1 << 20  # records of about so many bytes
LARGEST = 64 << 20  # of a chunk: a document has 16 MiB at most
LAST = 1 << 31
END = b"Z"
SUM = 32
_U32 = struct.Struct(">I")


class Broken(ValueError):
    """The file is no backup, was cut or altered, or its format is newer than this version."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a backup file says of itself. ``created_at`` is Unix ms; ``store_format`` that of the documents,
    and ``readable_by`` the lowest format whose versions can work with them."""

    product: str
    created_at: int
    database: str
    store_format: int = 0
    readable_by: int = 0
    format: int = FORMAT
    sealed: dict[str, str] | None = None


class ArchiveWriter:
    """Writes one backup to a file; ``end`` makes it whole. ``public`` is the key that it is sealed to."""

    def __init__(self, file: IO[bytes], head: Head, public: bytes | None = None) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        self._records = bytearray()
        self._sealing: Sealing | None = None
        facts = asdict(head)
        if public is not None:
            self._sealing, facts["sealed"] = sealing(public)
        text = json.dumps(facts).encode()
        if self._sealing is not None:
            self._sealing.about = hashlib.sha256(text).digest()
        self.bytes = 0
        self.counts: dict[str, int] = {}
        self._put(MAGIC + _U32.pack(len(text)) + text)
        file.flush()  # who reads the folder that it lies in knows it by its beginning

    def write(self, kind: bytes, body: bytes) -> None:
        """One record."""
        name = kind.decode("ascii")
        self.counts[name] = self.counts.get(name, 0) + 1
        self._records += kind + _U32.pack(len(body))
        self._records += body
        if len(self._records) >= CHUNK:
            self._chunk(0)

    def end(self) -> None:
        """The last record says how many there are of each kind; then the sum. The file is not synced."""
        body = json.dumps(self.counts).encode()
        self._records += END + _U32.pack(len(body)) + body
        self._chunk(LAST)
        self._put(self._sum.digest())

    def _chunk(self, last: int) -> None:
        packed = zlib.compress(self._records, 1)
        self._records.clear()
        if self._sealing is not None:
            packed = self._sealing.encrypt(packed, bool(last))
        self._put(_U32.pack(len(packed) | last) + packed)

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._sum.update(data)
        self.bytes += len(data)


class ArchiveReader:
    """Reads a backup. Raises ``Broken``, and ``WrongKey`` when it is sealed and ``private`` does not open
    it. ``records`` may be asked for again."""

    def __init__(self, file: IO[bytes], private: bytes | None = None) -> None:
        self._file, self._private = file, private
        self._sum = hashlib.sha256()
        self.head, self._text = self._read_head()

    def check(self) -> dict[str, int]:
        """Read everything; how many records of each kind there are."""
        counts: dict[str, int] = {}
        said: dict[str, Any] = {}
        for kind, body in self.records():
            if kind == END:
                said = _json(body)
            else:
                name = kind.decode("latin-1")
                counts[name] = counts.get(name, 0) + 1
        if said != counts:
            raise Broken("it holds something else than its end says")
        return counts

    def records(self) -> Iterator[tuple[bytes, bytes]]:
        """Kind and body of each record, the last one included; raises ``Broken`` at what is wrong."""
        self._file.seek(0)
        self._sum = hashlib.sha256()
        if self._read_head()[1] != self._text:
            raise Broken("it changed while it was read")
        opening: Sealing | None = None
        if self.head.sealed is not None:
            opening = opened(self._private, self.head.sealed)
            opening.about = hashlib.sha256(self._text).digest()
        last = False
        while not last:
            (length,) = _U32.unpack(self._take(_U32.size))
            last, length = bool(length & LAST), length & ~LAST
            if length > LARGEST:
                raise Broken("a chunk is too long")
            packed = self._take(length)
            if opening is not None:
                try:
                    packed = opening.decrypt(packed, last)
                except InvalidTag:
                    raise Broken("a sealed chunk was altered") from None
            yield from _records(_unpacked(packed), last)
        expected = self._sum.digest()
        if self._take(SUM) != expected:
            raise Broken("its sum does not match: it was altered")
        if self._file.read(1):
            raise Broken("something follows its end")

    def _read_head(self) -> tuple[Head, bytes]:
        if self._file.read(len(MAGIC)) != MAGIC:
            raise Broken("it is no backup of this product")
        self._sum.update(MAGIC)
        (length,) = _U32.unpack(self._take(_U32.size))
        if length > CHUNK:
            raise Broken("its head is too long")
        text = self._take(length)
        facts = _json(text)
        if not isinstance(facts.get("format"), int):
            raise Broken("its head cannot be read")
        if facts["format"] > FORMAT:
            raise Broken(
                f"a newer version wrote it (format {facts['format']}, {facts.get('product')}); "
                "restore it with that one"
            )
        try:
            return Head(**facts), text
        except TypeError:
            raise Broken("its head cannot be read") from None

    def _take(self, length: int) -> bytes:
        found = self._file.read(length)
        if len(found) < length:
            raise Broken("it was cut off")
        self._sum.update(found)
        return found


def _unpacked(packed: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        found = inflating.decompress(packed, LARGEST)
    except zlib.error:
        raise Broken("a chunk was altered") from None
    if not inflating.eof or inflating.unused_data:
        raise Broken("a chunk was altered")
    return found


def _records(data: bytes, last: bool) -> Iterator[tuple[bytes, bytes]]:
    at, kind = 0, b""
    while at < len(data):
        if kind == END:
            raise Broken("something follows its end")
        kind, start = data[at : at + 1], at + 1 + _U32.size
        if start > len(data):
            raise Broken("a record was altered")
        (length,) = _U32.unpack_from(data, at + 1)
        at = start + length
        if at > len(data):
            raise Broken("a record was altered")
        yield kind, data[start:at]
    if (kind == END) != last:
        raise Broken("its end is missing")


def _json(text: bytes) -> dict[str, Any]:
    try:
        check_json(text, MOST_FACTS)
        found = json.loads(text)
    except (ValueError, Refused):
        raise Broken("it was altered") from None
    if not isinstance(found, dict):
        raise Broken("it was altered")
    return found


__all__ = ["END", "MAGIC", "ArchiveReader", "ArchiveWriter", "Broken", "Head", "WrongKey"]
