"""How a file of this folder declares its commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Protocol

from config import Settings

Run = Callable[[Settings, argparse.Namespace], int]


class Declare(Protocol):
    """Makes a command of the ``jingmin`` program.

    ``run`` gets the settings and the options, and returns the exit code: 0 well, 1 something is wrong,
    2 wrong usage. A ``lenient`` command is run without the settings that only serving needs.
    """

    def __call__(
        self, name: str, help: str, run: Run, *, lenient: bool = False
    ) -> argparse.ArgumentParser: ...
