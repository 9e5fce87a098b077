"""Tickets and resume tokens: nothing but what was signed, for its own purpose, in its time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from domain.ticket import (
    Ticket,
    incident_id_for,
    issue_resume,
    issue_ticket,
    read_resume,
    read_ticket,
)

SECRET = b"a secret of the tests, thirty-two bytes"
TICKET = Ticket("i", "c", "p", "CALLER", "报警人", "media-1", 1000, "n")


def test_a_ticket_is_read_as_it_was_written() -> None:
    assert read_ticket(SECRET, issue_ticket(SECRET, TICKET), 1000, "media-1") == TICKET


@pytest.mark.parametrize(("now", "media"), [(1001, "media-1"), (1000, "media-2")])
def test_late_or_elsewhere_is_refused(now: int, media: str) -> None:
    with pytest.raises(Refused) as error:
        read_ticket(SECRET, issue_ticket(SECRET, TICKET), now, media)
    assert error.value.fault.code == "ticket_bad"


@given(st.data())
def test_any_flipped_character_is_refused(data: st.DataObject) -> None:
    token = issue_ticket(SECRET, TICKET)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCxyz012-_.=").filter(lambda one: one != token[place]))
    forged = token[:place] + letter + token[place + 1 :]
    try:
        # The last character of base64 carries unused bits: the same bytes may have two spellings.
        assert read_ticket(SECRET, forged, 1000, "media-1") == TICKET
        assert place in (token.index(".") - 1, len(token) - 1)
    except Refused:
        pass


@given(st.text(max_size=60))
def test_nonsense_is_refused_and_nothing_else(text: str) -> None:
    for read in (lambda: read_ticket(SECRET, text, 0, "m"), lambda: read_resume(SECRET, text)):
        with pytest.raises(Refused):
            read()


def test_a_token_of_one_kind_is_not_good_for_another() -> None:
    resume = issue_resume(SECRET, "i")
    assert read_resume(SECRET, resume) == "i"
    assert issue_resume(SECRET, "i") == resume
    with pytest.raises(Refused):
        read_ticket(SECRET, resume, 0, "media-1")
    with pytest.raises(Refused):
        read_resume(SECRET, issue_ticket(SECRET, TICKET))
    with pytest.raises(Refused):
        read_resume(b"another secret of thirty-two bytes..", resume)


@given(st.text(), st.text())
def test_a_key_has_one_incident(one: str, two: str) -> None:
    assert (incident_id_for(SECRET, one) == incident_id_for(SECRET, two)) == (one == two)
