"""The built pages, served with headers that keep anything foreign out."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

FACES = {"110": "resident", "console": "console", "station": "station"}
CSP = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
PERMISSIONS = "camera=(self), microphone=(self), geolocation=(self), screen-wake-lock=(self)"


def add_pages(app: web.Application, folder: Path, demo: bool) -> None:
    """Serve ``folder`` (built by Vite). ``/`` is the start page in the demo, else the resident's."""

    def page(path: Path) -> web.FileResponse:
        response = web.FileResponse(path)
        response.headers["Content-Security-Policy"] = CSP
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def start(request: web.Request) -> web.StreamResponse:
        if not demo:
            raise web.HTTPFound("/110/")
        return page(folder / "index.html")

    async def face(request: web.Request) -> web.StreamResponse:
        name = FACES.get(request.match_info["face"])
        if name is None:
            raise web.HTTPNotFound
        return page(folder / name / "index.html")

    async def slash(request: web.Request) -> web.StreamResponse:
        if request.match_info["face"] not in FACES:
            raise web.HTTPNotFound
        raise web.HTTPFound(f"/{request.match_info['face']}/")

    async def cache(request: web.Request, response: web.StreamResponse) -> None:
        # Names under /assets carry a hash of their content.
        if request.path.startswith("/assets/") and response.status == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            response.headers["X-Content-Type-Options"] = "nosniff"

    app.router.add_get("/", start)
    app.router.add_get("/{face:110|console|station}", slash)
    app.router.add_get("/{face:110|console|station}/", face)
    if (folder / "assets").is_dir():
        app.router.add_static("/assets", folder / "assets")
    app.on_response_prepare.append(cache)
