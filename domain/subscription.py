"""Subscription messages (订阅通知): each time a resident accepts one, one may be sent.

Counted in the ledger of what may still be sent to a resident, by what they are for (``tip``, ``incident``).
"""

from __future__ import annotations

from domain.resident import Credit

MOST = 20  # accepted and not used; WeChat lets anybody accept again and again
HEARD = 20


def accept(credit: Credit, purpose: str, mark: str) -> bool:
    """The resident accepted one more; ``mark`` names the event, and the same mark again changes nothing."""
    if mark in credit.heard:
        return False
    credit.heard = [*credit.heard, mark][-HEARD:]
    credit.accepted[purpose] = min(MOST, credit.accepted.get(purpose, 0) + 1)
    return True


def refuse(credit: Credit, purpose: str) -> bool:
    """The resident wants none, or the platform said that none is left; False when there was none."""
    return credit.accepted.pop(purpose, 0) > 0


def use(credit: Credit, purpose: str) -> bool:
    """Take one, before it is sent; False when there is none."""
    left = credit.accepted.get(purpose, 0)
    if left < 1:
        return False
    credit.accepted[purpose] = left - 1
    return True


def give_back(credit: Credit, purpose: str) -> bool:
    """The one that was taken certainly did not leave."""
    credit.accepted[purpose] = min(MOST, credit.accepted.get(purpose, 0) + 1)
    return True
