"""The releases that CHANGELOG.md names, newest first."""

from __future__ import annotations

import re

from tests.installed import ROOT

HEADING = re.compile(r"^## (?P<version>\d+\.\d+\.\d+)(?P<open> \(not released\))?$", re.M)
MADE = re.compile(r"\A\nMade from (?P<commit>[0-9a-f]{7,40})\.\n")


def headings() -> list[tuple[str, bool, str]]:
    """Version, whether it is released, and the commit it was made from, "" where none is named."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = []
    for one in HEADING.finditer(text):
        made = MADE.search(text[one.end() :])
        found.append((one["version"], not one["open"], made["commit"] if made else ""))
    return found


def last_release() -> tuple[str, str]:
    """The version before this one, and the commit it was made from."""
    version, _, commit = next(one for one in headings() if one[1] and one[2])
    return version, commit
