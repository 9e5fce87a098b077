"""Playable copies of voice and video: what they keep, what they drop, and where they end."""

from __future__ import annotations

import asyncio
import io
import random
import struct
import time

import av
import numpy as np
import pytest

import clips
from clips import Clip, playable
from domain.errors import MEDIA_KIND, TOO_LARGE, Refused
from simulator.samples import CLIP, murmur
from tests.films import SECRETS, amr, film, nothing, sound


def heard(clip: Clip) -> tuple[str, int, int, float]:
    """Codec, channels, rate and seconds of what is really in it."""
    with av.open(io.BytesIO(clip.data)) as opened:
        stream = opened.streams.audio[0]
        samples = sum(frame.samples for frame in opened.decode(stream))
        context = stream.codec_context
        rate = context.sample_rate
        return context.name, context.channels, rate, samples / rate


async def refused(data: bytes, voice: bool) -> str:
    with pytest.raises(Refused) as caught:
        await playable(data, voice)
    assert caught.value.fault in (MEDIA_KIND, TOO_LARGE)
    return caught.value.fault.code


@pytest.mark.parametrize("mode", range(8))
async def test_every_rate_of_amr_becomes_what_browsers_play(mode: int) -> None:
    clip = await playable(amr(100, mode), voice=True)
    assert (clip.type, clip.length_ms, clip.width, clip.height) == ("audio/mp4", 2000, None, None)
    codec, channels, rate, seconds = heard(clip)
    assert (codec, channels, rate) == ("aac", 1, 16_000)
    assert seconds == pytest.approx(2, abs=0.15)
    assert clip.data[4:8] == b"ftyp"


async def test_wide_amr_and_the_simulators_voice_are_real() -> None:
    wide = await playable(b"#!AMR-WB\n" + (b"\x04" + b"\x5a" * 17) * 100, voice=True)
    assert wide.length_ms == pytest.approx(2000, abs=50)
    clip = await playable(murmur(), voice=True)
    assert clip.length_ms == 3000
    with av.open(io.BytesIO(clip.data)) as opened:
        loudest = max(np.abs(frame.to_ndarray()).max() for frame in opened.decode(audio=0))
    assert loudest > 0.01
    shown = await playable(CLIP, voice=False)
    assert (shown.width, shown.height) == (240, 320)
    assert shown.length_ms == pytest.approx(3000, abs=100)


async def test_pauses_keep_their_time() -> None:
    pause = amr(50, 8)[6:]  # comfort noise, which nothing here decodes
    clip = await playable(amr(50) + pause + nothing(50) + amr(50)[6:], voice=True)
    assert clip.length_ms == 4000


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("mp3", "libmp3lame"),
        ("ogg", "libopus"),
        ("webm", "libopus"),
        ("mp4", "aac"),
        ("wav", "pcm_s16le"),
    ],
)
async def test_other_voices_become_mono_without_what_they_tell(name: str, codec: str) -> None:
    if name == "wav":
        made = sound("wav", codec, layout="mono")
    else:
        made = sound(name, codec)
        assert b"SECRET-TITLE" in made
    clip = await playable(made, voice=True)
    assert heard(clip)[:3] == ("aac", 1, 48_000)
    assert clip.length_ms == pytest.approx(2000, abs=120)
    assert not [one for one in SECRETS if one in clip.data]


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
async def test_a_video_stays_as_it_is_and_upright_and_tells_nothing(turned: int) -> None:
    made = film(turned=turned)
    assert [one for one in SECRETS if one not in made] == []
    clip = await playable(made, voice=False)
    assert clip.type == "video/mp4"
    assert not [one for one in SECRETS if one in clip.data]
    across = turned % 180 == 0
    assert (clip.width, clip.height) == ((160, 120) if across else (120, 160))
    assert clip.length_ms == pytest.approx(2000, abs=60)
    pictures = [[], []]
    turns = []
    for number, data in enumerate((made, clip.data)):
        with av.open(io.BytesIO(data)) as opened:
            for frame in opened.decode(video=0):
                pictures[number].append(frame.to_ndarray(format="gray").tobytes())
            turns.append(frame.rotation)
    assert pictures[0] == pictures[1]
    assert turns[0] == turns[1]
    assert heard(clip)[0] == "aac"


