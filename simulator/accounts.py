"""Who the platforms know: the Official Account, the corp, its apps and members."""

from __future__ import annotations

from pathlib import Path

import msgspec


class OfficialAccount(msgspec.Struct, kw_only=True):
    """One verified service account and where its messages are pushed."""

    original_id: str = "gh_0123456789ab"
    appid: str = "wx0123456789abcdef"
    secret: str = "oa-secret"  # noqa: S105
    token: str = "oa-token"  # noqa: S105
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    previous_aes_key: str = ""
    mode: str = "safe"  # plain, compatible or safe
    format: str = "xml"  # xml or json
    callback_url: str = ""
    oauth_domain: str = ""  # exact host (with port) of web pages; empty: any
    name: str = "警民110"
    templates: list[str] = []  # known template ids; empty: every id is known
    template_fields: tuple[str, ...] = ("thing1", "character_string2", "thing3")  # of each of them


class App(msgspec.Struct, kw_only=True):
    """A self-built WeCom application: its own secret, its own callback."""

    agentid: int
    secret: str
    token: str = ""
    aes_key: str = ""
    callback_url: str = ""
    trusted_domain: str = ""
    customer_contact: bool = False
    name: str = "警民110"


class Contact(msgspec.Struct, kw_only=True):
    """The second callback address of a corp, for customers and their groups."""

    token: str = ""
    aes_key: str = ""
    url: str = ""


class Person(msgspec.Struct, kw_only=True):
    """A member of the corp as its directory lists him."""

    userid: str
    name: str = ""
    department: list[int] = msgspec.field(default_factory=lambda: [1])


class Corp(msgspec.Struct, kw_only=True):
    """The police's corp in WeCom."""

    corpid: str = "ww0123456789abcdef"
    apps: list[App] = []
    contact: Contact = msgspec.field(default_factory=Contact)
    members: list[Person] = []


class Config(msgspec.Struct, kw_only=True):
    """What the platforms' consoles were told; never changed by an API call."""

    oa: OfficialAccount = msgspec.field(default_factory=OfficialAccount)
    wecom: Corp = msgspec.field(default_factory=Corp)
    seed: int = 110


def read(path: Path) -> Config:
    """The accounts of a JSON file; unknown names are refused to catch misspellings early."""
    return msgspec.json.decode(path.read_bytes(), type=Config)
