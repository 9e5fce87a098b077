"""Pictures of QR codes as the platforms serve them."""

from __future__ import annotations

from html import escape

from aiohttp import web

from simulator.world import World


def add_routes(app: web.Application, world: World) -> None:
    async def show(request: web.Request) -> web.Response:
        ticket = request.query.get("ticket", "")
        passage = world.state.passages.get(ticket)
        if passage is None:
            return web.Response(status=404, text="not found")
        return web.Response(text=card(passage.url), content_type="image/svg+xml")

    async def group(request: web.Request) -> web.Response:
        way = world.state.joinways.get(request.match_info["id"])
        if way is None:
            return web.Response(status=404, text="not found")
        return web.Response(text=card(way.qr_code), content_type="image/svg+xml")

    app.router.add_get("/mp.weixin.qq.com/cgi-bin/showqrcode", show)
    app.router.add_get("/wework.qpic.cn/wwpic/{id}/0", group)


def card(text: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 430 430">'
        '<rect width="430" height="430" fill="#fff" stroke="#000"/>'
        f'<text x="20" y="215" font-size="14">{escape(text)}</text></svg>'
    )
