"""What ``jingmin doctor`` looks at on this machine: settings, map, data folder, disk, open files, clock."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import pwd
import resource
import shutil
import sys
from pathlib import Path

from api.disk_watch import is_little
from config import SettingsError, load
from domain.errors import Refused
from domain.finding import Finding, doubtful, unseen, well, wrong
from jingmin.assembly.areas import boundaries_known
from jingmin.case import Case
from network_settings import check_media, doubts
from supervisor import PROGRAM

FEW_FILES = 8_192
FEW_INODES = 10_000
MAP_S = 25.0
STA_UNSYNC, TIME_ERROR = 0x40, 5
AWAY_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs")


def check_settings(case: Case) -> list[Finding]:
    """What a start would refuse, and what can be right and seldom is."""
    settings, found = case.settings, []
    for check in (
        lambda: load(None, settings.environment()),
        lambda: check_media(settings),
    ):
        try:
            check()
        except SettingsError as error:
            text = str(error)
            found.append(
                wrong("settings", f"设置有误，启动会被拒绝：{text}", f"a start is refused: {text}")
            )
    for doubt in doubts(settings):
        found.append(doubtful("settings", f"这样设置多半不对：{doubt}", doubt))
    if not settings.second_factor and not settings.demo:
        found.append(
            doubtful(
                "settings",
                "second_factor = false：民警只用密码登录；只有前面另有系统验证时才可以这样设",
                "second_factor: false, staff log in with a password alone; right only behind another system",
            )
        )
    return found or [well("settings", "设置可用", "a start takes them, and nothing is doubtful")]


async def check_boundaries(case: Case) -> list[Finding]:
    """The map, in a process of its own: a large one takes memory, and may have to be ended."""
    path = case.settings.boundaries
    if path is None:
        return []  # a demo, or said of the settings
    with contextlib.suppress(OSError, Refused):  # the child says why
        if await asyncio.to_thread(boundaries_known, path, case.settings.data):
            return [well("boundaries", f"{path} 检查过，可用", f"{path} was checked and is good")]
    good, en = await _judged(case, path, "en")
    if good:
        return [well("boundaries", f"{path} 可用", f"{path}: {en}")]
    _, zh = await _judged(case, path, "zh")
    more = f"jingmin boundaries check {path}"
    return [wrong("boundaries", f"{zh}（全部：{more}）", f"{en} (all of it: {more})")]


async def _judged(case: Case, path: Path, lang: str) -> tuple[bool, str]:
    """Whether it is good, and the first lines of what is said of it."""
    arguments = ["boundaries", "check", "--data", str(case.settings.data), "--lang", lang]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *PROGRAM, *arguments, "--", str(path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    try:
        async with asyncio.timeout(MAP_S):
            said, _ = await process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        raise
    lines = [one.strip() for one in said.decode("utf-8", "replace").splitlines()]
    return process.returncode == 0, " · ".join(lines[:3])


def check_data(case: Case) -> list[Finding]:
    """The data folder: there, ours, closed to others, with room, on a disk of this machine."""
    folder = case.settings.data
    try:
        found = folder.stat()
    except OSError as error:
        why = error.strerror
        return [
            unseen(
                "data",
                f"看不到数据目录 {folder}（{why}）；第一次启动时会建立",
                f"{folder} cannot be looked at ({why}); the first start makes it",
            )
        ]
    findings = []
    owner = _name(found.st_uid)
    if found.st_uid != os.geteuid():
        say = doubtful if os.geteuid() == 0 else wrong
        findings.append(
            say(
                "data",
                f"{folder} 属于 {owner}，本命令以 {_name(os.geteuid())} 运行；服务必须以 {owner} 运行",
                f"{folder} belongs to {owner}, this command runs as {_name(os.geteuid())}: run the service "
                f"as {owner}",
            )
        )
    if found.st_mode & 0o077:
        mode = oct(found.st_mode & 0o777)[2:]
        findings.append(
            wrong(
                "data",
                f"{folder} 的权限是 {mode}，本机其他用户能读到报警数据：chmod 700 {folder}",
                f"{folder} has mode {mode}, others on this machine can read it: chmod 700 {folder}",
            )
        )
    kind = _file_system(folder)
    if kind in ("tmpfs", "ramfs"):
        findings.append(
            wrong(
                "data",
                f"{folder} 在内存里（{kind}），重启就没有了：请放到磁盘上",
                f"{folder} is in memory ({kind}) and gone with a restart: put it on a disk",
            )
        )
    elif kind in AWAY_SYSTEMS:
        findings.append(
            doubtful(
                "data",
                f"{folder} 在网络文件系统上（{kind}）：网络断了就写不进去，请放到本机磁盘",
                f"{folder} is on a network file system ({kind}), which stops with the network: use a disk",
            )
        )
    return [
        *(
            findings
            or [well("data", f"{folder} 属于 {owner}，权限正确", f"{folder}: {owner}'s alone")]
        ),
        *_room(folder),
        *_spare(case),
    ]


def _room(folder: Path) -> list[Finding]:
    usage, inodes = shutil.disk_usage(folder), os.statvfs(folder)
    free = f"{usage.free / 2**30:.1f} GiB"
    if is_little(usage.free, usage.total):
        return [
            wrong(
                "disk",
                f"磁盘只剩 {free}：少于 3 GiB 或 5% 时居民的文件会被拒收，接着录像停止。请清理或扩容",
                f"{free} left: below 3 GiB or 5 % callers' files are refused, then recordings pause",
            )
        ]
    if inodes.f_files and inodes.f_favail < FEW_INODES:
        return [
            wrong(
                "disk",
                f"磁盘只剩 {inodes.f_favail} 个 inode，很快不能再建文件",
                f"{inodes.f_favail} inodes left: soon no file can be made",
            )
        ]
    return [well("disk", f"剩余 {free}", f"{free} free")]


def _spare(case: Case) -> list[Finding]:
    spare = case.settings.spare_journal
    if spare is None:
        return []
    near = spare if spare.exists() else spare.parent
    with contextlib.suppress(OSError):
        if near.stat().st_dev == case.settings.data.stat().st_dev:
            return [
                wrong(
                    "spare_journal",
                    f"{spare} 和 data 在同一块磁盘上，这块盘满了或坏了两处都写不进去：换一块盘",
                    f"{spare} is on the disk of data: full or broken, neither takes a report. Use another",
                )
            ]
    return [well("spare_journal", "在另一块磁盘上", "on another disk")]


def check_files(case: Case) -> list[Finding]:
    """How many files the product may have open: every page that listens is one."""
    most = _limit_of(case.serving) if case.serving else None
    running = most is not None
    if most is None:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most < 0 or most >= FEW_FILES:
        shown = str(most) if most >= 0 else "∞"
        return [well("files", f"可打开 {shown} 个文件", f"{shown} may be open")]
    lasting = most * 9 // 16
    return [
        wrong(
            "files",
            f"{'服务' if running else '本命令'}最多打开 {most} 个文件，只够 {lasting} 个长连接："
            "在 systemd 单元里写 LimitNOFILE=65536",
            f"{'the service' if running else 'this command'} may open {most} files, room for {lasting} "
            "lasting connections: say LimitNOFILE=65536 in the unit",
        )
    ]


def _limit_of(process: int) -> int | None:
    """The hard limit of a running process; None where the kernel does not tell us."""
    try:
        lines = Path(f"/proc/{process}/limits").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("Max open files"):
            word = line.split()[4]
            return int(word) if word.isdecimal() else -1
    return None


def check_clock(case: Case) -> list[Finding]:
    """Whether the kernel knows that something keeps its clock right."""
    kept = _synchronised()
    if kept is None:
        return [
            unseen("clock", "内核不告知时钟是否同步", "the kernel does not tell about its clock")
        ]
    if kept:
        return [well("clock", "时钟由时间服务校准", "a time service keeps it right")]
    return [
        doubtful(
            "clock",
            "没有时间服务在校准时钟：证据的时间、一次性密码和签名都靠它。请安装 chrony 或 systemd-timesyncd",
            "no time service keeps it right: times of evidence, one-time codes and signatures rest on it. "
            "Install chrony or systemd-timesyncd",
        )
    ]


def _synchronised() -> bool | None:
    if sys.platform != "linux":
        return None
    state = ctypes.create_string_buffer(256)  # struct timex, 208 bytes; modes 0 only reads
    try:
        code = ctypes.CDLL(None, use_errno=True).adjtimex(state)
    except AttributeError:
        return None
    if code < 0:
        return None
    # modes, then offset, freq, maxerror, esterror as longs, then status.
    status = int.from_bytes(state.raw[40:44], sys.byteorder)
    return code != TIME_ERROR and not status & STA_UNSYNC


def _file_system(folder: Path) -> str:
    """The kind of file system under a folder; "" where the kernel does not tell."""
    try:
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
        device = os.stat(folder).st_dev
    except OSError:
        return ""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in lines:
        head, _, tail = line.partition(" - ")
        if head.split()[2] == wanted:
            return tail.split()[0]
    return ""


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
