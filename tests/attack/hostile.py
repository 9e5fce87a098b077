"""A decoder that does what a broken-into one would try; the program of test_confinement.py."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import confinement
from decoder_process import NoSenseError, TooMuchError, serve

LIBC = ctypes.CDLL(None, use_errno=True)


def listed(folder: str) -> None:
    os.listdir(folder)


def read(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def write(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def connect(port: int) -> None:
    with socket.socket() as one:
        one.settimeout(2)
        one.connect(("127.0.0.1", port))


def socket_pair() -> None:
    for one in socket.socketpair():
        one.close()


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def execute() -> None:
    os.execv(sys.executable, [sys.executable, "-c", "pass"])


def called(name: str, *arguments: Any) -> None:
    if getattr(LIBC, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def attempts(path: str, folder: str, port: int) -> dict[str, Callable[[], None]]:
    """What must be denied, by name."""
    return {
        "read data": lambda: read(path),
        "list data": lambda: listed(folder),
        "write data": lambda: write(f"{folder}/new"),
        "read passwd": lambda: read("/etc/passwd"),
        "read its own memory": lambda: read("/proc/self/mem"),
        "read the parent": lambda: read(f"/proc/{os.getppid()}/environ"),
        "connect": lambda: connect(port),
        "socket pair": socket_pair,
        "fork": fork,
        "execute": execute,
        "kill the parent": lambda: os.kill(os.getppid(), signal.SIGTERM),
        "trace the parent": lambda: called("ptrace", 16, os.getppid(), None, None),
        "become root": lambda: os.setresuid(0, 0, 0),
        "more memory": lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40)),
        "new namespace": lambda: called("unshare", 0x1000_0000),
        "memory file": lambda: os.close(os.memfd_create("one")),
    }


def denied(tries: dict[str, Callable[[], None]]) -> dict[str, str]:
    """The error that each attempt met; "" for what went through."""
    found = {}
    for name, attempt in tries.items():
        try:
            attempt()
        except OSError as error:
            found[name] = errno.errorcode.get(error.errno or 0, "timeout")
        except ValueError as error:  # setrlimit says it like this
            found[name] = str(error)
        else:
            found[name] = ""
    return found


def work(job: dict[str, Any], source: int, target: int) -> dict[str, Any]:
    os.write(target, b"made")
    match job["do"]:
        case "try":
            return {
                "denied": denied(attempts(job["path"], job["folder"], job["port"])),
                "environment": dict(os.environ),
                "open": [one for one in range(200) if is_open(one)],
            }
        case "allocate":
            bytearray(job["bytes"])
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(3600)
        case "work a while":
            time.sleep(1)
        case "block signals and sleep":
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            while True:
                time.sleep(1)
        case "block signals and spin":
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            while True:
                pass
        case "fill":
            while True:
                os.write(target, bytes(1 << 20))
        case "crash":
            ctypes.string_at(0)
        case "nothing":
            raise NoSenseError
        case "too much":
            raise TooMuchError
        case "lie":
            return {"type": "text/html", "width": "1", "height": [], "length_ms": "x"}
    return {}


def is_open(number: int) -> bool:
    with contextlib.suppress(OSError):
        os.fstat(number)
        return True
    return False


def layer(name: str, path: str, folder: str, port: str, *names: str) -> dict[str, str]:
    """What one layer alone denies of these, in a process that has no other."""
    tries = {one: attempts(path, folder, int(port))[one] for one in names}
    confinement._prctl(confinement.PR_SET_NO_NEW_PRIVS, 1)
    match name:
        case confinement.USER:
            worked = confinement._another_user()
        case confinement.NETWORK | confinement.ROOT:
            worked = confinement._call("unshare", confinement.SPACES) or confinement._call(
                "unshare", confinement.NEW_USER | confinement.SPACES
            )
            if name == confinement.ROOT:
                worked = worked and bool(confinement._empty_root())
        case confinement.LANDLOCK:
            worked = confinement._landlock()
        case confinement.SECCOMP:
            confinement._seccomp()
            worked = True
        case _:
            raise NotImplementedError(name)
    return {"worked": str(worked), **denied(tries)}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(layer(*sys.argv[1:])))
    else:
        serve(work, lambda: None)
