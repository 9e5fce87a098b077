"""What the operator's own command asks through the proxy: how a request looks when it arrives.

Only a pass made with the installation's secret is answered (``domain/probe.py``), so that a stranger
learns nothing, and who asks learns whether it is this installation that answers.
"""

from __future__ import annotations

import os

from api.proxies import HEADER, address_of, is_proxy
from api.routes import PUBLIC, Ask, Routes
from api.shapes_site import ProbeView
from domain.errors import TOKEN_BAD, Refused
from domain.probe import ProbeKind, is_probe

HEADER_OF_PASS = "Jingmin-Probe"  # noqa: S105 (its name)
PADDING = "0" * 4096  # what compresses is tempted to
routes = Routes()


@routes.add("GET", "/probe", PUBLIC, faults=(TOKEN_BAD,), mixed=True)
async def probe(ask: Ask) -> ProbeView:
    """How this request looks from here, for ``jingmin doctor`` with a pass in the header
    ``Jingmin-Probe``. Never compressed, as no answer with a token is."""
    given = ask.request.headers.get(HEADER_OF_PASS, "")
    if not is_probe(ask.house.secret, ProbeKind.FRONT, given, ask.now):
        raise Refused(TOKEN_BAD)
    hops = ",".join(ask.request.headers.getall(HEADER, []))
    return ProbeView(
        address=address_of(ask.request, ask.house.proxies),
        peer=ask.request.remote or "",
        hops=[one.strip() for one in hops.split(",") if one.strip()][:16],
        believed=is_proxy(ask.request.remote or "", ask.house.proxies),
        process=os.getpid(),
        version=ask.house.settings.version,
        server_at=ask.now,
        padding=PADDING,
    )
