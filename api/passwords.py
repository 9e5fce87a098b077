"""Argon2id and TOTP. A hash takes a quarter of a second and 64 MB: two at a time, off the loop."""

from __future__ import annotations

import asyncio
import base64
import hmac
import io
import time
from concurrent.futures import ThreadPoolExecutor

import pyotp
import qrcode
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

STEP_S = 30


class Passwords:
    """``verify`` takes as long for an unknown account as for a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, password)

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether the password is right; ``hashed`` None (no such account) is never right."""
        if hashed is None and self._decoy is None:
            self._decoy = await self.hash("a decoy to spend the same time on")
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(
            self._threads, self._verify, hashed or self._decoy or "", password
        )
        return right and hashed is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

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


def new_totp(login: str) -> tuple[str, str]:
    """A new secret and its ``otpauth://`` address."""
    secret = pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Jingmin 110")


def drawn(uri: str) -> str:
    """The address as a QR code with its quiet border: a picture as a ``data:`` address."""
    out = io.BytesIO()
    qrcode.make(uri, box_size=8, border=4).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
