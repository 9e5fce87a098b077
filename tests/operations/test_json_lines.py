"""The log as JSON: one object a line, whatever is said, and nothing that text would leave out."""

from __future__ import annotations

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from config import SettingsError, load
from log_limit import A_MINUTE, LimitedHandler
from log_lines import JsonLine

MARK = "s3cr3t-mark"


class Log:
    def __init__(self) -> None:
        self.text, self.now = io.StringIO(), 0.0
        self.handler = LimitedHandler(self.text, lambda: self.now)
        self.handler.setFormatter(JsonLine("media-1"))

    def lines(self) -> list[dict[str, Any]]:
        text = self.text.getvalue()
        assert text.endswith("\n")
        return [json.loads(line) for line in text[:-1].split("\n")]


@pytest.fixture
def log() -> Iterator[Log]:
    one = Log()
    root = logging.getLogger()
    root.addHandler(one.handler)
    yield one
    root.removeHandler(one.handler)


def test_a_line_says_when_who_and_about_which_incident(log: Log) -> None:
    logging.getLogger("webrtc.server").warning("incident %s: %s joined", "7f3a", "CALLER")
    (line,) = log.lines()
    time = line.pop("time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert datetime.fromisoformat(time).utcoffset() == timedelta(0)
    assert line == {
        "pid": os.getpid(),
        "level": "WARNING",
        "logger": "webrtc.server",
        "process": "media-1",
        "message": "incident 7f3a: CALLER joined",
        "incident": "7f3a",
    }


@pytest.mark.parametrize(
    ("words", "values", "incident"),
    [
        ("report %s could not be stored", ("7f3a",), "7f3a"),
        ("sweep of %s: %s", ("7f3a", "conflict"), "7f3a"),
        ("sweep of %d incidents: %s", (3, "store_down"), None),
        ("tip %s entry %s: %s", ("t", 1, "x"), None),
        ("store is up", (), None),
    ],
)
def test_only_an_incidents_lines_name_one(
    log: Log, words: str, values: tuple[object, ...], incident: str | None
) -> None:
    logging.getLogger("jingmin.api").error(words, *values)
    assert [one.get("incident") for one in log.lines()] == [incident]


def test_of_an_exception_the_class_and_the_place_in_a_field_of_its_own(log: Log) -> None:
    for name in ("jingmin.api", "aiohttp.server"):
        try:
            raise ValueError(f"{MARK}\n{MARK}")
        except ValueError:
            logging.getLogger(name).exception("GET failed\nso: %s", "x", stack_info=True)
    ours, theirs = log.lines()
    assert ours["exception"].startswith("ValueError at operations/test_json_lines.py:")
    assert ours["message"] == "GET failed so: x"
    assert theirs["message"] == "GET failed"
    assert MARK not in log.text.getvalue()


def test_what_a_line_holds_cannot_end_it(log: Log) -> None:
    words = 'a"b\\c\r\nd\x00\x1b[31m\u2028锦州'
    logging.getLogger("jingmin.api").error("%s", words)
    logging.getLogger("pymongo.command").error(f"{words}: {MARK}")
    ours, theirs = log.lines()
    assert ours["message"] == 'a"b\\c d\x00\x1b[31m 锦州'
    assert theirs["message"] == 'a"b\\c\r'


def test_half_a_character_is_written_as_an_escape() -> None:
    # Not logged: what captures logs here cannot pass it on.
    record = logging.makeLogRecord({"name": "jingmin.api", "msg": "a\ud800b"})
    line = JsonLine("api").format(record)
    assert line.encode("utf-8")
    assert json.loads(line)["message"] == "a\ud800b"


def test_lines_that_were_left_out_are_said_as_json_too(log: Log) -> None:
    for _ in range(A_MINUTE + 3):
        logging.getLogger("jingmin.bot").warning("refused %s", "x")
    log.now = 61.0
    logging.getLogger("jingmin.bot").warning("well")
    assert [one["message"] for one in log.lines()][A_MINUTE:] == [
        "3 more lines like this were left out: refused %s",
        "well",
    ]


def test_the_settings_are_judged() -> None:
    local = {"JINGMIN_DEMO": "true"}
    assert load(None, local).log_format == "text"
    with pytest.raises(SettingsError, match="log_format"):
        load(None, {**local, "JINGMIN_LOG_FORMAT": "yaml"})
    for token in ("short", "sixteen letters and a blank", "a-token-of-the-tests\n"):
        with pytest.raises(SettingsError, match="metrics_token") as raised:
            load(None, {**local, "JINGMIN_METRICS_TOKEN": token})
        assert token not in str(raised.value)
    settings = load(None, {**local, "JINGMIN_METRICS_TOKEN": "a-token-of-the-tests"})
    assert "a-token-of-the-tests" not in repr(settings)
