"""Carries callbacks to the account's server, again when it does not answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import msgspec

from simulator.crypto import Envelope
from simulator.journal import Entry
from simulator.parcel import Fields, Route
from simulator.refusal import Refusal
from simulator.verdict import Verdict, judge

if TYPE_CHECKING:
    from simulator.world import World

T = TypeVar("T")
UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"
# What a resident did and waits for; other events fail without a word on his phone.
HEARD = ("subscribe", "SCAN", "CLICK", "scancode_waitmsg")


class Outcome(msgspec.Struct, kw_only=True):
    """What became of one callback."""

    verdict: str  # silence, reply, bad, failed, dropped, nowhere
    attempts: int = 0
    status: int = 0
    why: str = ""
    log: int = 0


class Courier:
    """Sends callbacks in the background; everything it started ends with ``close``."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._running: set[asyncio.Task[Any]] = set()
        self._held: dict[str, list[asyncio.Event]] = {}
        self._routes: dict[str, Route] = {}
        self.sent = 0

    def route(self, name: str) -> Route | None:
        """oa, app:<agentid> or contact; None when the console has no address for it."""
        if name not in self._routes:
            made = self._make(name)
            if made is None:
                return None
            self._routes[name] = made
        return self._routes[name]

    def forget_routes(self) -> None:
        """After a change of addresses or keys."""
        self._routes.clear()

    def _make(self, name: str) -> Route | None:
        oa, corp = self._world.config.oa, self._world.config.wecom
        if name == "oa":
            old = self._world.settings.oa_use_previous_key and oa.previous_aes_key
            route = Route(
                name=name,
                url=oa.callback_url,
                token=oa.token,
                receive_id=oa.appid,
                aes_key=old or oa.aes_key,
                mode=oa.mode,
                format=oa.format,
            )
        elif name == "contact":
            one = corp.contact
            route = Route(
                name=name, url=one.url, token=one.token, receive_id=corp.corpid, aes_key=one.aes_key
            )
        else:
            app = self._world.apps.get(int(name.partition(":")[2]))
            if app is None:
                return None
            route = Route(
                name=name,
                url=app.callback_url,
                token=app.token,
                receive_id=corp.corpid,
                aes_key=app.aes_key,
            )
        return route if route.url else None

    def send(
        self, name: str, fields: Fields, heard: Callable[[Verdict], None] | None = None
    ) -> asyncio.Task[Outcome]:
        """Send in the background; ``heard`` gets the verdict of the attempt that counts."""
        return self.start(self._deliver(name, fields, heard))

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run in the background until it is done or the world ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def settle(self, seconds: float) -> bool:
        """Wait until nothing is under way; False when it still is after that long."""
        end = time.monotonic() + seconds
        while pending := [one for one in self._running if one is not asyncio.current_task()]:
            left = end - time.monotonic()
            if left <= 0:
                return False
            await asyncio.wait(pending, timeout=left)
        return True

    async def close(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._world.settings.callback_connections)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                headers={"User-Agent": "Mozilla/4.0", "Accept": "*/*"},
            )
        return self._session

    async def _deliver(
        self, name: str, fields: Fields, heard: Callable[[Verdict], None] | None
    ) -> Outcome:
        route = self.route(name)
        if route is None:
            return Outcome(verdict="nowhere")
        fault = self._world.faults.callback(name.partition(":")[0])
        if fault and fault.action == "drop":
            return Outcome(verdict="dropped")
        if fault and fault.action == "delay":
            await asyncio.sleep(fault.seconds)
        if fault and fault.action == "reorder":
            await self._wait_to_be_overtaken(name, fault.seconds)
        if fault and fault.action == "duplicate":
            both = await asyncio.gather(
                self._attempts(route, fields, heard), self._attempts(route, fields, heard)
            )
            return both[0]
        try:
            return await self._attempts(route, fields, heard)
        finally:
            for event in self._held.pop(name, []):
                event.set()

    async def _wait_to_be_overtaken(self, name: str, seconds: float) -> None:
        event = asyncio.Event()
        self._held.setdefault(name, []).append(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass

    async def _attempts(
        self, route: Route, fields: Fields, heard: Callable[[Verdict], None] | None
    ) -> Outcome:
        first = 0
        outcome = Outcome(verdict="failed")
        begun = 0.0
        for attempt in range(1 + self._world.settings.redeliveries):
            if attempt:
                pause = begun + self._world.settings.redelivery_after_s - time.monotonic()
                await asyncio.sleep(max(0.0, pause))
            begun = time.monotonic()
            now, escapes = self._world.clock.seconds(), self._world.settings.escapes_words
            query, body = route.write(fields, self._world.make, now, escapes=escapes)
            status, answer, seq = await self.post(
                route,
                query,
                body,
                "callback",
                attempt,
                first,
                self._world.settings.callback_deadline_s,
            )
            first = first or seq
            outcome = Outcome(verdict="failed", attempts=attempt + 1, status=status, log=first)
            if status != 200:
                outcome.why = answer.decode("utf-8", "replace")[:200]
                continue
            verdict = judge(route, self._keys(route), answer, fields)
            outcome.verdict, outcome.why = verdict.kind, verdict.why
            if heard:
                heard(verdict)
            return outcome
        if heard:
            heard(Verdict(kind="failed"))
        return outcome

    def _keys(self, route: Route) -> list[Envelope]:
        oa = self._world.config.oa
        keys = [route.envelope] if route.envelope else []
        if not route.work:
            keys += [Envelope(key, oa.appid) for key in (oa.aes_key, oa.previous_aes_key) if key]
        return keys

    async def post(
        self,
        route: Route,
        query: dict[str, str],
        body: bytes | None,
        kind: str,
        attempt: int,
        ref: int,
        deadline: float,
    ) -> tuple[int, bytes, int]:
        """One request (a GET without body); status 0 means no answer in time. Logged."""
        http = self._http()
        begun = time.perf_counter()
        status, answer = 0, b""
        if route.format == "json":
            headers = {"Content-Type": "application/json"}
        else:
            headers = {"Content-Type": "text/xml"}
        self.sent += 1
        try:
            async with asyncio.timeout(deadline):
                if body is None:
                    request = http.get(route.url, params=query, allow_redirects=False)
                else:
                    request = http.post(
                        route.url, params=query, data=body, headers=headers, allow_redirects=False
                    )
                async with request as response:
                    answer = await response.read()
                    status = response.status
        except TimeoutError:
            answer = b"no answer in time"
        except (aiohttp.ClientError, OSError) as error:
            answer = f"{type(error).__name__}: {error}".encode()
        entry = Entry(
            seq=0,
            at=self._world.clock.now(),
            kind=kind,
            path=f"{route.name} {route.url}",
            query="&".join(f"{name}={value}" for name, value in query.items()),
            body=body or b"",
            status=status,
            answer=answer,
            ms=(time.perf_counter() - begun) * 1000,
            attempt=attempt,
            ref=ref,
        )
        self._world.journal.write(entry)
        return status, answer, entry.seq

    async def verify(self, name: str) -> dict[str, Any]:
        """The console's test of an address: right answer, nothing around it, in time."""
        route = self.route(name)
        if route is None:
            raise Refusal(40066, f"{name} has no address")
        query, wanted = route.challenge(self._world.make, self._world.clock.seconds())
        limit = self._world.settings
        deadline = limit.verify_deadline_s if route.work else limit.callback_deadline_s
        status, answer, seq = await self.post(route, query, None, "verify", 0, 0, deadline)
        good = status == 200 and answer == wanted.encode()
        return {
            "ok": good,
            "status": status,
            "answer": answer.decode("utf-8", "replace"),
            "log": seq,
        }
