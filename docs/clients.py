"""Draws the tables of ``clients.md`` from the code: ``python docs/clients.py``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from api import limits, notice_pictures, uploads
from api.call_back import LINK_MS
from api.catalogue import catalogue, where
from api.house import ApiSettings
from api.members import BODY_LIMIT, BODY_S, LENIENT_LIMIT
from domain.json_limits import LEVELS
from domain.message import FileKind
from domain.ticket import DEVICE_MS, ENTRY_MS, TICKET_SECONDS
from webrtc.ice import CREDENTIAL_SECONDS
from webrtc.messages import MAX_MESSAGE, MAX_OFFER

PAGE = Path(__file__).parent / "clients.md"
SPENT = {
    "request": "requests of one session, one report (its caller), or one known browser that logs in",
    "upload": "files of one session or one report",
    "socket": "live sockets opened by one session or one report",
    "ticket": "tries with one officer's entry ticket",
    "public": "requests without a session or token from one address (IPv6: /64), log-ins too",
    "test": "reports with one key of the sandbox",
    "refused": "requests with a session or token that is none, from one address",
}


def rates() -> str:
    """How often what may be asked."""
    rows = [
        (SPENT[name], f"{rate.per_second:g}", f"{rate.burst:g}")
        for name, rate in limits.RATES.items()
    ]
    return _table(("of", "a second on average", "at once"), rows)


def sizes() -> str:
    """How large what may be."""
    kinds = {FileKind.PICTURE: "picture", FileKind.VOICE: "voice", FileKind.VIDEO: "video"}
    rows = [
        ("JSON body", f"{_size(BODY_LIMIT)}, {LEVELS} levels, sent within {BODY_S:.0f} s"),
        ("report, and the caller's other bodies", f"read as far as {_size(LENIENT_LIMIT)}"),
        *((name, _size(uploads.LIMITS[kind])) for kind, name in kinds.items()),
        ("files of one report", f"{uploads.FILES_EACH}, {_size(uploads.BYTES_EACH)} together"),
        ("files of one test in the sandbox", f"{_size(uploads.BYTES_TEST)} together"),
        ("picture of a notice", _size(notice_pictures.LIMIT)),
        ("open live sockets", f"{limits.SOCKETS} of a session or a report: the oldest goes"),
        ("frame of the signalling socket", f"{_size(MAX_MESSAGE)}, an offer {_size(MAX_OFFER)}"),
    ]
    return _table(("what", "at most"), rows)


def tokens() -> str:
    """What opens what, how long, and what ends it."""
    hours = ApiSettings((), "").session_ms // 3_600_000
    rows = [
        (
            "session of staff",
            "cookie of POST `/session`",
            f"{hours} hours",
            "log-out; a password changed by oneself (every other session); any change of the account by "
            "an administrator",
        ),
        (
            "caller's token",
            "receipt of a report",
            "as long as the report is kept",
            "nothing: it opens one report and no other. Once that is closed positions are refused with "
            "`wrong_state`",
        ),
        (
            "caller's link",
            "POST `/incidents/{id}/link`",
            f"{LINK_MS // 3_600_000} hours",
            "the end of the report",
        ),
        (
            "media ticket",
            "POST `…/join`, `…/standby`",
            f"{TICKET_SECONDS} s",
            "its first use; removal from the call",
        ),
        (
            "integrator's key",
            "POST `/integrators`, by an administrator",
            "until it is revoked",
            "DELETE `/integrators/{id}`, at once; one of the sandbox is none where reports are real",
        ),
        ("entry ticket", "a log-in at WeChat or WeCom", f"{ENTRY_MS // 1000} s", "its first use"),
        ("TURN credentials", "`welcome`", f"{CREDENTIAL_SECONDS // 60} minutes", "nothing"),
        (
            "cookie `jingmin_device`",
            "a log-in",
            f"{DEVICE_MS // 86_400_000} days",
            "a changed password; any change of the account by an administrator",
        ),
    ]
    return _table(("what", "from", "lives", "ends before that by"), rows)


def errors() -> str:
    """Every refusal."""
    rows = [
        (f"`{fault.code}`", str(fault.status), fault.zh, fault.en, advice, where(fault))
        for fault, advice in catalogue()
    ]
    return _table(("code", "status", "中文", "English", "what a client does", "where"), rows)


TABLES = {"rates": rates, "sizes": sizes, "tokens": tokens, "errors": errors}


def drawn(text: str) -> str:
    """The page with its tables as the code has them now."""
    for name, table in TABLES.items():
        before, _, rest = text.partition(f"<!-- {name} -->")
        _, _, after = rest.partition(f"<!-- end of {name} -->")
        text = f"{before}<!-- {name} -->\n{table()}\n<!-- end of {name} -->{after}"
    return text


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _size(count: int) -> str:
    for unit, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= unit:
            return f"{count / unit:g} {name}"
    return f"{count} bytes"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
