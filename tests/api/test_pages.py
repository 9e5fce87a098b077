"""The built pages as they travel: compressed once by the build, chosen by what the client accepts."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from api.encoding import KINDS, coding
from api.house import ApiSettings
from api.pages import FACES, add_pages, hashes
from tests.ports import free_port

BUILT = Path(__file__).parents[2] / "api" / "static"
SIMULATED = Path(__file__).parents[2] / "simulator" / "static"


def built(folder: Path = BUILT) -> list[Path]:
    return [p for p in folder.rglob("*") if p.suffix in KINDS]


def address(path: Path) -> str:
    name = path.relative_to(BUILT).as_posix()
    for face, folder in FACES.items():
        if name == f"{folder}/index.html":
            return f"/{face}/"
    return "/" if name == "index.html" else f"/{name}"


@pytest.fixture
async def pages() -> AsyncIterator[Any]:
    """Asks for a path with just these headers; nothing is decoded."""
    app, port = web.Application(), free_port()
    add_pages(app, BUILT, ApiSettings(origins=(), city="测试市", demo=True))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    session = aiohttp.ClientSession(
        f"http://127.0.0.1:{port}", auto_decompress=False, skip_auto_headers=["Accept-Encoding"]
    )

    async def ask(path: str, method: str = "GET", **headers: str) -> tuple[Any, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with session.request(method, path, headers=named) as response:
            return response, await response.read()

    yield ask
    await session.close()
    await runner.cleanup()


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip", "gzip"),
        ("GZIP;Q=0.5, Br;q=0.4", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("gzip;q=0, br;q=0", "identity"),
        ("identity;q=0", "identity"),
        ("*;q=0", "identity"),
        ("gzip;q=nonsense, br;q=-1", "identity"),
        ("brotli, gzippo", "identity"),
        (",;,;;q=1,", "identity"),
    ],
)
def test_the_weights_of_a_client_choose_the_coding(accepted: str, chosen: str) -> None:
    assert coding(accepted, ("br", "gzip")) == chosen


async def test_every_file_of_the_build_arrives_as_it_is_and_small(pages: Any) -> None:
    assert len(built()) > 20
    for path in built():
        plain = path.read_bytes()
        seen = set()
        for accepted, ending in (("gzip, br", ".br"), ("gzip", ".gz"), ("br;q=0, gzip;q=0", "")):
            response, body = await pages(address(path), Accept_Encoding=accepted)
            assert response.status == 200, path
            assert response.content_type == KINDS[path.suffix]
            assert response.headers["Vary"] == "Accept-Encoding"
            assert response.headers["Content-Length"] == str(len(body))
            beside = path.with_name(path.name + ending)
            assert body == (beside if beside.exists() else path).read_bytes(), (path, accepted)
            found = response.headers.get("Content-Encoding", "")
            assert found == (
                {".br": "br", ".gz": "gzip"}.get(ending, "") if beside.exists() else ""
            )
            if found == "gzip":
                assert gzip.decompress(body) == plain
            if found and len(plain) > 1000:
                assert len(body) < 0.55 * len(plain), path
            assert response.headers["ETag"] not in seen or not beside.exists()
            seen.add(response.headers["ETag"])
            kept = response.headers["Cache-Control"]
            assert kept == (
                "public, max-age=31536000, immutable"
                if path.parent.name == "assets"
                else "no-cache"
            )


def test_the_build_leaves_nothing_heavy_uncompressed() -> None:
    for path in built() + built(SIMULATED):
        if path.stat().st_size > 1000:
            assert path.with_name(path.name + ".br").exists(), path
            assert path.with_name(path.name + ".gz").exists(), path


def test_what_is_sent_as_brotli_is_the_file() -> None:
    """Python has no brotli of its own: node, which made it, says what is in it."""
    script = (
        "const {readFileSync:r}=require('fs'),{brotliDecompressSync:d}=require('zlib');"
        "for(const f of process.argv.slice(1))if(!d(r(f+'.br')).equals(r(f)))throw Error(f)"
    )
    files = [str(p) for p in built() if p.with_name(p.name + ".br").exists()]
    subprocess.run(["node", "-e", script, *files], check=True)


async def test_pages_without_an_icon_of_their_own_have_ours(pages: Any) -> None:
    response, _ = await pages("/favicon.ico")
    assert (response.status, response.content_type) == (200, "image/svg+xml")


async def test_head_not_modified_and_ranges(pages: Any) -> None:
    path = max((p for p in built() if p.suffix == ".js"), key=lambda p: p.stat().st_size)
    url, plain = address(path), path.read_bytes()
    head, nothing = await pages(url, "HEAD", Accept_Encoding="br")
    assert (head.status, nothing, head.headers["Content-Encoding"]) == (200, b"", "br")
    tag = head.headers["ETag"]
    same, _ = await pages(url, Accept_Encoding="br", If_None_Match=tag)
    assert same.status == 304
    assert same.headers["Vary"] == "Accept-Encoding"
    assert "immutable" in same.headers["Cache-Control"]
    other, _ = await pages(url, Accept_Encoding="gzip", If_None_Match=tag)
    assert other.status == 200
    # A range is one of the plain file, whatever is accepted.
    part, body = await pages(url, Accept_Encoding="br, gzip", Range="bytes=10-99")
    assert (part.status, body) == (206, plain[10:100])
    assert part.headers["Content-Range"] == f"bytes 10-99/{len(plain)}"
    assert "Content-Encoding" not in part.headers
    # Who began with another file is given the whole of this one.
    whole, body = await pages(url, Accept_Encoding="br", Range="bytes=10-99", If_Range=tag)
    assert whole.status == 200
    assert len(body) == int(whole.headers["Content-Length"])
    beyond, _ = await pages(url, Range=f"bytes={len(plain)}-")
    assert beyond.status == 416


async def test_a_file_without_a_compressed_one_is_served_plain(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.js").write_text("let a = 1;" * 100)
    (tmp_path / "secret.txt").write_text("no")
    app, port = web.Application(), free_port()
    add_pages(app, tmp_path, ApiSettings(origins=(), city="测试市"))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/assets/a.js", headers={"Accept-Encoding": "br"}) as got:
            assert "Content-Encoding" not in got.headers
            assert got.headers["Vary"] == "Accept-Encoding"
            assert await got.text() == "let a = 1;" * 100
        for name in ("none.js", "a.js.br", "%2e%2e%2fsecret.txt", ".made", "a.js%00"):
            async with session.get(f"{url}/assets/{name}") as got:
                assert got.status == 404, name
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /assets/../secret.txt HTTP/1.0\r\nHost: x\r\n\r\n")
    assert b" 404 " in await reader.readline()
    writer.close()
    await runner.cleanup()


def source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def scripts_of(response: Any) -> list[str]:
    parts = response.headers["Content-Security-Policy"].split(";")
    (found,) = [part.split()[1:] for part in parts if part.split()[0] == "script-src"]
    return list(found)


async def test_only_the_script_within_the_residents_page_is_named(pages: Any) -> None:
    html = (BUILT / "resident" / "index.html").read_text()
    begin = html.index('<script type="module">') + len('<script type="module">')
    script = html[begin : html.index("</script>")]
    response, _ = await pages("/110/", Accept_Encoding="br")
    assert scripts_of(response) == ["'self'", source(script)]
    same, _ = await pages("/110/", Accept_Encoding="br", If_None_Match=response.headers["ETag"])
    assert same.status == 304
    assert scripts_of(same) == scripts_of(response)
    for path in ("/", "/console/", "/station/", "/community/"):
        other, _ = await pages(path)
        assert scripts_of(other) == ["'self'"], path


@pytest.mark.parametrize(
    ("html", "scripts"),
    [
        ("<p>nothing</p>", []),
        ("<script src='/a.js'></script><script type=module src=/b.js></script>", []),
        ("<script>a()</script>", ["a()"]),
        ('<script type="module">a\r\nb\rc\n</script>', ["a\nb\nc\n"]),
        ("<script>'<\\/script>'</script>", ["'<\\/script>'"]),
        ("<SCRIPT>一()</SCRIPT ><script data-src=x>two()</script>", ["一()", "two()"]),
    ],
)
def test_a_script_is_hashed_as_a_browser_hashes_it(html: str, scripts: list[str]) -> None:
    assert hashes(html.encode()).split() == [source(one) for one in scripts]


async def test_a_page_replaced_beneath_the_process_is_named_anew(tmp_path: Path) -> None:
    app, port = web.Application(), free_port()
    add_pages(app, tmp_path, ApiSettings(origins=(), city="测试市"))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}/110/"
    page = tmp_path / "resident" / "index.html"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            assert response.status == 404
        page.parent.mkdir()
        for number, script in enumerate(("first()", "second()")):
            beside = page.with_name(f"{number}.new")
            beside.write_text(f"<script>{script}</script>")
            beside.replace(page)
            async with session.get(url) as response:
                assert scripts_of(response) == ["'self'", source(script)]
    await runner.cleanup()


async def test_nobody_frames_a_page_but_whom_the_installation_names_the_residents(
    tmp_path: Path,
) -> None:
    for face in FACES.values():
        (tmp_path / face).mkdir()
        (tmp_path / face / "index.html").write_text("<!doctype html><script>1</script>")
    app = ("https://app.example.cn", "http://127.0.0.1:9000")
    for around, said in (((), "'none'"), (app, " ".join(app))):
        site, port = web.Application(), free_port()
        settings = ApiSettings(origins=(), city="测试市", embed_origins=around)
        add_pages(site, tmp_path, settings)
        runner = web.AppRunner(site)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for face in FACES:
                async with session.get(f"/{face}/") as response:
                    policy = response.headers["Content-Security-Policy"]
                    expected = said if face == "110" else "'none'"
                    assert f"frame-ancestors {expected};" in policy
        await runner.cleanup()
