"""Draws the state diagrams of ``house.md`` from the tables: ``python docs/diagrams.py``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from domain.arrival import ARRIVAL, ArrivalState
from domain.call import CALL, PARTICIPANT, CallState, ParticipantState
from domain.group import GROUP, GroupState
from domain.incident import INCIDENT, IncidentState
from domain.notice import DELIVERY, NOTICE, DeliveryState, NoticeState
from domain.outgoing import MESSAGE, MessageState
from domain.recurring import RECURRING, RecurringState
from domain.resident import LOOSE_FILE, LooseState
from domain.responder import RESPONDER, ResponderState
from domain.tip import TIP, TipState
from domain.webhook import EVENT, EventState
from domain.workflow import mermaid

TABLES: dict[str, tuple[Any, Any]] = {
    "Incident": (INCIDENT, IncidentState.RAISED),
    "Call": (CALL, CallState.RINGING),
    "Participant": (PARTICIPANT, ParticipantState.INVITED),
    "Responder": (RESPONDER, ResponderState.ASSIGNED),
    "Tip": (TIP, TipState.SUBMITTED),
    "Notice": (NOTICE, NoticeState.DRAFT),
    "Delivery": (DELIVERY, DeliveryState.PLANNED),
    "RecurringNotice": (RECURRING, RecurringState.ACTIVE),
    "Group": (GROUP, GroupState.ACTIVE),
    "WebhookEvent": (EVENT, EventState.WAITING),
    "Arrival": (ARRIVAL, ArrivalState.RECEIVED),
    "Message": (MESSAGE, MessageState.QUEUED),
    "LooseFile": (LOOSE_FILE, LooseState.LOOSE),
}


def main() -> None:
    page = Path(__file__).parent / "house.md"
    drawn = "\n\n".join(
        f"### {name}\n\n```mermaid\n{mermaid(table, start)}\n```"
        for name, (table, start) in TABLES.items()
    )
    text = re.sub(
        r"(<!-- diagrams -->).*(<!-- end of diagrams -->)",
        lambda found: f"{found[1]}\n{drawn}\n{found[2]}",
        page.read_text("utf-8"),
        flags=re.S,
    )
    page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
