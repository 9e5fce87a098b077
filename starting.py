"""Who else is here: one installation for a data folder, and for a port.

Several api processes of one installation may share a port, and the kernel gives each a part of the
connections. Of another installation it would do the same, and take reports away into another store.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from domain.ticket import derive_key
from platform_settings import SettingsError

LEAVING_S = 3.0  # who was just stopped may still hold a port
SHARED = ("port", "bot_port", "worker_port")
NAMES = Path("/proc/net/unix")
LOCK = "serve.lock"
RESTORING = "restoring"  # a data folder with this file holds a part of a backup


def installation(secret: bytes, store: str) -> str:
    """A name for those who share secret and store, which tells neither."""
    return derive_key(secret, f"installation {store}").hex()[:24]


def hold(data: Path) -> IO[str]:
    """The data folder for us alone until the file is closed; raises ``SettingsError`` with who has it."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (data / RESTORING).exists():
        raise SettingsError(
            f"data: a restore into {data} did not come to its end; delete the folder and restore again"
        )
    file = open(data / LOCK, "a+")  # noqa: SIM115 (as long as we live)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read(20).strip() or "unknown"
        file.close()
        raise SettingsError(
            f"data: {data} is in use by another jingmin serve or demo (process {owner})"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def require_ports(places: Mapping[str, tuple[str, int]], of: str, udp: int = 0) -> None:
    """Raises ``SettingsError`` naming the port that another program has, or that another installation
    than ``of`` serves; waits 3 s for who may be leaving. ``udp`` is the media process's, 0: any."""
    end = time.monotonic() + LEAVING_S
    for name, (host, port) in places.items():
        _wait_for(name, host, port, end, name in SHARED)
        if name in SHARED:
            _require_alone(name, port, of)
    if udp:
        _wait_for("media_udp_port", "0.0.0.0", udp, end, False, socket.SOCK_DGRAM)  # noqa: S104


def claim(name: str, port: int, of: str) -> socket.socket:
    """Say that ``of`` serves the port, until it is closed; raises ``SettingsError`` when another
    installation does: of two that begin at the same moment neither goes on."""
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    if sys.platform == "linux":
        mark.bind(f"\0{_mark(port)}{of}/{os.getpid()}")
        try:
            _require_alone(name, port, of)
        except SettingsError:
            mark.close()
            raise
    return mark


def reason(name: str, host: str, port: int, error: OSError) -> SettingsError:
    """Why nobody can listen there, in words."""
    if error.errno == errno.EADDRINUSE:
        return SettingsError(f"{name}: {port} is in use by another program")
    if error.errno == errno.EACCES:
        return SettingsError(f"{name}: {port} may be opened by root only; take one above 1023")
    return SettingsError(f"{name}: cannot listen on {host}, port {port}: {error.strerror}")


def _wait_for(
    name: str, host: str, port: int, end: float, shared: bool, kind: int = socket.SOCK_STREAM
) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            try:
                return probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                    raise reason(name, host, port, error) from None
        time.sleep(0.1)


def _require_alone(name: str, port: int, of: str) -> None:
    if strangers(port, of):
        raise SettingsError(f"{name}: {port} is served by another installation of jingmin")


def strangers(port: int, of: str) -> list[str]:
    """Installations other than ``of`` that serve the port on this machine; none where the kernel does
    not tell."""
    try:
        lines = NAMES.read_text().splitlines()
    except OSError:
        return []
    mark = f"@{_mark(port)}"
    found = {line.partition(mark)[2].partition("/")[0] for line in lines if mark in line}
    return sorted(found - {of, ""})


def _mark(port: int) -> str:
    return f"jingmin/{port}/"
