"""Draws the AsyncAPI 3 document of the signalling socket from the code: ``python docs/asyncapi.py``.

That of the live feed the api makes itself: GET ``/api/v1/asyncapi.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, get_args

sys.path.insert(0, str(Path(__file__).parents[1]))

from api.asyncapi import document
from api.openapi_schemas import schemas
from webrtc import messages as signalling

FILE = Path(__file__).parents[1] / "webrtc" / "protocol.asyncapi.json"


def protocol() -> dict[str, Any]:
    """``/rtc`` of a media process, as webrtc/PROTOCOL.md has it."""
    heard, said = list(get_args(signalling.Client)), list(get_args(signalling.Server))
    channels = {
        "rtc": (
            "/rtc",
            "One participant of one call. Address and ticket come from `join` of the REST API; `hello` comes "
            "first, within 5 s. Text frames of at most 64 KiB, an offer 256 KiB.",
            said,
            heard,
        )
    }
    about = (
        "Signalling, version 1. The order of messages and what media do is in webrtc/PROTOCOL.md."
    )
    return document("Jingmin 110 (警民110): signalling", about, channels, schemas(heard, said, []))


def text() -> str:
    """The document as its file has it."""
    return json.dumps(protocol(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
