"""A short storm on each run; ``python -m tests.bot.storm 10000`` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.storm import check, storm

MESSAGES = 240


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_one_record_and_one_answer_each(tmp_path: Path) -> None:
    result = await storm(tmp_path, MESSAGES, kill_every=1.0, share=0.3)
    assert sum(result.kills.values()) > 0
    check(result, MESSAGES)
