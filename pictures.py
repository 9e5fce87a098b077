"""Pictures without what they tell about the camera: re-encoded, turned upright, metadata gone.

They are made anew by this file as a program of its own, in children that ``confinement`` describes.
"""

from __future__ import annotations

import io
import os
import re
import struct
import warnings
from dataclasses import dataclass
from typing import Any

from confinement import Limits
from decoder_process import NoSenseError, TooMuchError, serve, whole
from decoding import Decoders
from domain.errors import MEDIA_KIND, Refused

# A JPEG is read at a fraction of its size; the others are held in memory whole.
MAX_PIXELS = {"JPEG": 100_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
MAX_SIDE = 4096
LARGE = 1_000_000  # pixels
# Of a progressive JPEG; encoders write about ten. Each is a walk over all pixels.
MAX_SCANS = 100
MAX_VISITS = 1_500_000_000  # of pixels by scans: 15 scans of the largest
TYPES = ("image/jpeg", "image/png")
# What is little work, at most about a second: it never waits behind what is more.
SMALL_FILE = 3 * 2**20
SMALL_PIXELS = {"JPEG": 13_000_000, "PNG": 4_000_000, "WEBP": 4_000_000}
SMALL_VISITS = 150_000_000  # by a JPEG's scans
JPEG = b"\xff\xd8\xff"
MOST_STRAY = 16  # bytes before a JPEG
MOST_SEGMENTS = 200  # before the size of a JPEG

DECODERS = Decoders(
    "pictures",
    os.path.abspath(__file__),
    Limits(cpu_s=5, wall_s=20.0, memory=1 << 30, largest=80 * 2**20),
    kept=1,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """``data`` is a JPEG (or PNG when it was one) of ``width`` × ``height`` without metadata."""

    data: bytes
    type: str
    width: int
    height: int


async def strip(data: bytes, by: str = "", origin: str = "") -> Picture:
    """Decode, turn upright, shrink to 4096 px a side, encode anew. Of several pictures in a file the
    first. ``by`` names the sender, whose pictures are worked on one after the other; of one ``origin``
    (whose name need not tell it) two are worked on at once. What is little work does not wait behind
    what is more.

    Raises ``media_kind`` for what cannot be decoded, ``too_large`` beyond 24 million pixels (100
    million for JPEG) or 5 s of work, and ``busy`` when its turn does not come in time or the machine
    is too busy.
    """
    about, made = await DECODERS.decode({}, data, by, origin, is_small(data))
    kind, width, height = about.get("type"), about.get("width"), about.get("height")
    if kind not in TYPES or not isinstance(width, int) or not isinstance(height, int):
        raise Refused(MEDIA_KIND, "the picture cannot be read")
    return Picture(made, str(kind), width, height)


# ---- how much work it is, by what it says of itself; nothing is decoded


def is_small(data: bytes) -> bool:
    """Whether it is little work, found out in a millisecond. What says nothing of its size is not."""
    if len(data) > SMALL_FILE:
        return False
    kind, size = header(data)
    pixels = size[0] * size[1]
    if not 0 < pixels <= SMALL_PIXELS.get(kind, 0):
        return False
    # Those of pictures inside it are counted too: they are few.
    return kind != "JPEG" or pixels * data.count(bytes((0xFF, SCAN))) <= SMALL_VISITS


def jpeg_start(data: bytes) -> int:
    """Where a JPEG begins, before which some programs leave a few bytes; 0 when it is none."""
    return max(0, data.find(JPEG, 0, MOST_STRAY + len(JPEG)))


def header(data: bytes) -> tuple[str, tuple[int, int]]:
    """Kind and size in pixels, as its first bytes have them; 0 × 0 when they do not."""
    head = data[:30]
    if len(head) < 30:
        return "", (0, 0)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", head, 16)
        return "PNG", (width, height)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP", _webp_size(head)
    start = jpeg_start(data)
    if data.startswith(JPEG, start):
        return "JPEG", _jpeg_size(data, start + 2)
    return "", (0, 0)


def _webp_size(head: bytes) -> tuple[int, int]:
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
        return width, height
    return 0, 0


def _jpeg_size(data: bytes, at: int) -> tuple[int, int]:
    for _ in range(MOST_SEGMENTS):
        if data[at : at + 1] != b"\xff" or at + 9 > len(data):
            break
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a byte that fills
            at += 1
            continue
        if marker in FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + length
    return 0, 0


# ---- the child

MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
START, SCAN, END = 0xD8, 0xDA, 0xD9
END_MARK = bytes((0xFF, END))
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def scans(data: bytes) -> int:
    """How often the first picture of a JPEG goes over its pixels, counted up to one too many."""
    at = count = 0
    while count <= MAX_SCANS:
        found = MARKER.search(data, at)
        if found is None:
            break
        kind, at = data[found.start() + 1], found.end()
        if kind == END:
            break
        if kind not in (START, 0x01):
            count += kind == SCAN
            at += int.from_bytes(data[at : at + 2], "big")
    return count


def copy(data: bytes) -> tuple[bytes, dict[str, Any]]:
    """The picture anew, and what it is."""
    from PIL import Image

    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    kind, _ = header(data)
    passes = 1
    if kind not in ("PNG", "WEBP"):
        # Of what was cut on its way the end is grey: to be had only with the mark that ends it.
        data = data[jpeg_start(data) :] + END_MARK
        passes = scans(data)
    if passes > MAX_SCANS:
        raise TooMuchError
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=tuple(MAX_PIXELS))
    except Image.DecompressionBombError:
        raise TooMuchError from None
    # A JPEG with further pictures behind it, as phones write for depth and brightness.
    kind = "JPEG" if picture.format == "MPO" else picture.format or ""
    pixels = picture.width * picture.height
    if pixels > MAX_PIXELS[kind] or pixels * passes > MAX_VISITS:
        raise TooMuchError
    picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture = _upright(picture)
    if picture.mode.startswith("I;16"):
        # Pillow would cut off above 255. Its upper bytes are the grey that a screen shows.
        high = 0 if picture.mode.endswith("B") else 1
        picture = Image.frombytes("L", picture.size, picture.tobytes()[high::2])
    as_png = kind == "PNG"
    clean = picture.convert("RGBA" if as_png else "RGB")
    clean.info.clear()
    out = io.BytesIO()
    if as_png:
        # At the usual level a photograph of 16 million pixels takes 5 s, for a tenth less.
        large = clean.width * clean.height > LARGE
        clean.save(out, "PNG", compress_level=1 if large else 6)
    else:
        clean.save(out, "JPEG", quality=88)
    about = {"type": TYPES[as_png], "width": clean.width, "height": clean.height}
    return out.getvalue(), about


def _upright(picture: Any) -> Any:
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(picture)
    except MemoryError:
        raise
    except Exception:  # broken EXIF must not cost the picture
        return picture


def work(job: dict[str, Any], source: int, target: int) -> dict[str, Any]:
    """The job of a child: the picture in ``source`` anew into ``target``."""
    made, about = copy(whole(source))
    left = memoryview(made)
    while left:
        left = left[os.write(target, left) :]
    return about


def rehearse() -> None:
    """One picture of each kind, for Pillow loads its parts when they are first needed."""
    from PIL import Image

    small = Image.new("RGB", (8, 8))
    turned = Image.Exif()
    turned[0x0112] = 6
    for kind in ("JPEG", "PNG", "WEBP", "MPO"):
        out = io.BytesIO()
        more = {"save_all": True, "append_images": [small]} if kind == "MPO" else {}
        small.save(out, kind, exif=turned, **more)
        copy(out.getvalue())
    for broken in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + bytes(50)):
        try:
            copy(broken)
        except (OSError, SyntaxError, ValueError, NoSenseError):
            continue


if __name__ == "__main__":
    serve(work, rehearse)
