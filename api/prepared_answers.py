"""Prepared answers of a station, as the community police's page inserts them into a reply."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.bodies import PreparedAnswerChangeIn, PreparedAnswerIn
from api.routes import Ask, Routes
from api.shapes_tips import PreparedAnswerList, PreparedAnswerView
from domain.errors import CONFLICT, TOO_MANY, NotFound
from domain.people import COMMUNITY_PAGE, Role
from domain.prepared_answer import (
    MOST,
    PreparedAnswers,
    change_answer,
    prepare,
    prepared_answers,
    remove_answer,
)

Station = Annotated[str, Meta(max_length=64)]
routes = Routes()


class PreparedAnswersQuery(Struct, forbid_unknown_fields=True):
    """``station``: a supervisor says whose; an officer's is his own."""

    station: Station = ""


class PreparedAnswerQuery(PreparedAnswersQuery):
    """``version`` is that of the text which was read."""

    version: Annotated[int, Meta(ge=0)] = 0


@routes.add("GET", "/prepared-answers", COMMUNITY_PAGE)
async def list_prepared_answers(ask: Ask, query: PreparedAnswersQuery) -> PreparedAnswerList:
    """Those of my station, in the order in which they were made; a supervisor's choice of station."""
    return _list(await prepared_answers(ask.house.store, _station(ask, query.station)))


@routes.add("POST", "/prepared-answers", COMMUNITY_PAGE, faults=(TOO_MANY,))
async def add_prepared_answer(
    ask: Ask, query: PreparedAnswersQuery, body: PreparedAnswerIn
) -> PreparedAnswerList:
    """One more, of 30. ``{编号}`` and ``{派出所}`` stand for the tip's number and station. The same key
    again changes nothing."""
    station = _station(ask, query.station)
    after = await prepare(ask.house.store, station, body.key, body.text)
    await ask.house.audit(ask.who, "prepared_answer.added", station)
    return _list(after)


@routes.add("PUT", "/prepared-answers/{id}", COMMUNITY_PAGE, faults=(CONFLICT,))
async def change_prepared_answer(
    ask: Ask, id: str, query: PreparedAnswersQuery, body: PreparedAnswerChangeIn
) -> PreparedAnswerList:
    """Another text. ``conflict`` when somebody changed it since: ``facts`` have his ``text`` and its
    ``version``."""
    station = _station(ask, query.station)
    after = await change_answer(ask.house.store, station, id, body.version, body.text)
    await ask.house.audit(ask.who, "prepared_answer.changed", station)
    return _list(after)


@routes.add("DELETE", "/prepared-answers/{id}", COMMUNITY_PAGE, faults=(CONFLICT,))
async def remove_prepared_answer(
    ask: Ask, id: str, query: PreparedAnswerQuery
) -> PreparedAnswerList:
    """Removed for all of the station; ``conflict`` as for a change."""
    station = _station(ask, query.station)
    after = await remove_answer(ask.house.store, station, id, query.version)
    await ask.house.audit(ask.who, "prepared_answer.removed", station)
    return _list(after)


def _station(ask: Ask, wanted: str) -> str:
    """Whose they are; raises ``NotFound`` for another station's."""
    if ask.staff.role is Role.SUPERVISOR:
        return ask.house.finder.station(wanted or ask.staff.station or "").id
    own = ask.staff.station
    if own is None or wanted not in ("", own):
        raise NotFound("no such station")
    return own


def _list(it: PreparedAnswers) -> PreparedAnswerList:
    return PreparedAnswerList(
        [PreparedAnswerView(one.id, one.text, one.version) for one in it.answers], MOST
    )
