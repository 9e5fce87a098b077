"""Queries by name: groups, the codes that lead into them, notices, their deliveries, and maps."""

from __future__ import annotations

from domain.query import Criteria, query

GROUPS = "a page of all there are, by id, that a supervisor opens; the embedded store reads some thousand"


@query("groups", "name_1_state_1")
def groups_named(name: str, state: str) -> Criteria:
    """Groups of this name, in a state."""
    return {"name": name, "state": str(state)}


@query("groups", whole="most groups are active: every half an hour all of them are compared")
def groups_in(state: str) -> Criteria:
    """Groups in a state."""
    return {"state": str(state)}


@query("groups", "dirty_at_1", order="dirty_at")
def dirty_groups() -> Criteria:
    """Groups of which the platform is to be asked, those that wait longest first."""
    return {"dirty_at": {"$gt": 0}}


@query("groups", "handing_1")
def groups_handed(handing: str) -> Criteria:
    """Groups that are to have another owner."""
    return {"handing": str(handing)}


@query("groups", whole=GROUPS, order="_id")
def groups_after(id: str) -> Criteria:
    """Groups behind this id."""
    return {"_id": {"$gt": id}}


@query("groups", "community_1")
def unbound_groups() -> Criteria:
    """Groups of no community: those that wait for one, and those that are none of ours."""
    return {"community": None}


@query("doorways", "community_1")
def doorways_of(community: str) -> Criteria:
    """The join codes of a community."""
    return {"community": community}


@query("doorways", "state_1")
def doorways_with(state: str) -> Criteria:
    """The join code whose scene this is."""
    return {"state": state}


@query("doorways", "removed_1_config_1", "removed_1_url_1")
def standing_doorways() -> Criteria:
    """Join codes that are not removed."""
    return {"removed": False}


@query("doorways", "removed_1_url_1")
def doorways_to_make() -> Criteria:
    """Of them those that the platform has not made yet."""
    return {"removed": False, "url": ""}


@query("doorways", "removed_1_config_1")
def doorways_to_end() -> Criteria:
    """Removed join codes that the platform still has."""
    return {"removed": True, "config": {"$gt": ""}}


@query("doorways", "chats_1")
def doorways_to(chat: str) -> Criteria:
    """The join codes that lead to this group."""
    return {"chats": chat}


@query("doorways", whole=GROUPS, order="_id")
def doorways_after(id: str) -> Criteria:
    """Join codes behind this id."""
    return {"_id": {"$gt": id}}


@query("notices", "number_1")
def notices_numbered(number: str) -> Criteria:
    """The notice with this number."""
    return {"number": number}


@query("notices", "live_1")
def live_notices() -> Criteria:
    """Notices to which something may still happen."""
    return {"live": True}


@query("notices", "state_1_expires_at_1")
def notices_over(state: str, at: int) -> Criteria:
    """Notices in a state whose time is over."""
    return {"state": str(state), "expires_at": {"$lte": at}}


@query("notices", "author_1_day_1")
def notices_of_day(author: str, day: str) -> Criteria:
    """What an author wrote that day."""
    return {"author": author, "day": day}


@query("notices", "author_1_published_at_-1", stretch="published_at")
def notices_by(author: str) -> Criteria:
    """What an author released, by ``published_at``."""
    return {"author": author}


@query("notices", "state_1_updated_at_-1", stretch="updated_at")
def notices_in(state: str) -> Criteria:
    """Notices in a state, by ``updated_at``."""
    return {"state": str(state)}


@query("notices", "updated_at_-1", order="updated_at")
def notices_changed(since: int) -> Criteria:
    """Notices that changed since, in that order."""
    return {"updated_at": {"$gte": since}}


@query("notices", "published_at_1")
def notices_published(since: int, until: int) -> Criteria:
    """Notices that went out in a time."""
    return {"published_at": {"$gte": since, "$lt": until}}


@query("notices", "send_at_1")
def notices_sent(since: int, until: int) -> Criteria:
    """Notices that go out in a time, or went."""
    return {"send_at": {"$gte": since, "$lt": until}}


@query("deliveries", "notice_1__id_1")
def deliveries_of(notice: str) -> Criteria:
    """The tasks of a notice."""
    return {"notice": notice}


@query("deliveries", "state_1_due_at_1")
def deliveries_in(state: str) -> Criteria:
    """Tasks in a state."""
    return {"state": str(state)}


@query("deliveries", "state_1_due_at_1", order="due_at")
def deliveries_due(state: str, at: int) -> Criteria:
    """Tasks in a state that are due."""
    return {"state": str(state), "due_at": {"$lte": at}}


@query("deliveries", "state_1_due_at_1", order="due_at")
def deliveries_due_after(state: str, at: int) -> Criteria:
    """Tasks in a state that are due later than that."""
    return {"state": str(state), "due_at": {"$gt": at}}


@query("boundaries", "_id_")
def boundary_area(id: str) -> Criteria:
    """An area of a version of the map."""
    return {"_id": id}


@query("boundaries", "set_1")
def boundary_areas(version: str) -> Criteria:
    """The areas of a version, or the marks of those that are complete."""
    return {"set": version}
