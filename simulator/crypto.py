"""The platforms' callback crypto: signatures and AES-256-CBC with a receive_id."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class BadEnvelope(Exception):
    """A signature, padding or receive_id that is not what it should be; says which."""


def signature(*parts: str) -> str:
    """SHA-1 over the parts in byte order, as every callback and reply is signed."""
    joined = b"".join(sorted(part.encode() for part in parts))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def page_signature(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """The JS-SDK's signature: raw values, and the address without its fragment."""
    text = (
        f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    )
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class Envelope:
    """Seals and opens messages with one EncodingAESKey for one receive_id."""

    def __init__(self, aes_key: str, receive_id: str) -> None:
        # The last character may carry bits that belong to no byte; a lenient decoder drops them.
        self._key = base64.b64decode(aes_key + "=")
        if len(self._key) != 32:
            raise ValueError("an EncodingAESKey has 43 characters")
        self._receive_id = receive_id.encode()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def seal(self, text: str, prefix: bytes | None = None) -> str:
        body = text.encode()
        prefix = os.urandom(16) if prefix is None else prefix
        return self.seal_raw(pad(prefix + len(body).to_bytes(4, "big") + body + self._receive_id))

    def seal_raw(self, plain: bytes) -> str:
        """Encrypt bytes that are already padded, rightly or wrongly."""
        one = self._cipher().encryptor()
        return base64.b64encode(one.update(plain) + one.finalize()).decode()

    def open(self, sealed: str) -> str:
        """The text inside; raises BadEnvelope for anything but a whole, well addressed message."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadEnvelope("base64") from error
        if not data or len(data) % 16:
            raise BadEnvelope("length")
        one = self._cipher().decryptor()
        plain = unpad(one.update(data) + one.finalize())
        size = int.from_bytes(plain[16:20], "big")
        if len(plain) < 20 + size:
            raise BadEnvelope("length")
        if not hmac.compare_digest(plain[20 + size :], self._receive_id):
            raise BadEnvelope("receive_id")
        try:
            return plain[20 : 20 + size].decode()
        except UnicodeDecodeError as error:
            raise BadEnvelope("utf-8") from error


def pad(data: bytes) -> bytes:
    """PKCS#7 with blocks of 32, never without padding."""
    count = BLOCK - len(data) % BLOCK
    return data + bytes([count]) * count


def unpad(data: bytes) -> bytes:
    count = data[-1]
    if not 1 <= count <= BLOCK or data[-count:] != bytes([count]) * count:
        raise BadEnvelope("padding")
    return data[:-count]
