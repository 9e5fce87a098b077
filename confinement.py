"""Takes everything from a process that opens strangers' files, before it sees their first byte.

Each layer is used where the kernel has it: ``leave`` and ``confine`` say which took effect. Always
there are limits of time, memory, files and processes; an empty environment and closed files are the
business of who starts the process. Nothing here can be undone by the process itself.

Sources: unshare(2), pivot_root(2), capabilities(7), landlock(7), seccomp(2), prctl(2), setrlimit(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from dataclasses import dataclass

LIMITS = "limits"
USER = "own user"
NETWORK = "own network"
ROOT = "empty root"
LANDLOCK = "landlock"
SECCOMP = "seccomp"
LAYERS = (LIMITS, USER, NETWORK, ROOT, LANDLOCK, SECCOMP)

# A user that nobody is. Where a container has no room for it, the one that owns nothing.
UNUSED, NOBODY = 2_000_000_110, 65_534
FILES = 64  # open at once; the children close theirs

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
NEW_MOUNTS, NEW_UTS, NEW_IPC, NEW_USER, NEW_NETWORK = (
    0x0002_0000,
    0x0400_0000,
    0x0800_0000,
    0x1000_0000,
    0x4000_0000,
)
SPACES = NEW_MOUNTS | NEW_UTS | NEW_IPC | NEW_NETWORK
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 1 << 14, 1 << 18
MNT_DETACH = 2
CAPABILITIES_3 = 0x2008_0522
CREATE_RULESET, RESTRICT_SELF = 444, 446  # on every architecture
RULESET_VERSION = 1
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
CAPSET = {"x86_64": 126, "aarch64": 91}
ARCHITECTURE = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}

# What computing on open files needs, and no more: x86_64, aarch64.
CALLS = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "readv": (19, 65),
    "writev": (20, 66),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "dup": (32, 23),
    "getpid": (39, 172),
    "exit": (60, 93),
    "fcntl": (72, 25),
    "ftruncate": (77, 46),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "newfstatat": (262, 79),  # how newer C libraries ask for the size of an open file
    "set_robust_list": (273, 99),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "rseq": (334, 293),
}

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one file's decoding: seconds of processor and of the clock, bytes of memory and of a copy."""

    cpu_s: int
    wall_s: float
    memory: int
    largest: int


def leave() -> tuple[str, ...]:
    """Give up user, network, files and privileges for good; the layers that took effect.

    For a process of one thread that has imported all it will ever need. It may still fork.
    """
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    layers = [LIMITS]
    apart = _call("unshare", SPACES)
    if apart:
        layers += _empty_root()
    if os.geteuid() == 0 and _another_user():
        layers.append(USER)
    if not apart:
        # Who is nobody special may still have these inside a user namespace.
        apart = _call("unshare", NEW_USER | SPACES)
        if apart:
            layers += _empty_root()
    if apart:
        layers.append(NETWORK)
    _drop_capabilities()
    _prctl(PR_SET_DUMPABLE, 0)
    if _landlock():
        layers.append(LANDLOCK)
    if platform.machine() in ARCHITECTURE and _seccomp_is_there():
        layers.append(SECCOMP)
    return tuple(one for one in LAYERS if one in layers)


def confine(limits: Limits, parent: int) -> None:
    """In the forked child, before the first byte of a file is read: ends with its parent, has ends of
    time and memory, and can only compute on what is open. Raises ``OSError`` when that cannot be."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise OSError(errno.ESRCH, "the parent is gone")
    # SIGXCPU comes first, and tells this end from others' SIGKILL; who blocks it gets a second more.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    for limit, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.largest),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    if platform.machine() in ARCHITECTURE and _seccomp_is_there():
        _seccomp()


def landlock_version() -> int:
    """The kernel's version of Landlock; 0 without."""
    return max(0, int(_libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), RULESET_VERSION)))


def _call(name: str, *arguments: int | bytes | None) -> bool:
    return bool(getattr(_libc, name)(*arguments) == 0)


def _prctl(what: int, value: int) -> None:
    if _libc.prctl(what, ctypes.c_ulong(value), *[ctypes.c_ulong(0)] * 3):
        raise OSError(ctypes.get_errno(), "prctl")


def _empty_root() -> list[str]:
    """An empty, read-only folder in place of all files; the old root is let go."""
    flags = ctypes.c_ulong(MS_REC | MS_PRIVATE)
    empty = ctypes.c_ulong(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
    number = PIVOT_ROOT.get(platform.machine())
    if (
        number is None
        or _libc.mount(b"none", b"/", None, flags, None)
        or _libc.mount(b"none", b"/tmp", b"tmpfs", empty, b"size=4k,nr_inodes=2,mode=555")
    ):
        return []
    os.chdir("/tmp")  # noqa: S108 - covered by the empty folder
    if _libc.syscall(number, b".", b".") or _libc.umount2(b".", MNT_DETACH):
        return []
    os.chdir("/")
    return [ROOT]


def _another_user() -> bool:
    for number in (UNUSED, NOBODY):
        try:
            os.setgroups([])
            os.setresgid(number, number, number)
            os.setresuid(number, number, number)
            return True
        except OSError:
            continue
    return False


def _drop_capabilities() -> None:
    number = CAPSET.get(platform.machine())
    if number is not None:
        none = ctypes.create_string_buffer(24)
        _libc.syscall(number, struct.pack("II", CAPABILITIES_3, 0), none)


def _landlock() -> bool:
    """No rule allows anything: no file can be opened, no port used, nobody outside signalled."""
    version = landlock_version()
    if not version:
        return False
    files = 0x1FFF  # read, write, execute, make and remove whatever
    files |= (version >= 2) << 13 | (version >= 3) << 14 | (version >= 5) << 15
    asked = struct.pack("Q", files)
    if version >= 4:
        asked += struct.pack("Q", 3)  # bind, connect
    if version >= 6:
        asked += struct.pack("Q", 3)  # abstract sockets, signals
    rules = _libc.syscall(CREATE_RULESET, asked, ctypes.c_size_t(len(asked)), 0)
    if rules < 0:
        return False
    try:
        return bool(_libc.syscall(RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


# ---- seccomp: one instruction is (code, jump if true, jump if false, value)

LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
KILL, REFUSE, ALLOW = 0x8000_0000, 0x0005_0000 | errno.EPERM, 0x7FFF_0000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _seccomp_is_there() -> bool:
    # Without a program the kernel that knows filters says "bad address", another "invalid".
    _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), None, ctypes.c_ulong(0), ctypes.c_ulong(0))
    return ctypes.get_errno() == errno.EFAULT


def _seccomp() -> None:
    """Refuse every system call that is not in ``CALLS``; another architecture's ends the process."""
    machine = platform.machine()
    column = list(ARCHITECTURE).index(machine)
    allowed = [numbers[column] for numbers in CALLS.values()]
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, ARCHITECTURE[machine]), (RETURN, 0, 0, KILL)]
    steps.append((LOAD, 0, 0, 0))
    for done, number in enumerate(allowed):
        steps.append((EQUAL, len(allowed) - done, 0, number))
    steps += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    text = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = _Program(len(steps), text)
    if _libc.prctl(
        PR_SET_SECCOMP,
        ctypes.c_ulong(2),
        ctypes.byref(program),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    ):
        raise OSError(ctypes.get_errno(), "seccomp")
