"""Sealing of what must not lie open in the store: AES-256-GCM with a key for one purpose."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import INTERNAL, Refused
from domain.ticket import derive_key

NONCE = 12


class KeySeal:
    """``domain.ports.Seal``: what one purpose seals, no other can open."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derive_key(secret, f"seal:{purpose}"))

    def close(self, text: str) -> str:
        return base64.b64encode(self.close_bytes(text.encode("utf-8", "surrogatepass"))).decode()

    def open(self, sealed: str) -> str:
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise Refused(INTERNAL, "what was sealed is damaged") from None
        return self.open_bytes(data).decode("utf-8", "surrogatepass")

    def close_bytes(self, data: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, data, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except (InvalidTag, ValueError):
            raise Refused(INTERNAL, "what was sealed is damaged or has another key") from None