async def test_hevc_is_called_what_phones_call_it() -> None:
    clip = await playable(film(codec="libx265"), voice=False)
    assert b"hvc1" in clip.data
    assert b"hev1" not in clip.data
    assert b"x265" not in clip.data


async def test_what_no_browser_plays_is_refused() -> None:
    assert await refused(film(codec="mpeg4"), voice=False) == "media_kind"
    assert await refused(b"\x02#!SILK_V3" + bytes(500), voice=True) == "media_kind"
    assert await refused(film(audio=""), voice=True) == "media_kind"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#!AMR",
        b"#!AMR\n",
        b"#!AMR\n\xff\xff\xff",
        b"#!AMR\n" + b"\xff" * 5_000,
        amr(1)[:10],
        nothing(500),
        b"#!AMR\n" + nothing(500),
        b"OggS" + b"\x00" * 400,
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"\x00" * 400,
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"RIFF\xff\xff\xff\xffWAVEfmt " + b"\xff" * 100,
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
    ],
)
async def test_what_says_nothing_is_refused_and_nothing_breaks(data: bytes) -> None:
    for voice in (True, False):
        assert await refused(data, voice) == "media_kind"


async def test_broken_copies_of_good_files_never_do_more_than_be_refused() -> None:
    chance = random.Random(8)
    good = [(amr(60), True), (sound("mp3", "libmp3lame", 1), True), (film(1), False)]
    for number in range(24):
        data, voice = good[number % len(good)]
        broken = bytearray(data[: chance.randrange(1, len(data) + 1)])
        for _ in range(chance.choice((0, 1, 20))):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        clip, fault = None, None
        try:
            clip = await playable(bytes(broken), voice)
        except Refused as problem:
            fault = problem.fault
        assert fault in (None, MEDIA_KIND, TOO_LARGE)
        if clip is not None:
            assert clip.data
            assert clip.length_ms < clips.LONGEST_VIDEO_S * 1000


async def test_a_voice_of_hours_in_few_bytes_ends_soon() -> None:
    began = time.monotonic()
    assert await refused(amr(1) + nothing(2 * 2**20), voice=True) == "too_large"
    # What is only said to be long is as long as it is.
    made = bytearray(sound("mp4", "aac", 1))
    at = made.index(b"mvhd") + 4
    made[at + 16 : at + 20] = struct.pack(">I", 0xFFFFFFFF)
    assert (await playable(bytes(made), voice=True)).length_ms < 1_200
    assert time.monotonic() - began < clips.DECODERS.limits.wall_s


async def test_a_video_that_claims_years_is_refused() -> None:
    made = bytearray(film(1, audio=""))
    at = made.index(b"stts") + 4
    # One entry: so many pictures, each so long.
    made[at + 8 : at + 16] = struct.pack(">II", 10, 0x7FFFFFFF)
    assert await refused(bytes(made), voice=False) in ("too_large", "media_kind")


async def test_a_table_of_many_gigabytes_is_not_allocated() -> None:
    made = bytearray(film(1))
    at = made.index(b"stsz") + 4
    made[at + 4 : at + 12] = struct.pack(">II", 1, 0x3FFFFFFF)
    began = time.monotonic()
    assert await refused(bytes(made), voice=False) in ("too_large", "media_kind")
    assert time.monotonic() - began < clips.DECODERS.limits.wall_s


async def test_many_at_once_wait_for_each_other() -> None:
    made = await asyncio.gather(*(playable(amr(50, seed=n), voice=True) for n in range(4)))
    assert [one.length_ms for one in made] == [1000] * 4
