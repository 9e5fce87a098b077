"""What the desk and the stations learn of the caller himself, and how he comes back."""

from __future__ import annotations

from msgspec import Struct

from domain.hang_up import HangUp


class ChannelView(Struct):
    """The integrator's app the report came through, and whom that app has verified: masked where the
    contact is, then without ``external_id``, which is the app's own."""

    name: str
    person: str
    telephone: str
    external_id: str


class CallerStanding(Struct):
    """``hung_up_at``: he has hung up and is not back, ``hung_up`` says why, if he said; ``called_back_at``:
    his page was rung last. ``contact`` is the line he left, ``telephone`` the number in it; a station sees
    them whole while it is at work on the incident, else the line is ``masked`` and has no number."""

    hung_up_at: int | None
    hung_up: HangUp | None
    called_back_at: int | None
    contact: str
    telephone: str | None
    masked: bool
    channel: ChannelView | None = None


class LinkView(Struct):
    """``path`` of a page of this site: whoever opens it before ``expires_at`` is the report's caller."""

    path: str
    expires_at: int
