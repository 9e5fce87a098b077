"""What the domain asks of the rooms. Each comment is the contract an adapter is written from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from domain.place import Jurisdiction, Located, Position, Wgs84

if TYPE_CHECKING:
    from domain.arrival import Arrival, Token
    from domain.audit import AuditEntry
    from domain.backup import Backup
    from domain.call import MediaProcess
    from domain.evidence import Checkpoint
    from domain.group import Doorway, Group, Welcome
    from domain.incident import Incident
    from domain.integrator import Integrator
    from domain.lease import Lease
    from domain.notice import Delivery, Notice
    from domain.notice_presets import NoticePresets
    from domain.outgoing import Message
    from domain.people import Attempts, Person, Session
    from domain.place import BoundaryArea
    from domain.platform_alarm import PlatformAlarm
    from domain.prepared_answer import PreparedAnswers
    from domain.presence import Presence
    from domain.process import Process
    from domain.recurring import RecurringNotice
    from domain.resident import Credit, Dialog, LooseFile, Resident, Teller
    from domain.tip import Tip
    from domain.viewing import Viewing
    from domain.webhook import WebhookEvent

T = TypeVar("T")


class Named(Protocol):
    """What a shelf or a journal keeps."""

    @property
    def id(self) -> str: ...


D = TypeVar("D", bound=Named)


class Page(list[T]):
    """What ``find`` found; ``more`` when documents beyond its limit match, too."""

    more: bool = False


class Finder(Protocol):
    """Position → who answers for it. In memory, synchronous, ≤ 1 ms; never raises for a position."""

    @property
    def version(self) -> str:
        """Name of the boundary version the answers come from."""

    def to_wgs84(self, position: Position) -> Wgs84:
        """The same place in WGS-84; accuracy, source and time are kept."""

    def in_china(self, position: Wgs84) -> bool:
        """Whether the place is in China or within 50 km of it."""

    def locate(self, position: Wgs84) -> Located:
        """Candidates with shares, the most likely first, filled up to five with the nearest others
        (share 0, distance in metres), so that there is always a next in line."""

    def station(self, station: str) -> Jurisdiction:
        """The station with this id; raises ``NotFound``."""

    def stations(self) -> Sequence[Jurisdiction]:
        """All stations, by name."""

    def communities(self, station: str) -> Sequence[Jurisdiction]:
        """The communities of a station, by name; none for one that is unknown."""

    def bureaus(self) -> Sequence[Jurisdiction]:
        """All bureaus, by name."""

    def geojson(self, level: str) -> Mapping[str, Any]:
        """The areas of one level as a GeoJSON FeatureCollection in WGS-84, simplified for maps;
        each feature has id, name, level, parent and synthetic as properties."""


class Shelf(Protocol[T]):
    """One kind of document. Ids are strings; ``save`` is guarded by the version number."""

    async def get(self, id: str) -> T:
        """The document; raises ``NotFound``."""

    async def add(self, item: T) -> None:
        """Durable before it returns; raises ``Duplicate`` when the id or a unique key exists."""

    async def add_many(self, items: Sequence[T]) -> set[str]:
        """Add all at once, durable before it returns. Those whose id is known stay as they are; their
        ids are the answer. After an error some may have been added: ask again with the same."""

    async def save(self, item: T) -> None:
        """Replace under ``item.version`` and count it up; raises ``Conflict`` when it was changed
        meanwhile, ``NotFound`` when it is gone. On any error ``item`` is as it was."""

    async def save_many(self, items: Sequence[T]) -> bool:
        """``save`` all at once; whether every one was saved. When not, nobody says which: ``items`` are of
        no use any more, load them again."""

    async def find(
        self,
        criteria: Mapping[str, Any] | None = None,
        *,
        order: str = "_id",
        descending: bool = False,
        limit: int = 200,
    ) -> Page[T]:
        """Documents matching flat criteria (value, or {"$in"|"$gte"|"$lt"|"$gt"|"$lte": …}); ``more``
        of the answer says whether the limit cut it. Where each one counts, ask ``every``."""

    def every(
        self, criteria: Mapping[str, Any] | None = None, *, order: str | None = None
    ) -> AsyncIterator[T]:
        """All that match, however many, a few hundred in memory at a time. Without ``order`` they come
        as the store finds them. What is written meanwhile may be among them or not."""

    def parts(
        self, fields: Sequence[str], criteria: Mapping[str, Any]
    ) -> AsyncIterator[tuple[Any, ...]]:
        """These fields alone of all that match, to be counted: no document is decoded. None for one that
        a document has not."""

    async def count(self, criteria: Mapping[str, Any] | None = None) -> int:
        """How many documents match, by the criteria of ``find``."""

    async def tally(self, field: str, criteria: Mapping[str, Any] | None = None) -> dict[str, int]:
        """How many documents match for each value of a field of strings. A value that none has is not
        in it, nor are documents without one."""

    async def remove(self, id: str) -> None:
        """Delete; no error when it is gone already."""

    async def remove_many(self, criteria: Mapping[str, Any]) -> int:
        """Delete all that match the criteria of ``find`` when their turn comes, durable before it returns;
        how many. Criteria that an index answers, and a few hundred documents: ``domain/forgetting.py``
        makes slices of more. After an error some may have been deleted: ask again. Raises ``ValueError``
        for no criteria."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something was written: ``kind`` is the shelf's name, ``item`` the document or None if gone."""

    kind: str
    id: str
    item: Any


