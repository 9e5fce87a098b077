"""What the writers of a station keep for the next notice: lists of communities, and templates."""

from __future__ import annotations

from api.routes import Ask, Routes
from api.shapes_presets import (
    AudienceChange,
    AudienceIn,
    AudienceView,
    LastAudience,
    PresetsView,
    TemplateChange,
    TemplateIn,
    TemplateView,
)
from domain.errors import CONFLICT, DUPLICATE, FORBIDDEN, INVALID
from domain.notice_presets import (
    MOST_AUDIENCES,
    MOST_TEMPLATES,
    NoticePresets,
    last_notice,
    presets_of,
    remove_audience,
    remove_template,
    save_audience,
    save_template,
    splitter,
)
from domain.people import COMMUNITY_PAGE

ADDS = (CONFLICT, DUPLICATE, INVALID)
routes = Routes()


@routes.add("GET", "/notices/presets", COMMUNITY_PAGE)
async def read_presets(ask: Ask) -> PresetsView:
    """To whom the asker's last notice went, and what is kept for his station."""
    return await _view(ask, await presets_of(ask.house.store, ask.staff))


@routes.add("POST", "/notices/audiences", COMMUNITY_PAGE, status=201, faults=(*ADDS, FORBIDDEN))
async def add_audience(ask: Ask, body: AudienceIn) -> PresetsView:
    """Keep communities under a name. The same key makes one; a name that is taken is refused."""
    house = ask.house
    kept = await save_audience(
        house.store, house.finder, ask.staff, body.key, body.name, body.communities, ask.now
    )
    return await _view(ask, kept)


@routes.add("PUT", "/notices/audiences/{id}", COMMUNITY_PAGE, faults=(*ADDS, FORBIDDEN))
async def change_audience(ask: Ask, id: str, body: AudienceChange) -> PresetsView:
    """Another name, or other communities. 409 ``conflict`` when somebody else changed it meanwhile."""
    house, seen = ask.house, body.seen
    kept = await save_audience(
        house.store, house.finder, ask.staff, id, body.name, body.communities, ask.now, seen
    )
    return await _view(ask, kept)


@routes.add("DELETE", "/notices/audiences/{id}", COMMUNITY_PAGE, faults=(CONFLICT,))
async def drop_audience(ask: Ask, id: str) -> PresetsView:
    """Keep it no longer. Notices that were sent to it stay as they are."""
    return await _view(ask, await remove_audience(ask.house.store, ask.staff, id))


@routes.add("POST", "/notices/templates", COMMUNITY_PAGE, status=201, faults=ADDS)
async def add_template(ask: Ask, body: TemplateIn) -> PresetsView:
    """Keep what a notice may begin with. The same key makes one; a name that is taken is refused."""
    words = (body.name, body.title, body.text, body.link, body.valid_days)
    kept = await save_template(ask.house.store, ask.staff, body.key, *words, ask.now)
    return await _view(ask, kept)


@routes.add("PUT", "/notices/templates/{id}", COMMUNITY_PAGE, faults=ADDS)
async def change_template(ask: Ask, id: str, body: TemplateChange) -> PresetsView:
    """Other words. 409 ``conflict`` when somebody else changed it meanwhile."""
    words = (body.name, body.title, body.text, body.link, body.valid_days)
    kept = await save_template(ask.house.store, ask.staff, id, *words, ask.now, body.seen)
    return await _view(ask, kept)


@routes.add("DELETE", "/notices/templates/{id}", COMMUNITY_PAGE, faults=(CONFLICT,))
async def drop_template(ask: Ask, id: str) -> PresetsView:
    """Keep it no longer. Notices that began with it stay as they are."""
    return await _view(ask, await remove_template(ask.house.store, ask.staff, id))


async def _view(ask: Ask, kept: NoticePresets) -> PresetsView:
    who = ask.staff
    split = splitter(who, ask.house.finder)
    last = None
    it = await last_notice(ask.house.store, who, ask.now)
    if it is not None:
        last = LastAudience(it.title, it.published_at or 0, *split(it.communities))
    return PresetsView(
        last,
        [
            AudienceView(one.id, one.name, *split(one.communities), one.updated_at)
            for one in kept.audiences
        ],
        [
            TemplateView(
                one.id, one.name, one.title, one.text, one.link, one.valid_days, one.updated_at
            )
            for one in kept.templates
        ],
        MOST_AUDIENCES,
        MOST_TEMPLATES,
    )
