"""Pictures of QR codes as the platforms serve them."""

from __future__ import annotations

from aiohttp import web

from simulator.qrcode import png
from simulator.world import World


def add_routes(app: web.Application, world: World) -> None:
    async def show(request: web.Request) -> web.Response:
        ticket = request.query.get("ticket", "")
        passage = world.state.passages.get(ticket)
        if passage is None:
            return web.Response(status=404, text="not found")
        return web.Response(body=png(passage.url), content_type="image/png")

    async def group(request: web.Request) -> web.Response:
        way = world.state.joinways.get(request.match_info["id"])
        if way is None:
            return web.Response(status=404, text="not found")
        return web.Response(body=png(f"https:/{way.qr_code}"), content_type="image/png")

    app.router.add_get("/mp.weixin.qq.com/cgi-bin/showqrcode", show)
    app.router.add_get("/wework.qpic.cn/wwpic/{id}/0", group)
