"""What integrators were promised (docs/clients.md, Versions): within ``/api/v1`` nothing is taken away.

``tests/data/api_v1.json`` has operations, codes, members and values as they were last written down; there
may be more. ``python -m tests.api.test_released`` writes it anew: with each release, and where something
goes that no release has had yet or that was marked ``deprecated`` for long enough.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.app import all_routes
from api.openapi import document
from domain.errors import FAULTS

KNOWN = Path(__file__).parents[1] / "data" / "api_v1.json"


def present() -> dict[str, dict[str, Any]]:
    """As the code has them now."""
    found = document(all_routes(demo=True), "0")
    schemas = found["components"]["schemas"]
    return {
        "codes": {code: fault.status for code, fault in FAULTS.items()},
        "operations": {
            operation["operationId"]: f"{method.upper()} {path}"
            for path, methods in found["paths"].items()
            for method, operation in methods.items()
        },
        "members": {
            n: sorted(one["properties"]) for n, one in schemas.items() if "properties" in one
        },
        "values": {n: sorted(map(str, one["enum"])) for n, one in schemas.items() if "enum" in one},
    }


@pytest.mark.parametrize("what", ["codes", "operations", "members", "values"])
def test_nothing_that_was_promised_is_gone(what: str) -> None:
    now = present()[what]
    for name, was in json.loads(KNOWN.read_text("utf-8"))[what].items():
        assert name in now, f"{what}: {name}"
        if isinstance(was, list):
            assert set(was) <= set(now[name]), f"{what}: {name}"
        else:
            assert now[name] == was, f"{what}: {name}"


if __name__ == "__main__":
    lines = [
        f' "{what}": {{\n'
        + ",\n".join(f'  "{n}": {json.dumps(one)}' for n, one in sorted(names.items()))
        + "\n }"
        for what, names in present().items()
    ]
    KNOWN.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
