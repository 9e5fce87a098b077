"""Pictures without what they tell about the camera: re-encoded, turned upright, EXIF gone."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from domain.errors import MEDIA_KIND, TOO_LARGE, Refused

MAX_PIXELS = 50_000_000
MAX_SIDE = 4096


@dataclass(frozen=True, slots=True)
class Picture:
    """``data`` is a JPEG (or PNG when it was one) of ``width`` × ``height`` without metadata."""

    data: bytes
    type: str
    width: int
    height: int


def strip(data: bytes) -> Picture:
    """Decode, turn upright, shrink to 4096 px a side, encode anew. Slow: call it in a thread.

    Raises ``media_kind`` for what cannot be decoded and ``too_large`` beyond 50 million pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused(TOO_LARGE, "more than 50 million pixels")
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            out = io.BytesIO()
            if picture.format == "PNG" and upright.mode in ("P", "L", "RGBA", "RGB", "LA"):
                clean = Image.new(upright.mode, upright.size)
                if upright.mode == "P":
                    clean = upright.convert("RGBA")
                else:
                    clean.paste(upright)
                clean.save(out, "PNG")
                kind = "image/png"
            else:
                upright.convert("RGB").save(out, "JPEG", quality=88)
                kind = "image/jpeg"
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused(MEDIA_KIND, "the picture cannot be read") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(TOO_LARGE, "the picture is too large") from error
    return Picture(out.getvalue(), kind, upright.width, upright.height)
