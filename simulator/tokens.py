"""Access tokens: how they are given out, superseded, expired and taken back."""

from __future__ import annotations

from simulator.clock import Clock
from simulator.refusal import Refusal
from simulator.tickets import Maker

LIFE = 7200
OVERLAP = 300
KEPT_DEAD = 2000


class Token:
    """One access token and the moment and reason it stops working."""

    __slots__ = ("dead_at", "expires", "reason", "subject", "text")

    def __init__(self, text: str, subject: str, expires: float) -> None:
        self.text = text
        self.subject = subject
        self.expires = expires
        self.dead_at = expires
        self.reason = 42001

    def end(self, at: float, reason: int) -> None:
        if at < self.dead_at:
            self.dead_at, self.reason = at, reason


class Tokens:
    """All access tokens of both platforms, by text and by who holds the newest."""

    def __init__(self, clock: Clock, make: Maker) -> None:
        self._clock = clock
        self._make = make
        self._all: dict[str, Token] = {}
        self._newest: dict[str, Token] = {}
        self._forced: list[float] = []

    def _issue(self, line: str, subject: str) -> Token:
        token = Token(self._make.text(136), subject, self._clock.now() + LIFE)
        self._all[token.text] = self._newest[line] = token
        while len(self._all) > KEPT_DEAD:
            self._all.pop(next(iter(self._all)))
        return token

    def ordinary(self) -> Token:
        """/cgi-bin/token: always a new one; the one before it lives five minutes more."""
        before = self._newest.get("oa/ordinary")
        if before:
            before.end(self._clock.now() + OVERLAP, 40001)
        return self._issue("oa/ordinary", "oa")

    def stable(self, force: bool) -> tuple[Token, int]:
        """/cgi-bin/stable_token: the same while it is good for five minutes or more."""
        now = self._clock.now()
        token = self._newest.get("oa/stable")
        if force:
            self._force(now)
            if token:
                token.end(now, 40001)
            token = self._issue("oa/stable", "oa")
        elif token is None or now >= token.dead_at - OVERLAP:
            token = self._issue("oa/stable", "oa")
        return token, int(token.dead_at - now)

    def _force(self, now: float) -> None:
        self._forced = [at for at in self._forced if self._clock.day(at) == self._clock.day(now)]
        if len(self._forced) >= 20:
            raise Refusal(45009)
        if self._forced and now - self._forced[-1] < 30:
            raise Refusal(45011)
        self._forced.append(now)

    def app(self, agentid: int) -> tuple[Token, int]:
        """WeCom's gettoken: one per app, the same while it is valid."""
        now = self._clock.now()
        token = self._newest.get(f"app/{agentid}")
        if token is None or now >= token.dead_at:
            token = self._issue(f"app/{agentid}", f"app:{agentid}")
        return token, int(token.dead_at - now)

    def check(self, text: str | None, platform: str) -> str:
        """Whose token it is; raises 41001, 40014, 42001 or 40001."""
        if not text:
            raise Refusal(41001)
        token = self._all.get(text)
        if token is None or (token.subject == "oa") != (platform == "oa"):
            raise Refusal(40014)
        if self._clock.now() >= token.dead_at:
            raise Refusal(token.reason)
        return token.subject

    def revoke(self, text: str | None = None) -> int:
        """Take tokens back early: one, or every living one."""
        now = self._clock.now()
        chosen = [
            one for one in self._all.values() if text in (None, one.text) and one.dead_at > now
        ]
        for one in chosen:
            one.end(now, 40001 if one.subject == "oa" else 40014)
        for line, newest in list(self._newest.items()):
            if newest in chosen:
                del self._newest[line]
        return len(chosen)
