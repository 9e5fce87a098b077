"""The one offer of a connection read, and the one answer written (RFC 8829, 8839, 8842, 8843).

The offer: own audio and video first, then pairs of audio and video to receive. Anything else is
refused with ``sdp_bad``. Reading is linear in the size of the text.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from dataclasses import dataclass, field

from domain.errors import SDP_BAD, Refused
from webrtc.fastpath import Remote

SLOTS = 3
MAX_SECTIONS = 2 + 2 * SLOTS
MAX_CANDIDATES = 64
TRANSPORT_WIDE_URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
HASHES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_ICE = re.compile(r"[A-Za-z0-9+/]+")
_MID = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,32}")
_CANDIDATE = re.compile(
    r"(?:candidate:)?\S{1,32} \d \S{1,8} \d{1,10} (\S{1,64}) (\d{1,5}) typ \w{1,8}.*"
)


@dataclass(slots=True)
class Section:
    """One media section of the offer, as far as it concerns us. 0 means: not offered."""

    kind: str
    port: str = ""
    mid: str = ""
    direction: str = "sendrecv"
    payload_type: int = 0
    rtx_type: int = 0
    extension: int = 0
    feedback: set[str] = field(default_factory=set)
    transport_feedback: bool = False
    ufrag: str = ""
    password: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    setup: str = ""
    mux: bool = False


@dataclass(slots=True)
class Offer:
    """What the server needs of an offer. ``slots`` are pairs of receiving sections."""

    remote: Remote
    audio: Section
    video: Section
    slots: list[tuple[Section, Section]]


def read_offer(text: str) -> Offer:
    """The offer in ``text``; raises ``sdp_bad`` saying what is missing."""
    session = Section("session")
    sections: list[Section] = []
    bundle: list[str] = []
    codecs: list[_Codecs] = []
    for line in text.splitlines():
        if line.startswith("m="):
            words = line[2:].split()
            _need(len(sections) < MAX_SECTIONS, "too many media sections")
            _need(len(words) >= 4 and words[0] in ("audio", "video"), "media section")
            _need(words[2] == "UDP/TLS/RTP/SAVPF", "profile")
            section = Section(words[0], words[1])
            inherited = (session.ufrag, session.password, session.setup)
            section.ufrag, section.password, section.setup = inherited
            section.fingerprints = session.fingerprints[:]
            sections.append(section)
            codecs.append(_Codecs(set(words[3:])))
        elif line.startswith("a=group:BUNDLE "):
            bundle = line.split()[1:]
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            _attribute(sections[-1] if sections else session, name, value)
            if codecs:
                codecs[-1].attribute(name, value)
    for section, offered in zip(sections, codecs, strict=True):
        offered.choose(section)
    return _check(sections, bundle)


def _check(sections: list[Section], bundle: list[str]) -> Offer:
    _need(len(sections) >= 2 and len(sections) % 2 == 0, "audio, video, then pairs to receive")
    for index, section in enumerate(sections):
        _need(section.kind == ("audio", "video")[index % 2], "audio and video in turn")
        _need(_MID.fullmatch(section.mid) is not None, "mid")
        _need(section.mux, "rtcp-mux")
        wanted = ("sendonly", "sendrecv", "inactive") if index < 2 else ("recvonly", "inactive")
        _need(section.direction in wanted, "direction")
        _need(section.payload_type > 0, "Opus and VP8")
    mids = [section.mid for section in sections]
    _need(len(set(mids)) == len(mids) and sorted(bundle) == sorted(mids), "all in one bundle")
    _need(not _splits_later(sections), "bundlePolicy max-bundle: all sections on one transport")
    first = sections[mids.index(bundle[0])]
    _need(_ice_string(first.ufrag, 4), "ice-ufrag")
    _need(_ice_string(first.password, 22), "ice-pwd")
    _need(first.setup in ("actpass", "passive"), "setup")
    _need(1 <= len(first.fingerprints) <= 4, "fingerprint")
    remote = Remote(first.ufrag, first.password, first.fingerprints)
    pairs = [(sections[at], sections[at + 1]) for at in range(2, len(sections), 2)]
    return Offer(remote, sections[0], sections[1], pairs)


def _splits_later(sections: list[Section]) -> bool:
    """Whether some of the sections share a transport that is not the first one's: so does aiortc with its
    policy ``balanced``, which closes that one and never sees the pictures of its slots. Sections with a
    transport each all move to the first one's (RFC 8843), and are no trouble."""
    own = ("0", "9", sections[0].port)  # bundled only, not known yet, the first one's
    shared = [section.port for section in sections if section.port not in own]
    return len(set(shared)) < len(shared)


def _attribute(section: Section, name: str, value: str) -> None:
    if name in DIRECTIONS:
        section.direction = name
    elif name == "mid":
        section.mid = value
    elif name == "rtcp-mux":
        section.mux = True
    elif name == "ice-ufrag":
        section.ufrag = value
    elif name == "ice-pwd":
        section.password = value
    elif name == "setup":
        section.setup = value
    elif name == "fingerprint":
        algorithm, _, digest = value.partition(" ")
        if algorithm.lower() in HASHES and len(section.fingerprints) < 8:
            _need(re.fullmatch(r"[0-9A-Fa-f:]{2,200}", digest) is not None, "fingerprint")
            section.fingerprints.append((algorithm.lower(), digest))
    elif name == "extmap":
        words = value.split()
        if len(words) >= 2 and words[1] == TRANSPORT_WIDE_URI:
            section.extension = _small(words[0].partition("/")[0], 14)


