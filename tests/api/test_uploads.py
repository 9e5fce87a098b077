"""Pictures and clips: recognised by content, stripped for show, sealed as they came."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from api.magic import recognise
from tests.api.conftest import Site
from tests.api.test_access import one_picture
from tests.city import IN_W1


async def test_a_picture_is_shown_without_exif_and_sealed_with_it(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    caller, desk = site.caller(receipt), await site.staff("desk1")
    original = one_picture()
    url = f"{site.api}/my/uploads?key=picture-1&device_at=1700000000000"
    answers = []
    for _ in range(2):
        async with caller.post(url, data=original) as response:
            assert response.status == 200, await response.text()
            answers.append(await response.json())
    assert answers[0] == answers[1]
    file = answers[0]["file"]
    async with desk.get(f"{site.api}/incidents/{receipt['id']}/files/{file}") as response:
        shown = await response.read()
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Disposition"].startswith("attachment")
    assert b"SECRET-CAMERA" in original
    assert b"SECRET-CAMERA" not in shown
    picture = Image.open(io.BytesIO(shown))
    assert picture.size == (30, 40), "turned upright as the camera said"
    assert not picture.getexif()
    sealed = b"".join([piece async for piece in site.house.store.files.read(f"{file}.original")])
    assert sealed == original
    view = await site.ask(desk, "GET", f"/incidents/{receipt['id']}")
    (entry,) = [one for one in view["entries"] if one["what"] == "upload"]
    assert entry["data"]["original_sha256"] == hashlib.sha256(original).hexdigest()
    assert entry["data"]["sha256"] == hashlib.sha256(shown).hexdigest()
    assert (await site.ask(desk, "GET", f"/incidents/{receipt['id']}/verify"))["files"] == 2
    async with caller.get(f"{site.api}/my/files/{file}") as response:
        assert await response.read() == shown


async def test_ranges_are_served(site: Site) -> None:
    receipt = await site.report()
    caller = site.caller(receipt)
    clip = b"OggS" + bytes(range(256)) * 5000
    async with caller.post(
        f"{site.api}/my/uploads?key=a-voice-1", data=io.BytesIO(clip)
    ) as response:
        view = await response.json()
    assert view["kind"] == "voice"
    url = f"{site.api}/my/files/{view['file']}"
    for wanted, expected in (
        ("bytes=0-9", clip[:10]),
        ("bytes=100-", clip[100:]),
        ("bytes=-7", clip[-7:]),
        ("bytes=1000000-1500000", clip[1_000_000:]),
    ):
        async with caller.get(url, headers={"Range": wanted}) as response:
            assert response.status == 206
            assert await response.read() == expected
    for wanted in ("bytes=9999999-", "bytes=x", "bytes=5-1"):
        async with caller.get(url, headers={"Range": wanted}) as response:
            assert response.status == 416


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "media_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "media_kind"),
        (b"<html>", "media_kind"),
        (b"MZ\x90\x00", "media_kind"),
        (b"\xff\xd8\xff" + b"broken" * 10, "media_kind"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "media_kind"),
    ],
)
async def test_what_is_neither_picture_voice_nor_video_is_refused(
    site: Site, body: bytes, code: str
) -> None:
    receipt = await site.report()
    async with site.caller(receipt).post(
        f"{site.api}/my/uploads?key=not-a-file", data=body
    ) as response:
        assert response.status == 415
        assert (await response.json())["code"] == code
    assert not [
        entry for entry in (await site.stored(receipt["id"])).log.entries if entry.what == "upload"
    ]


async def test_a_picture_bomb_is_refused(site: Site) -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    receipt = await site.report()
    async with site.caller(receipt).post(
        f"{site.api}/my/uploads?key=picture-bomb", data=out.getvalue()
    ) as response:
        assert response.status == 413


def test_containers_are_voice_or_video_as_the_sender_says() -> None:
    webm = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    voice, video = recognise(webm, "audio/webm"), recognise(webm, "video/webm")
    assert voice is not None
    assert video is not None
    assert (voice.type, video.type) == ("audio/webm", "video/webm")
    assert recognise(b"\x00\x00\x00\x18ftypheic", "image/heic") is None


async def test_a_changed_file_and_a_changed_log_are_found(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    caller, desk = site.caller(receipt), await site.staff("desk1")
    path = f"/incidents/{receipt['id']}/verify"
    async with caller.post(
        f"{site.api}/my/uploads?key=sealed-voice", data=b"OggS12345"
    ) as response:
        file = (await response.json())["file"]
    assert (await site.ask(desk, "GET", path))["sound"]
    database = site.house.store._database  # type: ignore[attr-defined]
    await database["files.chunks"].update_one({"files_id": file}, {"$set": {"data": b"OggS1234X"}})
    (flaw,) = (await site.ask(desk, "GET", path))["flaws"]
    assert "was changed" in flaw["what"]
    site.harmed = True
    await database.incidents.update_one(
        {"_id": receipt["id"]}, {"$set": {"log.entries.0.data.words": "changed"}}
    )
    flaws = (await site.ask(desk, "GET", path))["flaws"]
    assert any(one["seq"] == 1 and "hash" in one["what"] for one in flaws)
