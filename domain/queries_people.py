"""Queries by name: members of staff, their sessions and log-ins, pages, the audit and what is signed."""

from __future__ import annotations

from domain.query import Criteria, query


@query("people", "login_1")
def person_named(login: str) -> Criteria:
    """The member of staff with this login."""
    return {"login": login}


@query("people", "login_1", order="login")
def people_after(login: str) -> Criteria:
    """Members of staff behind this login, by login."""
    return {"login": {"$gt": login}}


@query("people", "_id_")
def person_of(id: str) -> Criteria:
    """The member of staff with this id."""
    return {"_id": id}


@query("people", "userid_1")
def people_with_account(userid: str) -> Criteria:
    """Who has this WeCom account."""
    return {"userid": userid}


@query("people", "userid_1")
def people_with_accounts() -> Criteria:
    """Everybody who has a WeCom account."""
    return {"userid": {"$gt": ""}}


@query("people", whole="once at start, and a city has a few thousand members of staff")
def people_in_capitals() -> Criteria:
    """Whose WeCom account is not written in small letters."""
    return {"userid": {"$regex": "[A-Z]"}}


@query("people", "role_1_station_1")
def people_of_role(role: str) -> Criteria:
    """Everybody of this role."""
    return {"role": str(role)}


@query("people", "role_1_station_1")
def people_of_role_at(role: str, station: str) -> Criteria:
    """Everybody of this role at this station."""
    return {"role": str(role), "station": station}


@query("people", "station_1")
def people_at(station: str | None) -> Criteria:
    """Everybody of this station."""
    return {"station": station}


@query("people", whole="in the demo only, whose staff are some dozens", order="login")
def people_of_demo() -> Criteria:
    """The demo's members of staff."""
    return {"demo": True}


@query("sessions", "person_1")
def sessions_of(person: str) -> Criteria:
    """The sessions of a person."""
    return {"person": person}


@query("sessions", "expires_at_1", order="expires_at")
def sessions_ended_before(at: int) -> Criteria:
    """Sessions that ended long ago."""
    return {"expires_at": {"$lt": at}}


@query("attempts", "login_1")
def attempts_of(login: str) -> Criteria:
    """Failed log-ins of an account, by the place they came from."""
    return {"login": login}


@query("attempts", "at_1")
def attempts_before(at: int) -> Criteria:
    """Failed log-ins, and marks of tickets, of long ago."""
    return {"at": {"$lt": at}}


@query("presences", "seen_at_1", order="seen_at")
def presences_before(at: int) -> Criteria:
    """Pages that were seen last long ago."""
    return {"seen_at": {"$lt": at}}


@query("audit", whole="all there is is verified, in its order", order="_id")
def audit_entries() -> Criteria:
    """Every entry of the audit."""
    return {"_id": {"$gt": ""}}


@query("checkpoints", "incident_1")
def checkpoints_of(log: str) -> Criteria:
    """Where the log of an incident, tip or notice was signed."""
    return {"incident": log}


@query("checkpoints", "incident_1")
def checkpoints_of_audit() -> Criteria:
    """Where the chains of the audit were signed."""
    return {"incident": {"$gt": "audit:", "$lt": "audit;"}}
