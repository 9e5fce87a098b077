"""One arrival being dealt with: whose it is, what was said so far, and the answers it gets."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot import hotlines
from bot.house import BotHouse
from bot.neighbours import account
from bot.passive import entrance
from bot.post import Subject, to_resident
from bot.texts import say
from bot.turn import Data, State
from domain.arrival import Arrival
from domain.resident import Language, Resident


@dataclass(slots=True)
class Scene:
    """What an effect works with; it may change ``state`` and ``data``. Answers are numbered, so that
    the same arrival dealt with again gives none anew."""

    house: BotHouse
    arrival: Arrival
    resident: Resident
    state: State
    data: Data
    answers: int = field(default=0)
    language: Language | None = None  # when this message is in another than the one chosen
    written: str = field(init=False)  # free text that is answered; empty for anything else

    def __post_init__(self) -> None:
        self.written = hotlines.written(self.house, self.arrival, self.state)

    @property
    def link(self) -> str:
        """Where the online 110 is entered from WeChat."""
        return entrance(self.house.settings, account(self.house, self.resident))

    @property
    def speaks(self) -> Language:
        return self.language or self.resident.language

    async def say(
        self, text: str, /, *, urgent: bool = False, openid: str = "", more: str = "", **args: str
    ) -> None:
        """Answer with a sentence of ``bot/texts.py``, and ``more``; not again with what the webhook said
        itself. An answer to free text ends with whom to call."""
        if text == self.arrival.told:
            self.answers += 1
            return
        args = {"link": self.link, "city": self.house.settings.city, **args}
        said = say(text, self.speaks, **args)
        if more:
            said += f"\n{more}"
        await to_resident(
            self.house,
            f"{self.arrival.id}:{self.answers}",
            self.resident.id,
            hotlines.ended(said, self.written, self.speaks),
            Subject(private=bool(openid)),
            urgent=urgent,
            openid=openid,
        )
        self.answers += 1

    def word(self, text: str, /, **args: str) -> str:
        """A part of a sentence of ``bot/texts.py`` in the resident's language."""
        return say(text, self.speaks, **args)
