"""Several tips answered or closed at once, each in its own log."""

from __future__ import annotations

from api.bodies import TipRepliesIn
from api.problems import of_fault
from api.routes import Ask, Routes
from api.shapes_tips import TipSaid, TipSaidList
from domain.errors import Refused
from domain.people import COMMUNITY_PAGE
from domain.prepared_answer import filled
from domain.tip import Tip
from domain.tip_event import Said
from domain.tip_many import reply_to_many

routes = Routes()


@routes.add("POST", "/tips/replies", COMMUNITY_PAGE)
async def reply_to_tips(ask: Ask, body: TipRepliesIn) -> TipSaidList:
    """One text to the residents of these tips, each in his own; ``{编号}`` and ``{派出所}`` are its number
    and station. What nobody has is taken first. A row for each, also for what was not said: ``taken``,
    ``wrong_state`` and the like. The same key again says it where it was not said yet."""
    house = ask.house

    def seal(it: Tip) -> str:
        return house.content.close(filled(body.text, it.number, it.station_name))

    done = await reply_to_many(
        house.store, ask.staff, body.tips, body.key, body.event, seal, ask.now
    )
    return TipSaidList([_row(id, one) for id, one in done.items()])


def _row(id: str, done: Said | Refused) -> TipSaid:
    why = done if isinstance(done, Refused) else done.refused
    number = "" if isinstance(done, Refused) else done.tip.number
    problem = of_fault(why.fault, why.detail, dict(why.facts)) if why else None
    return TipSaid(id, number, problem)
