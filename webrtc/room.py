"""A room: the participants of one call who are connected to this process now.

Whoever watches a room implements ``Watcher``: a connection, or the recorder. The room does not know
the difference. The room lives on one event loop and awaits nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from domain.call import MAX_PARTICIPANTS
from webrtc.forward import Source
from webrtc.messages import Outgoing, Participant, Quality, Reason, Somebody


@dataclass(slots=True, eq=False)
class Publisher:
    """Somebody connected, and the two streams he sends. ``audio`` and ``video``: sending now."""

    participant: str
    role: str
    name: str
    sound: Source
    picture: Source
    audio: bool = False
    video: bool = False
    rung: str = "video"

    def somebody(self) -> Somebody:
        return Somebody(self.participant, self.role, self.name, self.audio, self.video, self.rung)

    def told(self, state: Literal["joined", "left"], cause: str) -> Participant:
        """What others are told when he comes or goes."""
        who = (self.participant, self.role, self.name)
        return Participant(*who, state, cause, self.audio, self.video, self.rung)


class Watcher(Protocol):
    """Somebody in a room. None of these may block or raise."""

    participant: str

    def came(self, publisher: Publisher) -> None: ...
    def went(self, publisher: Publisher, cause: str) -> None: ...
    def heard(self, message: Outgoing) -> None: ...
    def dismissed(self, reason: Reason) -> None:
        """The room is over for this one."""


class Room:
    """One call's room; ``call`` is its id. ``recorder`` watches from the beginning.

    ``seen`` is the newest version of the incident that somebody was let in on.
    """

    def __init__(self, incident: str, call: str) -> None:
        self.incident = incident
        self.call = call
        self.over = False
        self.seen = 0
        self._watchers: dict[str, Watcher] = {}
        self._publishers: dict[str, Publisher] = {}
        self._listeners: list[Watcher] = []

    def listen(self, watcher: Watcher) -> None:
        """Watch without taking a participant's place."""
        self._listeners.append(watcher)

    def reserve(self, watcher: Watcher) -> bool:
        """Take a place, before media is up; an older connection of the same participant goes.

        False when the room is full.
        """
        older = self._watchers.get(watcher.participant)
        if older is None and len(self._watchers) >= MAX_PARTICIPANTS:
            return False
        self._watchers[watcher.participant] = watcher
        if older is not None:
            self._remove_publisher(watcher.participant, "replaced")
            older.dismissed("replaced")
        return True

    def enter(self, watcher: Watcher, publisher: Publisher) -> bool:
        """Media is up: all see him, he sees all. False when his place was taken meanwhile."""
        if self._watchers.get(watcher.participant) is not watcher:
            return False
        for other in self._publishers.values():
            watcher.came(other)
        self._publishers[publisher.participant] = publisher
        for other_watcher in self._others(publisher.participant):
            other_watcher.came(publisher)
        return True

    def leave(self, watcher: Watcher, cause: str) -> bool:
        """Give up the place; whether this connection still had it."""
        if self._watchers.get(watcher.participant) is not watcher:
            return False
        del self._watchers[watcher.participant]
        self._remove_publisher(watcher.participant, cause)
        return True

    def tell(self, participant: str, message: Outgoing) -> None:
        """Everybody but ``participant`` hears this."""
        for watcher in self._others(participant):
            watcher.heard(message)

    def end(self, reason: Reason) -> None:
        """Everybody goes; nobody comes any more."""
        self.over = True
        for watcher in list(self._watchers.values()):
            watcher.dismissed(reason)

    def close(self) -> None:
        """The last one has left: who listens stops, too."""
        self.over = True
        for watcher in self._listeners:
            watcher.dismissed("closed")

    @property
    def empty(self) -> bool:
        return not self._watchers

    @property
    def size(self) -> int:
        return len(self._watchers)

    def publishers(self) -> list[Publisher]:
        return list(self._publishers.values())

    def publisher(self, participant: str) -> Publisher | None:
        return self._publishers.get(participant)

    def present(self) -> set[str]:
        return set(self._publishers)

    def watcher(self, participant: str) -> Watcher | None:
        return self._watchers.get(participant)

    def measure(self, seconds: float, rtt: Callable[[str], float]) -> None:
        """Tell everybody what the server received of everybody in the last ``seconds``."""
        for one in self._publishers.values():
            sound, picture = one.sound.received(), one.picture.received()
            expected = sound.expected + picture.expected
            kbps = round((sound.octets + picture.octets) * 8 / 1000 / seconds)
            loss = (sound.lost + picture.lost) / expected if expected else 0.0
            message = Quality(
                one.participant,
                kbps,
                round(loss, 4),
                round(rtt(one.participant) * 1000),
                picture.packets > 0,
                sound.packets > 0,
            )
            for watcher in self._watchers.values():
                watcher.heard(message)

    def _remove_publisher(self, participant: str, cause: str) -> None:
        publisher = self._publishers.pop(participant, None)
        if publisher is None:
            return
        for watcher in self._others(participant):
            watcher.went(publisher, cause)

    def _others(self, participant: str) -> list[Watcher]:
        others = [one for id, one in self._watchers.items() if id != participant]
        return others + self._listeners


class Seats:
    """Which participant has which slot of one connection; a returning one gets his own again."""

    def __init__(self, count: int) -> None:
        self._places: list[str | None] = [None] * count

    def seat(self, participant: str, present: set[str]) -> int | None:
        """The slot for ``participant``: his old one, an unused one, one whose owner is gone."""
        places = self._places
        if participant in places:
            return places.index(participant)
        free = [at for at, owner in enumerate(places) if owner is None]
        free += [at for at, owner in enumerate(places) if owner and owner not in present]
        if not free:
            return None
        places[free[0]] = participant
        return free[0]

    def find(self, participant: str) -> int | None:
        return self._places.index(participant) if participant in self._places else None
