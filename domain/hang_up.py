"""Why a caller hung up, when he said so in the first half minute. It lowers or raises, never deletes."""

from __future__ import annotations

from enum import StrEnum

from domain.emergency import Gravity


class HangUp(StrEnum):
    """What the caller chose. Whoever cannot speak does not hang up: his report becomes a silent one."""

    MISTAKE = "MISTAKE"  # 按错了
    OTHER_WAY = "OTHER_WAY"  # 换方式


def weighed(found: Gravity, why: HangUp | None) -> Gravity:
    """How grave it is, with what the caller said when he hung up.

    A mistake lowers by a class and no more: somebody else may have pressed it. Who looks for another way
    still needs help, and nobody has heard what for.
    """
    if why is HangUp.MISTAKE:
        return Gravity.URGENT if found is Gravity.LIFE else Gravity.ORDINARY
    if why is HangUp.OTHER_WAY and found is Gravity.ORDINARY:
        return Gravity.URGENT
    return found
