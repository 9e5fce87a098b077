"""Recovery codes: ten, each good once in place of a one-time code, for who has lost the authenticator.

They are kept as keyed hashes. A slow hash, as passwords have, would gain nothing: a code is 59 random bits,
which nobody tries one by one without the key, and at each log-in ten of them would have to be compared.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from api.passwords import READABLE
from domain.people import Person
from domain.ticket import derive_key

COUNT = 10
GROUPS, LETTERS = 3, 4  # 12 of 31 letters: 59 bits
DECOYS = ["0" * 64] * COUNT  # accounts without codes take as long


def new_codes() -> list[str]:
    """Ten, to be shown once."""
    return ["-".join(_group() for _ in range(GROUPS)) for _ in range(COUNT)]


def hashed(secret: bytes, person: str, code: str) -> str:
    """A code as it is kept. Case, spaces and hyphens do not count."""
    plain = "".join(one for one in code.lower() if one not in " -")
    key = derive_key(secret, "recovery")
    return hmac.new(key, f"{person}:{plain}".encode(), hashlib.sha256).hexdigest()


def matching(secret: bytes, person: Person | None, code: str) -> str | None:
    """The one of the person's codes that this is, as it is kept."""
    given = hashed(secret, person.id if person is not None else "", code)
    kept = person.recovery if person is not None and person.totp is not None else []
    found = [one for one in kept or DECOYS if hmac.compare_digest(one, given)]
    return found[0] if found else None


def _group() -> str:
    return "".join(secrets.choice(READABLE) for _ in range(LETTERS))
