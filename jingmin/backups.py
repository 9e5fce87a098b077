"""``jingmin backup``, ``restore`` and ``backup-key``."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import uvloop

import starting
from api.routes import now_ms
from config import Settings, SettingsError
from domain.backup import LAST
from domain.clock import DAY_MS, in_china
from domain.errors import StoreDown
from domain.product import product_version
from jingmin.command import Declare
from jingmin.data_folder import BYTES, FILE, SECRET, DataFolder, RestoredFolder
from jingmin.store import store_uri
from storage.archive import ArchiveReader, ArchiveWriter, Broken, Head, WrongKey
from storage.archive_key import PRIVATE, PUBLIC, name, pair, parse
from storage.dump import Document, Dump, DumpFailed
from storage.formats import FORMAT
from storage.load import Load
from storage.store import MongoStore
from verifying import verify_sample

COLLECTION, DOCUMENT, EVENT = b"C", b"D", b"E"
SAMPLE = 20
# Receipt numbers of today and tomorrow that the lost store may have given out after the backup.
SKIPPED = 100_000
PATIENCE_S = 60.0
SAY_EVERY_S = 5.0


def declare(command: Declare) -> None:
    """Backup and restore, and the keys for them."""
    making = command("backup", "write a backup, also while the product runs", backup, lenient=True)
    making.add_argument("file", type=Path, metavar="FILE", help="a new file")
    making.add_argument("--to", type=Path, metavar="KEY.pub", help="only its private key opens it")
    putting = command(
        "restore",
        "restore a backup into a new data folder and an empty store",
        restore,
        lenient=True,
    )
    putting.add_argument("file", type=Path, metavar="FILE", help="a file that backup wrote")
    putting.add_argument("--key", type=Path, metavar="KEY", help="the private key it is sealed to")
    keys = command("backup-key", "make a pair of keys: FILE, FILE.pub", backup_key, lenient=True)
    keys.add_argument("file", type=Path, metavar="FILE", help="where the private key goes")


def backup_key(settings: Settings, options: argparse.Namespace) -> int:
    """Make a pair of keys; never over another."""
    private, public = pair()
    path: Path = options.file
    beside = path.with_name(path.name + ".pub")
    try:
        for target, text in ((path, private), (beside, public)):
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        return failed(f"{error.filename or path}: {error.strerror}")
    print(
        f"{path}: private key {name(parse(public, PUBLIC))}; keep it away from this machine. "
        f"Who has lost it reads no backup.\n{beside}: public key, for jingmin backup --to"
    )
    return 0


# ---- backup


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Write a backup: all of it under its name, or nothing."""
    path: Path = options.file
    public = _key(options.to, PUBLIC) if options.to else None
    if path.exists():
        raise SettingsError(f"{path} is there already")
    part = path.with_name(path.name + ".part")
    with ExitStack() as stack:
        stack.enter_context(ending_early())
        try:
            file = stack.enter_context(_alone(part))
            stack.callback(part.unlink, missing_ok=True)
            uri = stack.enter_context(store_uri(settings))
            dump = Dump(uri, settings.store_database)
            stack.callback(dump.close)
            writer, files = _write(settings, dump, file, public)
            os.rename(part, path)
        except DumpFailed as error:
            return failed(f"no backup: {error}")
        except OSError as error:
            return failed(f"no backup: {error.filename or path}: {error.strerror or error}")
        except KeyboardInterrupt:
            return failed("no backup: interrupted", 130)
        _sync_folder(path)
        documents = writer.counts.get("D", 0)
        facts = {"at": now_ms(), "bytes": writer.bytes, "documents": documents, "files": files}
        try:
            dump.remember({"_id": LAST, **facts, "sealed": public is not None, "version": 0})
        except StoreDown as error:
            failed(f"the backup is whole, but its time is not in the store: {error.detail}")
    print(f"{path}: {documents:,} documents, {files:,} files of data, {writer.bytes:,} bytes")
    for torn in dump.damaged:
        print(f"  file {torn}: pieces of it are missing in the store, and so in the backup")
    if public is None:
        print(
            "it is not encrypted and holds the secret: keep it as data/secret, or use --to KEY.pub"
        )
    return 0


@contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """The file to write to; what a backup that was killed has left of it is thrown away."""
    file = open(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb")  # noqa: SIM115 (below)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"{part}: another backup writes it") from None
        file.truncate(0)
        yield file
    finally:
        # What is whole was synced before; of what a full disk refused, closing it says so once more.
        with suppress(OSError):
            file.close()


def _write(
    settings: Settings, dump: Dump, file: IO[bytes], public: bytes | None
) -> tuple[ArchiveWriter, int]:
    format, readable_by = dump.format()
    head = Head(product_version(), now_ms(), settings.store_database, format, readable_by)
    writer = ArchiveWriter(file, head, public)
    progress = Progress()
    # Before the store: what the product moves from a journal into the store is in one of them.
    data = DataFolder(settings)
    for kind, body in data.records():
        writer.write(kind, body)
        progress.say(f"{data.count:,} files of data", writer.bytes)
    collection = ""
    for record in dump.records():
        if isinstance(record, Document):
            if record.collection != collection:
                collection = record.collection
                writer.write(COLLECTION, collection.encode())
            writer.write(DOCUMENT, record.raw)
        else:
            writer.write(EVENT, record.raw)
        progress.say(f"{writer.counts.get('D', 0):,} documents", writer.bytes)
    writer.end()
    file.flush()
    os.fsync(file.fileno())
    return writer, data.count


# ---- restore


def restore(settings: Settings, options: argparse.Namespace) -> int:
    """Restore a backup: it is read to its end before anything is written."""
    path: Path = options.file
    private = _key(options.key, PRIVATE) if options.key else None
    with ExitStack() as stack:
        stack.enter_context(ending_early())
        try:
            reader = ArchiveReader(stack.enter_context(path.open("rb")), private)
            _require_new(settings.data)
            counts = reader.check()
            if reader.head.readable_by > FORMAT:
                raise Broken(f"version {reader.head.product} wrote it, which this one cannot read")
            _require_secret(settings, reader)
            print(
                f"{path}: whole; {counts.get('D', 0):,} documents, {counts.get('F', 0):,} files, begun "
                f"{in_china(reader.head.created_at, '%Y-%m-%d %H:%M:%S')} China time, "
                f"version {reader.head.product}"
            )
            if not settings.store_uri:
                # The product may run on this machine, too.
                store = {"store_port": ("127.0.0.1", settings.store_port)}
                starting.require_ports(store, "")
            stack.enter_context(starting.hold(settings.data))
            mark = settings.data / starting.RESTORING
            uri = stack.enter_context(store_uri(settings, held=True, made=True))
            load = Load(uri, settings.store_database)
            stack.callback(load.close)
            require_empty(load)
            mark.touch(mode=0o600)
            load.begin()
            files = _read(reader, load, settings.data)
            load.end()
            altered = uvloop.run(_check(settings, uri))
            os.sync()  # folders, too
            mark.unlink()
            _sync_folder(mark)
        except WrongKey as error:
            raise SettingsError(f"{path}: {error}") from None
        except Broken as error:
            return failed(f"{path}: {error}; nothing of it is used")
        except OSError as error:
            return failed(f"{error.filename or path}: {error.strerror or error}")
        except KeyboardInterrupt:
            return failed(
                f"interrupted: delete {settings.data}, if it is there, and try again", 130
            )
    print(
        f"restored: {files:,} files into {settings.data}; {load.left_behind:,} documents of sessions and "
        "processes are left out\na minute after the start: jingmin verify all"
    )
    return altered


def _read(reader: ArchiveReader, load: Load, data: Path) -> int:
    progress = Progress()
    folder = RestoredFolder(data)
    load.prepare()
    documents, collection = 0, ""
    try:
        for kind, body in reader.records():
            if kind in (FILE, BYTES):
                folder.record(kind, body)
            elif kind == COLLECTION:
                collection = body.decode()
            elif kind == DOCUMENT:
                load.document(collection, body)
                documents += 1
            progress.say(f"{folder.count:,} files, {documents:,} documents")
        load.flush()
    finally:
        folder.close()
    for number, (kind, body) in enumerate(reader.records()):
        if kind == EVENT:
            load.event(body)
            progress.say(f"record {number:,}: changes")
    load.flush()
    return folder.count


async def _check(settings: Settings, uri: str) -> int:
    """Make the indexes, go on with receipt numbers above those that may have been given out, and look at a
    sample; 1 when something is altered."""
    store = MongoStore(uri, settings.store_database, follow=())
    try:
        await store.open(PATIENCE_S)
        for day in (now_ms(), now_ms() + DAY_MS):
            await store.reserve_numbers(in_china(day, "%y%m%d"), SKIPPED)
        return await verify_sample(store, settings.secret_bytes(), SAMPLE)
    finally:
        await store.close()


def _require_new(data: Path) -> None:
    if (data / starting.RESTORING).exists():
        starting.hold(data).close()  # it says why not
    for one in (SECRET, "store"):
        if (data / one).exists():
            raise SettingsError(
                f"data: {data} holds an installation already; name a new folder: --data FOLDER"
            )
    held = sorted(one.name for one in data.iterdir()) if data.is_dir() else []
    if held not in ([], [starting.LOCK]):
        raise SettingsError(f"data: {data} is not empty: {held[0]}")


def _require_secret(settings: Settings, reader: ArchiveReader) -> None:
    """A secret that is set must be the one of the backup, or nothing sealed with it can be read."""
    if not settings.secret:
        return
    records = reader.records()
    next(records)  # the head of its file, which is the first
    if next(records) != (BYTES, settings.secret.encode()):
        raise SettingsError(
            "secret: it is not that of the backup; leave it out, data/secret has it"
        )


def require_empty(load: Load) -> None:
    """Raises ``SettingsError`` naming what is there."""
    if found := load.found():
        raise SettingsError(f"the store is not empty: it has {', '.join(found[:5])}")


# ---- of both


class Progress:
    """A line on standard error every five seconds."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def say(self, what: str, size: int = 0) -> None:
        """What is done so far."""
        now = time.monotonic()
        if now - self._said < SAY_EVERY_S:
            return
        self._said = now
        written = f", {size >> 20:,} MiB" if size else ""
        print(f"… {what}{written}", file=sys.stderr, flush=True)


@contextmanager
def ending_early() -> Iterator[None]:
    """SIGTERM ends the work as Ctrl-C does, so that nothing half is left."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _key(path: Path, mark: str) -> bytes:
    try:
        return parse(path.read_text(), mark)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {getattr(error, 'strerror', None) or 'no key'}") from None
    except WrongKey as error:
        raise SettingsError(f"{path}: {error}") from None


def _sync_folder(path: Path) -> None:
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def failed(why: str, code: int = 1) -> int:
    """Say why not; the exit code."""
    with suppress(OSError):
        print(f"jingmin: {why}", file=sys.stderr)
    return code
