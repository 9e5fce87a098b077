"""What WeChat or WeCom refuses and only the operator can mend, and webhooks that were disabled, for
administrators."""

from __future__ import annotations

from api.routes import Ask, Routes
from api.shapes_site import PlatformAlarmList, PlatformAlarmView, WebhookAlarmView
from domain.integrator import Integrator
from domain.people import Role
from domain.platform_alarm import PlatformAlarm, stands
from domain.platform_ids import account_of, at_platform

routes = Routes()


@routes.add("GET", "/platform-alarms", (Role.ADMIN,))
async def read_platform_alarms(ask: Ask) -> PlatformAlarmList:
    """What the platforms refuse now, the oldest first. Each ends when the same call goes through, or when
    nobody has met it for 26 hours. A disabled webhook stands until somebody deals with it."""
    store = ask.house.store
    found = [one async for one in store.platform_alarms.every() if stands(one, ask.now)]
    silent = [alarm async for one in store.integrators.every() if (alarm := _disabled(one))]
    return PlatformAlarmList(
        [_view(one) for one in sorted(found, key=lambda one: one.since)],
        sorted(silent, key=lambda one: one.disabled_at),
    )


def _disabled(of: Integrator) -> WebhookAlarmView | None:
    hook = of.webhook
    if hook is None or hook.disabled_at is None or of.revoked_at is not None or of.sandbox:
        return None
    since = hook.failing_since or hook.disabled_at
    return WebhookAlarmView(of.id, of.name, hook.url, since, hook.disabled_at)


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
