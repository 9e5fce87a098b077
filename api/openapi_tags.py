"""What the operations are grouped by in the OpenAPI document: one tag each, by the address."""

from __future__ import annotations

from api.routes import PUBLIC, Route

TAGS = {
    "caller": "Whoever reports an emergency: report, follow, write, send files, join the call.",
    "incidents": "The desk and the stations: answer, call a station, write, end, close.",
    "places": "Stations, areas, and who answers for a position.",
    "sandbox": "What the desk does in tests of whoever builds on the API.",
    "session": "Log-in of staff, password, one-time code, absence.",
    "administration": "People, keys of integrators, and what only the operator can mend.",
    "tips": "What residents tell their community police.",
    "notices": "What the police tell communities.",
    "groups": "Groups, doorways that lead into them, and numbers.",
    "service": "The service itself: what a page needs first, this document.",
}
_OF = {
    "my": "caller",
    "resume": "caller",
    "wechat": "caller",
    "incidents": "incidents",
    "desks": "incidents",
    "areas": "places",
    "stations": "places",
    "locate": "places",
    "sandbox": "sandbox",
    "session": "session",
    "people": "administration",
    "platform-alarms": "administration",
    "integrators": "administration",
    "tips": "tips",
    "prepared-answers": "tips",
    "notices": "notices",
    "groups": "groups",
    "doorways": "groups",
    "numbers": "groups",
    "asyncapi.json": "service",
    "config": "service",
    "demo": "service",
    "docs": "service",
    "openapi.json": "service",
    "probe": "service",
}


def tag_of(route: Route) -> str:
    """The tag of an operation; one without any is ``service``."""
    first = route.path.split("/")[1]
    if first == "incidents" and route.access == PUBLIC:
        return "caller"
    return _OF.get(first, "service")


def is_placed(route: Route) -> bool:
    """Whether somebody decided on the tag."""
    return route.path.split("/")[1] in _OF
