"""A used ticket stays used: at once, twice at the same moment, and after the media process started again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import TICKET_BAD, Refused
from tests.webrtc.conftest import Start, process, start
from tests.webrtc.media_process import Process, new_incident
from webrtc import used_tickets
from webrtc.used_tickets import UsedTickets

__all__ = ["process", "start"]


async def refused(server: Process, token: str) -> str:
    with pytest.raises(Refused) as caught:
        await server.server.admit(token)
    assert caught.value.fault is TICKET_BAD
    return caught.value.detail


async def test_it_stays_used_when_the_process_is_killed_and_starts_again(start: Start) -> None:
    first = await start()
    incident = new_incident(first.store)
    used, fresh = first.ticket(incident, 0), first.ticket(incident, 1)
    await first.server.admit(used)
    assert await refused(first, used) == "ticket was used"
    again = await start(store=first.store)  # nothing was told to the first: as after kill -9
    assert await refused(again, used) == "ticket was used"
    await again.server.admit(fresh)
    third = await start(store=first.store)
    for token in (used, fresh):
        assert await refused(third, token) == "ticket was used"


async def test_of_two_at_the_same_moment_one_is_let_in(process: Process) -> None:
    token = process.ticket(new_incident(process.store), 0)
    found = await asyncio.gather(
        *(process.server.admit(token) for _ in range(5)), return_exceptions=True
    )
    assert len([one for one in found if isinstance(one, Refused)]) == 4


async def test_a_disk_that_takes_nothing_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_bytes(b"")
    used = UsedTickets(tmp_path / "no folder", "media-1")
    await used.load(1_000)
    await used.use("a", 2_000, 1_000)
    with pytest.raises(Refused):
        await used.use("a", 2_000, 1_000)
    used.close()


async def test_what_has_expired_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(used_tickets, "MOST_LINES", 10)
    used = UsedTickets(tmp_path, "media-1")
    for number in range(100):
        await used.use(str(number), number + 3, number)
    used.close()
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().splitlines()) <= 15
    again = UsedTickets(tmp_path, "media-1")
    await again.load(100)
    for number in (97, 98, 99):
        assert str(number) in again._until or number + 3 < 100
    again.close()


@given(st.binary(max_size=200))
def test_a_file_that_is_damaged_is_read_as_far_as_it_goes(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        used = UsedTickets(Path(folder), "media-1")
        used._path.write_bytes(b"9999 good\n" + data)
        assert used._read(1)["good"] == 9999
        used.close()
