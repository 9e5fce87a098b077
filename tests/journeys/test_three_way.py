"""The main job: tap → receipt → desk rings → answer → station joins → all see and hear all → close."""

from __future__ import annotations

import asyncio
import io
import subprocess
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, expect

from tests.journeys.conftest import STATION_LOGIN, Demo, read, resident, sees, staff


async def test_a_lost_hiker_reaches_the_desk_and_the_right_station(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    desk = await staff(browser, demo, "desk1", "console")
    station = await staff(browser, demo, STATION_LOGIN, "station", width=390, height=844)
    phone = await resident(browser, demo)

    await phone.get_by_test_id("report").click()
    await expect(phone.get_by_test_id("number")).to_contain_text("0110-")
    number = await phone.get_by_test_id("number").inner_text()
    await expect(phone.get_by_test_id("dial")).to_have_attribute("href", "tel:110")

    await expect(desk.get_by_test_id(f"card-{number}")).to_be_visible()
    await desk.get_by_test_id(f"answer-{number}").first.click()
    await expect(phone.get_by_test_id("step-answered")).to_have_attribute("data-done", "true")
    await sees(desk, 1)
    await sees(phone, 1)

    await expect(desk.get_by_test_id("call-station")).to_contain_text("古塔分局样例十二派出所")
    await desk.get_by_test_id("call-station").click()
    await expect(station.get_by_test_id("ring")).to_be_visible()
    await station.get_by_test_id("join").click()
    for page in (phone, desk, station):
        await sees(page, 2)

    await phone.get_by_test_id("text-input").first.fill("我在一块大石头旁边")
    await phone.get_by_test_id("text-send").first.click()
    await expect(desk.get_by_test_id("thread")).to_contain_text("我在一块大石头旁边")
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), (20, 120, 60)).save(picture, "JPEG")
    await phone.get_by_test_id("picture-input").first.set_input_files(
        {"name": "stone.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    await expect(desk.get_by_test_id("thread").locator("img").first).to_be_visible()
    await desk.get_by_test_id("text-input").fill("民警已经出发, 请留在原地")
    await desk.get_by_test_id("text-send").click()
    await expect(phone.get_by_test_id("thread").first).to_contain_text("请留在原地")

    # Whoever came into the call has taken it.
    await expect(station.get_by_test_id("step-acknowledge")).to_have_attribute("data-done", "true")
    for step in ("depart", "arrive", "clear"):
        await station.get_by_test_id(f"step-{step}").click()
        await expect(station.get_by_test_id(f"step-{step}")).to_have_attribute("data-done", "true")
    await desk.get_by_test_id("close").click()
    await desk.get_by_test_id("disposition-RESOLVED").check(force=True)
    await desk.get_by_test_id("confirm-close").click()
    await expect(phone.get_by_test_id("over")).to_be_visible()
    await expect(phone.get_by_test_id("tracking-off")).to_be_visible()

    incident = await sealed(desk, number, recordings=3)
    assert incident["position"]["accuracy"] == 25
    for recording in incident["calls"][0]["recordings"]:
        await decodes(desk, incident["id"], recording["file"], tmp_path)
    code, said = await asyncio.to_thread(demo.verify, number)
    assert code == 0, said
    assert "SOUND" in said
    for page in (phone, desk, station):
        assert page.errors == []  # type: ignore[attr-defined]


async def sealed(desk, number: str, recordings: int):  # type: ignore[no-untyped-def]
    """The incident once its recordings are in the log."""
    for _ in range(450):
        found = (await read(desk, f"/incidents?q={number}"))["incidents"]
        if sum(len(call["recordings"]) for call in found[0]["calls"]) >= recordings:
            return await read(desk, f"/incidents/{found[0]['id']}")
        await asyncio.sleep(0.2)
    raise AssertionError(f"recordings were not sealed: {found[0]['calls']}")


async def decodes(desk, incident: str, file: str, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """A recording as the desk gets it has picture and sound that ffprobe can decode."""
    response = await desk.context.request.get(
        f"{desk.url.split('/console')[0]}/api/v1/incidents/{incident}/files/{file}?face=console"
    )
    path = folder / f"{file}.mkv"
    path.write_bytes(await response.body())
    probe = subprocess.run(
        [
            "ffprobe",
            "-v",
            "error",
            "-count_frames",
            "-show_entries",
            "stream=codec_type,nb_read_frames",
            "-of",
            "csv=p=0",
            str(path),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    frames = dict(line.split(",")[:2] for line in probe.stdout.split())
    assert int(frames["video"]) > 30, probe.stdout
    assert int(frames["audio"]) > 50, probe.stdout
    assert probe.stderr.strip() == ""
