"""Putting labels on a tip, and taking them off. Additions and removals of two officers do not undo each
other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import evidence
from domain.errors import INVALID, TOO_MANY, Refused
from domain.people import Who
from domain.ports import Store
from domain.tip import Tip, amend, require_tip
from domain.tip_label import MOST_TAGS, TAG_LENGTH, Category, tag_of

LABELLED = "tip.labelled"
MOST = 50  # so that the resident always has room for what he adds


async def put_labels(
    store: Store,
    who: Who,
    id: str,
    category: Category | None,
    add: Sequence[str],
    remove: Sequence[str],
    now: int,
) -> Tip:
    """Whoever may see a tip says what it is about; ``category`` None leaves it as it is. A tag has 1 to 12
    characters, a tip 10 tags. The same again changes nothing. The tip is no newer for it."""
    added, removed = [tag_of(one) for one in add], [tag_of(one) for one in remove]

    def change(it: Tip) -> None:
        require_tip(who, it)
        if "" in (*added, *removed):
            raise Refused(INVALID, f"a tag has 1 to {TAG_LENGTH} characters", field="tags")
        tags = [one for one in dict.fromkeys([*it.tags, *added]) if one not in removed]
        said: dict[str, Any] = {}
        if category is not None and category != it.category:
            said["category"] = category
        if tags != it.tags:
            said["tags"] = tags
        if not said:
            return
        if len(tags) > MOST_TAGS:
            raise Refused(INVALID, f"a tip has {MOST_TAGS} tags at most", field="tags")
        if sum(one.what == LABELLED for one in it.log.entries) >= MOST:
            raise Refused(TOO_MANY, "its labels were changed too often")
        it.category = said.get("category", it.category)
        it.tags = tags
        evidence.append(it.log, who, LABELLED, now, **said)

    return await amend(store, id, change, newer=False)
