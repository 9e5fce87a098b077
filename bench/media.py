"""What a room costs: CPU per room, µs per forwarded packet, delay, memory, time to first frame.

Participants are an independent WebRTC stack (libdatachannel through bench/load) over real ICE, DTLS
and SRTP on 127.0.0.1. Each sends 720p30 VP8 at about 0.94 Mbit/s and Opus. The yardstick, in the
same run, is stock aiortc with MediaRelay. CPU is the server process's own (user + system).
``make bench`` sets up bench/load; then ``python -m bench media`` is enough.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parent
SECONDS = 10.0
FRAMES = 90
BITRATE = 940_000
PAYLOAD = 1_000
SET_UP = "npm ci --no-audit --no-fund"
TAIL = 8  # bytes after each picture's packet in which the load client puts the time of sending


def make_clip(path: Path, width: int, height: int) -> None:
    """Three seconds of moving noise as VP8 payloads and of a tone as Opus, for the load client."""
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = encoder_base = Fraction(1, 30)
    encoder.bit_rate = BITRATE
    encoder.gop_size = FRAMES * 2
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "minrate": str(BITRATE),
        "maxrate": str(BITRATE),
        "bufsize": str(BITRATE // 4),
        "error-resilient": "1",
    }
    random = np.random.default_rng(1)
    scene = random.integers(0, 255, (height + FRAMES * 4, width, 3), dtype=np.uint8)
    scene = scene // 8 + 100
    video: list[dict[str, list[str]]] = []
    for index in range(FRAMES):
        picture = scene[index * 2 : index * 2 + height].copy()
        picture[100:200, index * 4 : index * 4 + 100] = 30
        frame: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = index, encoder_base
        for packet in encoder.encode(frame):
            video.append({"packets": _payloads(bytes(packet))})
    opus: Any = av.CodecContext.create("libopus", "w")
    opus.sample_rate, opus.layout, opus.format = 48_000, "stereo", "s16"
    opus.bit_rate = 32_000
    audio: list[str] = []
    for index in range(50):
        at = np.arange(960) + index * 960
        tone = (np.sin(at * 2 * np.pi * 440 / 48_000) * 8_000).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[None, :], "s16", "stereo")
        sound.sample_rate, sound.pts = 48_000, index * 960
        audio += [base64.b64encode(bytes(packet)).decode() for packet in opus.encode(sound)]
    path.write_text(json.dumps({"video": video, "audio": audio}))


def _payloads(frame: bytes) -> list[str]:
    pieces = [frame[at : at + PAYLOAD] for at in range(0, len(frame), PAYLOAD)]
    heads = [b"\x10"] + [b"\x00"] * (len(pieces) - 1)
    return [
        base64.b64encode(head + piece).decode() for head, piece in zip(heads, pieces, strict=True)
    ]


class Child:
    """A process that speaks JSON lines."""

    def __init__(self, *command: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def say(self, **order: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def heard(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended")
        answer: dict[str, Any] = json.loads(line)
        if "ended" in answer or "error" in answer:
            raise RuntimeError(line)
        return answer

    def cpu(self) -> float:
        """Seconds of user and system time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def measure(server_command: list[str], rooms: int, clip: Path, seconds: float) -> dict[str, float]:
    """Fill ``rooms`` rooms of three, wait until all flows, then count for ``seconds``."""
    server = Child(sys.executable, *server_command)
    load = Child("node", str(HERE / "load" / "load.mjs"), str(clip))
    try:
        url = f"ws://127.0.0.1:{server.heard()['port']}/rtc"
        load.heard()
        empty = server.megabytes()
        for room in range(rooms):
            people = [
                {"url": url, "ticket": ticket(room, at), "seed": 100 + room * 3 + at}
                for at in range(3)
            ]
            load.say(do="join", people=people)
            time.sleep(0.4)
        time.sleep(3.0)
        load.say(do="begin")
        load.heard()
        began, cpu = time.monotonic(), server.cpu()
        time.sleep(seconds)
        cpu, elapsed = server.cpu() - cpu, time.monotonic() - began
        memory = server.megabytes()
        load.say(do="end")
        figures = load.heard()
    finally:
        load.stop()
        server.stop()
    if figures["connected"] != rooms * 3:
        raise RuntimeError(f"only {figures['connected']} of {rooms * 3} participants connected")
    first = sorted(figures["firstFrames"])
    return {
        "cores": cpu / elapsed,
        "per_packet": cpu / max(figures["received"], 1) * 1e6,
        "sent": figures["sent"] / elapsed,
        "received": figures["received"] / elapsed,
        "memory": memory,
        "empty": empty,
        "first_frame": first[len(first) // 2] if first else float("nan"),
    }


def ticket(room: int, at: int) -> str:
    """A ticket the measured process accepts; the yardstick does not look at it."""
    from bench.media_server import SECRET
    from domain.ticket import Ticket, issue_ticket, random_id

    role = ("CALLER", "DISPATCHER", "STATION")[at]
    call = f"call{room}"
    expires = int(time.time() * 1000) + 60_000
    return issue_ticket(
        SECRET,
        Ticket(f"incident{room}", call, f"p{room}-{at}", role, role, "bench", expires, random_id()),
    )


def floor() -> dict[str, float]:
    """What no server can go below here: µs to protect and to send a packet of 1,000 bytes."""
    from pylibsrtp import Policy, Session

    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    policy = Policy(bytes(28), Policy.SSRC_ANY_OUTBOUND, 0, profile)
    session = Session(policy)
    packets = [struct.pack("!BBHII", 0x80, 96, at, at, 1) + bytes(988) for at in range(20_000)]
    began = time.process_time()
    for packet in packets:
        session.protect(packet)
    protect = (time.process_time() - began) / len(packets) * 1e6
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        address = one.getsockname()
        began = time.process_time()
        for packet in packets:
            one.sendto(packet, address)
        send = (time.process_time() - began) / len(packets) * 1e6
    return {"protect": protect, "send": send}


def require_load(folder: Path) -> None:
    """Raises ``SystemExit`` with the command to type when the load client cannot run."""
    if shutil.which("node") is None:
        raise SystemExit("Node 20.19 or newer is needed: apt-get install nodejs npm")
    if not (folder / "node_modules" / "ws").is_dir():
        raise SystemExit(f"the load client is not set up: cd {folder} && {SET_UP}")


def run(seconds: float = SECONDS) -> list[dict[str, object]]:
    """All figures; takes about two minutes."""
    require_load(HERE / "load")
    rows: list[dict[str, object]] = []

    def row(what: str, figure: float, unit: str, peer: str = "") -> None:
        rows.append({"what": what, "figure": round(figure, 4), "unit": unit, "peer": peer})

    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "720.json", Path(folder) / "360.json"
        make_clip(large, 1280, 720)
        make_clip(small, 640, 360)
        ours = [str(HERE / "media_server.py"), folder]
        one = measure([*ours, "plain"], 1, large, seconds)
        ten = measure([*ours, "plain"], 10, large, seconds)
        recorded = measure([*ours, "record"], 10, large, seconds)
        stock = measure([str(HERE / "relay_peer.py")], 1, large, seconds)
        easy = measure([str(HERE / "relay_peer.py")], 1, small, seconds)
        least = floor()
    bottom = least["protect"] * 1.5 + least["send"]
    peer = f"stock aiortc 720p {stock['cores']:.2f}, 360p {easy['cores']:.2f}"
    row("packets in per room", ten["sent"] / 10, "1/s")
    row("packets forwarded per room", ten["received"] / 10, "1/s")
    row("same, 1 room", one["received"], "1/s", f"stock aiortc 720p {stock['received']:.0f}")
    row("server CPU, 1 room", one["cores"], "cores", peer)
    row("server CPU per room, 10 rooms", ten["cores"] / 10, "cores")
    row("per forwarded packet, 1 room", one["per_packet"], "µs", f"{stock['per_packet']:.0f}")
    row("per forwarded packet, 10 rooms", ten["per_packet"], "µs", "goal 17")
    row("floor here: 1.5 SRTP + 1 sendto", bottom, "µs", "3.4 where the goal was set")
    row("per forwarded packet / floor", ten["per_packet"] / bottom, "times", "goal 5")
    row("same, all recorded, 10 rooms", recorded["per_packet"], "µs")
    ratio = stock["per_packet"] / one["per_packet"]
    row("stock / ours per packet, 720p", ratio, "times", "goal 40")
    row("stock / ours per packet, 360p", easy["per_packet"] / one["per_packet"], "times")
    row("memory, 10 rooms", ten["memory"], "MB", "goal 150")
    row("memory, 10 rooms, all recorded", recorded["memory"], "MB")
    row("memory, empty", ten["empty"], "MB")
    row("offer to first frame, median", ten["first_frame"], "ms", f"{easy['first_frame']:.0f}")
    return rows


if __name__ == "__main__":
    for line in run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS):
        print(f"{line['what']:34} {line['figure']:>10} {line['unit']:6} {line['peer']}")
