"""What WeChat or WeCom refuses and only the operator can mend, for administrators."""

from __future__ import annotations

from api.routes import Ask, Routes
from api.shapes_site import PlatformAlarmList, PlatformAlarmView
from domain.people import Role
from domain.platform_alarm import PlatformAlarm, stands
from domain.platform_ids import account_of, at_platform

routes = Routes()


@routes.add("GET", "/platform-alarms", (Role.ADMIN,))
async def read_platform_alarms(ask: Ask) -> PlatformAlarmList:
    """What the platforms refuse now, the oldest first. Each ends when the same call goes through, or when
    nobody has met it for 26 hours."""
    found = [one async for one in ask.house.store.platform_alarms.every() if stands(one, ask.now)]
    return PlatformAlarmList([_view(one) for one in sorted(found, key=lambda one: one.since)])


def _view(alarm: PlatformAlarm) -> PlatformAlarmView:
    return PlatformAlarmView(
        code=alarm.code,
        platform=at_platform(alarm.platform),
        account=account_of(alarm.platform),
        call=alarm.call,
        errcode=alarm.errcode,
        since=alarm.since,
        met_at=alarm.met_at,
        machine=alarm.machine,
        address=alarm.address,
    )
