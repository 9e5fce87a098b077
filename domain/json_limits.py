"""How large and how deep JSON from outside may be, judged before a parser sees it.

The parsers' own limits differ between interpreters and are not ours to set; nothing that the product
reads comes near 64 levels.
"""

from __future__ import annotations

from domain.errors import BAD_REQUEST, TOO_LARGE, Refused

LEVELS = 64
DEEP = f"JSON of more than {LEVELS} levels"

_OPENING = b"[{"
_NO_BRACKETS = bytes(one for one in range(256) if one not in b"[]{}")


def check_json(text: bytes | str, most_bytes: int) -> None:
    """Raises ``too_large`` for more than so many bytes, ``bad_request`` for more than 64 levels.

    Takes time in proportion to the size. What is no JSON at all may pass: that is for the parser to say.
    """
    if len(text) > most_bytes:
        raise Refused(TOO_LARGE, f"at most {most_bytes} bytes")
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > most_bytes:
        raise Refused(TOO_LARGE, f"at most {most_bytes} bytes")
    if data.count(b"[") + data.count(b"{") > LEVELS and _deep(data):
        raise Refused(BAD_REQUEST, DEEP)


def _deep(data: bytes) -> bool:
    # A parser stops at the first fault, so only what stands before it has to be counted rightly.
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"".join(unescaped.split(b'"')[::2]).translate(None, _NO_BRACKETS)
    level = 0
    for bracket in outside:
        level += 1 if bracket in _OPENING else -1
        if level > LEVELS:
            return True
        if level < 0:
            return False
    return False
