"""The client that openapi-python-client makes: whole, of sound types, and good for an emergency."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from api.app import all_routes
from api.openapi_tags import tag_of
from domain.ticket import read_ticket
from tests.api.conftest import SECRET, Site
from tests.clients.conftest import Generated

# Generators and compilers are processes of their own, and need not be tried with every interpreter.
pytestmark = pytest.mark.slow


def test_no_operation_and_no_answer_is_left_out(generated: Generated) -> None:
    for route in all_routes(demo=False):
        file = generated.package / "api" / tag_of(route) / f"{route.name}.py"
        assert file.exists(), f"{route.method} {route.path} was dropped:\n{generated.said}"
    # Of what may be sent it takes bytes, and says of every other media type that it does not know it.
    known = {"Unsupported content type image", "Unsupported content type audio"}
    known |= {"Unsupported content type video"}
    said = set(
        re.findall(r"^(?:Unsupported|Cannot|Could not|Endpoint)[^/\n]*", generated.said, re.M)
    )
    assert said <= known, generated.said
    assert "will not be generated" not in generated.said


def test_its_types_are_sound(generated: Generated) -> None:
    settings = generated.folder / "mypy.ini"  # httpx itself is not what is asked, and takes as long
    settings.write_text("[mypy]\n[mypy-httpx.*]\nfollow_imports = skip\n")
    command = [sys.executable, "-m", "mypy", "--config-file", str(settings)]
    command += ["--cache-dir", "/dev/null", generated.package.name]
    found = subprocess.run(
        command, cwd=generated.folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert found.returncode == 0, found.stdout


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (32, 32), "green").save(out, "JPEG")
    return out.getvalue()


def report_follow_and_join(generated: Generated, url: str, open: ExitStack) -> dict[str, Any]:
    """What an app does in an emergency, with nothing but generated code."""
    of, models = generated.module, generated.module("models")
    client = open.enter_context(of("client").Client(base_url=url))
    with_token = of("client").AuthenticatedClient
    position = models.PositionIn(lon=121.13, lat=41.11, datum=models.Datum.WGS84, accuracy=25.0)
    body = models.ReportIn(words="我在北门附近摔伤了", position=position)
    key = "an-app-made-this-key"
    receipt = of("api.caller.report").sync(client=client, body=body, idempotency_key=key)
    again = of("api.caller.report").sync(client=client, body=body, idempotency_key=key)
    mine = open.enter_context(with_token(base_url=url, token=receipt.token))
    file = of("types").File(payload=BytesIO(picture()))
    sent = of("api.caller.my_upload").sync(client=mine, key="a-picture-of-it", body=file)
    kept = of("api.caller.my_file").sync_detailed(sent.file, client=mine)
    line = models.LineIn(text="我在台阶下面", key="a-line-of-text")
    said = of("api.caller.my_message").sync(client=mine, body=line)
    moved = models.FixIn(lon=121.13001, lat=41.11, datum=models.Datum.WGS84, accuracy=10.0)
    taken = of("api.caller.my_position").sync(client=mine, body=moved)
    view = of("api.caller.my_incident").sync(client=mine)
    join = of("api.caller.my_join").sync(client=mine)
    stranger = open.enter_context(with_token(base_url=url, token="nobody's"))
    refused = of("api.caller.my_incident").sync(client=stranger)
    return locals()


async def test_it_reports_uploads_follows_and_joins(generated: Generated, site: Site) -> None:
    with ExitStack() as open:
        found = await asyncio.to_thread(report_follow_and_join, generated, site.url, open)
    receipt, view, join = found["receipt"], found["view"], found["join"]
    assert receipt.missing == []
    assert found["again"].id == receipt.id == view.id
    assert found["kept"].headers["content-type"] == "image/jpeg"
    assert found["kept"].content[:3] == b"\xff\xd8\xff"
    assert found["said"].data["text"] == "我在台阶下面"
    assert found["taken"].shown is True
    assert {"upload", "message"} <= {entry.what for entry in view.entries}
    assert join.media_url == "ws://127.0.0.1:1/rtc"
    ticket = read_ticket(SECRET, join.ticket, site.house.clock(), "media-1")
    assert (ticket.incident, ticket.participant) == (receipt.id, join.participant)
    assert found["refused"].code == "token_bad"
    assert found["refused"].request_id


async def test_a_desk_answers_with_it(generated: Generated, site: Site) -> None:
    """Staff: a cookie, the face and the Origin are all in the generated calls."""
    receipt = await site.report()
    desk = await site.staff("desk1")
    cookies = {one.key: one.value for one in desk.cookie_jar}

    def answer() -> Any:
        call = generated.module("api.incidents.answer_incident").sync
        face = generated.module("models").Face.CONSOLE
        with generated.module("client").Client(base_url=site.url, cookies=cookies) as client:
            return call(receipt["id"], client=client, jingmin_face=face, origin=site.url)

    view = await asyncio.to_thread(answer)
    assert view.state == "ANSWERED"
