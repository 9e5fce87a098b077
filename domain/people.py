"""Persons, roles, sessions, and the one question ``may this person?``."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import FORBIDDEN, NotFound, Refused


class Role(StrEnum):
    RESIDENT = "RESIDENT"
    DISPATCHER = "DISPATCHER"
    SUPERVISOR = "SUPERVISOR"
    STATION_OFFICER = "STATION_OFFICER"
    COMMUNITY_OFFICER = "COMMUNITY_OFFICER"
    ADMIN = "ADMIN"


DESK = (Role.DISPATCHER, Role.SUPERVISOR)
STAFF = (
    Role.DISPATCHER,
    Role.SUPERVISOR,
    Role.STATION_OFFICER,
    Role.COMMUNITY_OFFICER,
    Role.ADMIN,
)
# Whoever works on tips and notices.
COMMUNITY_PAGE = (Role.COMMUNITY_OFFICER, Role.STATION_OFFICER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever does something, as the log records it. ``station`` is set for station officers."""

    id: str
    role: Role
    name: str
    station: str | None = None


SYSTEM = Who("system", Role.ADMIN, "系统")
CALLER = Who("caller", Role.RESIDENT, "报警人")
# Whoever has a shell on the machine and types ``jingmin people``.
COMMAND = Who("command", Role.ADMIN, "命令行")


@dataclass(slots=True)
class Person:
    """A member of staff. ``password`` is an Argon2id hash, ``totp`` a base32 secret or None, ``recovery``
    the keyed hashes of the recovery codes that were not used; ``userid`` is kept as ``account`` writes
    it."""

    id: str
    login: str
    name: str
    role: Role
    password: str
    station: str | None = None
    password_initial: bool = False  # somebody else made it: changed before anything else
    totp: str | None = None
    totp_pending: str | None = None  # shown once, counts when its first code was sent
    totp_pending_at: int = 0  # Unix ms
    totp_tries: int = 0  # wrong codes for it
    totp_used: int = 0  # the last time step whose code was taken: no code twice
    disabled: bool = False
    demo: bool = False
    # Community police: the WeCom account, the communities answered for, and who stands in meanwhile.
    userid: str | None = None
    communities: list[str] = field(default_factory=list)
    away_until: int | None = None
    deputy: str | None = None
    recovery: list[str] = field(default_factory=list)
    devices: int = 0  # counted up when browsers the person logged in with are to be known no more
    version: int = 0

    def __post_init__(self) -> None:
        if self.userid is not None:
            self.userid = account(self.userid)

    def who(self) -> Who:
        return Who(self.id, self.role, self.name, self.station)


@dataclass(slots=True)
class Session:
    """A log-in. ``id`` is the SHA-256 of the token the browser holds; times are Unix ms. ``proved_at`` is
    when password and second factor were last given in it, 0: never."""

    id: str
    person: str
    face: str
    created_at: int
    expires_at: int
    proved_at: int = 0
    version: int = 0


@dataclass(slots=True)
class Attempts:
    """Failed log-ins through one door of ``api/login_policy.py``; the next try not before ``until``.
    ``at`` is when ``failures`` was last aged, in Unix ms; ``login`` the account, when this is what one
    address did. Also that an entry ticket was used (``entry:…``), at ``at``."""

    id: str
    failures: int = 0
    until: int = 0
    at: int = 0
    login: str = ""
    version: int = 0


def account(userid: str) -> str:
    """A WeCom userid as it is kept and looked for: case does not tell two members of a corp apart, and
    the platform writes either."""
    return userid.lower()


def require(who: Who, *roles: Role) -> None:
    """Raises ``forbidden`` unless ``who`` has one of the roles."""
    if who.role not in roles:
        raise Refused(FORBIDDEN, f"{who.role} may not do this")


def require_visible(who: Who, stations: set[str]) -> None:
    """Raises ``NotFound`` unless ``who`` may know of something that concerns ``stations``.

    The desk knows everything; a station knows its own; anybody else nothing. Not-found rather
    than forbidden, so that nobody learns what exists.
    """
    if who.role in DESK:
        return
    if who.role is Role.STATION_OFFICER and who.station in stations:
        return
    raise NotFound()
