"""A language that was written once stays through numbers, places and the menu."""

from __future__ import annotations

import pytest

from bot.meaning import spoken
from domain.resident import Language, LanguageBy
from tests.bot.street import LAT, LON, Street
from tests.bot.working import street, working

__all__ = ["street", "working"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The neighbours are loud", Language.EN),
        ("tip", Language.EN),
        ("楼道 has boxes", Language.ZH),
        ("你好", Language.ZH),
        ("1", None),
        ("OK", None),
        ("🙏", None),
        ("ni hao wo xiang wen hu kou", None),
        ("jiu jiu wo", None),
        ("he is beating me", Language.EN),
    ],
)
def test_what_is_written_tells_the_language(text: str, language: Language | None) -> None:
    assert spoken(text) is language


async def test_an_english_speaker_stays_english(street: Street) -> None:
    await street.say("Somebody leaves boxes in the corridor")
    await street.hears("What shall we do with it?")
    await street.say("1")
    await street.hears("Noted (1)")
    await street.do("location", latitude=LAT, longitude=LON, label="")
    await street.hears("Noted (2)")
    await street.say("1")
    await street.hears("Received: tip")
    await street.do("click", key="MINE")
    await street.hears("Your tips")
    await street.say("楼道里又有箱子")
    await street.say("0")
    await street.hears("好的")
    await street.say("English")
    await street.hears("All right, English")
    await street.say("你好")
    await street.hears("Write:")
    row = await street.store.residents.get(street.resident)
    assert (row.language, row.language_by) == (Language.EN, LanguageBy.CHOSEN)
