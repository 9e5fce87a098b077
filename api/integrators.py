"""Keys of integrators: made and revoked by administrators, and what a request with one is measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from api.bodies import Request
from api.limits import Rate
from api.proof import require_proof
from api.routes import Ask, Routes
from domain.errors import FORBIDDEN, PROOF_NEEDED, TOKEN_BAD, NotFound, Refused, StoreDown
from domain.integrator import Integrator, Scope, is_key, issue_key, key_id
from domain.people import Role

if TYPE_CHECKING:
    from aiohttp import web

    from api.house import House

HEADER = "Jingmin-Key"
AT_ONCE = 10  # times the average
ADMINS = (Role.ADMIN,)
Average = Annotated[float, Meta(ge=0.1, le=1_000, description="a second on average")]
routes = Routes()


class IntegratorIn(Request):
    """A key for whoever builds on the API. ``public``: what anybody may ask for, ``caller``: what callers
    do. Ten times the averages may come at once. A key of the ``sandbox`` is for tests: its reports ring
    nowhere, and it is good for nothing else."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=2)]
    requests_a_second: Average = 50.0
    uploads_a_second: Average = 20.0
    sandbox: bool = False


class WebhookView(Struct):
    """``failing_since``: nothing went through since then; ``disabled_at``: nothing is sent any more."""

    url: str
    since: int
    failing_since: int | None
    disabled_at: int | None


class IntegratorView(Struct):
    """``id`` is of the key, not the key. ``revoked_at``: it is no good since then."""

    id: str
    name: str
    scopes: list[Scope]
    requests_a_second: float
    uploads_a_second: float
    made_at: int
    revoked_at: int | None
    webhook: WebhookView | None
    sandbox: bool


class IntegratorList(Struct):
    """Those revoked as well, the newest first."""

    integrators: list[IntegratorView]


class IntegratorKey(Struct):
    """``key`` is shown once, and kept nowhere."""

    integrator: IntegratorView
    key: str


@routes.add("GET", "/integrators", ADMINS)
async def list_integrators(ask: Ask) -> IntegratorList:
    """Who has a key."""
    found = [one async for one in ask.house.store.integrators.every()]
    found.sort(key=lambda one: one.made_at, reverse=True)
    return IntegratorList([integrator_view(one) for one in found])


@routes.add("POST", "/integrators", ADMINS, status=201, faults=(PROOF_NEEDED,))
async def add_integrator(ask: Ask, body: IntegratorIn) -> IntegratorKey:
    """A new key, for the header ``Jingmin-Key``. It is in this answer and nowhere else. Asks for a
    proof (POST /session/proof)."""
    require_proof(ask)
    key = issue_key(ask.house.secret, body.sandbox)
    one = Integrator(
        key_id(key),
        body.name,
        list(dict.fromkeys(body.scopes)),
        body.requests_a_second,
        body.uploads_a_second,
        ask.now,
        ask.staff.id,
        sandbox=body.sandbox,
    )
    await ask.house.store.integrators.add(one)
    await ask.house.audit(ask.who, "integrator.added", one.id)
    return IntegratorKey(integrator_view(one), key)


@routes.add("DELETE", "/integrators/{id}", ADMINS)
async def revoke_integrator(ask: Ask, id: str) -> IntegratorView:
    """Revoke a key, at once and for good. Another one is a new key."""
    one = await ask.house.store.integrators.get(id)
    if one.revoked_at is None:
        one.revoked_at = ask.now
        await ask.house.store.integrators.save(one)
        await ask.house.audit(ask.who, "integrator.revoked", id)
    return integrator_view(one)


async def integrator_of(house: House, request: web.Request, scope: Scope) -> Integrator | None:
    """Whose key the request carries; None without one, and while the store is away. Raises ``token_bad``
    for one that is none or was revoked, ``forbidden`` when it is not for this."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not is_key(house.secret, key):
        house.limits.spend(house.origin(request), "refused")
        raise Refused(TOKEN_BAD, HEADER)
    try:
        found = await house.store.integrators.get(key_id(key))
    except StoreDown:
        return None
    except NotFound:
        raise Refused(TOKEN_BAD, HEADER) from None
    house.limits.spend(f"key:{found.id}", "request", rate=_rate(found.requests_a_second))
    if found.revoked_at is not None:
        raise Refused(TOKEN_BAD, "the key was revoked")
    if scope not in found.scopes:
        raise Refused(FORBIDDEN, f"the key is not for {scope}")
    return found


def spend_upload(house: House, one: Integrator) -> None:
    """One file of an integrator; raises ``too_many``."""
    house.limits.spend(f"key:{one.id}", "upload", rate=_rate(one.uploads_a_second))


def _rate(average: float) -> Rate:
    return Rate(average, average * AT_ONCE)


def integrator_view(one: Integrator) -> IntegratorView:
    """The integrator without any secret."""
    hook = one.webhook
    return IntegratorView(
        one.id,
        one.name,
        one.scopes,
        one.requests_a_second,
        one.uploads_a_second,
        one.made_at,
        one.revoked_at,
        None
        if hook is None
        else WebhookView(hook.url, hook.since, hook.failing_since, hook.disabled_at),
        one.sandbox,
    )
