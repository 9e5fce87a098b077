"""One product with one coturn behind one nginx for the session."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.ports import free_port
from tests.system.caddy import Caddy
from tests.system.coturn import SECRET, Coturn
from tests.system.product import PASSWORD, Nginx, Product, client


class Front:
    """The product as the world sees it."""

    def __init__(self, product: Product, proxy: Nginx | Caddy) -> None:
        self.product, self.proxy = product, proxy
        self.url = product.public_url
        self.api = f"{self.url}/api/v1"
        self._open: list[aiohttp.ClientSession] = []

    def somebody(self, address: str = "127.0.0.1", **headers: str) -> aiohttp.ClientSession:
        one: aiohttp.ClientSession = client(self.proxy, self.url, address, **headers)
        self._open.append(one)
        return one

    async def log_in(
        self, one: aiohttp.ClientSession, login: str, password: str = PASSWORD, **headers: str
    ) -> int:
        body = {"login": login, "password": password}
        async with one.post(f"{self.api}/session", json=body, headers=headers) as response:
            return response.status

    async def close(self) -> None:
        for one in self._open:
            await one.close()
        self._open.clear()


@pytest.fixture(scope="session")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    one = Coturn(tmp_path_factory.mktemp("coturn"))
    one.start()
    yield one
    one.stop()


@pytest.fixture(scope="session")
def behind_nginx(tmp_path_factory: pytest.TempPathFactory, coturn: Coturn) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    port = free_port()
    product = Product(folder, port, second_factor=False, turn_urls=[coturn.url], turn_secret=SECRET)
    product.hire("desk1", "DISPATCHER")
    product.hire("desk2", "DISPATCHER")
    nginx = Nginx(folder, port, product)
    product.start()
    nginx.start()
    try:
        wait_for(product)
        yield Front(product, nginx)
    finally:
        nginx.stop()
        product.stop()


def wait_for(product: Product, seconds: float = 60) -> None:
    """Until the product is healthy, its media process listens, and its people may work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with (
                urllib.request.urlopen(f"http://127.0.0.1:{product.port}/healthz", timeout=5),
                socket.create_connection(("127.0.0.1", product.media_port), timeout=5),
            ):
                return product.settle()
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the product does not start:\n{product.log.read_text()[-3000:]}")


@pytest.fixture
async def front(behind_nginx: Front) -> AsyncIterator[Front]:
    yield behind_nginx
    await behind_nginx.close()
