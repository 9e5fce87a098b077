"""API calls in: who calls, with which token, within which rate, and what he gets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from simulator.accounts import App
from simulator.faults import Fault
from simulator.journal import Entry
from simulator.refusal import Refusal

if TYPE_CHECKING:
    from simulator.world import World

OA = "/api.weixin.qq.com"
WORK = "/qyapi.weixin.qq.com"


class Upload(msgspec.Struct):
    """The file of a multipart body."""

    name: str
    content_type: str
    data: bytes


class Call:
    """One API call as its handler sees it."""

    __slots__ = ("_data", "app", "body", "host", "ip", "query", "upload")

    def __init__(self, query: Mapping[str, str], body: bytes, ip: str, host: str) -> None:
        self.host = host
        self.query = query
        self.body = body
        self.ip = ip
        self.upload: Upload | None = None
        self.app: App | None = None
        self._data: dict[str, Any] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """The JSON body; raises 44002 when there is none and 47001 when it is not an object."""
        if self._data is None:
            if not self.body:
                raise Refusal(44002)
            try:
                self._data = msgspec.json.decode(self.body, type=dict[str, Any])
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise Refusal(47001) from None
        return self._data

    def text(self, name: str, code: int = 40063) -> str:
        value = self.data.get(name)
        if not isinstance(value, str) or not value:
            raise Refusal(code)
        return value


class Endpoint:
    """A path of an API: its handler, and what is asked of the caller before."""

    __slots__ = ("contact", "handler", "method", "platform", "token")

    def __init__(
        self, method: str, handler: Handler, platform: str, token: bool, contact: bool
    ) -> None:
        self.method = method  # GET, POST or * for both
        self.handler = handler
        self.platform = platform  # oa or work
        self.token = token
        self.contact = contact  # only apps listed in 客户联系


Answer = dict[str, Any] | web.Response
Handler = Callable[["World", Call], Answer]
Endpoints = dict[str, Endpoint]


class Registry:
    """Collects the endpoints of a platform."""

    def __init__(self, prefix: str, platform: str) -> None:
        self.endpoints: Endpoints = {}
        self._prefix = prefix
        self._platform = platform

    def add(
        self, method: str, path: str, handler: Handler, *, token: bool = True, contact: bool = False
    ) -> None:
        self.endpoints[self._prefix + path] = Endpoint(
            method, handler, self._platform, token, contact
        )


def refused(world: World, error: Refusal, platform: str) -> dict[str, Any]:
    bits = world.random.getrandbits(64)
    mark = f"{world.clock.seconds():x}-{bits >> 32:08x}-{bits & 0xFFFFFFFF:08x}"
    if platform == "oa":
        return {"errcode": error.code, "errmsg": f"{error.text} rid: {mark}"}
    text = (
        f"{error.text}, hint: [{mark}], more info at https://open.work.weixin.qq.com, rid: {mark}"
    )
    return {"errcode": error.code, "errmsg": text}


class Desk:
    """Answers every API call of both platforms."""

    def __init__(self, world: World, endpoints: Endpoints) -> None:
        self._world = world
        self._endpoints = endpoints

    async def handle(self, request: web.Request) -> web.StreamResponse:
        begun = time.perf_counter()
        path = request.path
        platform = "oa" if path.startswith(OA) else "work"
        endpoint = self._endpoints.get(path)
        call = Call(request.query, b"", request.remote or "", request.host)
        if request.content_type == "multipart/form-data":
            call.upload = await _upload(request)
        else:
            call.body = await request.read()
        fault = self._world.faults.call(path)
        entry = Entry(
            seq=0,
            at=self._world.clock.now(),
            kind="call",
            path=path,
            query=request.query_string,
            body=call.body or (f"[{len(call.upload.data)} bytes]".encode() if call.upload else b""),
            note=fault.action if fault else "",
        )
        try:
            response = await self._troubled(fault, request, endpoint, call, platform)
            if isinstance(response, dict):
                response = _json(response, platform)
            entry.status = response.status
            # Files would only fill the log.
            if response.content_type in ("text/plain", "application/json"):
                entry.answer = response.body if isinstance(response.body, bytes) else b""
        finally:
            entry.ms = (time.perf_counter() - begun) * 1000
            self._world.journal.write(entry)
        if fault and fault.action == "lost" and request.transport:
            request.transport.abort()
        return response

    async def _troubled(
        self,
        fault: Fault | None,
        request: web.Request,
        endpoint: Endpoint | None,
        call: Call,
        platform: str,
    ) -> Answer:
        if fault:
            if fault.action == "hang":
                await asyncio.sleep(3600)
            if fault.action == "slow":
                await asyncio.sleep(fault.seconds)
            if fault.action == "http":
                return web.Response(
                    status=fault.code if fault.code > 0 else 502, text="Bad Gateway"
                )
            if fault.action == "error":
                return refused(self._world, Refusal(fault.code), platform)
            if fault.action == "revoke":
                self._world.tokens.revoke(request.query.get("access_token"))
        try:
            return self._answer(request, endpoint, call, platform)
        except Refusal as error:
            return refused(self._world, error, platform)

    def _answer(
        self, request: web.Request, endpoint: Endpoint | None, call: Call, platform: str
    ) -> Answer:
        world = self._world
        if endpoint is None:
            raise Refusal(40066)
        if endpoint.method not in ("*", request.method):
            raise Refusal(43002 if endpoint.method == "POST" else 43001)
        if endpoint.token:
            subject = world.tokens.check(request.query.get("access_token"), platform)
            if platform == "work":
                allowed = world.settings.wecom_addresses
                if allowed is not None and call.ip not in allowed:
                    raise Refusal(60020, f"not allow to access from your ip, from ip: {call.ip}")
                call.app = world.app(subject.partition(":")[2])
                if endpoint.contact and not call.app.customer_contact:
                    raise Refusal(48002)
        bare = request.path.removeprefix(OA).removeprefix(WORK)
        world.quotas.rate(platform, bare)
        if platform == "oa":
            world.quotas.day(bare)
        return endpoint.handler(world, call)


def caller(call: Call) -> App:
    """The app whose token the call carries."""
    if call.app is None:
        raise Refusal(40014)
    return call.app


def _json(answer: dict[str, Any], platform: str) -> web.Response:
    kind = "text/plain" if platform == "oa" else "application/json"
    return web.Response(body=msgspec.json.encode(answer), content_type=kind, charset="utf-8")


async def _upload(request: web.Request) -> Upload | None:
    form = await request.post()
    field = form.get("media")
    if not isinstance(field, web.FileField):
        return None
    return Upload(field.filename, field.content_type, field.file.read())
