"""QR codes of one size (version 5, level L, mask 0): enough for the platforms' short addresses."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

SIDE = 37
LONGEST = 106
_DATA, _CHECK = 108, 26
_QUIET = 4
Grid = list[list[bool]]


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 512, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _tables()


def _times(one: int, other: int) -> int:
    return _POWERS[_LOGS[one] + _LOGS[other]] if one and other else 0


def check_bytes(data: bytes, count: int) -> bytes:
    """Reed–Solomon over GF(256): the remainder that lets a reader mend the code."""
    generator = [1]
    for exponent in range(count):
        longer = [*generator, 0]
        for place, value in enumerate(generator):
            longer[place + 1] ^= _times(value, _POWERS[exponent])
        generator = longer
    rest = [*data, *[0] * count]
    for place in range(len(data)):
        factor = rest[place]
        for step, value in enumerate(generator):
            rest[place + step] ^= _times(value, factor)
    return bytes(rest[len(data) :])


def codewords(text: str) -> bytes:
    data = text.encode()
    if len(data) > LONGEST:
        raise ValueError("too long for this size of code")
    bits = f"0100{len(data):08b}" + "".join(f"{one:08b}" for one in data) + "0000"
    bits += "0" * (-len(bits) % 8)
    words = bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8))
    padded = (words + b"\xec\x11" * _DATA)[:_DATA]
    return padded + check_bytes(padded, _CHECK)


def grid(text: str) -> Grid:
    """The squares of the code, dark ones True."""
    dark = [[False] * SIDE for _ in range(SIDE)]
    fixed = [[False] * SIDE for _ in range(SIDE)]

    def put(row: int, column: int, value: bool) -> None:
        if 0 <= row < SIDE and 0 <= column < SIDE:
            dark[row][column], fixed[row][column] = value, True

    for top, left in ((0, 0), (0, SIDE - 7), (SIDE - 7, 0)):
        for row in range(-1, 8):
            for column in range(-1, 8):
                ring = max(abs(row - 3), abs(column - 3))
                put(top + row, left + column, ring in (0, 1, 3))
    for row in range(-2, 3):
        for column in range(-2, 3):
            put(30 + row, 30 + column, max(abs(row), abs(column)) != 1)
    for place in range(8, SIDE - 8):
        put(6, place, place % 2 == 0)
        put(place, 6, place % 2 == 0)
    put(SIDE - 8, 8, True)
    _format(put)
    bits = "".join(f"{one:08b}" for one in codewords(text))
    place = 0
    upwards = True
    for right in range(SIDE - 1, 0, -2):
        if right <= 6:
            right -= 1  # the timing column is skipped
        for step in range(SIDE):
            row = SIDE - 1 - step if upwards else step
            for column in (right, right - 1):
                if not fixed[row][column]:
                    bit = place < len(bits) and bits[place] == "1"
                    dark[row][column] = bit != ((row + column) % 2 == 0)
                    place += 1
        upwards = not upwards
    return dark


def _format(put: Callable[[int, int, bool], None]) -> None:
    word = 0b01000 << 10  # level L, mask 0
    rest = word
    for shift in range(14, 9, -1):
        if rest >> shift & 1:
            rest ^= 0x537 << shift - 10
    word = (word | rest) ^ 0x5412
    around = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8)]
    around += [(row, 8) for row in range(5, -1, -1)]
    split = [(row, 8) for row in range(SIDE - 1, SIDE - 8, -1)]
    split += [(8, column) for column in range(SIDE - 8, SIDE)]
    for number in range(15):
        value = bool(word >> 14 - number & 1)
        put(*around[number], value)
        put(*split[number], value)


def png(text: str, scale: int = 9) -> bytes:
    """The code as a picture with its quiet border."""
    side = (SIDE + 2 * _QUIET) * scale
    white = b"\x00" + b"\xff" * side
    rows = white * (_QUIET * scale)
    for line in grid(text):
        border = b"\xff" * (_QUIET * scale)
        inside = b"".join((b"\x00" if one else b"\xff") * scale for one in line)
        rows += (b"\x00" + border + inside + border) * scale
    rows += white * (_QUIET * scale)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
