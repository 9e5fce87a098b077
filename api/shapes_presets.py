"""What the writers of a station keep for the next notice, over the wire: bodies in, answers out."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.bodies import Key, Ms, Request
from api.shapes_notices import Communities, Link

PresetName = Annotated[str, Meta(min_length=1, max_length=30)]
ValidDays = Annotated[int, Meta(ge=0, le=366, description="0: until withdrawn or corrected")]


class AudienceIn(Request):
    """Communities to be kept under a name."""

    key: Key
    name: PresetName
    communities: Communities


class AudienceChange(Request):
    """``seen`` is the ``updated_at`` that was read."""

    seen: Ms
    name: PresetName
    communities: Communities


class _Template(Request, kw_only=True):
    name: PresetName
    title: Annotated[str, Meta(max_length=60)] = ""
    text: Annotated[str, Meta(max_length=1000)] = ""
    link: Link = ""
    valid_days: ValidDays = 0


class TemplateIn(_Template, kw_only=True):
    """What a notice may begin with; it needs a title or a text."""

    key: Key


class TemplateChange(_Template, kw_only=True):
    """The whole template; ``seen`` is the ``updated_at`` that was read."""

    seen: Ms


class LastAudience(Struct):
    """To whom the asker's last released notice went. ``left_out`` are names of communities that are no
    more, or to which the asker does not write any more."""

    title: str
    published_at: int
    communities: list[str]
    left_out: list[str]


class AudienceView(Struct):
    """A kept list of communities; ``left_out`` as above."""

    id: str
    name: str
    communities: list[str]
    left_out: list[str]
    updated_at: int


class TemplateView(Struct):
    id: str
    name: str
    title: str
    text: str
    link: str
    valid_days: int
    updated_at: int


class PresetsView(Struct):
    """What is kept for the asker's station, by name; supervisors have their own. ``most_…``: no more than
    these are kept."""

    last: LastAudience | None
    audiences: list[AudienceView]
    templates: list[TemplateView]
    most_audiences: int
    most_templates: int
