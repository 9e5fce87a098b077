"""The states of one signalling connection, and how long it may stay in them.

Rule 1: everything that decides what a client may say when is in this table.
"""

from __future__ import annotations

from enum import StrEnum

from domain.errors import MEDIA_LOST, PROTOCOL, Fault
from domain.workflow import Table


class Phase(StrEnum):
    GREETING = "GREETING"
    WELCOMED = "WELCOMED"
    ANSWERED = "ANSWERED"
    STANDBY = "STANDBY"
    CONNECTED = "CONNECTED"
    ENDED = "ENDED"


# What a client may say when; "secured" and "held" (secured, but on a standby ticket) are said by
# the media path.
PHASES: Table[Phase] = {
    Phase.GREETING: {"hello": Phase.WELCOMED, "bye": Phase.ENDED, "ping": Phase.GREETING},
    Phase.WELCOMED: {
        "offer": Phase.ANSWERED,
        "enter": Phase.WELCOMED,
        "candidate": Phase.WELCOMED,
        "media": Phase.WELCOMED,
        "ping": Phase.WELCOMED,
        "bye": Phase.ENDED,
    },
    Phase.ANSWERED: {
        "secured": Phase.CONNECTED,
        "held": Phase.STANDBY,
        "enter": Phase.ANSWERED,
        "candidate": Phase.ANSWERED,
        "media": Phase.ANSWERED,
        "rung": Phase.ANSWERED,
        "keyframe": Phase.ANSWERED,
        "ping": Phase.ANSWERED,
        "bye": Phase.ENDED,
    },
    Phase.STANDBY: {
        "enter": Phase.CONNECTED,
        "candidate": Phase.STANDBY,
        "media": Phase.STANDBY,
        "ping": Phase.STANDBY,
        "bye": Phase.ENDED,
    },
    Phase.CONNECTED: {
        "candidate": Phase.CONNECTED,
        "media": Phase.CONNECTED,
        "rung": Phase.CONNECTED,
        "keyframe": Phase.CONNECTED,
        "ping": Phase.CONNECTED,
        "bye": Phase.ENDED,
    },
    Phase.ENDED: {},
}
PATIENCE: dict[Phase, tuple[float, Fault]] = {
    Phase.GREETING: (5.0, PROTOCOL),
    Phase.WELCOMED: (15.0, PROTOCOL),
    Phase.ANSWERED: (20.0, MEDIA_LOST),
    Phase.STANDBY: (60.0, MEDIA_LOST),
}
