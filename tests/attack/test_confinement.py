"""What a decoder that was broken into meets: every layer alone, and all of them together."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

import clips
import confinement
import pictures
from confinement import LANDLOCK, LIMITS, NETWORK, ROOT, SECCOMP, USER, Limits
from decoding import (
    MOST_WAITING,
    MOST_WAITING_EACH,
    MOST_WAITING_LARGE,
    DecoderMetrics,
    Decoders,
)
from domain.errors import Refused
from simulator.samples import CLIP
from tests.attack.bombs import phone_picture

HOSTILE = str(Path(__file__).with_name("hostile.py"))
LIMITED = Limits(cpu_s=1, wall_s=30.0, memory=512 * 2**20, largest=8 * 2**20)


@pytest.fixture
async def hostile() -> AsyncIterator[Decoders]:
    decoders = Decoders("hostile", HOSTILE, LIMITED, at_once=2)
    yield decoders
    decoders.stop()


@pytest.fixture
async def hurried() -> AsyncIterator[Decoders]:
    """For files that are not done by the clock."""
    decoders = Decoders("hurried", HOSTILE, replace(LIMITED, wall_s=2.5), at_once=2)
    yield decoders
    decoders.stop()


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one.getsockname()[1]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as the product makes it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "secret").write_text("secret")
    (folder / "secret").chmod(0o600)
    return folder


async def fault(decoders: Decoders, by: str = "", **job: Any) -> str:
    with pytest.raises(Refused) as caught:
        await decoders.decode(job, b"x", by)
    return caught.value.fault.code


def kernel_has() -> set[str]:
    """The layers to expect, by asking the kernel without our code."""
    libc, found = ctypes.CDLL(None), {LIMITS}
    if libc.syscall(444, None, ctypes.c_size_t(0), 1) > 0:
        found.add(LANDLOCK)
    if "Seccomp_filters:" in Path("/proc/self/status").read_text():
        found.add(SECCOMP)
    if os.geteuid() == 0:
        found.add(USER)
    assert shutil.which("unshare"), "unshare of util-linux is needed to know what the kernel has"
    # A folder that is not a mount of its own, as in a chroot, cannot be left for another root.
    for layer, kind in ((NETWORK, ["--net", "--ipc", "--uts"]), (ROOT, ["--mount"])):
        for more in ([], ["--user"]):
            command = ["unshare", *kind, *more, "true"]
            if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0:
                found.add(layer)
    return found


def test_every_layer_that_the_kernel_has_is_used() -> None:
    for decoders in (pictures.DECODERS, clips.DECODERS):
        decoders.start()
        assert set(decoders.layers) == kernel_has()


async def test_a_decoder_that_was_broken_into_can_only_compute(
    hostile: Decoders, data: Path, listening: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINGMIN_SECRET", "not for decoders")
    job = {
        "do": "try",
        "path": str(data / "secret"),
        "folder": str(data),
        "port": listening,
    }
    about, made = await hostile.decode(job, b"x")
    assert [name for name, error in about["denied"].items() if not error] == []
    assert set(about["environment"]) <= {"LANG", "PATH", "LC_CTYPE"}
    assert about["open"] == [0, 1, 2, 3, 4, 5]
    assert made == b"made"
    assert not (data / "new").exists()


# What each layer denies alone: when one is missing, the others still do their part.
ALONE = {
    USER: ["read data", "list data", "write data", "become root"],
    NETWORK: ["connect"],
    ROOT: ["read data", "list data", "write data", "read passwd"],
    LANDLOCK: ["read data", "list data", "write data", "read passwd", "execute"],
    SECCOMP: [
        "read data",
        "list data",
        "write data",
        "read passwd",
        "connect",
        "socket pair",
        "fork",
        "execute",
        "kill the parent",
        "trace the parent",
        "become root",
        "more memory",
        "new namespace",
        "memory file",
    ],
}


@pytest.mark.parametrize("layer", list(ALONE))
def test_each_layer_denies_its_part_alone(layer: str, data: Path, listening: int) -> None:
    expected = ALONE[layer]
    if layer not in kernel_has():
        # Nothing of it may be claimed then.
        pictures.DECODERS.start()
        assert layer not in pictures.DECODERS.layers
        return
    command = [sys.executable, HOSTILE, layer, str(data / "secret"), str(data), str(listening)]
    # One process more, so that what is killed is not the test.
    between = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])"]
    told = subprocess.run([*between, *command, *expected], capture_output=True, check=False)
    found = json.loads(told.stdout)
    assert found["worked"] == "True"
    assert [name for name in expected if not found[name]] == []


@pytest.mark.parametrize(
    ("job", "code"),
    [
        ({"do": "allocate", "bytes": 4 << 30}, "too_large"),
        ({"do": "spin"}, "too_large"),
        ({"do": "block signals and spin"}, "too_large"),
        ({"do": "fill"}, "media_kind"),
        ({"do": "crash"}, "media_kind"),
        ({"do": "nothing"}, "media_kind"),
        ({"do": "too much"}, "too_large"),
    ],
    ids=lambda value: value["do"] if isinstance(value, dict) else "",
)
async def test_every_end_is_a_refusal(hostile: Decoders, job: dict[str, Any], code: str) -> None:
    assert await fault(hostile, **job) == code
    assert (await hostile.decode({"do": "fine"}, b"x"))[1] == b"made"


async def test_a_good_file_on_a_busy_machine_is_asked_for_again(hurried: Decoders) -> None:
    """Stopped, a child uses no processor, as one that does not get any."""
    hurried.start()
    assert hurried._process is not None
    process = hurried._process.pid
    sent = asyncio.create_task(fault(hurried, "person", do="work a while"))
    (child,) = await asyncio.to_thread(until, lambda: children(process))
    os.kill(child, signal.SIGSTOP)
    assert await sent == "busy"
    assert (await hurried.decode({"do": "fine"}, b"x", "person"))[1] == b"made"


async def test_who_is_killed_for_memory_is_asked_for_again(hostile: Decoders) -> None:
    hostile.start()
    assert hostile._process is not None
    process = hostile._process.pid
    sent = asyncio.create_task(fault(hostile, "person", do="work a while"))
    (child,) = await asyncio.to_thread(until, lambda: children(process))
    os.kill(child, signal.SIGKILL)
    assert await sent == "busy"


async def test_a_file_that_sleeps_is_not_asked_for_for_ever(hurried: Decoders) -> None:
    """The second time of one sender it is refused; another is not judged by that."""

    async def twice(by: str, first: str, second: str) -> None:
        assert await fault(hurried, by, do=first) == "busy"
        assert await fault(hurried, by, do=second) == "too_large"

    await asyncio.gather(
        twice("stranger", "sleep", "block signals and sleep"),
        twice("another", "block signals and sleep", "sleep"),
    )


async def test_what_a_child_says_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    lying = Decoders("lying", HOSTILE, LIMITED)

    async def lie(said: dict[str, Any], data: bytes, *more: object) -> Any:
        return await lying.decode({"do": "lie"}, data)

    for module in (pictures, clips):
        monkeypatch.setattr(module.DECODERS, "decode", lie)
    with pytest.raises(Refused):
        await pictures.strip(b"x")
    with pytest.raises(Refused):
        await clips.playable(b"x", voice=True)
    lying.stop()


async def test_one_sender_has_one_child_and_the_others_go_past(hostile: Decoders) -> None:
    slow = [asyncio.create_task(fault(hostile, "stranger", do="sleep")) for _ in range(3)]
    await asyncio.sleep(0.1)
    for _ in range(5):
        await hostile.decode({"do": "fine"}, b"x", "person")
    assert hostile.active == 1
    assert not any(one.done() for one in slow)
    for one in slow:
        one.cancel()


async def test_one_origin_has_two_children_and_the_others_go_past() -> None:
    decoders = Decoders("roomy", HOSTILE, LIMITED, at_once=4)
    slow = [
        asyncio.create_task(decoders.decode({"do": "sleep"}, b"x", f"stranger-{number}", "village"))
        for number in range(6)
    ]
    try:
        await asyncio.sleep(0.1)
        for number in range(3):
            await decoders.decode({"do": "fine"}, b"x", f"person-{number}", "town")
        assert decoders.active == 2
        assert not any(one.done() for one in slow)
    finally:
        for one in slow:
            one.cancel()
        decoders.stop()


async def test_little_work_has_a_place_of_its_own() -> None:
    decoders = Decoders("kept", HOSTILE, LIMITED, at_once=2, kept=1)
    large = [
        asyncio.create_task(decoders.decode({"do": "sleep"}, b"x", f"stranger-{number}"))
        for number in range(MOST_WAITING)
    ]
    try:
        await asyncio.sleep(0.1)
        assert decoders.active == 1
        assert sum(one.done() for one in large) == MOST_WAITING - MOST_WAITING_LARGE - 1
        for number in range(3):
            await decoders.decode({"do": "fine"}, b"x", f"person-{number}", small=True)
    finally:
        for one in large:
            one.cancel()
        await asyncio.gather(*large, return_exceptions=True)
        decoders.stop()


async def test_who_waits_too_long_or_behind_too_many_is_told(hostile: Decoders) -> None:
    short = Decoders("short", HOSTILE, LIMITED, at_once=1, wait_s=0.3)
    slow = asyncio.create_task(fault(short, "stranger", do="sleep"))
    await asyncio.sleep(0.1)
    assert await fault(short, "person", do="fine") == "busy"
    many = [
        asyncio.create_task(short.decode({"do": "fine"}, b"x", "another"))
        for _ in range(MOST_WAITING_EACH + 1)
    ]
    done, _ = await asyncio.wait(many)
    assert {one.exception().fault.code for one in done if one.exception()} == {"busy"}  # type: ignore[union-attr]
    assert short.ends["busy"] >= 2
    slow.cancel()
    short.stop()


async def test_real_decoders_work_where_nothing_but_computing_is_allowed() -> None:
    shown = await pictures.strip(phone_picture("WEBP"))
    assert (shown.width, shown.height) == (30, 40)
    clip = await clips.playable(CLIP, voice=False)
    assert clip.data.index(b"moov") < clip.data.index(b"mdat")


PARENT = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from confinement import Limits
from decoding import Decoders
decoders = Decoders("hostile", sys.argv[1], Limits(60, 60.0, 1 << 29, 1 << 20))
async def main():
    decoders.start()
    print(decoders._process.pid, flush=True)
    await decoders.decode({"do": "block signals and sleep"}, b"x")
asyncio.run(main())
"""


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(condition: Any) -> Any:
    end = time.monotonic() + 20
    while not (found := condition()):
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)
    return found


