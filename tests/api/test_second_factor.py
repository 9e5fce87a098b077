"""Outside the demo, staff sets up the one-time code before anything else."""

from __future__ import annotations

import base64
import dataclasses
import io

import aiohttp
import pyotp
import pytest
from PIL import Image

from api.passwords import drawn
from tests.api.conftest import PASSWORD, Site


async def test_nothing_else_works_before_the_code(site: Site) -> None:
    client = await site.staff("desk1")
    assert (await site.ask(client, "GET", "/session"))["code_needed"] is False
    site.house.settings = dataclasses.replace(site.house.settings, second_factor=True)
    assert (await site.ask(client, "GET", "/session"))["code_needed"] is True
    refused = await site.ask(client, "GET", "/incidents", status=403)
    assert refused["code"] == "second_factor"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect(f"{site.api}/live")

    fresh = await site.ask(client, "POST", "/session/totp", {"password": PASSWORD})
    await site.ask(client, "GET", "/incidents", status=403)
    assert fresh["secret"] in fresh["uri"]
    assert fresh["picture"] == drawn(fresh["uri"])
    kind, _, picture = fresh["picture"].partition(",")
    assert kind == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(picture))).format == "PNG"
    code = pyotp.TOTP(fresh["secret"]).now()
    me = await site.ask(client, "PUT", "/session/totp", {"code": code})
    assert (me["totp"], me["code_needed"]) == (True, False)
    await site.ask(client, "GET", "/incidents")
