"""Whose beat it is: the officers called for a place, and who stands in for those away."""

from __future__ import annotations

from domain.beat import choose
from domain.people import Person, Role

NOW = 1_000_000


def officer(id: str, *communities: str, **members: object) -> Person:
    person = Person(id, id, id, Role.COMMUNITY_OFFICER, "", "w1", communities=list(communities))
    for name, value in members.items():
        setattr(person, name, value)
    return person


def called(officers: list[Person], community: str | None) -> list[str]:
    return [one.id for one in choose(officers, community, NOW)]


def test_those_of_the_community_else_all_of_the_station() -> None:
    team = [officer("a", "c1"), officer("b", "c1", "c2"), officer("c")]
    assert called(team, "c1") == ["a", "b"]
    assert called(team, "c2") == ["b"]
    assert called(team, "c9") == ["a", "b", "c"]
    assert called(team, None) == ["a", "b", "c"]
    assert called([], "c1") == []


def test_where_the_community_is_not_sure_those_of_all_possible_ones() -> None:
    team = [officer("a", "c1"), officer("b", "c2"), officer("c", "c3")]

    def told(*possible: str) -> list[str]:
        return [one.id for one in choose(team, None, NOW, possible)]

    assert told("c1", "c2") == ["a", "b"]
    assert told("c1") == ["a"]
    assert told("c1", "c9") == ["a", "b", "c"], "c9 has nobody, so it may be anybody's"
    assert [one.id for one in choose(team, "c1", NOW, ["c1", "c2"])] == ["a"]


def test_a_deputy_stands_in_and_a_deputy_of_a_deputy() -> None:
    team = [
        officer("a", "c1", away_until=NOW + 1, deputy="b"),
        officer("b", away_until=NOW + 1, deputy="c"),
        officer("c"),
    ]
    assert called(team, "c1") == ["c"]
    team[0].away_until = NOW  # over at this very moment
    assert called(team, "c1") == ["a"]


def test_nobody_waits_for_somebody_who_is_away() -> None:
    team = [
        officer("a", "c1", away_until=NOW + 1, deputy="b"),
        officer("b", away_until=NOW + 1, deputy="a"),
        officer("c"),
        officer("d", disabled=True),
    ]
    assert called(team, "c1") == ["c"]
    team[2].away_until = NOW + 1
    assert called(team, "c1") == []


def test_a_deputy_who_left_is_no_deputy() -> None:
    team = [
        officer("a", "c1", away_until=NOW + 1, deputy="d"),
        officer("b", "c1"),
        officer("d", disabled=True),
    ]
    assert called(team, "c1") == ["b"]
