"""What WeChat or WeCom refuses and only the operator can mend, as all processes and the administrator see it.

One document for each thing refused, however many processes meet it: written when it begins and when it
ends, and once an hour while it goes on, never for each call.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.clock import HOUR_MS, within

LATE_MS = (
    26 * HOUR_MS
)  # nobody met it for a day, as after a quota: it is over, or its process is gone
AGAIN_MS = HOUR_MS


class Trouble(StrEnum):
    """The stable code of an alarm."""

    QUOTA = "wechat_quota"
    TOKEN = "wechat_token"  # noqa: S105
    ALLOW_LIST = "wechat_allow_list"
    TEMPLATE = "wechat_template"
    MENU = "wechat_menu"
    PERMISSION = "wechat_permission"


@dataclass(slots=True)
class PlatformAlarm:
    """``platform`` official or work, with the name of an account but the first
    (domain/platform_ids.py); ``call`` the API's path, empty: all of them; ``errcode`` the platform's;
    ``machine`` whose address is refused, and ``address`` that address when the platform said it (an
    allow-list alone). ``since`` and ``met_at`` (the last time it is known of) are Unix ms."""

    id: str
    code: Trouble
    platform: str
    call: str
    errcode: int
    since: int
    met_at: int
    machine: str = ""
    address: str = ""
    version: int = 0


def alarm_id(code: Trouble, platform: str, call: str, machine: str) -> str:
    """The same for every process that meets the same thing; an allow-list refuses one machine."""
    where = machine if code is Trouble.ALLOW_LIST else ""
    return ":".join((platform, code, call, where))


def stands(alarm: PlatformAlarm, now: int) -> bool:
    """Whether it is still to be shown."""
    return within(alarm.met_at, now, LATE_MS)
