"""The built pages, served with headers that keep anything foreign out."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from api.encoding import BuiltFile
from api.house import ApiSettings

FACES = {
    "110": "resident",
    "console": "console",
    "station": "station",
    "community": "community",
}
NAMES = "|".join(FACES)
ASSET = re.compile(r"[\w-][\w.-]*", re.ASCII)
COMPRESSED = (".br", ".gz")
# Without an address: a script within the page.
INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script", re.DOTALL | re.IGNORECASE)
_NOBODY = "'none'"
PERMISSIONS = "camera=(self), microphone=(self), geolocation=(self), screen-wake-lock=(self)"


def policy(
    script: str = "", pictures: str = "", within: str = "", around: Sequence[str] = ()
) -> str:
    """The Content-Security-Policy of a page: itself, and for one that needs it the site of the JS-SDK
    or of the groups' QR codes, and the sources that name the scripts ``within`` it. Sites ``around`` it may
    show it in a frame, nobody else."""
    return (
        f"default-src 'self'; script-src 'self'{within}{_also(script)}; "
        f"img-src 'self' blob: data:{_also(pictures)}; media-src 'self' blob:; "
        f"connect-src 'self' ws: wss:{_also(script)}; style-src 'self' 'unsafe-inline'; "
        f"worker-src 'self' blob:; frame-ancestors {' '.join(around) or _NOBODY}; base-uri 'none'; "
        "form-action 'self'; "
        "object-src 'none'"
    )


def _also(url: str) -> str:
    parts = urlsplit(url)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


def hashes(html: bytes) -> str:
    """Each script within a page as a source of its policy (CSP 3, 2.3.1): as a browser hashes it, for
    which every end of line is a line feed. Empty without any."""
    found = INLINE.findall(html.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    digests = (base64.b64encode(hashlib.sha256(one).digest()).decode() for one in found)
    return "".join(f" 'sha256-{one}'" for one in digests)


@dataclass(slots=True)
class Within:
    """The scripts within the file at ``path`` as it is now: an upgrade that puts another page beneath a
    running process must not leave a page whose script is refused."""

    path: Path
    _seen: tuple[int, int, int] | None = None
    _hashes: str = ""

    async def hashes(self) -> str:
        return await asyncio.to_thread(self._read)

    def _read(self) -> str:
        try:
            stat = self.path.stat()
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if seen != self._seen:
                self._hashes, self._seen = hashes(self.path.read_bytes()), seen
        except OSError:
            return ""  # there is no page either
        return self._hashes


def add_pages(app: web.Application, folder: Path, settings: ApiSettings) -> None:
    """Serve ``folder`` (built by Vite). ``/`` is the start page in the demo, else the resident's."""
    resident = Within(folder / FACES["110"] / "index.html")

    async def policy_of(face: str) -> str:
        if face == "110":
            within, around = await resident.hashes(), settings.embed_origins
            return policy(script=settings.wechat_script, within=within, around=around)
        return policy(pictures=settings.join_codes if face == "community" else "")

    async def page(path: Path, face: str = "") -> BuiltFile:
        response = BuiltFile(path)
        response.headers["Content-Security-Policy"] = await policy_of(face)
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def start(request: web.Request) -> web.StreamResponse:
        if not settings.demo:
            raise web.HTTPFound("/110/")
        return await page(folder / "index.html")

    async def face(request: web.Request) -> web.StreamResponse:
        name = request.match_info["face"]
        if name not in FACES:
            raise web.HTTPNotFound
        return await page(folder / FACES[name] / "index.html", name)

    async def slash(request: web.Request) -> web.StreamResponse:
        if request.match_info["face"] not in FACES:
            raise web.HTTPNotFound
        raise web.HTTPFound(f"/{request.match_info['face']}/")

    async def asset(request: web.Request) -> BuiltFile:
        name = request.match_info["name"]
        if not ASSET.fullmatch(name) or name.endswith(COMPRESSED):
            raise web.HTTPNotFound
        return BuiltFile(folder / "assets" / name)

    async def cache(request: web.Request, response: web.StreamResponse) -> None:
        # Names under /assets carry a hash of their content.
        if request.path.startswith("/assets/") and response.status in (200, 206, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            response.headers["X-Content-Type-Options"] = "nosniff"
            # A worker has the policy of its own file, not that of the page.
            response.headers["Content-Security-Policy"] = policy()

    async def icon(request: web.Request) -> web.StreamResponse:
        # Of pages that name none: a picture, a table, the API's page.
        found = await asyncio.to_thread(lambda: sorted((folder / "assets").glob("mark-*.svg")))
        if not found:
            raise web.HTTPNotFound
        raise web.HTTPMovedPermanently(f"/assets/{found[0].name}")

    app.router.add_get("/", start)
    app.router.add_get("/favicon.ico", icon)
    app.router.add_get(f"/{{face:{NAMES}}}", slash)
    app.router.add_get(f"/{{face:{NAMES}}}/", face)
    if (folder / "assets").is_dir():
        app.router.add_get("/assets/{name}", asset)
    app.on_response_prepare.append(cache)
