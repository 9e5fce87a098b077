"""What this product is called and which version of it runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def product_version() -> str:
    """As it was installed; "0" when it was not."""
    try:
        return version("jingmin")
    except PackageNotFoundError:
        return "0"
