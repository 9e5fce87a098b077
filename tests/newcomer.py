"""The README's two commands on fresh Debians, as somebody does who has just cloned: ``make newcomer``.

Each Debian is made by debootstrap (once; kept outside the clone), unpacked anew, given what the README
says for it and nothing else, and a clone of HEAD. There ``make demo`` has to start, take a report and
end, and ``make test`` to pass. The host's mirrors, certificates and client settings are used as they
are. Needs root, debootstrap and about 4 GB. The log is build/newcomer.log.

Environment: NEWCOMER_CACHE (folder), NEWCOMER_DEBIANS ("12 13"), NEWCOMER_TESTS (arguments for pytest in
place of the whole ``make test``, which the table then says), NEWCOMER_KEEP=1 leaves the Debians standing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE_NAMES = {"12": "bookworm", "13": "trixie"}
BASE = ["--variant=minbase", "--include=ca-certificates"]
DEMO_S, TEST_S, INSTALL_S = 900, 5400, 1800
PORTS = {
    "JINGMIN_PORT": 8110,
    "JINGMIN_MEDIA_PORT": 8111,
    "JINGMIN_STORE_PORT": 8112,
    "JINGMIN_BOT_PORT": 8113,
    "JINGMIN_SIMULATOR_PORT": 8114,
}
# How this machine reaches its package registries, whatever that is.
SETTINGS = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/pip.conf",
    "/etc/xdg/pip",
    "/etc/npmrc",
    "/etc/apt/auth.conf",
    "/etc/apt/auth.conf.d",
    "/usr/local/share/ca-certificates",
    "~/.npmrc",
    "~/.pip",
    "~/.config/pip",
    "~/.netrc",
)
PASSED_ON = re.compile(
    r"(?i).*_proxy|PIP_.*|npm_config_.*|.*_CA_(BUNDLE|CERTS?)|SSL_CERT_(FILE|DIR)"
)


class Failed(Exception):
    """A step that did not work; the text says which and how."""


@dataclass
class Step:
    debian: str
    name: str
    result: str
    seconds: float


@dataclass
class Run:
    """What became of each step, and the log of all."""

    log: Path
    steps: list[Step] = field(default_factory=list)

    def say(self, text: str) -> None:
        line = f"{time.strftime('%H:%M:%S')} {text}"
        print(line, flush=True)
        with self.log.open("a") as log:
            log.write(line + "\n")

    def step(self, debian: str, name: str, do: Callable[[], str]) -> None:
        self.say(f"Debian {debian}: {name}")
        began = time.monotonic()
        try:
            result = do()
        except (Failed, subprocess.SubprocessError, OSError) as error:
            self.steps.append(Step(debian, name, f"FAILED: {error}", time.monotonic() - began))
            self.say(f"Debian {debian}: {name}: FAILED: {error}")
            raise Failed(str(error)) from None
        self.steps.append(Step(debian, name, result, time.monotonic() - began))
        self.say(f"Debian {debian}: {name}: {result}")

    def table(self) -> str:
        rows = ["| Debian | step | result | s |", "|---|---|---|---:|"]
        rows += [
            f"| {one.debian} | {one.name} | {one.result} | {one.seconds:.0f} |"
            for one in self.steps
        ]
        return "\n".join(rows)


def mirrors() -> dict[str, str]:
    """The archive and the security archive of the host's own apt sources."""
    found = {"main": "", "security": ""}
    for path in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        for line in path.read_text().splitlines():
            # A line of either format: "URIs: https://… " or "deb [options] https://… suite …".
            if line.strip().startswith("#"):
                continue
            for url in re.findall(r"(?:https?|file|mirror\+\w+):\S+", line):
                if "debian-security" in url or "security.debian" in url:
                    found["security"] = found["security"] or url
                elif "debian" in url:
                    found["main"] = found["main"] or url
    if not found["main"]:
        raise Failed("no Debian mirror is named in /etc/apt")
    return found


def recipe(debian: str) -> str:
    """The line that the README has for this Debian; both READMEs have to say the same."""
    lines: set[str] = set()
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        lines |= set(re.findall(rf"^(apt-get .*?)\s+# Debian {debian}\b", text, re.M))
    if len(lines) != 1:
        raise Failed(f"the READMEs do not agree on Debian {debian}: {lines}")
    return lines.pop()


