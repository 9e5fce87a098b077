"""Pictures that are much work for few bytes are ended, and nobody waits behind them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

import pictures
from tests.api.conftest import Site
from tests.attack.bombs import (
    grey_16,
    many_scans,
    phone_picture,
    png_with,
    size_bound_png,
    slow_png,
    swelling,
)

# Made in its test: each process that runs tests reads this file, also one that runs none of it.
Make = Callable[[], bytes]


async def send(site: Site, receipt: dict[str, Any], body: bytes, key: str) -> tuple[int, Any]:
    async with site.caller(receipt).post(
        f"{site.api}/my/uploads?key={key}", data=io.BytesIO(body)
    ) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    "made",
    [
        lambda: many_scans(1_500),
        lambda: many_scans(140_000),
        lambda: many_scans(100, refining=True),
    ],
    ids=["small", "large", "few"],
)
async def test_a_picture_of_many_scans_is_refused(site: Site, made: Make) -> None:
    body = made()
    assert len(body) < 20 * 2**20
    status, problem = await send(site, await site.report(), body, "many-scans")
    assert (status, problem["code"]) == (413, "too_large")


async def test_nobody_waits_behind_the_pictures_of_another(site: Site) -> None:
    stranger, person = await site.report(), await site.report()
    bomb = slow_png()
    bombs = [
        asyncio.create_task(send(site, stranger, bomb, f"slow-picture-{number}"))
        for number in range(3)
    ]
    await asyncio.sleep(0.5)
    status, view = await send(site, person, phone_picture(), "a-real-picture")
    assert (status, view["kind"]) == (200, "picture")
    # The first of them may have ended by now; the others wait for each other.
    assert len([one for one in bombs if not one.done()]) >= 2
    done, waiting = await asyncio.wait(bombs, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        status, problem = task.result()
        assert (status, problem.get("code")) in ((413, "too_large"), (503, "busy"), (200, None))
    for task in waiting:
        task.cancel()


async def test_small_pictures_never_wait_behind_large_ones(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many strangers send what is much work."""
    monkeypatch.setattr(pictures.DECODERS, "_wait_s", 120.0)  # none gives up meanwhile
    strangers = [await site.report() for _ in range(8)]
    person = await site.report()
    bomb = slow_png()
    bombs = [
        asyncio.create_task(send(site, one, bomb, f"slow-picture-{number}"))
        for one in strangers
        for number in range(8)
    ]
    await asyncio.sleep(1)
    for number in range(4):
        status, view = await send(site, person, phone_picture(), f"a-real-picture-{number}")
        assert (status, view.get("kind")) == (200, "picture"), view
        assert len([one for one in bombs if not one.done()]) > len(strangers)
    for task in bombs:
        task.cancel()
    await asyncio.gather(*bombs, return_exceptions=True)


@pytest.mark.parametrize(
    ("made", "small"),
    [
        (lambda: phone_picture(), True),
        (lambda: phone_picture("MPO"), True),
        (lambda: phone_picture("PNG"), True),
        (lambda: phone_picture("WEBP"), True),
        (lambda: phone_picture("JPEG", (4_000, 3_000)), True),
        (lambda: phone_picture("PNG", (1_080, 2_400)), True),
        (lambda: phone_picture("WEBP", (3_000, 2_000)), False),
        (lambda: size_bound_png(3_000, 2_000), False),
        (lambda: size_bound_png(0, 2_000), False),
        (lambda: phone_picture() + bytes(3 * 2**20), False),
        (lambda: many_scans(100, 1_300), False),
        (lambda: many_scans(1, 9_000), False),
        (lambda: many_scans(1_500, 40), True),  # and refused
        (lambda: b"\xff\xd8" + b"\xff" * 2**20, False),
        (lambda: b"\xff\xd8" + b"\xff\xe0\0\0" * 2**18, False),
        (lambda: b"\xff\xd8\xff\xc0", False),
        (lambda: b"RIFF\0\0\0\0WEBPVP8X", False),
        (lambda: b"", False),
    ],
    ids=lambda value: None if isinstance(value, bool) else "",
)
def test_how_much_work_it_is_is_read_from_its_head(made: Make, small: bool) -> None:
    assert pictures.is_small(made()) is small


