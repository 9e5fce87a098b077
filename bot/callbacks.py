"""The doors the platforms knock at: verify, read, keep one ``Arrival``, answer.

An answer that says "handled" leaves only when the arrival is durable: in the store, or on this
machine's disk when the store is slow or away. When there is no room on disk either:

- WeCom takes any status but 200 as a wish to be asked again: 503 after a second at most.
- The Official Account asks again (three times in all) when it gets *no answer* for 5 s; what it does
  with an error status is not documented, and any other body is shown to the resident as a fault. So
  the store is tried until it is nearly too late to answer, and then nothing is answered: the
  connection is held until the platform has given up and is cut.
- A call for help is answered whatever becomes of it: who needs help needs the answer, and without one
  would hear that the account is out of order. Not while a silent report of the same resident is open: a
  phone that lights up can betray its owner.

Sources: developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html,
developer.work.weixin.qq.com/document/path/90968.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import http_exceptions, web

from bot import document, meters, neighbours, reader
from bot.arrivals import Arrivals
from bot.document import Fields
from bot.hearing import FILES, trigger
from bot.house import BotHouse, CallbackKeys, Mode, OfficialSettings, WorkSettings, address
from bot.parcel import Incoming, of_account, pack
from bot.passive import Passive, passive, reply_to
from bot.reply_queue import ReplyQueue
from bot.wechat import Envelope, Opened
from domain.arrival import Arrival, Lane, Platform
from domain.clock import within
from domain.errors import BAD_REQUEST, FORBIDDEN, NotFound, Refused, StoreDown
from domain.resident import resident_id

log = logging.getLogger("jingmin.bot.callbacks")

FRESH_MS = 10 * 60_000
BODY_S = 3.0
ECHO_LIMIT = 1_024
OFFICIAL_SUCCESS = "success"
WORK_SUCCESS = ""
GROUPS = "groups"  # the person of everything that concerns groups and customers


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: one try of the store, one look into it, how long a call for help, WeCom and the Official
    Account wait for it, how long an account that only replies waits for what to say, and when the
    Official Account has certainly given up."""

    write: float = 0.8
    look: float = 0.3
    urgent: float = 0.8
    work: float = 0.8
    official: float = 4.0
    reply: float = 4.0
    cut: float = 5.5


