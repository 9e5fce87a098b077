"""The line by which somebody may be reached: the telephone number in it, and how it looks masked."""

from __future__ import annotations

import re

_WIDE = str.maketrans("０１２３４５６７８９＋－（）　", "0123456789+-() ")
# A mobile, a landline with its area code, a service number; Chinese numbers of abroad begin with +.
_NUMBER = re.compile(
    r"(?<![\d+])(?:\+?86)?(1[3-9]\d{9}|0\d{9,11}|400\d{7})(?!\d)|(\+\d{7,15})(?!\d)"
)


def telephone(line: str) -> str | None:
    """The first telephone number in the line as it is dialled, or None."""
    joined = re.sub(r"(?<=[\d)])[ \-()]+(?=\d)|\((?=\d)", "", line.translate(_WIDE))
    found = _NUMBER.search(joined)
    return None if found is None else found.group(1) or found.group(2)


def masked(line: str) -> str:
    """The line for whoever need not know: of a number the ends, of anything else the first letter."""
    number = telephone(line)
    if number is not None:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return line[:1] + "*" * min(3, len(line) - 1)
