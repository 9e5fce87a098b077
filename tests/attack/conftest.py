"""The api as its own tests have it."""

from tests.api.conftest import site

__all__ = ["site"]