@pytest.mark.parametrize(
    "made",
    [
        lambda: png_with(b"iCCP", b"profile\0\0" + swelling()),
        lambda: png_with(b"zTXt", b"comment\0\0" + swelling()),
        lambda: png_with(b"iTXt", b"comment\0\1\0\0\0" + swelling()),
        lambda: phone_picture()[:2] + (b"\xff\xe1\xff\xffExif\0\0" + bytes(65_527)) * 300,
        lambda: (
            phone_picture()[:2]
            + b"\xff\xe1\x00\x10Exif\0\0II*\0\xff\xff\xff\x7f"
            + phone_picture()[2:]
        ),
        lambda: phone_picture("WEBP")[:40],
        lambda: b"GIF89a" + bytes(100),
    ],
    ids=["iccp", "ztxt", "itxt", "exif", "far", "webp", "gif"],
)
async def test_what_swells_costs_nothing_but_itself(site: Site, made: Make) -> None:
    receipt = await site.report()
    status, _ = await send(site, receipt, made(), "swelling-one")
    assert status in (200, 413, 415)
    assert (await send(site, receipt, phone_picture(), "after-it"))[0] == 200


async def test_a_phones_picture_with_a_second_one_behind_it_is_taken(site: Site) -> None:
    body = phone_picture("MPO")
    with Image.open(io.BytesIO(body)) as made:
        assert made.format == "MPO"
    receipt = await site.report()
    status, view = await send(site, receipt, body, "two-pictures")
    assert (status, view["kind"], view["type"]) == (200, "picture", "image/jpeg"), view
    url = f"{site.api}/my/files/{view['file']}"
    async with site.caller(receipt).get(url) as response:
        shown = Image.open(io.BytesIO(await response.read()))
    assert (shown.format, shown.size) == ("JPEG", (30, 40)), "the first one, upright"


async def shown(site: Site, body: bytes) -> Image.Image:
    """Send it; what officers see of it."""
    receipt = await site.report()
    status, view = await send(site, receipt, body, "a-good-picture")
    assert (status, view.get("kind")) == (200, "picture"), view
    async with site.caller(receipt).get(f"{site.api}/my/files/{view['file']}") as response:
        return Image.open(io.BytesIO(await response.read())).convert("RGB")


def noise(progressive: bool) -> bytes:
    out = io.BytesIO()
    picture = Image.effect_noise((400, 300), 60).convert("RGB")
    picture.save(out, "JPEG", quality=90, progressive=progressive)
    return out.getvalue()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.5, 0.85, 1])
async def test_of_a_jpeg_that_was_cut_is_shown_what_came(
    site: Site, share: float, progressive: bool
) -> None:
    whole = noise(progressive)
    picture = await shown(site, whole[: int((len(whole) - 2) * share)])
    assert picture.size == (400, 300)
    expected = Image.open(io.BytesIO(whole)).convert("RGB").crop((0, 0, 400, 100))
    apart = ImageChops.difference(picture.crop((0, 0, 400, 100)), expected)
    most = 30 if progressive else 8  # its last scans are finer
    assert max(ImageStat.Stat(apart).mean) < most


@pytest.mark.parametrize("before", [b"\n", b"\r\n", bytes(16)], ids=["lf", "crlf", "16"])
async def test_a_few_bytes_before_a_jpeg_do_not_cost_it(site: Site, before: bytes) -> None:
    assert (await shown(site, before + phone_picture())).size == (30, 40)
    assert pictures.is_small(before + phone_picture())


async def test_what_has_more_before_it_is_no_jpeg(site: Site) -> None:
    status, problem = await send(
        site, await site.report(), bytes(17) + phone_picture(), "too-far-in"
    )
    assert (status, problem["code"]) == (415, "media_kind")


@pytest.mark.parametrize("stray", [b"", b"\n"])
async def test_scans_are_counted_whatever_is_before_them(site: Site, stray: bytes) -> None:
    status, problem = await send(site, await site.report(), stray + many_scans(1_500), "many-scans")
    assert (status, problem["code"]) == (413, "too_large")


async def test_grey_of_16_bits_keeps_its_shades(site: Site) -> None:
    picture = await shown(site, grey_16())
    assert [picture.getpixel((x, 8)) for x in (0, 100, 255)] == [(x, x, x) for x in (0, 100, 255)]


async def test_a_picture_that_browsers_cannot_show_is_refused_with_a_sentence(site: Site) -> None:
    body = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(600)
    status, problem = await send(site, await site.report(), body, "an-iphone-s")
    assert (status, problem["code"]) == (415, "media_kind")
    assert problem["detail"]
