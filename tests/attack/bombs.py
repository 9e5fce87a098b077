"""Small pictures that are much work: written by hand, for no encoder makes them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

SIDE = 9_896  # 98 million pixels
LONGEST_RUN = 32_767


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


class Bits:
    """Bits, most significant first, as a scan has them."""

    def __init__(self) -> None:
        self._text: list[str] = []

    def add(self, value: int, count: int) -> None:
        self._text.append(f"{value:0{count}b}")

    def bytes(self) -> bytes:
        text = "".join(self._text)
        text += "1" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")


def many_scans(scans: int, side: int = SIDE, refining: bool = False) -> bytes:
    """A grey progressive JPEG whose every scan walks over all blocks and says that nothing is there.
    ``refining`` scans look at every coefficient of every block as well."""
    left = ((side + 7) // 8) ** 2
    bits = Bits()
    while left:
        run = min(left, LONGEST_RUN)
        power = run.bit_length() - 1
        if power == 14:
            bits.add(0b0, 1)
            bits.add(run - (1 << 14), 14)
            left -= run
        else:  # the end of one block, as often as needed
            bits.add(0b10, 2)
            left -= 1
    head = b"\xff\xd8" + segment(0xDB, b"\x00" + b"\x01" * 64)
    head += segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\x01\x11\x00")
    # Two symbols: a run of 2**14 blocks and more, and the end of one block.
    head += segment(0xC4, b"\x10" + bytes([1, 1] + [0] * 14) + b"\xe0\x00")
    depth = b"\x10" if refining else b"\x00"
    scan = segment(0xDA, b"\x01\x01\x00" + b"\x01\x3f" + depth) + bits.bytes()
    return head + scan * scans + b"\xff\xd9"


def phone_picture(kind: str = "JPEG", side: tuple[int, int] = (40, 30)) -> bytes:
    """A picture as a phone writes it: turned by its EXIF, and with a second one behind it as MPO."""
    picture = Image.linear_gradient("L").resize(side).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    if kind == "MPO":
        second = Image.new("RGB", (10, 10), "red")
        picture.save(out, "MPO", save_all=True, append_images=[second], exif=exif)
    else:
        picture.save(out, kind, exif=exif)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    checked = name + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))


def png_with(name: bytes, body: bytes) -> bytes:
    """A good small PNG with one more chunk in it."""
    good = phone_picture("PNG")
    at = 8 + 25  # after IHDR
    return good[:at] + chunk(name, body) + good[at:]


def grey_16() -> bytes:
    """A PNG of 16 bits that goes from black to white, 256 × 16."""
    rows = b"".join(b"\0" + bytes(byte for x in range(256) for byte in (x, 99)) for _ in range(16))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 256, 16, 16, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def size_bound_png(width: int, height: int) -> bytes:
    """No picture: what says of itself that it is a PNG of this size, and no more."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)


def slow_png() -> bytes:
    """As much work as a permitted PNG can be: 24 million pixels of 8 bytes in less than a megabyte."""
    packer = zlib.compressobj(1)
    row = b"\x04" + bytes(6_000 * 8)  # the filter that costs most
    rows = b"".join(packer.compress(row) for _ in range(4_000)) + packer.flush()
    head = struct.pack(">IIBBBBB", 6_000, 4_000, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def swelling() -> bytes:
    """A gigabyte of zeros."""
    count, piece = 1024, bytes(1 << 20)
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    # After a full flush each piece is packed as the one before.
    packed = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    checked = (count * len(piece) % 65_521) << 16 | 1
    return b"\x78\xda" + packed * count + packer.flush() + struct.pack(">I", checked)
