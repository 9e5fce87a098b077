"""What only the operator can mend at a platform: said in the log, in ``/metrics`` and at ``/healthz``.

A quota that is used up, a secret or an address that is refused, a template, a menu or a right that is
missing: residents see silence then, and nobody else would hear of it. An alarm stands until the same
call went through.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from ipaddress import ip_address

from bot import meters
from domain.platform_alarm import LATE_MS, Trouble
from domain.platform_ids import at_platform

AGAIN_S = 600.0  # a standing alarm is said again in the log this often
LATE_S = LATE_MS / 1_000
log = logging.getLogger("jingmin.bot.alarms")

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
_ADDRESS = re.compile(r"\bip[: ]+([0-9a-fA-F.:]{3,45})")

Key = tuple[str, str, Trouble]  # platform, call, what


@dataclass(frozen=True, slots=True)
class Alarm:
    """``platform`` official or work, with the name of an account but the first
    (domain/platform_ids.py); ``call`` the API's path, empty: all of them; ``errcode`` the
    platform's; ``since`` Unix seconds; ``address`` of this machine, when an allow-list lacks it."""

    trouble: Trouble
    platform: str
    call: str
    errcode: int
    since: int
    address: str = ""

    @property
    def key(self) -> Key:
        return (self.platform, self.call, self.trouble)


class Alarms:
    """Those of this process. For bot/alarm_rows.py: ``elsewhere`` those that other processes met, ``over``
    those that ended here and may stand in the store, ``kept`` when each was last known to stand there,
    ``news`` whether the store has yet to hear of something."""

    def __init__(self) -> None:
        self._standing: dict[Key, Alarm] = {}
        self._said: dict[Key, float] = {}
        self._met: dict[Key, float] = {}
        self.elsewhere: set[Key] = set()
        self.over: set[Key] = set()
        self.kept: dict[Key, float] = {}
        self.news = False

    def refused(self, platform: str, call: str, errcode: int, text: str = "") -> None:
        """A call was refused; nothing happens when that is no matter of the operator's. ``text`` is the
        platform's."""
        trouble = self._trouble(platform, call, errcode)
        if trouble is None:
            return
        if trouble in _OF_ACCOUNT:
            call = ""
        key, now = (platform, call, trouble), time.monotonic()
        self._met[key] = now
        if key not in self._standing:
            address = _address(text) if trouble is Trouble.ALLOW_LIST else ""
            self._standing[key] = Alarm(trouble, platform, call, errcode, int(time.time()), address)
            self.over.discard(key)
            self.news = True
            meters.ALARMS.labels(trouble, platform, call).set(1)
        if now - self._said.get(key, -AGAIN_S) >= AGAIN_S:
            self._said[key] = now
            log.error("%s: %s refuses %s with %d", trouble, platform, call or "all", errcode)

    def went_through(self, platform: str, call: str) -> None:
        """A call was answered: what stood in its way is over, whichever process met it."""
        if not self._standing and not self.elsewhere:
            return
        self._expire()
        for key in self._standing.keys() | self.elsewhere:
            if key[0] == platform and key[1] in ("", call):
                self.over.add(key)
                self.elsewhere.discard(key)
                self.news = True
                self.end(key)

    def met(self, key: Key) -> float | None:
        """When it was met the last time (``time.monotonic``); None when it is over."""
        return self._met.get(key)

    def standing(self) -> list[Alarm]:
        """Those that stand now, oldest first."""
        self._expire()
        return sorted(self._standing.values(), key=lambda one: one.since)

    def _expire(self) -> None:
        late = time.monotonic() - LATE_S
        for key in [one for one, met in self._met.items() if met < late]:
            self.end(key)

    def end(self, key: Key) -> None:
        """It is over."""
        found = self._standing.pop(key, None)
        self._said.pop(key, None)
        self._met.pop(key, None)
        self.kept.pop(key, None)
        if found is not None:
            meters.ALARMS.labels(found.trouble, found.platform, found.call).set(0)
            log.info("%s: %s is over", found.trouble, found.platform)

    def _trouble(self, platform: str, call: str, errcode: int) -> Trouble | None:
        if at_platform(platform) == "work" and errcode in _OF_WORK:
            return _OF_WORK[errcode]
        found = _OF_CODE.get(errcode)
        if call == MENU and found not in _OF_ACCOUNT:
            return found if found is Trouble.QUOTA else Trouble.MENU
        return found


def _address(text: str) -> str:
    """The address that a platform says it does not list; empty when it says none."""
    for found in _ADDRESS.findall(text):
        try:
            return str(ip_address(found.rstrip(".:")))
        except ValueError:
            continue
    return ""


ALARMS = Alarms()
