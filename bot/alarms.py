"""What only the operator can mend at a platform: said in the log, in ``/metrics`` and at ``/healthz``.

A quota that is used up, a secret or an address that is refused, a template, a menu or a right that is
missing: residents see silence then, and nobody else would hear of it. An alarm stands until the same
call went through.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from enum import StrEnum

from bot import meters

AGAIN_S = 600.0  # a standing alarm is said again in the log this often
LATE_S = 26 * 3_600.0  # and is old when its call was not tried for a day, as after a quota
log = logging.getLogger("jingmin.bot.alarms")


class Trouble(StrEnum):
    """The stable code of an alarm."""

    QUOTA = "wechat_quota"
    TOKEN = "wechat_token"  # noqa: S105
    ALLOW_LIST = "wechat_allow_list"
    TEMPLATE = "wechat_template"
    MENU = "wechat_menu"
    PERMISSION = "wechat_permission"


_OF_CODE = {
    45009: Trouble.QUOTA,
    48006: Trouble.QUOTA,
    **dict.fromkeys((40001, 40013, 40014, 40091, 40125, 42001), Trouble.TOKEN),
    **dict.fromkeys((40164, 60020), Trouble.ALLOW_LIST),
    **dict.fromkeys((40037, 47003), Trouble.TEMPLATE),
    **dict.fromkeys((48001, 48004, 84074, 60011), Trouble.PERMISSION),
}
# Of the account 48002 says that this resident refuses messages; of the corp that the app may not.
_OF_WORK = {48002: Trouble.PERMISSION}
_OF_ACCOUNT = (Trouble.TOKEN, Trouble.ALLOW_LIST)  # not of one call
MENU = "/cgi-bin/menu/create"
NO_MENU = 46003


@dataclass(frozen=True, slots=True)
class Alarm:
    """``platform`` official or work; ``call`` the API's path, empty: all of them; ``errcode`` the
    platform's; ``since`` Unix seconds."""

    trouble: Trouble
    platform: str
    call: str
    errcode: int
    since: int


class Alarms:
    """Those of this process."""

    def __init__(self) -> None:
        self._standing: dict[tuple[str, str, Trouble], Alarm] = {}
        self._said: dict[tuple[str, str, Trouble], float] = {}
        self._met: dict[tuple[str, str, Trouble], float] = {}

    def refused(self, platform: str, call: str, errcode: int) -> None:
        """A call was refused; nothing happens when that is no matter of the operator's."""
        trouble = self._trouble(platform, call, errcode)
        if trouble is None:
            return
        if trouble in _OF_ACCOUNT:
            call = ""
        key, now = (platform, call, trouble), time.monotonic()
        self._met[key] = now
        if key not in self._standing:
            self._standing[key] = Alarm(trouble, platform, call, errcode, int(time.time()))
            meters.ALARMS.labels(trouble, platform, call).set(1)
        if now - self._said.get(key, -AGAIN_S) >= AGAIN_S:
            self._said[key] = now
            log.error("%s: %s refuses %s with %d", trouble, platform, call or "all", errcode)

    def went_through(self, platform: str, call: str) -> None:
        """A call was answered: what stood in its way is over."""
        if not self._standing:
            return
        self._expire()
        for key in [one for one in self._standing if one[0] == platform]:
            if key[1] in ("", call):
                self._end(key)

    def standing(self) -> list[Alarm]:
        """Those that stand now, oldest first."""
        self._expire()
        return sorted(self._standing.values(), key=lambda one: one.since)

    def _expire(self) -> None:
        late = time.monotonic() - LATE_S
        for key in [one for one, met in self._met.items() if met < late]:
            self._end(key)

    def _end(self, key: tuple[str, str, Trouble]) -> None:
        found = self._standing.pop(key, None)
        self._said.pop(key, None)
        self._met.pop(key, None)
        if found is not None:
            meters.ALARMS.labels(found.trouble, found.platform, found.call).set(0)
            log.info("%s: %s is over", found.trouble, found.platform)

    def _trouble(self, platform: str, call: str, errcode: int) -> Trouble | None:
        if platform == "work" and errcode in _OF_WORK:
            return _OF_WORK[errcode]
        found = _OF_CODE.get(errcode)
        if call == MENU and found not in _OF_ACCOUNT:
            return found if found is Trouble.QUOTA else Trouble.MENU
        return found


ALARMS = Alarms()
