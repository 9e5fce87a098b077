"""Unguessable-looking names that are the same for the same seed."""

from __future__ import annotations

from random import Random

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Maker:
    """Makes ids, tokens, tickets and message numbers."""

    def __init__(self, random: Random, start: int) -> None:
        self._random = random
        self._number = start

    def text(self, length: int) -> str:
        bits = self._random.getrandbits(6 * length)
        return "".join([_LETTERS[bits >> 6 * n & 63] for n in range(length)])

    def number(self) -> int:
        """A message id: 64 bits as the platforms use, growing."""
        self._number += 1 + self._random.getrandbits(8)
        return self._number
