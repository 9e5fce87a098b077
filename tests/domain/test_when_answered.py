"""A store that goes away in the moment of a start is waited for."""

from __future__ import annotations

import pytest

from domain.errors import StoreDown
from domain.lasting import when_answered


async def test_it_is_asked_until_it_answers() -> None:
    answers = iter([StoreDown("away"), StoreDown("away"), 7])

    async def ask() -> int:
        answer = next(answers)
        if isinstance(answer, StoreDown):
            raise answer
        return answer

    assert await when_answered(ask, 30) == 7


async def test_and_not_for_ever() -> None:
    async def ask() -> None:
        raise StoreDown("away")

    with pytest.raises(StoreDown):
        await when_answered(ask, 0.3)
