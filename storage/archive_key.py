"""Keys that backups are sealed to: who makes backups has the public one, who restores the private one."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PRIVATE, PUBLIC = "jingmin-backup-private:", "jingmin-backup-public:"
LENGTH = 32


class WrongKey(ValueError):
    """There is no key, or it is another one."""


class Sealing:
    """The chunks of one file, in their order. ``about`` is authenticated with each."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._count = 0
        self.about = b""

    def encrypt(self, data: bytes, last: bool) -> bytes:
        """The next chunk, sealed; 16 bytes longer."""
        return self._cipher.encrypt(self._nonce(last), data, self.about)

    def decrypt(self, data: bytes, last: bool) -> bytes:
        """The next chunk; raises ``InvalidTag`` when it is not as it was written, or at another place."""
        return self._cipher.decrypt(self._nonce(last), data, self.about)

    def _nonce(self, last: bool) -> bytes:
        self._count += 1
        return self._count.to_bytes(11, "big") + bytes([last])


def pair() -> tuple[str, str]:
    """A new pair as text, private and public."""
    key = X25519PrivateKey.generate()
    return (
        PRIVATE + base64.b64encode(key.private_bytes_raw()).decode(),
        PUBLIC + base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )


def parse(text: str, mark: str) -> bytes:
    """The key in a text that begins with its mark, ``PRIVATE`` or ``PUBLIC``. Raises ``WrongKey``."""
    text = text.strip()
    if mark == PUBLIC and text.startswith(PRIVATE):
        raise WrongKey("this is the private key; backups are sealed to the public one (.pub)")
    if mark == PRIVATE and text.startswith(PUBLIC):
        raise WrongKey("this is the public key; the private one opens a backup")
    try:
        found = base64.b64decode(text.removeprefix(mark), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not text.startswith(mark) or len(found) != LENGTH:
        raise WrongKey("this is no key of jingmin backup-key")
    return found


def sealing(public: bytes) -> tuple[Sealing, dict[str, str]]:
    """How to seal to a key, and what the head of the file says of it."""
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    ours = ephemeral.public_key().public_bytes_raw()
    facts = {"to": name(public), "ephemeral": base64.b64encode(ours).decode()}
    return Sealing(_derived(shared, ours, public)), facts


def opened(private: bytes | None, facts: Mapping[str, str]) -> Sealing:
    """How to open what was sealed; raises ``WrongKey``."""
    if private is None:
        raise WrongKey(f"the backup is sealed to the key {facts.get('to')}: --key PRIVATE")
    key = X25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes_raw()
    if facts.get("to") != name(public):
        raise WrongKey(f"the backup is sealed to the key {facts.get('to')}; this is {name(public)}")
    try:
        theirs = base64.b64decode(facts["ephemeral"], validate=True)
        shared = key.exchange(X25519PublicKey.from_public_bytes(theirs))
    except (KeyError, ValueError):
        raise WrongKey("the head of the backup was altered") from None
    return Sealing(_derived(shared, theirs, public))


def name(public: bytes) -> str:
    """What people call a key by."""
    return hashlib.sha256(public).hexdigest()[:16]


def _derived(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    derive = HKDF(hashes.SHA256(), LENGTH, salt=ephemeral + public, info=b"jingmin backup 1")
    return derive.derive(shared)
