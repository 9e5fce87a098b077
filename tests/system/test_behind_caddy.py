"""deploy/caddy/Caddyfile in a real Caddy with TLS, in front of ``jingmin serve``: as behind nginx."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.ports import free_port
from tests.system.caddy import Caddy
from tests.system.conftest import Front, wait_for
from tests.system.product import Product
from tests.system.test_behind_nginx import (
    test_a_guesser_slows_himself_and_nobody_else,
    test_a_large_upload_arrives_whole,
    test_a_report_reaches_the_desk_and_the_call_is_joined,
    test_compressed_by_the_product_and_by_nobody_else,
    test_pages_come_over_tls_only_and_metrics_do_not,
    test_the_page_comes_with_its_policy_and_the_report_over_its_connection,
    test_who_asks_from_outside_learns_no_version_and_no_counts,
)

pytestmark = pytest.mark.system
__all__ = [
    "test_a_guesser_slows_himself_and_nobody_else",
    "test_a_large_upload_arrives_whole",
    "test_a_report_reaches_the_desk_and_the_call_is_joined",
    "test_compressed_by_the_product_and_by_nobody_else",
    "test_pages_come_over_tls_only_and_metrics_do_not",
    "test_the_page_comes_with_its_policy_and_the_report_over_its_connection",
    "test_who_asks_from_outside_learns_no_version_and_no_counts",
]


@pytest.fixture(scope="module")
def behind_caddy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("caddy")
    port = free_port()
    product = Product(folder, port, second_factor=False)
    product.hire("desk1", "DISPATCHER")
    product.hire("desk2", "DISPATCHER")
    caddy = Caddy(folder, port, product)
    product.start()
    try:
        caddy.start()
        wait_for(product)
        yield Front(product, caddy)
    finally:
        caddy.stop()
        product.stop()


@pytest.fixture
async def front(behind_caddy: Front) -> AsyncIterator[Front]:
    yield behind_caddy
    await behind_caddy.close()