class Door:
    """One callback address."""

    def __init__(
        self,
        house: BotHouse,
        platform: Platform,
        keys: CallbackKeys,
        patience: Patience,
        arrivals: Arrivals,
        replies: ReplyQueue | None,
        account: str,
        mode: Mode,
    ) -> None:
        self._house = house
        self._replies = replies
        self._account = account
        self._mode = mode
        self._arrivals = arrivals
        self._platform = platform
        self._envelope = Envelope(keys)
        self._patience = patience

    @property
    def _official(self) -> bool:
        return self._platform is Platform.OFFICIAL

    # ---- the console's test of the address

    async def verify(self, request: web.Request) -> web.Response:
        """GET: proves that the token (for WeCom the key, too) is known."""
        timestamp, nonce = self._fresh(request), _query(request, "nonce")
        echo = _query(request, "echostr")
        if not 1 <= len(echo) <= ECHO_LIMIT:
            raise Refused(BAD_REQUEST, "echostr is missing or too long")
        if self._official:
            self._envelope.check(_query(request, "signature"), timestamp, nonce)
            return web.Response(text=echo)
        # A plus that was not escaped reads as a blank; base64 has none.
        sealed = echo.replace(" ", "+")
        self._envelope.check(_query(request, "msg_signature"), timestamp, nonce, sealed)
        return web.Response(text=self._envelope.open(sealed).text)

    # ---- messages and events

    async def receive(self, request: web.Request) -> web.Response:
        """POST: one message or event, kept before it is answered."""
        begun, answered = time.monotonic(), "refused"
        try:
            response = await self._receive(request, begun)
            answered = "handled" if response.status == 200 else "nothing"
            return response
        except StoreDown:
            answered = "nothing"
            raise
        finally:
            meters.CALLBACKS.labels(self._platform.value.lower(), answered).inc()
            meters.CALLBACK_SECONDS.observe(time.monotonic() - begun)

    async def _receive(self, request: web.Request, begun: float) -> web.Response:
        fields, opened = await self._fields(request)
        one = of_account(reader.incoming(self._platform, fields), self._account)
        answer = passive(one, self._house.settings) if self._official else None
        arrival = self._arrival(one, answer)
        if answer is not None and await self._silent(arrival.person):
            answer, arrival.told = None, ""
        try:
            where = await self._arrivals.keep(arrival, begun + self._limit(answer))
        except StoreDown:
            if answer is None:
                log.error("arrival %s could not be kept: the store is away", arrival.id)
                if not self._official:
                    raise
                return await self._fall_silent(request, begun)
            self._arrivals.hold(arrival)
        else:
            log.info("arrival %s is %s", arrival.id, where)
        text = answer.text if answer is not None else ""
        if self._replies is not None and not text and trigger(one) is not None:
            text = await self._replies.reply(arrival, begun + self._patience.reply)
        if text:
            return self._reply(request, reply_to(one, text, self._house.clock()), opened)
        return web.Response(text=OFFICIAL_SUCCESS if self._official else WORK_SUCCESS)

    async def _silent(self, person: str) -> bool:
        """Whether an answer could betray somebody; False where that cannot be known at once."""
        try:
            async with asyncio.timeout(self._patience.look):
                resident = await self._house.store.residents.get(person)
                return await neighbours.silent(self._house, resident)
        except (NotFound, StoreDown, TimeoutError):
            return False

    def _limit(self, answer: Passive | None) -> float:
        """Seconds that the store is waited for where the disk takes nothing."""
        if answer is not None:
            return self._patience.urgent
        return self._patience.official if self._official else self._patience.work

    def _reply(self, request: web.Request, text: str, opened: Opened | None) -> web.Response:
        """The passive reply, sealed as what it answers was."""
        if opened is not None:
            stamp, nonce = _query(request, "timestamp"), _query(request, "nonce")
            text = self._envelope.reply(text, opened, stamp, nonce)
        return web.Response(text=text, content_type="application/xml")

    async def _fields(self, request: web.Request) -> tuple[Fields, Opened | None]:
        """The signed fields, and what they were sealed in, as the console's mode wants them."""
        timestamp, nonce = self._fresh(request), _query(request, "nonce")
        kind = _query(request, "encrypt_type")
        if kind not in ("", "raw", "aes"):
            raise Refused(BAD_REQUEST, "encrypt_type is not known")
        body = await _body(request)
        mode = self._mode
        if mode is Mode.PLAIN or (mode is Mode.COMPATIBLE and kind != "aes"):
            if kind == "aes":
                raise Refused(FORBIDDEN, "sealed, though the mode is plain")
            self._envelope.check(_query(request, "signature"), timestamp, nonce)
            fields = document.read(body)
            if "Encrypt" not in fields:
                return fields, None
            if mode is Mode.PLAIN:
                raise Refused(FORBIDDEN, "sealed, though the mode is plain")
        else:
            fields = document.read(body)
        sealed = fields.get("Encrypt")
        if not isinstance(sealed, str):
            raise Refused(
                FORBIDDEN if sealed is None else BAD_REQUEST, "Encrypt is missing or doubled"
            )
        # ``signature`` says nothing about the body, so it does not count here.
        self._envelope.check(_query(request, "msg_signature"), timestamp, nonce, sealed)
        opened = self._envelope.open(sealed)
        return document.read(opened.text.encode()), opened

    def _fresh(self, request: web.Request) -> str:
        """The timestamp, refused when it is not about now: what was overheard is good for ten minutes,
        and within these the same arrival is there already."""
        text = _query(request, "timestamp")
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise Refused(BAD_REQUEST, "timestamp is missing or not a time")
        fresh = within(int(text) * 1000, self._house.clock(), FRESH_MS + 1)
        # The simulated platforms of the demo have a clock that can be put forward.
        if not fresh and not self._house.settings.demo:
            raise Refused(FORBIDDEN, "the timestamp is too old or ahead")
        return text

    def _arrival(self, one: Incoming, answer: Passive | None) -> Arrival:
        house = self._house
        if self._official:
            person = resident_id(house.secret, one.sender)
        else:
            # WeCom's userids are the same in small and capital letters.
            person = GROUPS if self._platform is Platform.CONTACT else one.sender.lower()
        return Arrival(
            id=reader.mark(one),
            platform=self._platform,
            person=person,
            body=house.identity.close(pack(one)),
            sent_at=one.sent_at,
            at=house.clock(),
            seq=time.time_ns(),
            told=answer.name if answer is not None else "",
            lane=_lane(one, answer),
        )

    async def _fall_silent(self, request: web.Request, begun: float) -> web.Response:
        await asyncio.sleep(max(0.0, begun + self._patience.cut - time.monotonic()))
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=503)  # goes nowhere


def add_routes(app: web.Application, house: BotHouse, patience: Patience | None = None) -> None:
    """The doors of the accounts that are configured; those of any but the first end with its name."""
    patience = patience or Patience()
    arrivals = Arrivals(house, patience.write)

    def add(
        name: str, platform: Platform, keys: CallbackKeys, at: OfficialSettings | WorkSettings
    ) -> None:
        mode, replies = Mode.SAFE, None
        if isinstance(at, OfficialSettings):
            mode, replies = at.mode, None if at.sends else ReplyQueue(house)
        door = Door(house, platform, keys, patience, arrivals, replies, at.name, mode)
        path = address(name, at.name)
        app.router.add_get(path, door.verify, allow_head=False)
        app.router.add_post(path, door.receive)

    for official in house.settings.officials:
        add("official", Platform.OFFICIAL, official.callback, official)
    for corp in house.settings.corps:
        add("work", Platform.WORK, corp.callback, corp)
        add("contact", Platform.CONTACT, corp.contact, corp)

    async def replay(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(arrivals.replay(), name="replay arrivals")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await arrivals.close()

    app.cleanup_ctx.append(replay)


def _lane(one: Incoming, answer: Passive | None) -> Lane:
    if answer is not None:
        return Lane.URGENT
    if one.platform is Platform.CONTACT:
        return Lane.GROUP
    return Lane.FILE if one.platform is Platform.OFFICIAL and one.kind in FILES else Lane.QUICK


def _query(request: web.Request, name: str) -> str:
    found = request.query.getall(name, [])
    if len(found) > 1:
        raise Refused(BAD_REQUEST, f"{name} comes twice")
    return found[0] if found else ""


async def _body(request: web.Request) -> bytes:
    if "Content-Encoding" in request.headers:
        raise Refused(BAD_REQUEST, "no platform compresses its callbacks")
    try:
        async with asyncio.timeout(BODY_S):
            return await request.read()
    except TimeoutError:
        raise Refused(BAD_REQUEST, "the body did not come in time") from None
    except (web.RequestPayloadError, http_exceptions.HttpProcessingError):
        raise Refused(BAD_REQUEST, "the body is damaged") from None
