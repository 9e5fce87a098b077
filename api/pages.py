"""The built pages, served with headers that keep anything foreign out."""

from __future__ import annotations

import re
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
PERMISSIONS = "camera=(self), microphone=(self), geolocation=(self), screen-wake-lock=(self)"


def policy(script: str = "", pictures: str = "") -> str:
    """The Content-Security-Policy of a page: itself, and for one that needs it the site of the JS-SDK
    or of the groups' QR codes."""
    return (
        f"default-src 'self'; script-src 'self'{_also(script)}; "
        f"img-src 'self' blob: data:{_also(pictures)}; media-src 'self' blob:; "
        f"connect-src 'self' ws: wss:{_also(script)}; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
        "object-src 'none'"
    )


def _also(url: str) -> str:
    parts = urlsplit(url)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


def add_pages(app: web.Application, folder: Path, settings: ApiSettings) -> None:
    """Serve ``folder`` (built by Vite). ``/`` is the start page in the demo, else the resident's."""
    policies = {
        "110": policy(script=settings.wechat_script),
        "community": policy(pictures=settings.join_codes),
    }

    def page(path: Path, name: str = "") -> BuiltFile:
        response = BuiltFile(path)
        response.headers["Content-Security-Policy"] = policies.get(name) or policy()
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def start(request: web.Request) -> web.StreamResponse:
        if not settings.demo:
            raise web.HTTPFound("/110/")
        return page(folder / "index.html")

    async def face(request: web.Request) -> web.StreamResponse:
        name = request.match_info["face"]
        if name not in FACES:
            raise web.HTTPNotFound
        return page(folder / FACES[name] / "index.html", name)

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

    app.router.add_get("/", start)
    app.router.add_get(f"/{{face:{NAMES}}}", slash)
    app.router.add_get(f"/{{face:{NAMES}}}/", face)
    if (folder / "assets").is_dir():
        app.router.add_get("/assets/{name}", asset)
    app.on_response_prepare.append(cache)
