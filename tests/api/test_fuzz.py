"""schemathesis over the OpenAPI document: whatever is sent, no 5xx and answers as documented."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import PASSWORD, Site
from tests.city import IN_W1

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 20
# Answers of their own kind: a file, a redirect of the browser to another session.
LOGS_OUT = {("DELETE", "/api/v1/session")}


async def test_no_request_brings_a_server_error(site: Site) -> None:
    receipt = await site.report(position=IN_W1)
    found: list[BaseException] = []

    def run() -> None:
        try:
            _fuzz(site, receipt)
        except BaseException as error:
            found.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    while worker.is_alive():
        await asyncio.sleep(0.05)
    if found:
        raise found[0]


def _fuzz(site: Site, receipt: dict[str, Any]) -> None:
    headers = {"Origin": site.url, "Jingmin-Face": "console"}
    schema = schemathesis.openapi.from_dict(
        requests.get(f"{site.api}/openapi.json", timeout=10).json()
    )
    sessions = {}
    for login in ("desk1", "w1", "admin"):
        face = "station" if login == "w1" else "console"
        one = requests.Session()
        one.headers.update({**headers, "Jingmin-Face": face})
        answer = one.post(
            f"{site.api}/session", json={"login": login, "password": PASSWORD}, timeout=10
        )
        assert answer.ok
        sessions[login] = one
    for result in schema.get_all_operations():
        operation = result.ok()
        if (operation.method.upper(), operation.path) in LOGS_OUT:
            continue
        roles = operation.definition.raw.get("x-roles", [])
        who = "admin" if roles == ["ADMIN"] else "w1" if roles == ["STATION_OFFICER"] else "desk1"

        _try(site, receipt, operation, sessions[who], "station" if who == "w1" else "console")


def _try(
    site: Site, receipt: dict[str, Any], operation: Any, session: requests.Session, face: str
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        case.headers = {
            **(case.headers or {}),
            "Origin": site.url,
            "Jingmin-Face": face,
            "Authorization": f"Bearer {receipt['token']}",
        }
        if case.path_parameters and "id" in case.path_parameters:
            case.path_parameters["id"] = receipt["id"]
        case.call_and_validate(base_url=site.url, session=session, checks=CHECKS, timeout=20)

    check()
