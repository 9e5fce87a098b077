"""Argon2id and TOTP. A hash takes a quarter of a second and 64 MB: two at a time, off the loop
(``api/lanes.py``)."""

from __future__ import annotations

import base64
import hmac
import io
import secrets
import time
from contextlib import AbstractContextManager

import pyotp
import qrcode
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.lanes import Lanes, Place
from api.login_policy import Lane

STEP_S = 30
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else


class Passwords:
    """``verify`` takes as long for an unknown account as for a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._lanes = Lanes()
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """For a new password; an administrator's request goes before strangers' log-ins."""
        with self.place(Lane.DEVICE, "hash") as place:
            return await self._lanes.run(place, lambda: self._hasher.hash(password))

    def place(self, lane: Lane, origin: str) -> AbstractContextManager[Place]:
        """A place in the queue, to be held from before a try is counted; raises ``login_slowed`` when
        it is full."""
        return self._lanes.place(lane, origin)

    async def verify(self, hashed: str | None, password: str, place: Place) -> bool:
        """Whether the password is right; ``hashed`` None (no such account) is never right."""

        def work() -> bool:
            if self._decoy is None:
                self._decoy = self._hasher.hash("a decoy to spend the same time on")
            return self._verify(hashed or self._decoy, password)

        right = await self._lanes.run(place, work)
        return right and hashed is not None

    def close(self) -> None:
        self._lanes.close()

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def totp_step(secret: str, code: str, used: int, now: float | None = None) -> int | None:
    """The time step a one-time code belongs to (this one or the last), if it was not used yet."""
    totp = pyotp.TOTP(secret, interval=STEP_S)
    step = int((time.time() if now is None else now) // STEP_S)
    for candidate in (step, step - 1):
        if candidate > used and hmac.compare_digest(totp.generate_otp(candidate), code):
            return candidate
    return None


def new_password() -> str:
    """A password to be read out or copied: 79 random bits in four groups."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))


def new_totp(login: str) -> tuple[str, str]:
    """A new secret and its ``otpauth://`` address."""
    secret = pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Jingmin 110")


def drawn(uri: str) -> str:
    """The address as a QR code with its quiet border: a picture as a ``data:`` address."""
    out = io.BytesIO()
    qrcode.make(uri, box_size=8, border=4).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
