"""Numbers that lead to a person: of identity cards, telephones, bank cards. Found in what somebody wrote,
and covered for whoever need not know."""

from __future__ import annotations

import re

_WIDE = str.maketrans("０１２３４５６７８９－　", "0123456789- ")
_DIGIT = "[0-9零〇一二三四五六七八九幺]"
# Eleven and more: a mobile, a landline with its area code, 15 or 18 of a card. A date with an hour has ten.
_NUMBER = re.compile(
    f"(?<![0-9.]){_DIGIT}(?:[ -]?{_DIGIT}){{9,18}}[ -]?[0-9零〇一二三四五六七八九幺Xx](?![0-9])"
)
KEPT = 3, 2  # shown of each end


def has_numbers(text: str) -> bool:
    """Whether there is such a number."""
    return _NUMBER.search(text.translate(_WIDE)) is not None


def covered(text: str) -> str:
    """The text with the middle of each such number covered; nothing else changes."""
    first, last = KEPT
    found = list(_NUMBER.finditer(text.translate(_WIDE)))
    for one in reversed(found):  # the wide signs are one character each: places are the same
        start, end = one.start() + first, one.end() - last
        text = f"{text[:start]}{'*' * (end - start)}{text[end:]}"
    return text
