"""Who may log in to the embedded store: our one user and nobody else, from the first moment on.

The store lets in everybody while it runs without log-in, and it has to, for the first user to be made. So it
runs then on a port that nobody was told, and shakes hands only with who holds a key that was made for this
one start and lies in a folder of ours.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
from pathlib import Path

import pymongo
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER = "jingmin"
ROLES = [{"role": "root", "db": "admin"}]
A_DAY = datetime.timedelta(days=1)
Client = pymongo.MongoClient[dict[str, object]]


class PrivateStart:
    """What one start needs of which nobody else is to make use; ``end`` leaves nothing of it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "private-start.pem"
        self._file.unlink(missing_ok=True)
        with open(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_certificate())
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port: int = one.getsockname()[1]

    @property
    def flags(self) -> list[str]:
        """For the store: it closes every connection that does not come with this very key."""
        file = str(self._file)
        return [
            "--tls-cert-file",
            file,
            "--tls-key-file",
            file,
            "--tls-ca-file",
            file,
            "--tls-require-client-cert",
        ]

    @property
    def uri(self) -> str:
        return (
            f"mongodb://127.0.0.1:{self.port}/?directConnection=true&tls=true"
            f"&tlsCAFile={self._file}&tlsCertificateKeyFile={self._file}"
        )

    def end(self) -> None:
        self._file.unlink(missing_ok=True)


def strangers(client: Client) -> list[str]:
    """Who may log in and is not our user, or is it with other rights; the names are for the log."""
    return [
        f"{one.get('db')!s}.{one.get('user')!s}"[:60]
        for one in client["admin"]["system.users"].find({})  # of every database
        if (one.get("db"), one.get("user")) != ("admin", USER) or one.get("roles") != ROLES
    ]


def make_only_user(client: Client, password: str) -> None:
    """Leave nobody but our user, with this password, whoever was there before."""
    for one in client["admin"]["system.users"].find({}):
        client[str(one["db"])].command("dropUser", str(one["user"]))
    client["admin"].command("createUser", USER, pwd=password, roles=ROLES)


def _certificate() -> bytes:
    """A key and its certificate, good for both ends of a connection to this machine, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jingmin")])
    now = datetime.datetime.now(datetime.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - A_DAY)
        .not_valid_after(now + A_DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, private, serialization.NoEncryption()) + certificate.public_bytes(
        pem
    )