class Debian:
    """One fresh Debian in a folder of its own."""

    def __init__(self, version: str, cache: Path, run: Run) -> None:
        self.version, self.cache, self.run = version, cache, run
        self.root = cache / f"debian-{version}"
        self.base = cache / f"debian-{version}.tar"
        self.environment = {
            "HOME": "/root",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "TERM": "dumb",
            "LANG": "C.UTF-8",
            **{name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)},
        }

    def inside(self, command: str) -> list[str]:
        return ["chroot", str(self.root), "sh", "-c", command]

    def do(self, command: str, seconds: float) -> None:
        """Run it inside; what it says goes to the log."""
        with self.run.log.open("ab") as log:
            done = subprocess.run(
                self.inside(command),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=seconds,
                check=False,
            )
        if done.returncode:
            raise Failed(f"{command!r} ended with {done.returncode}, see {self.run.log}")

    def make_base(self) -> str:
        if self.base.exists():
            return "kept from an earlier run"
        fresh = self.cache / f"base-{self.version}"
        _remove(fresh)
        name, mirror = CODE_NAMES[self.version], mirrors()["main"]
        with self.run.log.open("ab") as log:
            command = ["debootstrap", *BASE, name, str(fresh), mirror]
            subprocess.run(command, stdout=log, stderr=log, timeout=INSTALL_S, check=True)
        partly = self.base.with_suffix(".part")
        subprocess.run(["tar", "-C", str(fresh), "-cf", str(partly), "."], check=True)
        partly.rename(self.base)
        _remove(fresh)
        return "made"

    def unpack(self) -> str:
        _remove(self.root)
        self.root.mkdir(parents=True)
        subprocess.run(["tar", "-C", str(self.root), "-xpf", str(self.base)], check=True)
        # In this process's own mount namespace: they go with it, whatever happens.
        for kind, name in (("proc", "proc"), ("sysfs", "sys")):
            subprocess.run(["mount", "-t", kind, kind, str(self.root / name)], check=True)
        subprocess.run(["mount", "--rbind", "/dev", str(self.root / "dev")], check=True)
        self._settings()
        return "ready"

    def _settings(self) -> None:
        for name in SETTINGS:
            here = Path(name).expanduser()
            there = self.root / (("root/" + name[2:]) if name.startswith("~/") else name[1:])
            if here.is_dir():
                shutil.copytree(here, there, dirs_exist_ok=True)
            elif here.exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                there.unlink(missing_ok=True)
                shutil.copyfile(here, there)
        for conf in Path("/etc/apt/apt.conf.d").glob("*"):
            if "Acquire" in conf.read_text(errors="replace") and "docker" not in conf.name:
                shutil.copy(conf, self.root / "etc/apt/apt.conf.d" / conf.name)
        name, found = CODE_NAMES[self.version], mirrors()
        lines = [f"deb {found['main']} {name} main", f"deb {found['main']} {name}-updates main"]
        if found["security"]:
            lines.append(f"deb {found['security']} {name}-security main")
        (self.root / "etc/apt/sources.list").write_text("\n".join(lines) + "\n")
        self.do("update-ca-certificates", 120)

    def install(self) -> str:
        line = recipe(self.version)
        self.environment["DEBIAN_FRONTEND"] = "noninteractive"
        self.do("apt-get update -qq", INSTALL_S)
        self.do(line.replace("apt-get install", "apt-get install -y -qq"), INSTALL_S)
        said = subprocess.run(
            self.inside("python3 --version; node --version; npm --version"),
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        return f"Python {said[1]}, Node {said[2]}, npm {said[3]}"

    def clone(self) -> str:
        there = self.root / "root" / "jingmin"
        command = ["git", "clone", "--quiet", "--no-local", str(ROOT), str(there)]
        subprocess.run(command, check=True)
        head = ["git", "-C", str(there), "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()
        dirty = subprocess.run(
            ["git", "-C", str(ROOT), "status", "--porcelain"], capture_output=True, text=True
        ).stdout
        return commit + (" (uncommitted changes are not in it)" if dirty else "")

    def demo(self) -> str:
        """``make demo`` until it says where to look; a report; Ctrl-C; nothing may be left."""
        ports = {name: str(number if _free(number) else _any()) for name, number in PORTS.items()}
        moved = {name: port for name, port in ports.items() if int(port) != PORTS[name]}
        url = f"http://127.0.0.1:{ports['JINGMIN_PORT']}"
        said = self.cache / f"demo-{self.version}.log"
        with said.open("wb") as out:
            process = subprocess.Popen(
                self.inside("cd /root/jingmin && exec make demo"),
                env={**self.environment, **moved},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            end = time.monotonic() + DEMO_S
            while url not in said.read_text(errors="replace") or not _answers(url):
                if process.poll() is not None:
                    raise Failed(f"make demo ended with {process.returncode}: {_tail(said)}")
                if time.monotonic() > end:
                    raise Failed(f"make demo says nothing of {url}: {_tail(said)}")
                time.sleep(0.5)
            number = _report(url)
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
        except subprocess.TimeoutExpired:
            raise Failed("make demo did not end within 60 s of Ctrl-C") from None
        finally:
            left = self.end_all()
            with self.run.log.open("ab") as log:
                log.write(said.read_bytes())
        if left:
            raise Failed(f"left running after Ctrl-C: {left}")
        where = f", on ports {' '.join(moved.values())} as others were taken" if moved else ""
        return f"report {number} taken, ended at Ctrl-C{where}"

    def test(self) -> str:
        chosen = os.environ.get("NEWCOMER_TESTS", "")
        if chosen:
            self.environment["PYTEST_ADDOPTS"] = chosen
        said = self.cache / f"test-{self.version}.log"
        try:
            with said.open("wb") as out:
                done = subprocess.run(
                    self.inside("cd /root/jingmin && exec make test"),
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    timeout=TEST_S,
                    start_new_session=True,
                    check=False,
                )
        finally:
            self.end_all()
            with self.run.log.open("ab") as log:
                log.write(said.read_bytes())
        counted = re.findall(r"^(\d+ .*in [\d.]+s.*)$", said.read_text(errors="replace"), re.M)
        closing = ", ".join(one.strip("= ") for one in counted) or "no closing line"
        if done.returncode or not counted:
            raise Failed(f"{closing}; {_tail(said)}")
        return closing + (f" (only {chosen})" if chosen else "")

    def end_all(self) -> list[str]:
        """End what still runs inside; its names."""
        left = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if Path(os.readlink(entry / "root")) != self.root:
                    continue
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                if words:
                    os.kill(int(entry.name), signal.SIGKILL)
                    left.append(words)
            except OSError:
                continue
        return left

    def remove(self) -> None:
        if os.environ.get("NEWCOMER_KEEP") != "1":
            _remove(self.root)


def _remove(folder: Path) -> None:
    """Never into a mounted /dev: what is still mounted below is taken off first."""
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        where = line.split()[1]
        if where.startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", where], check=True)
    if folder.exists():
        subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=True)


def _free(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) != 0


def _any() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        for path in ("/healthz", "/", "/110/"):
            with urllib.request.urlopen(url + path, timeout=5) as answer:
                if answer.status != 200:
                    return False
    except OSError:
        return False
    return True


def _report(url: str) -> str:
    body = json.dumps({"words": "newcomer", "key": f"newcomer-{time.time_ns()}"}).encode()
    asked = urllib.request.Request(f"{url}/api/v1/incidents", body, {"Origin": url})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return str(json.load(answer)["number"])
    except (OSError, ValueError, KeyError) as error:
        raise Failed(f"no receipt: {error}") from None


def _tail(path: Path) -> str:
    return " / ".join(path.read_text(errors="replace").strip().splitlines()[-4:])[-600:]


def _missing() -> list[str]:
    wanted = {"debootstrap": "debootstrap", "tar": "tar", "git": "git", "mount": "mount"}
    return [package for tool, package in wanted.items() if not shutil.which(tool)]


def main() -> int:
    if os.geteuid() != 0:
        print("make newcomer needs root: debootstrap, chroot and mount", file=sys.stderr)
        return 1
    if missing := _missing():
        print(f"make newcomer needs: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 1
    if os.environ.get("NEWCOMER_APART") != "1":
        os.environ["NEWCOMER_APART"] = "1"
        command = ["unshare", "--mount", "--propagation", "private"]
        os.execvp("unshare", [*command, sys.executable, "-m", "tests.newcomer"])
    home = Path(os.environ.get("XDG_CACHE_HOME", "/var/tmp"))
    cache = Path(os.environ.get("NEWCOMER_CACHE", home / "jingmin-newcomer")).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    (ROOT / "build").mkdir(exist_ok=True)
    run = Run(ROOT / "build" / "newcomer.log")
    run.log.write_text("")
    failed = False
    for version in os.environ.get("NEWCOMER_DEBIANS", "12 13").split():
        one = Debian(version, cache, run)
        try:
            run.step(version, "debootstrap", one.make_base)
            run.step(version, "unpack", one.unpack)
            run.step(version, "what the README says", one.install)
            run.step(version, "clone", one.clone)
            run.step(version, "make demo", one.demo)
            run.step(version, "make test", one.test)
        except Failed:
            failed = True
        finally:
            one.end_all()
            one.remove()
    run.say("\n" + run.table())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
