"""What a page learns before anybody has logged in."""

from __future__ import annotations

from msgspec import Struct

from domain.people import Role


class ConfigView(Struct):
    """What a page needs to know before anybody logs in. ``officer_login``: where officers log in with
    WeCom, empty without it. ``store`` up or down; ``desks``: a dispatcher's desk is connected."""

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
