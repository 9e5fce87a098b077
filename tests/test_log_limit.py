"""Whatever strangers do, the log of a process stays short, and says what it left out."""

from __future__ import annotations

import io
import logging

from log_limit import A_MINUTE, KINDS, WINDOW_S, LimitedHandler


class Log:
    def __init__(self) -> None:
        self.now, self.text = 0.0, io.StringIO()
        self._handler = LimitedHandler(self.text, lambda: self.now)

    def say(self, message: str, *values: object, level: int = logging.WARNING) -> None:
        self._handler.handle(logging.LogRecord("jingmin.bot", level, "", 0, message, values, None))

    def lines(self) -> list[str]:
        return self.text.getvalue().splitlines()


def test_a_flood_of_refusals_is_so_many_lines_a_minute() -> None:
    log = Log()
    for number in range(10_000):
        log.say("POST %s: the signature is wrong", number)
    assert len(log.lines()) == A_MINUTE
    assert log.lines()[0] == "POST 0: the signature is wrong"


def test_what_was_left_out_is_said_when_anything_is_said_later() -> None:
    log = Log()
    for _ in range(A_MINUTE + 7):
        log.say("refused %s", "x%s")
    log.now = WINDOW_S
    log.say("store is up")
    assert log.lines()[A_MINUTE:] == [
        "7 more lines like this were left out: refused %s",
        "store is up",
    ]
    log.say("refused %s", 1)
    assert log.lines()[-1] == "refused 1"


def test_an_error_is_always_told_and_no_kind_keeps_another_quiet() -> None:
    log = Log()
    for _ in range(A_MINUTE + 1):
        log.say("refused")
        log.say("arrival is lost", level=logging.ERROR)
    log.say("another")
    assert log.lines().count("arrival is lost") == A_MINUTE + 1
    assert log.lines()[-1] == "another"


def test_the_memory_it_takes_is_bounded() -> None:
    log = Log()
    for number in range(KINDS + 50):
        log.say(f"a message that is made anew each time {number}")
    assert len(log._handler._windows) == KINDS
