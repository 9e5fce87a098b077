"""The form of a backup file: what was written is read again, and nothing else is."""

from __future__ import annotations

import hashlib
import io
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from main import main
from storage import archive
from storage.archive import ArchiveReader, ArchiveWriter, Broken, Head, WrongKey
from storage.archive_key import PRIVATE, PUBLIC, pair, parse

RECORDS = st.lists(st.tuples(st.sampled_from([b"C", b"D", b"E", b"F"]), st.binary(max_size=200)))
HEAD = Head("1.0", 1_795_000_000_000, "jingmin")


def keys() -> tuple[bytes, bytes]:
    private, public = pair()
    return parse(private, PRIVATE), parse(public, PUBLIC)


KEYS = keys()


def written(records: list[tuple[bytes, bytes]], sealed: bool) -> bytes:
    file = io.BytesIO()
    writer = ArchiveWriter(file, HEAD, KEYS[1] if sealed else None)
    for kind, body in records:
        writer.write(kind, body)
    writer.end()
    return file.getvalue()


def read(data: bytes) -> list[tuple[bytes, bytes]]:
    reader = ArchiveReader(io.BytesIO(data), KEYS[0])
    reader.check()
    return list(reader.records())[:-1]


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    """So that a few records are several chunks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "CHUNK", 512)
        yield


@given(records=RECORDS, sealed=st.booleans())
@settings(max_examples=60)
def test_what_was_written_is_read_again(records: list[tuple[bytes, bytes]], sealed: bool) -> None:
    data = written(records, sealed)
    assert read(data) == records
    facts = ArchiveReader(io.BytesIO(data), KEYS[0]).head
    assert (facts.product, facts.created_at) == (HEAD.product, HEAD.created_at)


@given(records=RECORDS, sealed=st.booleans(), data=st.data())
@settings(max_examples=100)
def test_a_byte_that_was_altered_lost_or_added_is_found(
    records: list[tuple[bytes, bytes]], sealed: bool, data: st.DataObject
) -> None:
    whole = written(records, sealed)
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytes([whole[at] ^ data.draw(st.integers(1, 255))])
    for wrong in (whole[:at] + flipped + whole[at + 1 :], whole[:at], whole + b"\0"):
        with pytest.raises((Broken, WrongKey)):
            read(wrong)


def test_chunks_of_a_sealed_file_cannot_be_put_in_another_order_or_left_out() -> None:
    """Whoever can write a sum can forge one; not so what is sealed."""
    records = [(b"D", bytes([number]) * 400) for number in range(6)]
    whole = written(records, True)
    start = len(archive.MAGIC)
    start += 4 + int.from_bytes(whole[start : start + 4], "big")
    chunks, at = [], start
    while at < len(whole) - archive.SUM:
        length = int.from_bytes(whole[at : at + 4], "big") & ~archive.LAST
        chunks.append(whole[at : at + 4 + length])
        at += 4 + length
    assert len(chunks) > 3
    for forged in ([chunks[1], chunks[0], *chunks[2:]], chunks[1:], [*chunks[:1], chunks[-1]]):
        body = whole[:start] + b"".join(forged)
        with pytest.raises(Broken, match="sealed chunk"):
            read(body + hashlib.sha256(body).digest())


def test_the_text_of_a_sealed_file_is_not_in_it() -> None:
    assert b"Zhang San" not in written([(b"D", b"Zhang San")], True)


def test_another_key_is_refused_with_its_name() -> None:
    other, _ = keys()
    data = written([(b"D", b"x")], True)
    for private in (other, None):
        with pytest.raises(WrongKey, match="sealed to the key"):
            ArchiveReader(io.BytesIO(data), private).check()


def test_a_newer_format_is_refused_with_the_version_that_wrote_it() -> None:
    data = written([], False).replace(b'"format": 1', b'"format": 2')
    with pytest.raises(Broken, match=r"newer version wrote it \(format 2, 1\.0\)"):
        ArchiveReader(io.BytesIO(data))


def test_a_key_is_no_other_key() -> None:
    private, public = pair()
    assert len(b64decode(public.removeprefix(PUBLIC))) == 32
    for text, mark in ((private, PUBLIC), (public, PRIVATE), ("", PUBLIC), (public[:-5], PUBLIC)):
        with pytest.raises(WrongKey):
            parse(text, mark)


def test_a_backup_that_this_version_cannot_read_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "newer.backup"
    with path.open("wb") as file:
        writer = ArchiveWriter(file, replace(HEAD, product="9.9.0", store_format=7, readable_by=7))
        writer.end()
    data = tmp_path / "restored"
    assert main(["restore", str(path), "--data", str(data)]) == 1
    assert "version 9.9.0 wrote it, which this one cannot read" in capsys.readouterr().err
    assert not (data / "store").exists()
