"""The list of parts (SBOM) of a wheel, as CycloneDX 1.6: ``sbom.py dist/jingmin-….whl``.

Written beside the wheel as ``….cdx.json``. Names every package that requirements/*.txt and
pages/package-lock.json lock, with version, hashes, licence where it is known, and what needs what.
What the product runs with is ``required``, the embedded store and the sample city are ``optional``; what
only builds and tests it is ``excluded``. No network is asked, and the same wheel and locks give the
same list.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
LOCKS = [ROOT / "requirements" / f"{name}.txt" for name in ("run", "demo", "dev")]
PAGES = ROOT / "pages" / "package-lock.json"
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA = re.compile(r"^ +#(?: via|  ) +([a-z0-9][a-z0-9-]*)(?: \(pyproject\.toml\))?$")
Json = dict[str, Any]


def locked(path: Path) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """By name and version what a lock of Python says: the hashes, and the names that need it."""
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    hashes: list[str] = []
    needed_by: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        if pin := PINNED.match(line):
            hashes, needed_by = [], []
            found[pin[1], pin[2]] = (hashes, needed_by)
        hashes += HASH.findall(line)
        if via := VIA.match(line):
            needed_by.append(via[1])
    return found


def python_parts() -> tuple[list[Json], dict[str, set[str]]]:
    """The components of all locks, and by reference what each depends on."""
    run, demo, dev = (locked(path) for path in LOCKS)
    whole = run | demo | dev
    refs: dict[str, list[str]] = {"jingmin": [""]}
    for name, version in sorted(whole):
        refs.setdefault(name, []).append(f"pkg:pypi/{name}@{version}")
    parts, needs = [], {ref: set[str]() for one in refs.values() for ref in one}
    for (name, version), (hashes, needed_by) in sorted(whole.items()):
        ref = f"pkg:pypi/{name}@{version}"
        pin = (name, version)
        scope = "required" if pin in run else "optional" if pin in demo else "excluded"
        part = _part(ref, name, version, scope)
        part["hashes"] = [{"alg": "SHA-256", "content": one} for one in hashes]
        if licence := _licence(name):
            part["licenses"] = [licence]
        parts.append(part)
        for parent in needed_by:
            for reference in refs[parent]:
                needs[reference].add(ref)
    return parts, needs


def _licence(name: str) -> Json | None:
    """Of the package that is installed; None where it is not, or does not say."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if "License-Expression" in said:
        return {"expression": said["License-Expression"]}
    classes = [one for one in said.get_all("Classifier") or [] if one.startswith("License ::")]
    named = classes[0].rsplit(" :: ", 1)[1] if classes else (said["License"] or "")
    named = named.strip().partition("\n")[0]
    return {"license": {"name": named}} if named else None


def page_parts() -> tuple[list[Json], dict[str, set[str]]]:
    """As ``python_parts``, of the lock of the pages."""
    packages: dict[str, Json] = json.loads(PAGES.read_text("utf-8"))["packages"]
    refs = {where: _npm(where, said) for where, said in packages.items()}
    parts: dict[str, Json] = {}
    needs: dict[str, set[str]] = {}
    for where, said in packages.items():
        below = said.get("dependencies", {}) | said.get("optionalDependencies", {})
        if not where:
            below |= said.get("devDependencies", {})
        found = (refs[at] for name in below if (at := _above(where, name, packages)))
        needs.setdefault(refs[where], set()).update(found)
        if not where:
            continue
        ref, name = refs[where], where.rpartition("node_modules/")[2]
        part = _part(ref, name, said["version"], "excluded" if said.get("dev") else "required")
        if ref in parts and "required" in (parts[ref]["scope"], part["scope"]):
            part["scope"] = "required"
        algorithm, _, value = said["integrity"].partition("-")
        digest = base64.b64decode(value).hex()
        part["hashes"] = [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": digest}]
        if licence := said.get("license"):
            part["licenses"] = [{"expression": licence}]
        parts[ref] = part
    return list(parts.values()), needs


def _npm(where: str, said: Json) -> str:
    """ "" for the pages themselves, which are a part of the product."""
    name = where.rpartition("node_modules/")[2]
    return f"pkg:npm/{quote(name, safe='/')}@{said['version']}" if where else ""


def _above(where: str, name: str, packages: dict[str, Json]) -> str | None:
    """Where npm finds a package that the one at ``where`` asks for; None: optional, and not here."""
    while True:
        if (at := f"{where}/node_modules/{name}".lstrip("/")) in packages:
            return at
        if not where:
            return None
        where = where.rpartition("node_modules/")[0].rstrip("/")


def _part(ref: str, name: str, version: str, scope: str) -> Json:
    return {
        "type": "library",
        "bom-ref": ref,
        "name": name,
        "version": version,
        "purl": ref,
        "scope": scope,
    }


def bill(wheel: Path) -> Json:
    """The whole document for one wheel."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    own = f"pkg:pypi/{name}@{version}"
    python, python_needs = python_parts()
    pages, page_needs = page_parts()
    needs = python_needs | page_needs | {own: python_needs[""] | page_needs[""]}
    del needs[""]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": name,
                "version": version,
                "purl": own,
                "licenses": [{"expression": "Apache-2.0"}],
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        },
        "components": [*python, *pages],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(below)} for ref, below in sorted(needs.items())
        ],
    }


if __name__ == "__main__":
    built = Path(sys.argv[1])
    text = json.dumps(bill(built), indent=1, ensure_ascii=False)
    built.with_suffix(".cdx.json").write_text(text + "\n", "utf-8")
