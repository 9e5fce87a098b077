"""Pictures without what they tell about the camera: re-encoded, turned upright, metadata gone."""

from __future__ import annotations

import asyncio
import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageOps

from domain.errors import MEDIA_KIND, TOO_LARGE, Refused

# A JPEG is read at a fraction of its size; the others are held in memory whole.
MAX_PIXELS = {"JPEG": 100_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}
MAX_SIDE = 4096

# One at a time: a large picture takes some 200 MB while it is turned.
_thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")


@dataclass(frozen=True, slots=True)
class Picture:
    """``data`` is a JPEG (or PNG when it was one) of ``width`` × ``height`` without metadata."""

    data: bytes
    type: str
    width: int
    height: int


async def strip(data: bytes) -> Picture:
    """Decode, turn upright, shrink to 4096 px a side, encode anew.

    Raises ``media_kind`` for what cannot be decoded and ``too_large`` beyond 24 million pixels
    (100 million for JPEG).
    """
    return await asyncio.get_running_loop().run_in_executor(_thread, _strip, data)


def _strip(data: bytes) -> Picture:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(data), formats=tuple(MAX_PIXELS))
            kind = picture.format or ""
            if picture.width * picture.height > MAX_PIXELS[kind]:
                raise Refused(TOO_LARGE, f"more than {MAX_PIXELS[kind] // 10**6} million pixels")
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
            picture.thumbnail((MAX_SIDE, MAX_SIDE))
            picture = _upright(picture)
            out = io.BytesIO()
            as_png = kind == "PNG"
            clean = picture.convert("RGBA" if as_png else "RGB")
            clean.info.clear()
            clean.save(out, "PNG" if as_png else "JPEG", **({} if as_png else {"quality": 88}))
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused(TOO_LARGE, "the picture is too large") from error
    except Exception as error:  # decoders of broken files raise whatever they like
        raise Refused(MEDIA_KIND, "the picture cannot be read") from error
    media_type = "image/png" if as_png else "image/jpeg"
    return Picture(out.getvalue(), media_type, clean.width, clean.height)


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # broken EXIF must not cost the picture
        return picture
