"""Queries by name: what came from the platforms, what is sent by them, and to whom."""

from __future__ import annotations

from domain.query import Criteria, query


@query("arrivals", "state_1_lane_1_seq_1", order="seq")
def arrivals_in_lane(state: str, lane: int) -> Criteria:
    """Callbacks of a lane in a state, in the order in which they came."""
    return {"state": str(state), "lane": int(lane)}


@query("arrivals", "state_1_seq_1")
def arrivals_before(state: str, seq: int) -> Criteria:
    """Callbacks in a state that came before this."""
    return {"state": str(state), "seq": {"$lt": seq}}


@query("arrivals", "person_1_state_1_seq_1", order="seq")
def arrivals_from(person: str, state: str) -> Criteria:
    """What came from a person, in a state, in its order."""
    return {"person": person, "state": str(state)}


@query("arrivals", "person_1_state_1_lane_1_seq_1", order="seq")
def arrivals_from_in_lane(person: str, state: str, lane: int) -> Criteria:
    """What came from a person in a lane, in a state, in its order."""
    return {"person": person, "state": str(state), "lane": int(lane)}


@query("messages", "state_1_rank_1_due_at_1", order="due_at")
def messages_of_rank(state: str, rank: int) -> Criteria:
    """Messages of a rank in a state, by when they are due."""
    return {"state": str(state), "rank": int(rank)}


@query("messages", "state_1_rank_1_due_at_1", order="due_at")
def messages_due(state: str, rank: int, at: int) -> Criteria:
    """Of them those that are due."""
    return {"state": str(state), "rank": int(rank), "due_at": {"$lte": at}}


@query("messages", "state_1_rank_1_due_at_1", order="due_at")
def messages_due_between(state: str, rank: int, after: int, before: int) -> Criteria:
    """Of them those that are due later than that and before this."""
    return {"state": str(state), "rank": int(rank), "due_at": {"$gt": after, "$lt": before}}


@query("messages", "to_1_state_1_seq_1", order="seq")
def messages_to_in(person: str, state: str) -> Criteria:
    """Messages to a person in a state, in their order."""
    return {"to": person, "state": str(state)}


@query("messages", "to_1_state_1_rank_1_seq_1", order="seq")
def messages_to_of_rank(person: str, state: str, rank: int) -> Criteria:
    """Messages of a rank to a person in a state, in their order."""
    return {"to": person, "state": str(state), "rank": int(rank)}


@query("messages", "to_1_state_1_seq_1", "to_1_state_1_rank_1_seq_1")
def messages_to(person: str) -> Criteria:
    """All messages to a person."""
    return {"to": person}


@query("messages", "about_1_state_1_created_at_1")
def messages_about(matter: str) -> Criteria:
    """What was, or will be, told of a report, tip or notice."""
    return {"about": matter}


@query("messages", "about_1_state_1_created_at_1")
def messages_about_in(matter: str, state: str) -> Criteria:
    """Of that, what is in a state."""
    return {"about": matter, "state": str(state)}


@query("messages", "about_1_state_1_created_at_1")
def answers_before(state: str, at: int) -> Criteria:
    """Messages in a state that tell of no matter, made before this."""
    return {"about": "", "state": str(state), "created_at": {"$lt": at}}


@query("messages", "state_1_rank_1_due_at_1")
def messages_without_rank(state: str) -> Criteria:
    """Messages in a state that an older version wrote."""
    return {"state": str(state), "rank": None}


@query("dialogs", "state_1_at_1")
def dialogs_in(state: str, since: int, until: int) -> Criteria:
    """Conversations in a state in which something was said last in this time."""
    return {"state": str(state), "at": {"$gt": since, "$lt": until}}


@query("dialogs", "state_1_at_1")
def dialogs_after(state: str, at: int) -> Criteria:
    """Conversations in a state in which something was said last after this."""
    return {"state": str(state), "at": {"$gt": at}}


@query("loose_files", "at_1")
def loose_files_before(at: int) -> Criteria:
    """Files of long ago."""
    return {"at": {"$lt": at}}


@query("tellers", "told_1_opened_at_-1", order="opened_at")
def tellers_of_resident(resident: str) -> Criteria:
    """The links of a resident to tips, by ``opened_at``."""
    return {"told": resident}


@query("residents", "incident_1")
def residents_of(incident: str) -> Criteria:
    """Residents who reported this incident."""
    return {"incident": incident}


@query("residents", "community_1_following_1")
def residents_in(community: str) -> Criteria:
    """Residents who chose this community."""
    return {"community": community}


@query("residents", "community_1_following_1")
def followers_in(community: str) -> Criteria:
    """Residents who want the notices of this community."""
    return {"community": community, "following": True}
