"""Asking the system's resolver what a name leads to, in threads of their own and not for ever.

``loop.getaddrinfo`` asks in threads that the whole process shares: with asyncio those of every
``to_thread``, with uvloop two for all names. A few names whose servers do not answer would hold up
whoever hashes, decodes or calls somebody else.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from concurrent.futures import Future
from typing import Any, TypeAlias

PATIENCE_S = 4.0  # shorter than any caller's: "no such address" is known to be unsent
THREADS = 64  # a name without an answer keeps its thread for as long as the system tries

Question: TypeAlias = tuple[str, int]
Answer: TypeAlias = tuple[list[Any], OSError | None]


class LookupLate(OSError):
    """The resolver did not answer in time."""


class _Asked:
    """One question under way: whoever asks the same meanwhile waits for the same answer."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.answer: Future[Answer] = Future()
        self.answer.set_running_or_notify_cancel()  # a task that ends cancels it for nobody else
        self.waiting = 0


class Lookups:
    """At most ``threads`` names at a time, each once; the threads end when nothing waits, and keep no
    process from ending."""

    def __init__(self, threads: int = THREADS, patience: float = PATIENCE_S) -> None:
        self._most, self._patience = threads, patience
        self._threads = 0
        self._under_way: dict[Question, _Asked] = {}
        self._queue: deque[_Asked] = deque()
        self._lock = threading.Lock()

    async def ask(self, host: str, family: int = socket.AF_UNSPEC) -> list[Any]:
        """As ``socket.getaddrinfo`` for streams, with port 0; raises ``OSError``, after ``patience``
        ``LookupLate``."""
        asked = self._question((host, family))
        try:
            # Waited for, not awaited: who gives up takes the answer from nobody else.
            done, _ = await asyncio.wait(
                [asyncio.wrap_future(asked.answer)], timeout=self._patience
            )
        finally:
            with self._lock:
                asked.waiting -= 1
        if not done:
            raise LookupLate(f"no answer about a name in {self._patience:g} s")
        found, error = done.pop().result()
        if error is not None:
            raise error
        return found

    def _question(self, question: Question) -> _Asked:
        with self._lock:
            asked = self._under_way.get(question)
            if asked is None:
                asked = self._under_way[question] = _Asked(question)
                self._queue.append(asked)
                if self._threads < self._most:
                    self._threads += 1
                    threading.Thread(target=self._work, name="lookup", daemon=True).start()
            asked.waiting += 1
            return asked

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._threads -= 1
                    return
                asked = self._queue.popleft()
                if not asked.waiting:  # all gave up before its turn
                    del self._under_way[asked.question]
                    continue
            answer = _answer(*asked.question)
            with self._lock:
                del self._under_way[asked.question]
            asked.answer.set_result(answer)


def _answer(host: str, family: int) -> Answer:
    try:
        return list(socket.getaddrinfo(host, None, family, socket.SOCK_STREAM)), None
    except OSError as error:
        return [], error
    except (UnicodeError, ValueError):  # a label that is too long, a NUL
        return [], socket.gaierror(socket.EAI_NONAME, "no name")


LOOKUPS = Lookups()
