"""What a STUN message must look like before it is worth parsing (RFC 8489).

Anybody can send to the port, and the parser takes time for each attribute. Here only the headers
are looked at, and of requests the user name, which says for whom they are.
"""

from __future__ import annotations

from struct import Struct

MOST_BYTES = 548  # what RFC 8489 allows where nobody knows how much a path carries
MOST_ATTRIBUTES = 16  # browsers send about ten
COOKIE = 0x2112A442
HEADER_BYTES = 20
REQUEST, USERNAME = 0x0001, 0x0006
BINDING = (0x0001, 0x0011, 0x0101, 0x0111)  # request, indication, response, error
_header = Struct("!HHI").unpack_from
_attribute = Struct("!HH").unpack_from


def outline(data: bytes) -> tuple[bool, str] | None:
    """Whether it is a request, and our part of the user name in it ("" without one).

    None for what is no STUN message about a binding, too long, or has too many attributes.
    """
    size = len(data)
    if not HEADER_BYTES <= size <= MOST_BYTES:
        return None
    kind, length, cookie = _header(data)
    if kind not in BINDING or length + HEADER_BYTES != size or length & 3 or cookie != COOKIE:
        return None
    at, ours = HEADER_BYTES, ""
    for _ in range(MOST_ATTRIBUTES):
        if at == size:
            return kind == REQUEST, ours
        name, length = _attribute(data, at)
        if name == USERNAME:
            ours = data[at + 4 : at + 4 + length].partition(b":")[0].decode("ascii", "replace")
        at += 4 + (length + 3 & ~3)
        if at > size:
            return None
    return (kind == REQUEST, ours) if at == size else None