@dataclass(frozen=True, slots=True)
class Lost:
    """History was lost or the store was away: whoever shows documents takes a new snapshot."""

    reason: str


@dataclass(frozen=True, order=True)
class Unread:
    """A document that this version cannot read: its number (its id when it has none), and the stations at
    work on it, as far as somebody can tell."""

    name: str
    stations: tuple[str, ...] = ()


class Feed(Protocol):
    """The change feed of this process."""

    def subscribe(self, size: int = 1000) -> AsyncIterator[Change | Lost]:
        """Changes from now on. A subscriber that falls ``size`` behind gets ``Lost`` instead of the
        changes it missed; it never delays others."""


class Files(Protocol):
    """Sealed files (pictures, clips, recordings), by id."""

    async def put(self, id: str, path: str, meta: Mapping[str, Any]) -> None:
        """Store the file at ``path`` under ``id``; durable before it returns; idempotent."""

    async def put_bytes(self, id: str, data: bytes, meta: Mapping[str, Any]) -> None:
        """Like ``put`` for something small."""

    async def size(self, id: str) -> int:
        """Bytes; raises ``NotFound``."""

    def read(self, id: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to and without ``end``, in pieces; raises ``NotFound``."""

    async def remove(self, id: str) -> None:
        """Delete; no error when it is gone already. Again finishes what was cut short."""


class Seal(Protocol):
    """Sealing under the key of one purpose; raises ``internal`` for what it did not close."""

    def close(self, text: str) -> str: ...
    def open(self, sealed: str) -> str: ...
    def close_bytes(self, data: bytes) -> bytes: ...
    def open_bytes(self, sealed: bytes) -> bytes: ...


class Pictures(Protocol):
    """Pictures without what they tell about camera and place."""

    async def __call__(self, data: bytes, by: str = "", origin: str = "") -> Cleaned:
        """One picture of each ``by`` (its sender) at a time, two of each ``origin`` (the network it came
        from). Raises ``media_kind``, ``too_large`` or ``busy``."""


class Cleaned(Protocol):
    """A picture anew: JPEG or PNG."""

    @property
    def data(self) -> bytes: ...
    @property
    def type(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


class Clips(Protocol):
    """Voice and video as browsers play them, without what they tell about place and device."""

    async def __call__(self, data: bytes, voice: bool, by: str = "") -> Playable:
        """One clip of each ``by`` (its sender) at a time. Raises ``media_kind``, ``too_large`` or
        ``busy``."""


class Playable(Protocol):
    """A voice message or video anew: MP4. Voice has neither width nor height."""

    @property
    def data(self) -> bytes: ...
    @property
    def type(self) -> str: ...
    @property
    def length_ms(self) -> int: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...


class Journal(Protocol[D]):
    """Documents kept on disk while the store is away."""

    def waiting(self) -> list[D]:
        """What is not in the store yet, oldest first."""

    def find(self, id: str) -> D | None:
        """One that waits."""

    async def keep(self, item: D) -> D:
        """Durable on disk before it returns; the same id again gives the first."""

    async def done(self, id: str) -> None:
        """It is in the store now."""

    def close(self) -> None:
        """Let go of the file; what waits in it stays on disk."""


class Store(Protocol):
    """Everything that survives a crash. Of many documents those that this version cannot read (a newer
    version's, or damaged) are left out, and one that is asked for by its id raises ``unreadable``."""

    def unreadable(self, collection: str) -> list[Unread]:
        """Documents, not closed, that this version cannot read, as far as they were met."""

    @property
    def unread(self) -> int:
        """How many documents of any kind that is, closed ones too."""

    async def last_backup(self) -> Backup | None:
        """The last good one; None when there was none since the store was made or restored."""

    @property
    def incidents(self) -> Shelf[Incident]: ...
    @property
    def people(self) -> Shelf[Person]: ...
    @property
    def sessions(self) -> Shelf[Session]: ...
    @property
    def attempts(self) -> Shelf[Attempts]: ...
    @property
    def presences(self) -> Shelf[Presence]: ...
    @property
    def media_processes(self) -> Shelf[MediaProcess]: ...
    @property
    def processes(self) -> Shelf[Process]: ...
    @property
    def checkpoints(self) -> Shelf[Checkpoint]: ...
    @property
    def audit(self) -> Shelf[AuditEntry]: ...
    @property
    def boundaries(self) -> Shelf[BoundaryArea]: ...
    @property
    def leases(self) -> Shelf[Lease]: ...
    @property
    def arrivals(self) -> Shelf[Arrival]: ...
    @property
    def tokens(self) -> Shelf[Token]: ...
    @property
    def integrators(self) -> Shelf[Integrator]: ...
    @property
    def webhook_events(self) -> Shelf[WebhookEvent]: ...
    @property
    def platform_alarms(self) -> Shelf[PlatformAlarm]: ...
    @property
    def residents(self) -> Shelf[Resident]: ...
    @property
    def dialogs(self) -> Shelf[Dialog]: ...
    @property
    def credits(self) -> Shelf[Credit]: ...
    @property
    def tellers(self) -> Shelf[Teller]: ...
    @property
    def loose_files(self) -> Shelf[LooseFile]: ...
    @property
    def tips(self) -> Shelf[Tip]: ...
    @property
    def viewings(self) -> Shelf[Viewing]: ...
    @property
    def prepared_answers(self) -> Shelf[PreparedAnswers]: ...
    @property
    def messages(self) -> Shelf[Message]: ...
    @property
    def groups(self) -> Shelf[Group]: ...
    @property
    def doorways(self) -> Shelf[Doorway]: ...
    @property
    def welcomes(self) -> Shelf[Welcome]: ...
    @property
    def notices(self) -> Shelf[Notice]: ...
    @property
    def recurring(self) -> Shelf[RecurringNotice]: ...
    @property
    def notice_presets(self) -> Shelf[NoticePresets]: ...
    @property
    def deliveries(self) -> Shelf[Delivery]: ...
    @property
    def files(self) -> Files: ...
    @property
    def feed(self) -> Feed: ...

    async def open(self) -> None:
        """Make indexes and start the feed; raises ``StoreDown`` when nobody answers for a while.
        Safe to call again."""

    def sandbox(self) -> Store:
        """Another store for incidents that are tests: nothing in the one is ever found in the other, but
        for ``integrators`` and ``webhook_events``, which are those of this one. To be opened and closed
        by itself."""

    async def close(self) -> None:
        """End the feed and every connection."""

    async def reserve_numbers(self, day: str, count: int) -> int:
        """The first of ``count`` consecutive numbers of this day (YYMMDD) that nobody else gets, and no
        incident in the store has: also after the store was restored from a backup."""

    async def size(self) -> int:
        """Bytes on the store's disks, files and indexes too, as it knows without counting. Of the embedded
        store, which would read everything, nobody asks this."""

    async def check(self) -> None:
        """A real write and read; raises ``StoreDown``."""
