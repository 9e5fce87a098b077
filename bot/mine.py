"""A resident's own tips and report, as they stand: listed so that two can be told apart, and one by one."""

from __future__ import annotations

from bot import tips
from bot.scene import Scene
from domain.clock import in_china
from domain.errors import NotFound
from domain.tip import SAYS, TELLER, Tip

FIRST_WORDS = 12


async def list_mine(scene: Scene) -> None:
    """List the newest tips, each with its day, its state and its first words; ``shown`` is their order."""
    mine = await tips.mine(scene.house, scene.resident.id)
    rows = [f"{number} {_row(scene, tip)}" for number, tip in enumerate(mine, 1)]
    report = await _report_line(scene)
    if mine.more:
        rows.append(scene.word("list_more", count=str(len(mine))))
    if report:
        rows.append(report)
    scene.data.shown = [tip.id for tip in mine]
    if not mine:
        scene.state = scene.data.at_rest()
    if rows:
        await scene.say("mine_list", list="\n".join(rows))
    else:
        await scene.say("mine_none")


def _row(scene: Scene, tip: Tip) -> str:
    said = first_words(scene, tip)
    state = scene.word(f"state_{tip.state}")
    day = in_china(tip.opened_at, "%m-%d")
    return scene.word("mine_row", number=tip.number, state=state, day=day, words=said).rstrip(
        " ：:"
    )


def first_words(scene: Scene, tip: Tip) -> str:
    """How the resident began, on one line; empty when he sent no words."""
    for entry in tip.log.entries:
        if entry.who.id == TELLER.id and entry.data.get("text"):
            text = " ".join(scene.house.content.open(str(entry.data["text"])).split())
            return text if len(text) <= FIRST_WORDS else text[: FIRST_WORDS - 1].rstrip() + "…"
    return ""


async def _report_line(scene: Scene) -> str:
    if scene.resident.incident is None:
        return ""
    try:
        incident = await scene.house.store.incidents.get(scene.resident.incident)
    except NotFound:
        return ""
    state = scene.word(f"state_{incident.state}")
    return scene.word("mine_report", number=incident.number, state=state)


async def show_one(scene: Scene, id: str) -> None:
    """Show how one of them stands, and what the police said last."""
    if not await tips.is_mine(scene.house, scene.resident.id, id):
        await scene.say("mine_none")
        return
    tip = await scene.house.store.tips.get(id)
    await scene.say(
        "mine_one",
        number=tip.number,
        state=scene.word(f"state_{tip.state}"),
        station=tip.station_name,
        officer=f" {tip.officer_name}" if tip.officer_name else "",
        text=_last_word(scene, tip),
    )


def _last_word(scene: Scene, tip: Tip) -> str:
    """What the police said last."""
    for entry in reversed(tip.log.entries):
        if entry.what in SAYS.values():
            return scene.house.content.open(str(entry.data["text"]))
    return ""
