"""Ids of the platforms in a city with several Official Accounts or corps.

An openid, a userid or a chat_id does not say whose it is, and two corps may have members of the same
userid. So an id of any account but the first is kept with that account's name before it:
``guta~zhangwei``. Those of the first stay as the platform writes them.
"""

from __future__ import annotations

MARK = "~"  # in no openid, userid or chat_id, and to be written in an address as it is
NAME = "[a-z0-9][a-z0-9-]{0,15}"  # what an account may be called


def with_account(account: str, id: str) -> str:
    """The id as it is kept; an empty one stays empty."""
    return f"{account}{MARK}{id}" if account and id else id


def account_of(id: str) -> str:
    """The account's name; empty: the first."""
    return id.rpartition(MARK)[0]


def at_platform(id: str) -> str:
    """The id as the platform writes it."""
    return id.rpartition(MARK)[2]
