"""What of a data folder goes into a backup, and comes out of it."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from config import Settings, load
from jingmin.data_folder import BYTES, FILE, DataFolder, RestoredFolder
from storage.archive import MAGIC, Broken


def settings(data: Path, **more: str) -> Settings:
    found = {"JINGMIN_DATA": str(data), **more}
    return load(None, found, complete=False)


def read(folder: DataFolder) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    name = ""
    for kind, body in folder.records():
        if kind == FILE:
            name = json.loads(body)["path"]
            assert name not in found
            found[name] = b""
        else:
            found[name] += body
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    one = tmp_path / "data"
    for name, content in (
        ("secret", b"s" * 40),
        ("serve.lock", b"1"),
        ("store/password", b"word"),
        ("journal/reports-1.jsonl", b"{}\n"),
        ("recordings/call/store/one.mka", os.urandom(2_500_000)),
        ("uploads/empty", b""),
        ("old.backup", MAGIC + b"of yesterday"),
    ):
        path = one / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return one


def test_everything_but_store_locks_sockets_and_other_backups(data: Path) -> None:
    (data / "round").symlink_to(data)
    (data / "away").symlink_to(data / "nowhere")
    os.mkfifo(data / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(data / "s"))
        found = read(DataFolder(settings(data)))
    expected = {
        "secret",
        "journal/reports-1.jsonl",
        "recordings/call/store/one.mka",
        "uploads/empty",
    }
    assert set(found) == expected
    assert all(found[name] == (data / name).read_bytes() for name in expected)


def test_folders_that_lie_on_another_disk_and_the_spare_journal(data: Path, tmp_path: Path) -> None:
    other, spare = tmp_path / "other", tmp_path / "spare"
    for folder in (other, spare / "journal"):
        folder.mkdir(parents=True)
        (folder / "reports-2.jsonl").write_bytes(b"more")
    (data / "linked").symlink_to(other)
    found = read(DataFolder(settings(data, JINGMIN_SPARE_JOURNAL=str(spare))))
    assert (
        found["linked/reports-2.jsonl"] == found["spare_journal/journal/reports-2.jsonl"] == b"more"
    )
    # There it is taken up with the other journal.
    folder = RestoredFolder(tmp_path / "new")
    folder.record(FILE, json.dumps({"path": "spare_journal/journal/x", "mtime": 0}).encode())
    folder.close()
    assert (tmp_path / "new" / "journal" / "x").exists()


def test_a_journal_that_is_written_anew_meanwhile_is_not_missed(data: Path) -> None:
    """The product writes another file and removes the first, which was in the list already."""
    folder, found = DataFolder(settings(data)), []
    for kind, body in folder.records():
        if kind == FILE:
            found.append(json.loads(body)["path"])
        if found == ["secret"] and kind == BYTES:
            (data / "journal" / "reports-1.jsonl").unlink()
            before = folder.count
            (data / "uploads" / "later").write_bytes(b"later")
            assert folder.count == before
        if "recordings/call/store/one.mka" in found:
            (data / "journal" / "reports-2.jsonl").write_bytes(b"{}\n")
    assert "journal/reports-2.jsonl" in found
    assert "uploads/later" in found
    assert "journal/reports-1.jsonl" not in found


def test_a_file_that_grows_is_read_to_the_length_that_it_had(data: Path) -> None:
    path = data / "recordings" / "call" / "store" / "one.mka"
    before, folder, found = path.read_bytes(), DataFolder(settings(data)), b""
    ours = False
    for kind, body in folder.records():
        if kind == FILE:
            ours = json.loads(body)["path"].endswith("one.mka")
        elif ours:
            found += body
            with path.open("ab") as more:
                more.write(b"more")
    assert found == before


def test_a_secret_that_is_a_setting_is_in_it(data: Path) -> None:
    (data / "secret").unlink()
    assert read(DataFolder(settings(data, JINGMIN_SECRET="t" * 40)))["secret"] == b"t" * 40
    assert not (data / "secret").exists()


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "store/db/x", "serve.lock"])
def test_no_file_gets_out_of_the_folder(tmp_path: Path, path: str) -> None:
    folder = RestoredFolder(tmp_path / "new")
    with pytest.raises(Broken, match="name that it may not have"):
        folder.record(FILE, json.dumps({"path": path, "mtime": 0}).encode())


def test_files_come_back_private_with_their_times(data: Path, tmp_path: Path) -> None:
    path = data / "journal" / "reports-1.jsonl"
    os.utime(path, ns=(5 * 10**18 // 3, 5 * 10**18 // 3))
    folder = RestoredFolder(tmp_path / "new")
    for kind, body in DataFolder(settings(data)).records():
        folder.record(kind, body)
    folder.close()
    found = (tmp_path / "new" / "journal" / "reports-1.jsonl").stat()
    assert found.st_mtime_ns == path.stat().st_mtime_ns
    assert found.st_mode & 0o777 == 0o600


def test_what_cannot_be_listed_is_not_left_out_silently(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = settings(data, JINGMIN_SPARE_JOURNAL=str(tmp_path / "not mounted"))
    with pytest.raises(FileNotFoundError):
        read(DataFolder(gone))
    real = os.scandir

    def broken(path: str) -> object:  # root may list whatever it likes
        if str(path).endswith("journal"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", broken)
    with pytest.raises(PermissionError):
        read(DataFolder(settings(data)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1]",
        b"{}",
        b'{"path": "a"}',
        b'{"path": "", "mtime": 1}',
        b'{"path": "a\\u0000b", "mtime": 1}',
        b'{"path": "a", "mtime": "x"}',
        b'{"path": "a", "mtime": 1e999}',
        b'{"path": "a", "mtime": -1}',
        b'{"path": ' + b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_file_of_a_forged_backup_is_refused_in_a_sentence(tmp_path: Path, body: bytes) -> None:
    folder = RestoredFolder(tmp_path / "new")
    with pytest.raises(Broken):
        folder.record(FILE, body)
    assert not (tmp_path / "new").exists()
