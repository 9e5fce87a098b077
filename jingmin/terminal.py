"""What the command says on a terminal, and in which language."""

from __future__ import annotations

import os
import sys


def say(text: str, error: bool = False) -> None:
    """Print a line; of errors with our name."""
    stream = sys.stderr if error else sys.stdout
    # A locale without Chinese must not end in a traceback.
    encoding = stream.encoding or "utf-8"
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    print(f"jingmin: {text}" if error and text[:1] != " " else text, file=stream)


def speaks_chinese(lang: str | None) -> bool:
    """Whether to speak Chinese: as asked, else as the locale says."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return (lang or next((os.environ[one] for one in names if os.environ.get(one)), "")).startswith(
        "zh"
    )


def progress(zh: str, en: str) -> None:
    """What the demo is doing while it is set up."""
    say(f"jingmin: {zh} · {en} …")
    sys.stdout.flush()
