"""The api's running site, for attacks through its doors."""

from tests.api.conftest import site

__all__ = ["site"]
