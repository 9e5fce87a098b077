"""What can be put into a connection's inbox, and whom the connection talks to."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from domain.errors import Refused
from domain.ticket import Ticket
from webrtc.messages import Client, IceServer, Outgoing, Reason
from webrtc.peer import Peer
from webrtc.room import Publisher, Room

if TYPE_CHECKING:
    from webrtc.signaling import Connection


@dataclass(frozen=True, slots=True)
class Came:
    publisher: Publisher


@dataclass(frozen=True, slots=True)
class Went:
    publisher: Publisher
    cause: str


@dataclass(frozen=True, slots=True)
class Say:
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Secured:
    ok: bool


@dataclass(frozen=True, slots=True)
class Over:
    """The connection ends: ``reason`` for the client, ``cause`` for the log."""

    reason: Reason
    cause: str


@dataclass(frozen=True, slots=True)
class Wrong:
    refusal: Refused


@dataclass(frozen=True, slots=True)
class Hung:
    """The socket is gone."""


Action = Client | Came | Went | Say | Secured | Over | Wrong | Hung


class Wire(Protocol):
    """The text side of a socket."""

    async def receive(self) -> str | None:
        """The next text frame; None when the socket is closed. Raises ``Refused``."""

    async def send(self, text: str) -> None: ...
    async def close(self, refused: bool) -> None: ...


class House(Protocol):
    """What a connection needs of the media process."""

    async def admit(self, token: str) -> tuple[Ticket, int]:
        """The ticket, used up, and the version of the incident it was held against (0: the store
        was away); raises ``ticket_bad`` or ``room_ended``."""

    def room_for(self, ticket: Ticket) -> Room: ...
    def ice_servers(self, ticket: Ticket) -> list[IceServer]: ...
    def new_peer(self, offer_text: str) -> Awaitable[Peer]: ...
    def joined(self, ticket: Ticket, connection: Connection) -> None: ...
    def stepped(self, ticket: Ticket, rung: str, cause: str) -> None: ...
    def gone(self, ticket: Ticket, room: Room, cause: str, was_joined: bool) -> None: ...
    def counted(self, reason: str) -> None: ...
