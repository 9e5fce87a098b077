"""What a page learns of the site: before anybody has logged in, and what its administrator has to mend."""

from __future__ import annotations

from msgspec import Struct

from domain.people import Role
from domain.platform_alarm import Trouble


class ConfigView(Struct):
    """What a page needs to know before anybody logs in. ``officer_login``: where officers log in with
    WeCom, empty without it. ``store`` up or down; ``desks``: a dispatcher's desk is connected;
    ``embed_origins``: whose pages may show the resident's within theirs."""

    city: str
    service: str
    demo: bool
    notice_version: str
    live_path: str
    map_style: str | None
    server_at: int
    officer_login: str = ""
    store: str = "up"
    desks: bool = True
    embed_origins: tuple[str, ...] = ()


class DemoPerson(Struct):
    login: str
    name: str
    role: Role
    face: str
    station: str | None


class DemoView(Struct):
    """``suggested`` is the station officer to log in as: of the station called last, else of the
    station in the middle of the sample city. ``simulator`` is where the demo's WeChat is."""

    people: list[DemoPerson]
    center: list[float]
    suggested: str | None
    simulator: str = ""


class PlatformAlarmView(Struct):
    """What a platform (``official`` or ``work``) refuses to this ``account``, empty: the city's first. The
    API's path is in ``call``, empty when all of it. ``machine`` and ``address`` are of an allow-list:
    whose address it lacks, and which, when the platform said so. ``met_at`` is when it was last known of."""

    code: Trouble
    platform: str
    account: str
    call: str
    errcode: int
    since: int
    met_at: int
    machine: str
    address: str


class WebhookAlarmView(Struct):
    """An integrator that is told nothing any more, because nothing went through to ``url`` since
    ``failing_since``. It is over when its webhook is set again or removed, or its key is revoked."""

    integrator: str
    name: str
    url: str
    failing_since: int
    disabled_at: int


class PlatformAlarmList(Struct):
    """Those that stand, the oldest first; none: all is well. ``webhooks``: those that were disabled."""

    alarms: list[PlatformAlarmView]
    webhooks: list[WebhookAlarmView]


class ProbeView(Struct):
    """How a request of ``jingmin doctor`` arrived: ``address`` whose it is held to be, ``peer`` who
    connected, ``hops`` what X-Forwarded-For said and whether it is ``believed``; ``process`` and
    ``version`` of the api, its clock (Unix ms), and ``padding`` to be compressed by whoever does so
    against the rule."""

    address: str
    peer: str
    hops: list[str]
    believed: bool
    process: int
    version: str
    server_at: int
    padding: str