@pytest.mark.parametrize("killed", ["who asked", "the decoders"])
def test_children_end_with_who_started_them(killed: str) -> None:
    asking = subprocess.Popen(
        [sys.executable, "-c", PARENT, HOSTILE, str(Path(confinement.__file__).parent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert asking.stdout is not None
    process = int(asking.stdout.readline())
    (child,) = until(lambda: children(process))
    os.kill(asking.pid if killed == "who asked" else process, signal.SIGKILL)
    until(lambda: gone(process) and gone(child))
    asking.kill()
    asking.wait()
    asking.stdout.close()


async def test_the_next_file_finds_decoders_that_were_killed_running_again(
    hostile: Decoders,
) -> None:
    hostile.start()
    assert hostile._process is not None
    os.kill(hostile._process.pid, signal.SIGKILL)
    assert (await hostile.decode({"do": "fine"}, b"x"))[1] == b"made"


async def test_an_operator_sees_how_decoding_goes(hostile: Decoders) -> None:
    registry = CollectorRegistry()
    registry.register(DecoderMetrics(hostile))
    await hostile.decode({"do": "fine"}, b"x")
    await fault(hostile, do="nothing")
    text = generate_latest(registry).decode()
    for end, count in (("done", 1), ("refused", 1), ("ended", 0), ("busy", 0)):
        assert f'jingmin_decoded_total{{end="{end}",kind="hostile"}} {count}.0' in text
    assert 'jingmin_decoding{kind="hostile"} 0.0' in text
