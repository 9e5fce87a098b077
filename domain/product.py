"""What this product is called and which version of it runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("jingmin")
    except PackageNotFoundError:
        return "0"


_VERSION = _installed()  # it reads files: not while an event loop runs


def product_version() -> str:
    """As it was installed; "0" when it was not."""
    return _VERSION
