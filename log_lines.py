"""One line for each thing that is logged, without what came from outside.

Libraries log what they were sent: a malformed request with its path, cookies and tokens, and a traceback
whose last line says what could not be read. Of theirs only the kind of trouble is written; of ours the line,
and of an exception its class and where it was.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
OURS = ("jingmin", "webrtc", "api", "bot", "domain", "locate", "storage", "simulator")
OF_INCIDENT = ("incident %s", "report %s", "sweep of %s")
FRAMES = 4  # the innermost
LONGEST = 2_000
LIBRARY_LONGEST = 120
Trouble = tuple[type[BaseException], BaseException, TracebackType | None]


class OneLine(logging.Formatter):
    """See the file's head."""

    def __init__(self) -> None:
        super().__init__(LINE)

    def format(self, record: logging.LogRecord) -> str:
        message = self.message(record)
        exception = record.exc_info
        if exception and exception[0] is not None and exception[1] is not None:
            message = f"{message} ({where((exception[0], exception[1], exception[2]))})"
        clean = logging.makeLogRecord(
            {**record.__dict__, "msg": message, "args": None, "exc_info": None, "exc_text": None}
            | {"stack_info": None}
        )
        return super().format(clean)

    def message(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] in OURS:
            return " ".join(record.getMessage().splitlines())[:LONGEST]
        # The words of the library without what they are about; its first line only.
        return str(record.msg).partition("\n")[0].partition(": ")[0][:LIBRARY_LONGEST]


class JsonLine(OneLine):
    """The same as one JSON object a line, of ``process``: ``time`` (RFC 3339, UTC), ``level``, ``logger``,
    ``process``, ``pid``, ``message``; ``incident`` (its id) of a line that says which one it is about,
    ``exception`` (class and places) of one that has any."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "process": self._process,
            "pid": record.process,
            "message": self.message(record),
        }
        if incident := _incident(record):
            line["incident"] = incident
        exception = record.exc_info
        if exception and exception[0] is not None and exception[1] is not None:
            line["exception"] = where((exception[0], exception[1], exception[2]))
        return json.dumps(line)  # in ASCII: whatever the locale's encoding is, it is JSON


def _incident(record: logging.LogRecord) -> str:
    """Of our lines that begin with the id of an incident, which that of its report is, too."""
    ours = record.name.partition(".")[0] in OURS
    if ours and isinstance(record.args, tuple) and str(record.msg).startswith(OF_INCIDENT):
        return str(record.args[0])
    return ""


def where(trouble: Trouble) -> str:
    """Class and innermost places of an exception, and never what it says."""
    kind, _, trace = trouble
    frames = traceback.extract_tb(trace)[-FRAMES:]
    places = ", ".join(f"{_short(one.filename)}:{one.lineno}" for one in frames)
    return f"{kind.__name__} at {places}" if places else kind.__name__


def _short(file: str) -> str:
    return "/".join(file.split("/")[-2:])
