"""The OpenAPI document: whole, valid, and with everything that somebody outside needs to know."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from openapi_spec_validator import validate

from api.app import all_routes
from api.catalogue import ADVICE, OF_ADDRESSES, OF_COMMANDS, ON_SOCKETS
from api.house import FACES
from api.magic import ANSWERED, BYTES, PICTURES, SENT, answered_as, recognise
from api.openapi import document
from api.openapi_operations import faults_of
from api.openapi_samples import sample
from api.openapi_schemas import schemas
from api.openapi_tags import TAGS, is_placed
from api.problems import HEADER
from api.routes import PUBLIC, Ask, Routes
from api.shapes import Done
from domain.errors import FAULTS
from tests.api.conftest import Site

ROUTES = all_routes(demo=True)
DOCUMENT = document(ROUTES, "test")
OPERATIONS = {
    (method, path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


class Colour(StrEnum):
    RED = "RED"


class ColourQuery(Struct):
    colour: Colour = Colour.RED


async def by_colour(ask: Ask, query: ColourQuery) -> Done:
    """Of one colour."""
    return Done()


def dangling(found: dict[str, Any]) -> set[str]:
    """Every reference of the document that leads nowhere."""
    lost = set()
    for reference in re.findall(rb'"\$ref":"#/([^"]+)"', msgspec.json.encode(found)):
        place: Any = found
        for step in reference.decode().split("/"):
            place = place.get(step) if isinstance(place, dict) else None
        if place is None:
            lost.add(reference.decode())
    return lost


def test_a_validator_finds_nothing() -> None:
    validate(DOCUMENT)


def test_every_reference_leads_somewhere() -> None:
    assert dangling(DOCUMENT) == set()
    assert dangling({"a": {"$ref": "#/components/schemas/Level"}}) == {"components/schemas/Level"}


def test_a_type_that_only_a_question_refers_to_is_in_the_document() -> None:
    routes = Routes()
    routes.add("GET", "/config/colour", PUBLIC)(by_colour)
    found = document(routes.routes, "test")
    assert dangling(found) == set()
    assert "Colour" in found["components"]["schemas"]
    assert "ColourQuery" not in found["components"]["schemas"]


def test_two_types_of_one_name_are_refused() -> None:
    other = msgspec.defstruct("Done", [("when", int)])
    with pytest.raises(ValueError, match="two types are called Done"):
        schemas([], [Done, other], [])


def test_operations_have_names_and_one_declared_tag_each() -> None:
    names = [one["operationId"] for one in OPERATIONS.values()]
    assert len(names) == len(set(names))
    declared = [one["name"] for one in DOCUMENT["tags"]]
    assert declared == list(TAGS)
    for one in OPERATIONS.values():
        assert len(one["tags"]) == 1
        assert one["tags"][0] in declared
        assert one["summary"]
    assert [route.path for route in ROUTES if not is_placed(route)] == [], "api/openapi_tags.py"


def test_media_types_are_named_and_those_that_are_meant() -> None:
    for (method, path), one in OPERATIONS.items():
        contents = [answer.get("content", {}) for answer in one["responses"].values()]
        for content in [*contents, one.get("requestBody", {}).get("content", {})]:
            assert [kind for kind in content if "*" in kind] == [], (method, path)
    for path, kinds in (("/my/uploads", SENT), ("/notices/pictures", PICTURES)):
        taken = OPERATIONS["post", f"/api/v1{path}"]["requestBody"]["content"]
        assert list(taken) == [BYTES, *kinds]
    answer = OPERATIONS["get", "/api/v1/my/files/{file}"]["responses"]
    assert list(answer["200"]["content"]) == list(answer["206"]["content"]) == [*ANSWERED, BYTES]


@pytest.mark.parametrize("claimed", ["", "audio/webm"])
def test_what_is_recognised_is_what_the_document_names(claimed: str) -> None:
    heads = (
        b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"OggS", b"ID3", b"#!AMR", b"\xff\xf1", b"\xff\xfb",
        b"RIFF0000WEBP", b"RIFF0000WAVE", b"\x1aE\xdf\xa3webm", b"0000ftypisom", b"0000ftypM4A ",
    )  # fmt: skip
    for head in heads:
        media = recognise(head, claimed)
        assert media is not None
        assert media.type in SENT
        assert answered_as(media.type) == media.type
    assert answered_as("text/html") == answered_as("image/svg+xml") == BYTES


def parameters(operation: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["in"], one["name"]): one for one in operation["parameters"]}


def test_a_body_asks_only_for_what_it_needs_and_an_answer_says_what_is_always_there() -> None:
    found = DOCUMENT["components"]["schemas"]
    assert b'"default"' not in msgspec.json.encode(found), "generators would ask for the member"
    assert found["ReportIn"]["required"] == []
    assert found["PositionIn"]["required"] == ["lon", "lat", "datum"]
    assert set(found["CallerView"]["required"]) == set(found["CallerView"]["properties"])
    assert "facts" not in found["Problem"]["required"], "it is left out when it is empty"


FACE = {"$ref": "#/components/schemas/Face"}


def test_headers_that_matter_are_parameters() -> None:
    assert DOCUMENT["components"]["schemas"]["Face"]["enum"] == list(FACES)
    for route in ROUTES:
        named = parameters(OPERATIONS[route.method.lower(), "/api/v1" + route.path])
        if isinstance(route.access, tuple):
            assert named["header", "Jingmin-Face"]["schema"] == FACE, route.path
        changes = route.method != "GET" and route.name != "report"
        assert (("header", "Origin") in named) == changes, route.path
        assert (("header", "Range") in named) == (route.raw_answer == "*/*"), route.path
    assert ("header", "Idempotency-Key") in parameters(OPERATIONS["post", "/api/v1/incidents"])


def test_every_body_and_every_answer_has_an_example_that_fits_its_type() -> None:
    for route in ROUTES:
        one = OPERATIONS[route.method.lower(), "/api/v1" + route.path]
        for kind in (route.body, route.lenient, None if route.raw_answer else route.answer):
            if kind is not None:
                value = sample(kind)
                assert isinstance(msgspec.convert(value, kind), kind)
                assert DOCUMENT["components"]["examples"][kind.__name__]["value"] == value
        contents = [answer["content"] for answer in one["responses"].values()]
        for content in [*contents, one.get("requestBody", {}).get("content", {})]:
            for media_type, kind in content.items():
                if media_type in ("application/json", "application/problem+json"):
                    assert kind.get("examples") or route.raw_answer, route.path


def test_every_refusal_is_in_the_catalogue_and_met_where_it_says() -> None:
    assert set(ADVICE) == set(FAULTS)
    assert set(FAULTS) <= set(DOCUMENT["components"]["examples"])
    met = {fault.code for route in ROUTES for fault in faults_of(route)}
    assert met == set(FAULTS) - {*ON_SOCKETS, *OF_COMMANDS, *OF_ADDRESSES}
    for one in OPERATIONS.values():
        for status, answer in one["responses"].items():
            for code in answer["content"].get("application/problem+json", {}).get("examples", ()):
                assert str(FAULTS[code].status) == status


def test_a_report_is_refused_for_no_rate_and_no_origin() -> None:
    report = OPERATIONS["post", "/api/v1/incidents"]
    assert "429" not in report["responses"]
    assert "403" not in report["responses"]


async def test_every_answer_and_every_problem_names_its_request(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with site.anybody().get(f"{site.api}/config") as answer:
        first = answer.headers[HEADER]
    async with site.anybody().get(f"{site.api}/nothing", headers={HEADER: "13800000000"}) as answer:
        assert answer.status == 404
        found = await answer.json(content_type=None)
        assert found["request_id"] == answer.headers[HEADER]
        assert answer.headers[HEADER] not in (first, "13800000000"), "a client's word for the log"
    caplog.set_level("INFO", "jingmin.api")
    async with site.anybody().get(f"{site.api}/people") as answer:
        assert answer.status == 401
        assert answer.headers[HEADER] in caplog.text, "a refusal is found in the log by its id"
    desk = await site.staff("desk1")
    async with desk.ws_connect(f"{site.api}/live?face=console") as socket:
        assert HEADER in socket._response.headers
    receipt = await site.report()
    async with site.caller(receipt).get(f"{site.api}/my/files/none") as answer:
        assert answer.headers[HEADER] == (await answer.json(content_type=None))["request_id"]


async def test_a_file_is_answered_with_its_request_id(site: Site) -> None:
    receipt = await site.report()
    caller = site.caller(receipt)
    body = b"OggS" + bytes(600)
    async with caller.post(f"{site.api}/my/uploads?key=a-voice-of-mine", data=body) as answer:
        file = (await answer.json())["file"]
    async with caller.get(f"{site.api}/my/files/{file}") as answer:
        assert answer.content_type == "audio/ogg"
        assert HEADER in answer.headers


async def test_the_page_to_read_has_every_operation_type_and_error(site: Site) -> None:
    async with site.anybody().get(f"{site.api}/docs") as answer:
        text = await answer.text()
    found = document(all_routes(demo=False), "test")
    targets = {f"error-{code}" for code in FAULTS}
    targets |= {f"type-{name}" for name in found["components"]["schemas"]}
    for methods in found["paths"].values():
        targets |= {operation["operationId"] for operation in methods.values()}
    for target in targets:
        assert f" id='{target}'" in text, target
    for link in set(re.findall(r"href='#([^']+)'", text)):
        assert f" id='{link}'" in text, link
    request, reply = "走不动", "0110-260101-0000042"
    report = text.partition(" id='report'")[2].partition("<h3")[0]
    assert request in report
    assert reply in report
    assert "``" not in text
