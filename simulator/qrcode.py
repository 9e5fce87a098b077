"""QR codes of one size (version 5, level L, mask 0): enough for the platforms' short addresses."""

from __future__ import annotations

import io

from qrcode.constants import ERROR_CORRECT_L
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, QRData

SIDE = 37
LONGEST = 106
_QUIET = 4
Grid = list[list[bool]]


def grid(text: str) -> Grid:
    """The squares of the code, dark ones True."""
    squares: Grid = _code(text, 0, 1).get_matrix()
    return squares


def png(text: str, scale: int = 9) -> bytes:
    """The code as a picture with its quiet border."""
    out = io.BytesIO()
    _code(text, _QUIET, scale).make_image().save(out, "PNG")
    return out.getvalue()


def _code(text: str, border: int, scale: int) -> QRCode:
    data = text.encode()
    if len(data) > LONGEST:
        raise ValueError("too long for this size of code")
    code = QRCode(5, ERROR_CORRECT_L, box_size=scale, border=border, mask_pattern=0)
    code.add_data(QRData(data, MODE_8BIT_BYTE))
    code.make(fit=False)
    return code
