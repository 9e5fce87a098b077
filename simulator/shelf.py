"""Media files: what was uploaded or sent, until it expires."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulator.groups import Medium
from simulator.refusal import Refusal

if TYPE_CHECKING:
    from simulator.world import World

MB = 1024 * 1024


class Shelf:
    """Bytes by media id: in memory, or in a folder when the world is kept."""

    def __init__(self, world: World, folder: Path | None) -> None:
        self._world = world
        self._folder = folder
        self._bytes: dict[str, bytes] = {}

    def put(self, owner: str, kind: str, name: str, content_type: str, data: bytes) -> Medium:
        one = Medium(
            media_id=self._world.make.text(43),
            owner=owner,
            type=kind,
            name=name,
            content_type=content_type,
            created_at=self._world.clock.seconds(),
            size=len(data),
        )
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / one.media_id).write_bytes(data)
        else:
            self._bytes[one.media_id] = data
        self._world.state.media[one.media_id] = one
        self._world.changed()
        return one

    def find(self, owner: str, media_id: object) -> Medium:
        """A file that has not expired; raises 40007."""
        one = self._world.state.media.get(media_id) if isinstance(media_id, str) else None
        if one is None or one.owner != owner:
            raise Refusal(40007)
        if self._world.clock.now() >= one.created_at + self._world.settings.media_life_s:
            self._world.state.media.pop(one.media_id)
            self._bytes.pop(one.media_id, None)
            if self._folder:
                (self._folder / one.media_id).unlink(missing_ok=True)
            raise Refusal(40007)
        return one

    def read(self, one: Medium) -> bytes:
        if self._folder:
            try:
                return (self._folder / one.media_id).read_bytes()
            except FileNotFoundError:
                raise Refusal(40007) from None
        return self._bytes.get(one.media_id, b"")