class _Codecs:
    """The codecs of one section while it is read; chosen when all lines are known."""

    def __init__(self, formats: set[str]) -> None:
        self._formats = formats
        self._names: dict[str, str] = {}
        self._repairs: dict[str, str] = {}  # what is repaired → payload type of RTX
        self._feedback: dict[str, set[str]] = {}

    def attribute(self, name: str, value: str) -> None:
        kind, _, rest = value.partition(" ")
        if name == "rtpmap" and kind in self._formats:
            self._names.setdefault(kind, rest.strip().lower())
        elif name == "fmtp" and rest.startswith("apt="):
            self._repairs.setdefault(rest[4:].strip(), kind)
        elif name == "rtcp-fb":
            self._feedback.setdefault(kind, set()).add(rest.strip())

    def choose(self, section: Section) -> None:
        wanted = "opus/48000/2" if section.kind == "audio" else "vp8/90000"
        for kind, name in self._names.items():
            if name == wanted:
                section.payload_type = _small(kind, 127)
                break
        if not section.payload_type:
            return
        kind = str(section.payload_type)
        repair = self._repairs.get(kind, "")
        if self._names.get(repair) == "rtx/90000":
            section.rtx_type = _small(repair, 127)
        section.feedback = self._feedback.get(kind, set()) | self._feedback.get("*", set())
        section.transport_feedback = "transport-cc" in section.feedback and section.extension > 0


@dataclass(frozen=True, slots=True)
class Local:
    """The server's part: credentials, fingerprints and the addresses it is reached at."""

    ufrag: str
    password: str
    fingerprints: list[tuple[str, str]]
    addresses: list[tuple[str, int]]


def write_answer(offer: Offer, local: Local, ssrcs: list[tuple[int, int]]) -> str:
    """The answer; ``ssrcs`` are those of the slots' audio and video, in the order of the offer."""
    sections = [offer.audio, offer.video] + [one for pair in offer.slots for one in pair]
    session = secrets.randbits(62)
    lines = ["v=0", f"o=- {session} 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    lines += ["a=group:BUNDLE " + " ".join(section.mid for section in sections)]
    lines += ["a=msid-semantic: WMS *", "a=ice-options:ice2"]
    flat = [ssrc for pair in ssrcs for ssrc in pair]
    for index, section in enumerate(sections):
        mine = flat[index - 2] if index >= 2 else 0
        lines += _section(section, local, index, mine)
    return "\r\n".join(lines) + "\r\n"


def _section(section: Section, local: Local, index: int, ssrc: int) -> list[str]:
    kind = section.payload_type
    host, port = local.addresses[0]
    publishing = index < 2
    direction = "recvonly" if publishing else "sendonly"
    if section.direction == "inactive":
        direction = "inactive"
    rtx = section.rtx_type if publishing and section.kind == "video" else 0
    version = ipaddress.ip_address(host).version
    lines = [
        f"m={section.kind} {port} UDP/TLS/RTP/SAVPF {kind}" + (f" {rtx}" if rtx else ""),
        f"c=IN IP{version} {host}",
        f"a=mid:{section.mid}",
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        "a=setup:active",
    ]
    lines += [f"a=fingerprint:{name} {digest}" for name, digest in local.fingerprints]
    for number, (address, place) in enumerate(local.addresses):
        priority = 126 << 24 | (65535 - number) << 8 | 255
        lines.append(f"a=candidate:{number + 1} 1 udp {priority} {address} {place} typ host")
    lines.append("a=end-of-candidates")
    if section.kind == "audio":
        lines += [f"a=rtpmap:{kind} opus/48000/2", f"a=fmtp:{kind} minptime=10;useinbandfec=1"]
    else:
        lines += [f"a=rtpmap:{kind} VP8/90000"]
        wanted = ("nack", "nack pli", "ccm fir")
        lines += [f"a=rtcp-fb:{kind} {one}" for one in wanted if one in section.feedback]
    if rtx:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={kind}"]
    if publishing and section.transport_feedback:
        lines += [f"a=extmap:{section.extension} {TRANSPORT_WIDE_URI}"]
        lines += [f"a=rtcp-fb:{kind} transport-cc"]
    if not publishing:
        slot = (index - 2) // 2
        lines += [f"a=msid:slot{slot} slot{slot}-{section.kind}"]
        lines += [f"a=ssrc:{ssrc} cname:jingmin"]
    return lines


def candidate_address(text: str) -> tuple[str, int] | None:
    """Host and port of a trickled candidate line; None when malformed (RFC 8839, 5.1)."""
    match = _CANDIDATE.fullmatch(text.strip()) if len(text) <= 512 else None
    if match is None or not 0 < int(match[2]) < 65536:
        return None
    host = match[1]
    if not host.endswith(".local"):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return None
    return host, int(match[2])


def _ice_string(text: str, least: int) -> bool:
    return least <= len(text) <= 256 and _ICE.fullmatch(text) is not None


def _small(text: str, most: int) -> int:
    """A decimal number from 1 to ``most``, else 0."""
    ok = text.isascii() and text.isdigit() and len(text) <= 3 and 0 < int(text) <= most
    return int(text) if ok else 0


def _need(condition: bool, what: str) -> None:
    if not condition:
        raise Refused(SDP_BAD, f"offer: {what}")
