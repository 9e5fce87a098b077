"""The picture of a QR code says what it should: read back square by square."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from simulator.qrcode import SIDE, grid, png

# The standard's arithmetic, written again here: what draws the code must not be what judges it.
DATA, CHECK = 108, 26


def tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 512, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


POWERS, LOGS = tables()


def times(one: int, other: int) -> int:
    return POWERS[LOGS[one] + LOGS[other]] if one and other else 0


def check_bytes(data: bytes, count: int) -> bytes:
    """Reed–Solomon over GF(256): the remainder that lets a reader mend the code."""
    generator = [1]
    for exponent in range(count):
        longer = [*generator, 0]
        for place, value in enumerate(generator):
            longer[place + 1] ^= times(value, POWERS[exponent])
        generator = longer
    rest = [*data, *[0] * count]
    for place in range(len(data)):
        factor = rest[place]
        for step, value in enumerate(generator):
            rest[place + step] ^= times(value, factor)
    return bytes(rest[len(data) :])


def codewords(text: str) -> bytes:
    """What a code of version 5, level L has to hold for this text."""
    data = text.encode()
    bits = f"0100{len(data):08b}" + "".join(f"{one:08b}" for one in data) + "0000"
    bits += "0" * (-len(bits) % 8)
    words = bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8))
    padded = (words + b"\xec\x11" * DATA)[:DATA]
    return padded + check_bytes(padded, CHECK)


def test_check_bytes_of_a_published_example() -> None:
    # "HELLO WORLD", version 1-M, as worked out in many descriptions of the standard.
    data = bytes([32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17])
    wanted = bytes([196, 35, 39, 119, 235, 215, 231, 226, 93, 23])
    assert check_bytes(data, 10) == wanted


def read(squares: list[list[bool]]) -> bytes:
    """Read the data back, knowing only where the patterns are."""

    def pattern(row: int, column: int) -> bool:
        corner = (row < 9 and (column < 9 or column > SIDE - 9)) or (row > SIDE - 9 and column < 9)
        return corner or 6 in (row, column) or (28 <= row <= 32 and 28 <= column <= 32)

    bits = ""
    columns = [36, 34, 32, 30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1]
    for turn, right in enumerate(columns):
        rows = range(SIDE) if turn % 2 else range(SIDE - 1, -1, -1)
        for row in rows:
            for column in (right, right - 1):
                if not pattern(row, column):
                    bits += str(int(squares[row][column] != ((row + column) % 2 == 0)))
    return bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits) - 7, 8))


@pytest.mark.parametrize("text", ["http://weixin.qq.com/q/abc", "三号楼", "x" * 106])
def test_reads_back(text: str) -> None:
    squares = grid(text)
    words = read(squares)
    assert words == codewords(text)
    bits = "".join(f"{one:08b}" for one in words)
    size = int(bits[4:12], 2)
    found = bytes(int(bits[12 + 8 * n : 20 + 8 * n], 2) for n in range(size))
    assert (bits[:4], found.decode()) == ("0100", text)
    # Level L, mask 0 in both places.
    first = [squares[8][n] for n in (0, 1, 2, 3, 4, 5, 7, 8)]
    second = [squares[SIDE - 1 - n][8] for n in range(7)]
    assert [int(one) for one in first[:7]] == [1, 1, 1, 0, 1, 1, 1]
    assert second == first[:7]


def test_the_picture_is_a_picture() -> None:
    picture = Image.open(io.BytesIO(png("x", 2)))
    assert picture.size == ((SIDE + 8) * 2,) * 2
    assert picture.getpixel((0, 0)) == 255
    assert picture.getpixel((8, 8)) == 0


def test_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        grid("x" * 107)
