"""Stations, their areas, and where a point belongs."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from api.bodies import PositionIn
from api.compression import takes_gzip
from api.positions import position_of
from api.routes import PUBLIC, Ask, Routes
from api.shapes import LocatedView
from api.shapes_site import ConfigView
from api.shapes_stations import ReachList, StationList, StationReach, StationView
from api.views import located_view
from domain.people import DESK, STAFF
from domain.place import Datum, Level

NOTICE_VERSION = "1"
routes = Routes()


class AreasQuery(Struct, forbid_unknown_fields=True):
    level: Level = Level.STATION


class LocateQuery(Struct, forbid_unknown_fields=True):
    """A position without its datum is refused."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    datum: Datum
    accuracy: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None


@routes.add("GET", "/config", PUBLIC)
async def read_config(ask: Ask) -> ConfigView:
    """What a page needs to know before anybody logs in."""
    settings = ask.house.settings
    return ConfigView(
        settings.city,
        settings.service,
        settings.demo,
        NOTICE_VERSION,
        "/api/v1/live",
        settings.map_style,
        ask.now,
        settings.officer_login,
        "up" if ask.house.store_up else "down",
        ask.house.board.desks(),
        settings.embed_origins,
    )


@routes.add("GET", "/areas", STAFF, raw_answer="application/geo+json")
async def read_areas(ask: Ask, query: AreasQuery) -> web.Response:
    """The areas of one level as GeoJSON (WGS-84), simplified for maps. Cached by boundary version."""
    # Weak: plain and compressed are the same areas in other bytes.
    tag = f"{ask.house.finder.version}/{query.level}"
    headers = {"ETag": f'W/"{tag}"', "Vary": "Accept-Encoding"}
    if any(one.value == tag for one in ask.request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    plain, packed = await ask.house.areas(str(query.level))
    headers["Cache-Control"] = "private, max-age=300"
    kind = "application/geo+json"
    if len(packed) < len(plain) and takes_gzip(ask.request):
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=packed, content_type=kind, headers=headers)
    return web.Response(body=plain, content_type=kind, headers=headers)


@routes.add("GET", "/stations", STAFF)
async def list_stations(ask: Ask) -> StationList:
    """All stations, by name."""
    finder = ask.house.finder
    return StationList(
        [
            StationView(one.id, one.name, ask.house.bureau_name(one), one.synthetic)
            for one in finder.stations()
        ],
        finder.version,
    )


@routes.add("GET", "/stations/reach", DESK)
async def read_reach(ask: Ask) -> ReachList:
    """Whom of each station a call reaches now: who has its page open, and who has WeCom."""
    duty = ask.house.board.on_duty
    online, bound = duty.online(ask.now), duty.bound()
    return ReachList(
        [
            StationReach(station, online.get(station, 0), bound.get(station, 0))
            for station in sorted(online.keys() | bound.keys())
        ]
    )


@routes.add("GET", "/locate", DESK)
async def locate_point(ask: Ask, query: LocateQuery) -> LocatedView:
    """Who answers for a point: candidates with shares of its circle, and why."""
    body = PositionIn(query.lon, query.lat, query.datum, query.accuracy)
    finder = ask.house.finder
    return located_view(finder.locate(finder.to_wgs84(position_of(body))))
