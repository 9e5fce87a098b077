"""A file is judged by its first bytes, however the network cuts them."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulator.samples import CLIP
from tests.api.conftest import Site
from tests.attack.bombs import phone_picture

WEBM = (
    b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    + bytes(300)
)


async def post(
    site: Site, path: str, pieces: list[bytes], headers: dict[str, str], chunked: bool
) -> tuple[int, Any]:
    """Send the body in these packets; status and answer."""
    where = urlsplit(site.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    length = sum(map(len, pieces))
    how = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {length}"
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n{how}\r\n{more}\r\n".encode()
    )
    for piece in pieces:
        await writer.drain()
        await asyncio.sleep(0.002)
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
    if chunked:
        writer.write(b"0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        body = body.partition(b"\r\n")[2].rpartition(b"\r\n0\r\n")[0]
    return int(head.split()[1]), json.loads(body)


def cut(body: bytes, at: str) -> list[bytes]:
    if at == "one byte":
        return [body[:1], body[1:]]
    return [one for one in (*(body[n : n + 1] for n in range(40)), body[40:]) if one]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("at", ["one byte", "each byte"])
async def test_a_file_in_small_packets_is_what_it_is(site: Site, at: str, chunked: bool) -> None:
    receipt = await site.report()
    for number, (body, kind) in enumerate(
        (
            (phone_picture(), "picture"),
            (phone_picture("WEBP"), "picture"),
            (b"#!AMR\n" + bytes(100), "voice"),
            (WEBM, "video"),
            (CLIP, "video"),
            (b"OggS12345", "voice"),
        )
    ):
        status, view = await post(
            site,
            f"/api/v1/my/uploads?key=small-packets-{number}",
            cut(body, at),
            {"Authorization": f"Bearer {receipt['token']}", "Origin": site.url},
            chunked,
        )
        assert (status, view.get("kind")) == (200, kind), view


async def test_a_notices_picture_in_small_packets_is_one(site: Site) -> None:
    officer = await site.staff("community")
    cookies = "; ".join(f"{one.key}={one.value}" for one in officer.cookie_jar)
    headers = {"Cookie": cookies, "Origin": site.url, "Jingmin-Face": "console"}
    status, view = await post(
        site, "/api/v1/notices/pictures", cut(phone_picture(), "each byte"), headers, False
    )
    assert (status, view.get("width")) == (201, 30), view


async def test_a_single_byte_is_still_nothing(site: Site) -> None:
    receipt = await site.report()
    headers = {"Authorization": f"Bearer {receipt['token']}", "Origin": site.url}
    for body in ([b"\xff"], [b"\xff", b"\xd8"]):
        status, problem = await post(
            site, "/api/v1/my/uploads?key=a-single-byte", body, headers, False
        )
        assert (status, problem["code"]) == (415, "media_kind")
