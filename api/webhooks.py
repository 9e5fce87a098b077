"""Where integrators are told how their incidents go: set, tested and looked through by administrators."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.bodies import Request
from api.integrators import ADMINS, IntegratorView, integrator_view
from api.proof import require_proof
from api.routes import Ask, Routes
from api.webhook_post import LONGEST_URL, check_url, post
from domain.errors import INVALID, PROOF_NEEDED, WRONG_STATE, NotFound
from domain.integrator import Integrator
from domain.queries import webhook_events_of
from domain.revise import revise
from domain.ticket import random_id
from domain.webhook import EVENT, EventState, Webhook, WebhookEvent, new_secret
from domain.workflow import step

SHOWN = 50
routes = Routes()


class WebhookIn(Request):
    """Where to tell: https, on the public network."""

    url: Annotated[str, Meta(min_length=9, max_length=LONGEST_URL)]


class WebhookKey(Struct):
    """``secret`` signs what is sent (Standard Webhooks). It is shown once."""

    integrator: IntegratorView
    secret: str


class WebhookAnswer(Struct):
    """What the receiver said: its ``status`` (0: none, then ``reason`` is ``address``, ``timeout`` or
    ``unreachable``) and the beginning of its text."""

    status: int
    reason: str
    said: str


class WebhookEventView(Struct):
    """``sequence`` is the place in the incident's log; ``answer`` the receiver's last status, 0: none."""

    id: str
    kind: str
    number: str
    external_id: str
    sequence: int
    at: int
    state: EventState
    tries: int
    due_at: int
    answer: int
    reason: str
    sent_at: int | None


class WebhookEventList(Struct):
    """The last 50, the newest first."""

    events: list[WebhookEventView]


@routes.add("PUT", "/integrators/{id}/webhook", ADMINS, faults=(INVALID, PROOF_NEEDED))
async def set_webhook(ask: Ask, id: str, body: WebhookIn) -> WebhookKey:
    """Tell this integrator there from now on, with a new secret; also again after it was disabled. Asks
    for a proof (POST /session/proof)."""
    require_proof(ask)
    url = check_url(body.url.strip(), ask.house.settings.webhook_private)
    secret = new_secret()

    def change(of: Integrator) -> None:
        of.webhook = Webhook(url, ask.house.tokens.close(secret), ask.now)

    of = await revise(ask.house.store.integrators, id, change)
    await ask.house.audit(ask.who, "integrator.webhook_set", id)
    return WebhookKey(integrator_view(of), secret)


@routes.add("DELETE", "/integrators/{id}/webhook", ADMINS)
async def remove_webhook(ask: Ask, id: str) -> IntegratorView:
    """Tell this integrator nothing any more."""

    def change(of: Integrator) -> None:
        of.webhook = None

    of = await revise(ask.house.store.integrators, id, change)
    await ask.house.audit(ask.who, "integrator.webhook_removed", id)
    return integrator_view(of)


@routes.add("POST", "/integrators/{id}/webhook/test", ADMINS)
async def check_webhook(ask: Ask, id: str) -> WebhookAnswer:
    """Send an event ``webhook.test`` now, once, and answer what the receiver said."""
    of = await ask.house.store.integrators.get(id)
    if of.webhook is None:
        raise NotFound("no webhook")
    event = f"test.{random_id()}"
    body = b'{"type":"webhook.test","timestamp":%d,"data":{}}' % ask.now
    secret, private = ask.house.tokens.open(of.webhook.secret), ask.house.settings.webhook_private
    answer = await post(of.webhook.url, secret, event, body, ask.now, private)
    await ask.house.audit(ask.who, "integrator.webhook_tested", id)
    return WebhookAnswer(answer.status, answer.reason, answer.said)


@routes.add("GET", "/integrators/{id}/webhook/events", ADMINS)
async def list_webhook_events(ask: Ask, id: str) -> WebhookEventList:
    """What was told and what waits."""
    events = ask.house.store.webhook_events
    found = await events.find(webhook_events_of(id), order="at", descending=True, limit=SHOWN)
    return WebhookEventList([_view(one) for one in found])


@routes.add("POST", "/integrators/{id}/webhook/events/{event}/again", ADMINS, faults=(WRONG_STATE,))
async def send_webhook_event_again(ask: Ask, id: str, event: str) -> WebhookEventView:
    """Tell it again, with the same id, whatever became of it before."""

    def change(one: WebhookEvent) -> None:
        if one.integrator != id:
            raise NotFound("no such event")
        one.state = step(EVENT, one.state, "again")
        one.tries, one.due_at = 0, ask.now

    return _view(await revise(ask.house.store.webhook_events, event, change))


def _view(one: WebhookEvent) -> WebhookEventView:
    return WebhookEventView(
        one.id,
        one.kind,
        one.number,
        one.external,
        one.sequence,
        one.at,
        one.state,
        one.tries,
        one.due_at,
        one.answer,
        one.reason,
        one.sent_at,
    )
