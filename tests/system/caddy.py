"""A real Caddy with deploy/caddy/Caddyfile, on ports of ours."""

from __future__ import annotations

from pathlib import Path

from tests.operations.proxy import certificate
from tests.ports import free_port
from tests.system.product import NAME, ROOT, Product, Server

CADDYFILE = ROOT / "deploy" / "caddy" / "Caddyfile"


class Caddy(Server):
    """As ``Nginx`` in product.py: ``certificate`` is what who comes has to trust."""

    def __init__(self, folder: Path, port: int, product: Product) -> None:
        self.file = folder / "Caddyfile"
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(self.file)]
        super().__init__(folder, port, command, HOME=str(folder))
        self.certificate, key = certificate(folder, NAME, 2)
        site = CADDYFILE.read_text("utf-8")
        for old, new in (
            (f"\n{NAME} {{", f"\n{NAME} {{\n\ttls {self.certificate} {key}"),
            ("reverse_proxy 127.0.0.1:8110 ", f"reverse_proxy 127.0.0.1:{product.port} "),
            ("reverse_proxy 127.0.0.1:8111\n", f"reverse_proxy 127.0.0.1:{product.media_port}\n"),
            ("reverse_proxy 127.0.0.1:8113\n", f"reverse_proxy 127.0.0.1:{product.bot_port}\n"),
        ):
            assert site.count(old) == 1, f"deploy/caddy/Caddyfile has no {old!r}"
            site = site.replace(old, new)
        ports = f"http_port {free_port()}\n\thttps_port {port}"
        self.file.write_text(f"{{\n\tadmin off\n\tskip_install_trust\n\t{ports}\n}}\n{site}")
