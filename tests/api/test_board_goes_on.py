"""A change that the board cannot take costs nobody the next report."""

from __future__ import annotations

from typing import Any

import pytest

from api.board import Board
from domain import lasting
from storage.store import MongoStore
from tests.api.conftest import now_ms, until
from tests.domain.test_sweep import raised


async def test_what_goes_wrong_with_one_change_does_not_end_the_board(
    store: MongoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting, "PAUSE_S", 0.01)
    board, told = Board(store, now_ms), list[str]()
    await board.start()
    board.listen(lambda kind, *_: told.append(kind))
    right, wrong = board._take_incident, iter((KeyError("nobody thought of it"),))

    def take(*change: Any) -> None:
        for error in wrong:
            raise error
        right(*change)

    monkeypatch.setattr(board, "_take_incident", take)
    first, second = raised(now_ms()), raised(now_ms())
    await store.incidents.add(first)
    await until(lambda: board.get(first.id) is not None)
    await until(lambda: "reset" in told)
    await store.incidents.add(second)
    await until(lambda: board.get(second.id) is not None)
    await board.stop()
